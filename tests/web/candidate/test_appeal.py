"""The appeal page: a form that works without scripts, and how each appeal stands."""

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from assessor.adapters.clock import SystemClock
from assessor.domain import events as e
from assessor.domain.item import Category
from assessor.ports import Reviewer
from assessor.services.hearing import Answer
from assessor.services.log import AssessmentLog
from assessor.services.marking import Mark
from tests.web.candidate.people import Candidate, words
from tests.web.site import Site

PAGE = "/assessment/appeal"
REASON = "The last sentence says it in so many words."


@dataclass
class Decided:
    """Somebody whom a person decided against, in a browser, and who can answer an appeal."""

    candidate: Candidate
    eve: Reviewer

    async def form(self) -> dict[str, str]:
        """The form's own fields, with the first criterion of the ideal response chosen."""
        page = (await self.candidate.get(PAGE)).text
        (appeal_id,) = re.findall(r'name="appeal_id" value="([^"]+)"', page)
        item_id = await self.candidate.item(Category.SFT.value)
        key = re.findall(rf'name="criteria" value="({item_id}/[^"]+)"', page)[0]
        return {"appeal_id": appeal_id, "criteria": key, "ground": "overlooked", "note": "See the end."}

    async def file(self) -> httpx.Response:
        return await self.candidate.post(PAGE, **await self.form())

    async def answer(self, mark: str) -> None:
        hearing = self.candidate.site.services.hearing
        while found := await hearing.next_item(self.eve, self.candidate.id):
            given = {one.before.criterion: Answer(mark, REASON) for one in found.appeals}
            await hearing.answer(self.eve, self.candidate.id, found.item.item.id, given)


@pytest.fixture
async def decided(site: Site, working: Candidate) -> Decided:
    await working.interview()
    await working.hand_in_everything()
    await working.post("/assessment/submit")
    for _ in range(200):
        if (await working.assessment()).verdict:
            break
        await asyncio.sleep(0.05)
    rita = await site.reviewer(working.platform.tenant)
    reviewing = site.services.reviewing
    for score in (await reviewing.case(rita, working.id)).open:
        await reviewing.score(rita, working.id, score.item_id, score.criterion, Mark.UNMET, "Not there.")
    await reviewing.decide(rita, working.id, "not_qualified", "The answers show little of it.")
    return Decided(working, await site.reviewer(working.platform.tenant))


async def test_before_a_result_the_page_leads_back(working: Candidate) -> None:
    page = await working.get(PAGE)

    assert (page.status_code, page.headers["location"]) == (303, "/assessment/result")


async def test_the_result_leads_there_with_the_day_until_when(decided: Decided) -> None:
    page = await decided.candidate.get("/assessment/result")

    assert f'href="{PAGE}"' in page.text
    assert "You can appeal how a criterion was scored until" in words(page)
    assert "an appeal never makes a result worse" in words(page)
    assert re.search(r"the chance that your ability reaches the line is about \d+ of 100", words(page))


async def test_the_form_offers_what_is_short_of_full_and_says_what_follows(decided: Decided) -> None:
    page = await decided.candidate.get(PAGE)

    assessment = await decided.candidate.assessment()
    offered = set(re.findall(r'name="criteria" value="([^"]+)"', page.text))
    short = {f"{item}/{name}" for (item, name), one in assessment.scores.items() if one.value != 1.0}
    assert offered == short
    assert "A person who has not seen the score looks at your work again" in words(page)
    assert "It never makes your result worse" in words(page)
    assert "<script" not in page.text.partition("<main")[2].partition("</main>")[0]


async def test_a_sent_appeal_is_shown_with_the_date_of_its_answer(decided: Decided) -> None:
    sent = await decided.file()

    assert (sent.status_code, sent.headers["location"]) == (303, f"{PAGE}?done=filed")
    page = await decided.candidate.get(sent.headers["location"])
    (appeal,) = (await decided.candidate.assessment()).open_appeals
    said = words(page)
    assert "Your appeal is sent." in said
    assert "Waits for an answer" in said
    assert f"You have an answer by {appeal.due_at.day} {appeal.due_at:%B %Y} ." in said
    assert "Something that I said or did was overlooked. “See the end.”" in said
    assert "One appeal of yours waits for an answer." in words(
        await decided.candidate.get("/assessment/result")
    )


