"""What a page makes of hostile words: nothing runs, nothing comes from elsewhere, and they can be read."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from urllib.parse import urldefrag, urljoin, urlsplit

from playwright.sync_api import Page

from tests.attacks.gains import Fault, Gain
from tests.e2e.watched import Watched

FORMULA = tuple("=+-@\t\r＝＋－＠")

_AUDIT = """() => {
  const found = [];
  const tell = (what, element) => found.push(`${what}: ${element.outerHTML.slice(0, 150)}`);
  const isOurs = (address) => new URL(address, location.href).origin === location.origin;
  const never = `iframe, frame, object, embed, base, applet, audio, video, math, script:not([src]),
    meta[http-equiv=refresh i][content*=url i]`;
  for (const element of document.querySelectorAll(never)) tell('element', element);
  for (const element of document.querySelectorAll('script, img, link, form, button, input'))
    for (const name of ['src', 'href', 'action', 'formaction'])
      if (element.hasAttribute(name) && !isOurs(element.getAttribute(name))) tell('elsewhere', element);
  const leads = /^(href|src|action|formaction|xlink:href|srcset)$/i;
  const runs = /^\\W*(javascript|data|vbscript):/i;
  for (const element of document.querySelectorAll('*'))
    for (const { name, value } of element.attributes)
      if (/^on/i.test(name) || (leads.test(name) && runs.test(value))) tell('attribute', element);
  if (window.canary !== undefined) found.push('the canary ran');
  return found;
}"""
_WORDS = """() => [document.body.textContent,
  ...[...document.querySelectorAll('textarea, input')].map((field) => field.value)].join('\\n')"""


def found_on(page: Page) -> list[Fault]:
    """Return what the page should not have, with its address."""
    found: list[str] = page.evaluate(_AUDIT)
    path = urlsplit(page.url).path
    return [Fault(Gain.LEFT if one.startswith("elsewhere") else Gain.RAN, f"{path}: {one}") for one in found]


def seen_by(watched: Watched) -> list[Fault]:
    """Return what a browser noticed on its way: a policy that had to stop something was reached by it."""
    return [
        Fault(Gain.LEFT if one.startswith("foreign request") else Gain.RAN, one) for one in watched.faults
    ]


def words_of(page: Page) -> str:
    """Return every word on the page, those in fields too, with white space as single blanks."""
    return plain(page.evaluate(_WORDS))


def plain(text: str) -> str:
    """Return a text with white space as single blanks."""
    return " ".join(text.split())


def each_page(page: Page, start: str, within: str, most: int) -> Iterator[str]:
    """Go to a page and to all that it leads to under a path, and yield the address of each.

    Of pages that differ by a number only, such as one for each message, the first is visited. Sheets are not
    opened but read; their faults are yielded as `sheet: ...`.
    """
    waiting, seen = [start], {_kind_of(start)}
    while waiting and most > 0:
        address = waiting.pop(0)
        got = page.context.request.get(address)
        kind = got.headers.get("content-type", "")
        if kind.startswith("text/csv"):
            yield from (f"sheet: {cell}" for cell in formulas(got.text()))
        if not kind.startswith("text/html"):
            continue
        page.goto(address)
        most -= 1
        yield address
        links: list[str] = page.evaluate("[...document.links].map((link) => link.getAttribute('href'))")
        for link in links:
            target = urldefrag(urljoin(page.url, link)).url
            is_there = re.match(within, urlsplit(target).path) and _same_host(target, start)
            if is_there and _kind_of(target) not in seen:
                seen.add(_kind_of(target))
                waiting.append(target)


def formulas(sheet: str) -> list[str]:
    """Return the cells that a spreadsheet would calculate. Numbers are none."""
    cells = [cell for row in csv.reader(StringIO(sheet)) for cell in row]
    return [cell for cell in cells if cell.startswith(FORMULA) and not re.fullmatch(r"-?\d+(\.\d+)?", cell)]


def _kind_of(address: str) -> str:
    return re.sub(r"(?<=/)\d+(?=/|$)", "0", address)


def _same_host(one: str, other: str) -> bool:
    return urlsplit(one).netloc == urlsplit(other).netloc
