"""B7: what a browser loads for a candidate's pages and for a long case of a reviewer, and when it shows them,
on a fast and on a slow line.

python -m tests.bench.pages FOLDER [--smoke] prints the rows as JSON. `measure` runs it as a process of its
own, since Playwright keeps the event loop of the thread it runs in.
"""

import asyncio
import gzip
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, Response, expect, sync_playwright

from tests.bench.process import ROOT, module
from tests.bench.report import Report, at_most
from tests.e2e.candidate import Candidate
from tests.e2e.service import Platform, Service
from tests.long_talk import TURNS, talk_at_length
from tests.web.site import PASSWORD, serving

COLUMNS: Final = ("page", "kB packed", "kB of scripts", "requests", "LCP ms", "LCP ms, slow line", "CLS")
CHAT: Final = "interview"
CASE: Final = f"a case of {TURNS} turns"
SECONDS: Final = 600
SLOW: Final = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""400 kbit/s and 400 ms, in the units of the browser's protocol: bytes a second, and milliseconds."""
PROBE: Final = """
globalThis.seen = { lcp: 0, cls: 0 };
new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.lcp = one.startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) seen.cls += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def measure(folder: Path, *, smoke: bool) -> Report:
    """Weigh the hub, the interview and one task of each kind; for `smoke` the hub and the interview."""
    chromium = os.environ.get("ASSESSOR_CHROMIUM") or shutil.which("chromium")
    title = "B7: pages in a browser"
    if chromium is None:
        return Report("pages", title, COLUMNS, [], notes=["Left out: no Chromium was found."])
    command = [*module("tests.bench.pages", str(folder)), *(["--smoke"] if smoke else [])]
    environment = {**os.environ, "ASSESSOR_CHROMIUM": chromium}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True, timeout=SECONDS
    )
    rows = json.loads(done.stdout)
    candidates = [row for row in rows if row[0] != CASE]
    packed, scripts, requests, fast, slow, shift = zip(*(row[1:] for row in candidates), strict=True)
    targets = [
        at_most("kB of the chat page", next(row[1] for row in rows if row[0] == CHAT), 20),
        at_most("kB of the heaviest page", max(packed), 60),
        at_most("kB of scripts, the most", max(scripts), 35),
        at_most("requests, the most", max(requests), 8),
        at_most("LCP ms, the latest", max(fast), 1000),
        at_most("LCP ms on the slow line, the latest", max(slow), 2500),
        at_most("CLS, the most", max(shift), 0.02),
        *(at_most(f"kB of {CASE}", row[1], 150) for row in rows if row[0] == CASE),
        *(at_most(f"LCP ms of {CASE}", row[4], 1500) for row in rows if row[0] == CASE),
    ]
    notes = [
        (
            "A first visit with nothing kept. Every body is counted packed by gzip; ours packs scripts and "
            "styles itself, and leaves pages to the proxy: the times are without one."
        ),
        "The slow line has 400 kbit/s and 400 ms, and the processor a quarter of its speed.",
    ]
    return Report("pages", title, COLUMNS, rows, targets, notes)


def weigh(folder: Path, chromium: str, *, smoke: bool) -> list[list[Any]]:
    """Start the service, begin an assessment and visit its pages; return a row for each."""
    # In a thread of its own: this one gets the event loop of the browser.
    with ThreadPoolExecutor(1) as thread:
        case = None if smoke else thread.submit(asyncio.run, _long_case(folder)).result()
    service = Service(folder)
    service.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            paths, state = _begun(browser, service)
            chosen = dict(list(paths.items())[:2]) if smoke else paths
            rows = [[name, *_visits(browser, state, service.url + path)] for name, path in chosen.items()]
            if case:
                state = _at_desk(browser, service, case.email)
                rows.append([CASE, *_visits(browser, state, f"{service.url}/review/{case.assessment_id}")])
            return rows
    finally:
        service.stop()


@dataclass(frozen=True)
class Case:
    """A long case, and who may open it."""

    assessment_id: str
    email: str


async def _long_case(folder: Path) -> Case:
    async with serving(folder) as site:
        platform = await site.platform()
        player = await site.submitted(platform.tenant)
        await talk_at_length(site.services.store, player.assessment_id)
        return Case(player.assessment_id, (await site.reviewer(platform.tenant)).email)


def _at_desk(browser: Browser, service: Service, email: str) -> Any:
    """Sign a reviewer in; return the browser's state."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{service.url}/review/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="What waits for a person")).to_be_visible()
    return context.storage_state()


def _begun(browser: Browser, service: Service) -> tuple[dict[str, str], Any]:
    """Return the addresses of the pages by name, and the browser's state of somebody who may open them."""
    _, invite = Platform.of(service, "acme").order("full")
    context = browser.new_context()
    candidate = Candidate(context.new_page(), service)
    candidate.begin(invite)
    kinds = {_kind(path): path for path in candidate.task_paths()}
    candidate.open_interview()
    return {"hub": "/assessment", CHAT: "/assessment/interview", **kinds}, context.storage_state()


def _kind(path: str) -> str:
    """Return the first part of a task's id, which every item of a kind shares."""
    return f"task {path.rpartition('/')[2].partition('-')[0]}"


def _visits(browser: Browser, state: Any, url: str) -> list[float]:
    fast, files, shift = _visit(browser, state, url, slow=False)
    slow, _, _ = _visit(browser, state, url, slow=True)
    sizes = {address: len(gzip.compress(body)) / 1024 for address, body in files.items()}
    scripts = sum(size for address, size in sizes.items() if ".js?" in address)
    return [sum(sizes.values()), scripts, len(sizes), fast, slow, shift]


def _visit(browser: Browser, state: Any, url: str, *, slow: bool) -> tuple[float, dict[str, bytes], float]:
    """Visit with nothing kept; return the milliseconds to the largest part, the bodies, and the shift."""
    context = browser.new_context(storage_state=state)
    page = context.new_page()
    page.add_init_script(PROBE)
    if slow:
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    answers: dict[str, Response] = {}

    def note(answer: Response) -> None:
        answers[answer.url] = answer

    page.on("response", note)
    page.goto(url, wait_until="load")
    seen = _settled(page)
    streams = {one for one in answers if "/stream" in one}  # open as long as the page is
    files = {one: b"" if one in streams else answer.body() for one, answer in answers.items()}
    context.close()
    return seen["lcp"], files, seen["cls"]


def _settled(page: Page) -> dict[str, float]:
    """Wait until the scripts have run and a frame was shown since; return what was seen by then."""
    page.evaluate("new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))")
    # Not wait_for_function: from its second look on it evaluates inside a frame, which our policy forbids.
    for _ in range(300):
        seen: dict[str, float] = page.evaluate("seen")
        if seen["lcp"]:
            return seen
        page.wait_for_timeout(100)
    raise TimeoutError(f"{page.url} showed nothing for 30 seconds.")


if __name__ == "__main__":
    print(json.dumps(weigh(Path(sys.argv[1]), os.environ["ASSESSOR_CHROMIUM"], smoke="--smoke" in sys.argv)))
