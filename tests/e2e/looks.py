"""How a page looks and reads to everybody: what axe-core finds, and whether it fits the window."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_axe = Axe()


def axe_results(page: Page) -> dict[str, Any]:
    """Return all that axe-core says of the page as it stands."""
    results: dict[str, Any] = _axe.run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    return results


def axe_findings(page: Page) -> list[str]:
    """Return what axe-core finds wrong with the page as it stands."""
    return violations(page, axe_results(page))


def violations(page: Page, results: dict[str, Any]) -> list[str]:
    """Name what is wrong in axe-core's results."""
    return [
        f"{page.url}: {found['id']}: {node['html'][:100]}"
        for found in results["violations"]
        for node in found["nodes"]
    ]


def undecided(results: dict[str, Any]) -> set[str]:
    """Name what axe-core could not decide, as `rule: why`."""
    return {
        f"{found['id']}: {(check['data'] or {}).get('messageKey', '')}"
        for found in results["incomplete"]
        for node in found["nodes"]
        for check in (*node["any"], *node["all"], *node["none"])
    }


def sideways(page: Page) -> list[str]:
    """Say how much wider than its window the page is, if it is."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [f"{page.url} is {wide} wide in a window of {window}"] if wide > window else []


def small_print(page: Page) -> list[str]:
    """Say which words of the score's drawing are less than 12 px high, as it is drawn in this window."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.gauge text')].map((words) =>
          [words.textContent, parseFloat(getComputedStyle(words).fontSize) * words.getScreenCTM().a]
        ).filter(([, size]) => size < 12).map(([words, size]) => `${words} is ${size} px high`)"""
    )
    return found


def faults(page: Page) -> list[str]:
    """Return what axe-core finds, and whether the page scrolls sideways."""
    return axe_findings(page) + sideways(page)
