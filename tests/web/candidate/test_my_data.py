"""My data: what is kept, all of it as one archive, deletion at once or later, and what is left for others."""

import asyncio
import io
import json
import re
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from assessor.adapters.clock import SystemClock
from assessor.adapters.signing import verify
from assessor.domain import events as e
from assessor.domain.retention import Retention, Term
from assessor.ports import Session
from assessor.services.access import Scope
from assessor.services.tokens import hash_token
from assessor.web.security import CANDIDATE_COOKIE
from tests.services.decided import BEGUN, Town, verdict
from tests.web.candidate.people import Candidate, invited, words
from tests.web.desk import sign_in
from tests.web.site import Site, serving

PAGE = "/assessment/my-data"
WORDS = "I learned from Zeugmatova to bisect the history first, for instance last May."


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A site of its own: others would be erased with the terms of these tests."""
    async with serving(tmp_path_factory.mktemp("rights")) as site:
        yield site


@pytest.fixture(scope="module")
async def finished(site: Site) -> AsyncIterator[Candidate]:
    """Somebody who did everything, scored by the rules; for tests that only read."""
    async with site.browser() as browser:
        candidate = await invited(site, browser)
        await candidate.begin()
        await candidate.get("/assessment/interview")
        await candidate.say(WORDS, "said-first")
        await candidate.interview()
        await candidate.hand_in_everything()
        await candidate.post("/assessment/submit")
        await candidate.post("/assessment/about-you", sex="female", race="asian")
        for _ in range(400):
            if await site.services.store.live_verdict(candidate.id):
                break
            await asyncio.sleep(0.05)
        yield candidate


@pytest.fixture
async def decided(site: Site, browser: httpx.AsyncClient) -> Candidate:
    """Somebody who was decided, written straight into the store, and lets a browser in."""
    platform, clock = await site.platform(livemode=True), SystemClock()
    town = Town(site.services.store, clock, platform.tenant.id)
    said = e.CandidateMessage(message_id="message-1", item_id=None, text=WORDS)
    facts = (*BEGUN, said, e.AssessmentSubmitted(), e.ScoringStarted(), verdict(70.0, "needs_review", "rule"))
    assessment_id = await town.invited(*facts)
    secret, until = secrets.token_hex(16), clock.now() + timedelta(days=1)
    await site.services.store.open_session(Session(hash_token(secret), "candidate", assessment_id, until))
    browser.cookies.set(CANDIDATE_COOKIE, secret)
    return Candidate(site, browser, platform, assessment_id, "")


async def deleted(candidate: Candidate) -> None:
    answer = await candidate.post(f"{PAGE}/delete", confirmed="true")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}/deleted")


async def archive_of(candidate: Candidate) -> dict[str, str]:
    answer = await candidate.get(f"{PAGE}/archive")
    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="my-data.zip"' in answer.headers["content-disposition"]
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("page", ["/assessment", "/assessment/interview"])
async def test_pages_of_a_candidate_lead_to_their_data(working: Candidate, page: str) -> None:
    assert f'href="{PAGE}"' in (await working.get(page)).text


async def test_the_result_leads_there_too(finished: Candidate) -> None:
    assert f'href="{PAGE}"' in (await finished.get("/assessment/result")).text


async def test_the_page_says_what_is_kept_until_when_for_whom(working: Candidate) -> None:
    said = words(await working.get(PAGE))

    year = datetime.now(UTC).year
    assert f"{working.platform.tenant.name} and its reviewers can read" in said
    assert str(year + 2) in said, "the end of the work's term"
    assert str(year + 4) in said, "the end of the results' term"
    assert "No language model takes part" in said
    assert f"what {working.platform.tenant.name} has chosen" in said


async def test_a_stranger_gets_neither_page_nor_archive(site: Site) -> None:
    async with site.browser() as stranger:
        answers = [await stranger.get(f"{PAGE}{path}") for path in ("", "/archive", "/delete")]
        refused = await stranger.post(f"{PAGE}/delete", data={"confirmed": "true"})

    assert [answer.status_code for answer in (*answers, refused)] == [401] * 4


async def test_the_archive_has_everything_of_the_person_and_can_be_checked(finished: Candidate) -> None:
    files = await archive_of(finished)

    folder = f"assessments/{finished.id}"
    log = json.loads(files[f"{folder}/log.json"])
    stored = await finished.site.services.store.events(finished.id)
    (verdict,) = json.loads(files[f"{folder}/verdicts.json"])
    keys = json.loads(files["public-keys.json"])
    signed = json.loads(verify(verdict["jws"], keys, demonstration=True))
    assert [one["seq"] for one in log] == [event.seq for event in stored]
    assert WORDS in files[f"{folder}/log.json"]
    assert WORDS in files[f"{folder}/index.html"]
    assert signed == verdict["document"]
    assert json.loads(files["declarations.json"])[0]["sex"] == "female"
    assert finished.platform.tenant.name in files["README.txt"]
    assert "&" not in files["README.txt"]


async def test_every_link_within_the_archive_leads_to_a_file_of_it(finished: Candidate) -> None:
    files = await archive_of(finished)

    for name, page in files.items():
        if name.endswith(".html"):
            for link in re.findall(r'href="([^"]+)"', page):
                target = Path(name).parent.joinpath(link)
                assert str(Path(*_resolved(target))) in files, f"{name} links {link}"


def _resolved(path: Path) -> list[str]:
    parts: list[str] = []
    for part in path.parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return parts


async def test_the_archive_has_no_key_no_rubric_and_nobody_else(finished: Candidate) -> None:
    other = await finished.site.submitted(finished.platform.tenant)
    reviewer = await finished.site.reviewer(finished.platform.tenant)
    await finished.site.services.reviewing.case(reviewer, finished.id)
    library = await finished.site.services.content.library()
    rubric_words = [
        criterion.text
        for place in (await finished.assessment()).form.items
        if (rubric := library.item("python", place.item_id).rubric)
        for criterion in library.rubric(rubric).criteria
    ]

    everything = "\n".join((await archive_of(finished)).values())

    assert rubric_words
    assert [one for one in rubric_words if json.dumps(one)[1:-1] in everything] == []
    assert reviewer.id not in everything
    assert reviewer.email not in everything
    assert other.assessment_id not in everything


async def test_markup_in_an_answer_stays_text_in_the_archive(working: Candidate) -> None:
    await working.get("/assessment/interview")
    await working.say("<script>alert('zeugma')</script> is what I typed first.", "said-first")

    page = (await archive_of(working))[f"assessments/{working.id}/index.html"]

    assert "<script" not in page
    assert "&lt;script&gt;alert" in page


async def test_nothing_is_deleted_before_it_is_confirmed(decided: Candidate) -> None:
    asked = await decided.get(f"{PAGE}/delete")
    unconfirmed = await decided.post(f"{PAGE}/delete")

    assert "This cannot be undone" in words(asked)
    assert unconfirmed.status_code == 422
    assert "Nothing was deleted" in words(unconfirmed)
    assert (await decided.assessment()).submitted_at


async def test_what_nothing_holds_is_deleted_at_once_and_the_browser_is_forgotten(
    decided: Candidate,
) -> None:
    await deleted(decided)

    said = words(await decided.get(f"{PAGE}/deleted"))
    after = await decided.get("/assessment")
    assert "it is done" in said
    assert after.status_code == 401


async def test_what_a_term_holds_is_scheduled_shown_and_can_be_taken_back(working: Candidate) -> None:
    terms = Retention(work=Term(least_days=30, most_days=300))
    await working.site.services.erasing.set_terms(working.platform.tenant.id, terms)

    before = words(await working.get(f"{PAGE}/delete"))
    asked = await working.post(f"{PAGE}/delete", confirmed="true")
    shown = words(await working.get(asked.headers["location"]))
    kept = await working.post(f"{PAGE}/keep")
    after = words(await working.get(kept.headers["location"]))

    assert "Ask for deletion" in before
    assert asked.headers["location"] == PAGE
    assert "You asked for deletion" in shown
    assert "It has to stay until" in shown
    assert "Your wish to delete is taken back" in after
    assert "You asked for deletion" not in after


async def test_a_legal_hold_is_told_without_its_reason(working: Candidate) -> None:
    erasing = working.site.services.erasing
    found = await erasing.holding_in(working.id)
    await erasing.hold(found, "A secret claim is pending.", "anna", None)

    await working.post(f"{PAGE}/delete", confirmed="true")

    shown = words(await working.get(PAGE))
    assert "It is deleted as soon as the hold is lifted" in shown
    assert "secret claim" not in shown


async def test_platforms_read_410_for_what_was_erased_and_still_the_verdict(decided: Candidate) -> None:
    key = await decided.site.key(decided.platform.tenant, tuple(Scope), livemode=True)
    address = f"/v1/assessments/{decided.id}"
    async with decided.site.program(Authorization=f"Bearer {key}") as program:
        before = await program.get(f"{address}/verdict")
        await deleted(decided)
        gone = [await program.get(f"{address}{path}") for path in ("", "/transcript")]
        verdict = await program.get(f"{address}/verdict")
        history = await program.get(f"{address}/verdicts")
        listed = await program.get("/v1/assessments")

    assert [(one.status_code, one.json()["code"]) for one in gone] == [(410, "erased")] * 2
    assert verdict.json() == before.json()
    assert len(history.json()["data"]) == 1
    assert decided.id in {one["id"] for one in listed.json()["data"]}


async def test_reviewers_read_that_it_was_erased_and_those_of_others_nothing(decided: Candidate) -> None:
    site = decided.site
    person = await site.reviewer(decided.platform.tenant)
    stranger = await site.reviewer((await site.platform()).tenant)
    await deleted(decided)

    async with site.browser() as browser:
        await sign_in(browser, person.email)
        case = await browser.get(f"/review/{decided.id}")
        queue = await browser.get("/review")
    async with site.browser() as browser:
        await sign_in(browser, stranger.email)
        theirs = [await browser.get(f"/review/{decided.id}{path}") for path in ("", "/time", "/second-look")]

    assert case.status_code == 410
    assert "This candidate's data was erased on" in words(case)
    assert decided.id not in queue.text
    assert [one.status_code for one in theirs] == [404] * 3
