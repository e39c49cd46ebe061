"""Every candidate page in a pseudo-locale: what is still English there is not translated, or is not marked.

Content, which nobody translates, carries `lang`: tracks, questions, tasks, rules, legal texts. Own words are
nobody's to mark.
"""

import asyncio
import re
from html.parser import HTMLParser

import httpx
import pytest

from assessor.domain.policy import Grade, Policy
from assessor.services.marking import Mark
from tests.web.candidate.people import Candidate, invited
from tests.web.site import Site

RIGHT_TO_LEFT = "ar-XB"
OWN_WORDS = {"said", "said-before", "verbatim", "code"}
QUOTED = {"script", "style", "textarea", "q", "code", "pre", "noscript"}
VOID = {
    "area",
    "base",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "wbr",
    "path",
    "rect",
    "circle",
    "line",
}
SAID = ("aria-label", "alt", "placeholder", "title")
NAMES = ("Assessor", "JavaScript", "UTC", "Ctrl", "http://127.0.0.1:8000/continue", "English", "Español")
BY_REVIEWER = ("Not there.", "Everything that was asked is there.")
LATIN = re.compile(r"[A-Za-z]{3,}")
TASKS = ("evaluation", "ranking", "rubric_writing", "sft", "trajectory")


class Untranslated(HTMLParser):
    """Collects what a page says in Latin letters outside of content."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.found: list[str] = []
        self._names = sorted(names, key=len, reverse=True)
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_content = tag in QUOTED or bool(OWN_WORDS & set(given.get("class", "").split()))
        is_content = is_content or (tag != "html" and "lang" in given)
        is_content = is_content or (bool(self._open) and self._open[-1][1])
        for name, value in given.items():
            if not is_content and (name in SAID or name.startswith("data-t-")):
                self._look_at(value)
        if tag not in VOID:
            self._open.append((tag, is_content))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self._look_at(data)

    def _look_at(self, text: str) -> None:
        for name in self._names:
            text = text.replace(name, "")
        text = re.sub(r"\{\w+\}", "", text)
        if LATIN.search(text):
            self.found.append(" ".join(text.split()))


async def untranslated(candidate: Candidate, answer: httpx.Response) -> list[str]:
    library, assessment = await candidate.site.services.content.library(), await candidate.assessment()
    track = library.track("python")
    values = [candidate.platform.tenant.name, assessment.ordered.candidate_ref, track.title]
    values += [one.title for one in track.competencies]
    items = [library.item("python", place.item_id).presented() for place in assessment.form.items]
    values += [item["title"] for item in items]
    values += [step["call"]["tool"] for item in items for step in item.get("steps", ()) if step.get("call")]
    seen = Untranslated([*NAMES, *BY_REVIEWER, *values])
    seen.feed(answer.text)
    return seen.found


@pytest.fixture
async def person(site: Site, browser: httpx.AsyncClient) -> Candidate:
    """Somebody invited to a whole form, in a browser that shows the pseudo-locale."""
    policy = Policy(least_basis=Grade.PROVISIONAL)
    candidate = await invited(site, browser, form="full", policy=policy)
    browser.cookies.set("assessor_language", RIGHT_TO_LEFT)
    return candidate


async def look(candidate: Candidate, *paths: str) -> None:
    for path in paths:
        answer = await candidate.browser.get(path, follow_redirects=True)
        await must_be_translated(candidate, answer)


async def must_be_translated(candidate: Candidate, answer: httpx.Response) -> None:
    where = f"{answer.request.method} {answer.url.path}"
    assert f'<html lang="{RIGHT_TO_LEFT}" dir="rtl"' in answer.text, f"{where}: {answer.status_code}"
    assert await untranslated(candidate, answer) == [], where


async def test_before_the_work_everything_is_translated(person: Candidate) -> None:
    await look(
        person, *(f"{person.link}{page}" for page in ("", "/practice", "/device", "/how-you-are-scored"))
    )
    await look(person, "/assessment", "/continue", "/c/nobodyknowsthislink")
    await must_be_translated(person, await person.post("/continue", code="x"))
    await person.post(f"{person.link}/start")
    await look(person, "/assessment/notice", "/assessment/decline", "/assessment/consents")
    await look(person, "/assessment/accommodations", "/assessment/practice", "/assessment/device")
    await must_be_translated(person, await person.post("/assessment/practice", text="", cmid="said-0001"))
    await person.begin()
    await look(person, person.link)


async def test_while_one_works_everything_is_translated(person: Candidate) -> None:
    await person.begin()
    await look(person, "/assessment", "/assessment/interview", "/assessment/submit", "/assessment/move")
    await look(person, "/assessment/notice", "/assessment/consents", "/assessment/my-data")
    await look(person, "/assessment/my-data/delete", "/assessment/how-you-are-scored")
    await must_be_translated(person, await person.post("/assessment/move"))
    await must_be_translated(person, await person.post("/assessment/my-data/delete"))
    await person.post("/assessment/accommodations", wish="other", time="extra_time_100", note="A quiet room")
    await look(person, "/assessment/accommodations?done=asked", "/assessment")
    await must_be_translated(person, await person.post("/assessment/accommodations", wish="other", note=""))
    await person.post("/assessment/break", back="/assessment")
    await look(person, "/assessment")
    await person.post("/assessment/resume", back="/assessment")
    await person.interview()
    await look(person, "/assessment/interview", "/assessment/interview/summary")
    turns = (await person.assessment()).transcript.turns
    own = next(turn for turn in turns if turn.speaker == "candidate" and turn.item_id)
    words = f"/assessment/interview/words/{own.seq}"
    await look(person, f"{words}/correct", f"{words}/redact")
    await must_be_translated(person, await person.post(f"{words}/redact", passage="nowhere", what="passage"))
    await must_be_translated(person, await person.post(f"{words}/redact", passage="", what="whole"))


@pytest.mark.parametrize("category", TASKS)
async def test_a_task_and_what_is_wrong_with_it_are_translated(person: Candidate, category: str) -> None:
    await person.begin()
    item_id = await person.item(category)
    page = f"/assessment/tasks/{item_id}"

    await look(person, page)
    fields = {"issue-0-quote": "nowhere", "row-0-weight": "x", "fix": "y"}
    await must_be_translated(person, await person.post(page, do="hand_in", **fields))
    other = {**fields, "fix": "z"}  # the same words again would be no conflict
    await must_be_translated(person, await person.post(page, do="save", revision="7", **other))
    await must_be_translated(person, await person.post(page, do="preview", **fields))


async def test_after_the_work_everything_is_translated(person: Candidate, site: Site) -> None:
    await person.begin()
    await person.interview()
    await person.hand_in_everything()
    await look(person, "/assessment/submit", "/assessment")
    await person.post("/assessment/submit")
    await look(person, "/assessment", "/assessment/feedback", "/assessment/about-you")
    for _ in range(200):
        if (await person.assessment()).verdict:
            break
        await asyncio.sleep(0.05)
    await look(person, "/assessment/result")
    await must_be_translated(person, await person.post("/assessment/feedback", clear="nine"))
    await must_be_translated(person, await person.post("/assessment/about-you", sex="nine"))
    await decide(person, site)
    await look(person, "/assessment/result", "/assessment/appeal", "/assessment/share", person.link)
    await must_be_translated(person, await person.post("/assessment/appeal", appeal_id="appeal-0001"))


async def decide(person: Candidate, site: Site) -> None:
    """Let a person score what is open, and decide."""
    rita, reviewing = await site.reviewer(person.platform.tenant), site.services.reviewing
    for score in (await reviewing.case(rita, person.id)).open:
        await reviewing.score(rita, person.id, score.item_id, score.criterion, Mark.UNMET, BY_REVIEWER[0])
    await reviewing.decide(rita, person.id, "qualified", BY_REVIEWER[1])
