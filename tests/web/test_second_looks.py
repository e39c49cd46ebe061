"""The reviewers' page for the quality sample."""

from html import unescape

import pytest

from assessor.adapters.clock import SystemClock
from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.item import Category
from assessor.domain.quality import QualityLevel
from assessor.services.log import AssessmentLog
from assessor.simulation.playing import Player
from tests.web.desk import Desk, words_of
from tests.web.test_reviewer import said

pytestmark = pytest.mark.anyio


async def drawn(desk: Desk, player: Player) -> tuple[str, tuple[str, ...]]:
    """Make the case one that a rule decided and that was drawn; return an item with its criteria."""
    assessment = await desk.load(player)
    assert assessment.verdict is not None
    library = await desk.site.services.content.library()
    place = assessment.form.of(Category.SFT)[0]
    rubric = library.rubric(library.item("python", place.item_id).rubric or "")
    criteria = tuple(one.id for one in rubric.criteria)
    again = f"ver_{assessment.id}"
    nothing = {"actor": "none", "action": "none", "due_at": None}
    by_rule = {"id": again, "decision": "qualified", "decided_by": "rule", "next": nothing}
    document = {**assessment.verdict.document, **by_rule}
    verdict = e.VerdictIssued(
        verdict_id=again, supersedes=assessment.verdict.verdict_id, document=document, jws=""
    )
    log = AssessmentLog(desk.site.services.store, SystemClock())
    await log.change(assessment.id, said(verdict))
    await log.change(assessment.id, said(e.SecondLookDrawn(criteria={place.item_id: criteria})))
    return place.item_id, criteria


async def test_the_queue_leads_to_the_page_and_the_page_shows_work_and_no_score(
    desk: Desk, player: Player
) -> None:
    item_id, criteria = await drawn(desk, player)

    queue = (await desk.browser.get("/review")).text
    page = await desk.browser.get(f"/review/{player.assessment_id}/second-look")

    assert f'href="/review/{player.assessment_id}/second-look"' in queue
    assert "a person scores it again without seeing any score" in words_of(queue)
    assert page.status_code == 200
    assert f'name="item_id" value="{item_id}"' in page.text
    assert all(f'name="mark.{one}"' in page.text for one in criteria)
    assert not any(words in words_of(page.text) for words in ("by rule", "by a language model", "evidence 1"))


async def test_what_is_missing_is_listed_and_what_was_chosen_stays(desk: Desk, player: Player) -> None:
    item_id, criteria = await drawn(desk, player)

    page = await desk.browser.post(
        f"/review/{player.assessment_id}/second-look", data={"item_id": item_id, f"mark.{criteria[0]}": "met"}
    )

    assert page.status_code == 422
    assert "is not scored yet. Choose one of the three." in words_of(page.text)
    assert f'href="#mark-{criteria[1]}-met"' in page.text
    assert f'id="mark-{criteria[0]}-met" value="met" required checked' in page.text


async def test_a_scored_sample_leaves_the_queue_and_the_verdict_alone(desk: Desk, player: Player) -> None:
    item_id, criteria = await drawn(desk, player)
    before = (await desk.load(player)).verdict

    stored = await desk.browser.post(
        f"/review/{player.assessment_id}/second-look",
        data={"item_id": item_id} | {f"mark.{one}": "met" for one in criteria},
    )
    page = await desk.browser.get(f"/review/{player.assessment_id}/second-look")

    after: Assessment = await desk.load(player)
    assert stored.status_code == 303
    assert "Nothing is left to look at here." in unescape(page.text)
    assert (after.verdict, after.quality) == (before, None)
    assert player.assessment_id not in (await desk.browser.get("/review")).text


async def test_who_has_opened_the_case_is_told_why_a_colleague_takes_it(desk: Desk, player: Player) -> None:
    await drawn(desk, player)
    case = await desk.browser.get(f"/review/{player.assessment_id}")

    page = await desk.browser.get(f"/review/{player.assessment_id}/second-look")

    assert "drawn for a second look by somebody who has not seen its scores" in words_of(case.text)
    assert page.status_code == 200
    assert "You have opened this case and seen its scores" in words_of(page.text)


async def test_a_disagreement_is_shown_on_the_case_until_somebody_has_seen_to_it(
    desk: Desk, player: Player
) -> None:
    item_id, _ = await drawn(desk, player)
    level = QualityLevel(
        item_id=item_id,
        category=Category.SFT,
        competency="communication",
        model="m1",
        calibration_id=None,
        person=0,
        judge=4,
        reviewer="rev_2",
        rubric="communication@1",
        language="en",
        marks={"clear": (0, 1)},
    )
    log = AssessmentLog(desk.site.services.store, SystemClock())
    await log.change(player.assessment_id, said(e.SecondLookCompared(levels=(level,))))

    queue = words_of((await desk.browser.get("/review")).text)
    case = words_of((await desk.browser.get(f"/review/{player.assessment_id}")).text)
    seen = await desk.browser.post(f"/review/{player.assessment_id}/differences-seen")
    after = await desk.browser.get(seen.headers["location"])

    assert "Two readings of the same work disagree" in queue
    assert "level 0 by a person, 4 by the language model" in case
    assert "what the second look found is left as it is" in words_of(after.text)
    assert player.assessment_id not in (await desk.browser.get("/review")).text