async def test_what_is_missing_is_named_and_what_was_written_stays(decided: Decided) -> None:
    form = await decided.form()
    del form["criteria"]

    page = await decided.candidate.post(PAGE, **(form | {"ground": "other", "note": ""}))
    kept = await decided.candidate.post(PAGE, **(form | {"ground": "task", "note": "The task is <unclear>."}))

    assert (page.status_code, kept.status_code) == (422, 422)
    assert "The criteria are not chosen yet. Choose at least one." in words(page)
    assert "Your note is empty. Say in a sentence what you think is wrong." in words(page)
    assert 'href="#criteria"' in page.text
    assert 'value="other" checked' in page.text
    assert "The task is &lt;unclear&gt;.</textarea>" in kept.text
    assert 'value="task" checked' in kept.text
    assert (await decided.candidate.assessment()).appeals == {}


async def test_a_chosen_criterion_stays_chosen_when_something_else_is_missing(decided: Decided) -> None:
    form = await decided.form()

    page = await decided.candidate.post(PAGE, **(form | {"ground": ""}))

    assert page.status_code == 422
    assert f'value="{form["criteria"]}" checked' in page.text


async def test_when_the_result_was_taken_back_meanwhile_the_text_is_not_lost(
    site: Site, decided: Decided
) -> None:
    form = await decided.form()
    verdict = (await decided.candidate.assessment()).verdict
    assert verdict is not None
    revoked = e.VerdictRevoked(verdict_id=verdict.verdict_id, by="anna", reason="A key was wrong.")
    log = AssessmentLog(site.services.store, SystemClock())
    await log.change(decided.candidate.id, lambda _a, _now: [revoked])

    page = await decided.candidate.post(PAGE, **form)

    assert page.status_code == 409
    assert "There is no result that can be appealed now" in words(page)
    assert "See the end." in words(page)


async def test_a_raised_score_is_told_old_and_new_with_the_reason_and_the_result_then_and_now(
    decided: Decided,
) -> None:
    await decided.file()

    await decided.answer("met")

    said = words(await decided.candidate.get(PAGE))
    assert "The score was raised" in said
    assert "Before Not shown Now Shown" in said
    assert f"The reviewer’s reason: “{REASON}”" in said
    assert "Your result when you first appealed the line was not reached" in said
    assert "Your result now being completed by a person" in said


async def test_a_kept_score_is_told_with_the_reason_and_the_result_stands(decided: Decided) -> None:
    await decided.file()

    await decided.answer("unmet")

    said = words(await decided.candidate.get(PAGE))
    assert "The score stays" in said
    assert "It is as before: Not shown." in said
    assert REASON in said
    assert "Your result now" not in said
    assert "Your appeal is answered." in words(await decided.candidate.get("/assessment/result"))


async def test_a_late_answer_is_told_as_our_fault(decided: Decided, monkeypatch: pytest.MonkeyPatch) -> None:
    await decided.file()
    later = SystemClock().now() + timedelta(days=6)
    monkeypatch.setattr("assessor.web.candidate.appeal.current_time", lambda: later)

    said = words(await decided.candidate.get(PAGE))

    assert "The answer is late" in said
    assert "it is our fault" in said


async def test_a_criterion_that_counts_no_more_needs_no_answer(site: Site, decided: Decided) -> None:
    await decided.file()
    retired = e.ItemRetired(
        item_id=await decided.candidate.item("sft"), by="anna", reason="Its key names the wrong answer."
    )
    await AssessmentLog(site.services.store, SystemClock()).change(
        decided.candidate.id, lambda _a, _now: [retired]
    )

    assert "No longer needed" in words(await decided.candidate.get(PAGE))


async def test_a_part_that_said_too_little_is_appealed_as_a_whole_without_telling_its_criteria(
    site: Site, working: Candidate
) -> None:
    await working.interview()
    item_id = await working.item("sft")
    await working.post(f"/assessment/tasks/{item_id}", text="No idea")
    await working.post("/assessment/submit")
    for _ in range(200):
        if (await working.assessment()).verdict:
            break
        await asyncio.sleep(0.05)
    rita = await site.reviewer(working.platform.tenant)
    for score in (await site.services.reviewing.case(rita, working.id)).open:
        await site.services.reviewing.score(
            rita, working.id, score.item_id, score.criterion, Mark.UNMET, "Not there."
        )
    await site.services.reviewing.decide(rita, working.id, "not_qualified", "Little was said.")

    page = await working.get(PAGE)

    assert f'name="criteria" value="{item_id}/*"' in page.text
    library = await site.services.content.library()
    rubric = library.rubric(library.item("python", item_id).rubric or "")
    assert all(criterion.text not in words(page) for criterion in rubric.criteria)
