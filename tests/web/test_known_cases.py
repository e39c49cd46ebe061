"""Known cases among the others: served as second looks are, told afterwards, counted for reviewers alone."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from assessor.domain.roles import Role
from assessor.ports import QualityWindow
from assessor.services.known_answers import KnownAnswer, known_answers
from assessor.services.known_cases import ANSWERS
from assessor.simulation.playing import Player
from assessor.web.candidate.visit import current_time
from tests.web.desk import Desk, sign_in
from tests.web.site import Site, serving
from tests.web.test_queue import words_of

SECOND_LOOK = re.compile(r"/review/asm_[0-9a-z]{26}/second-look")


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A service on which every second case or so is a known one."""
    folder: Path = tmp_path_factory.mktemp("known-cases")
    async with serving(folder, known_case_share=0.5) as site:
        yield site


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the draw always fall on a known case."""
    monkeypatch.setattr("assessor.services.known_cases.KnownCases._is_drawn", lambda _: True)


async def shown(desk: Desk, address: str) -> KnownAnswer:
    """Return which answer a page shows; the page itself has no more than any second look has."""
    page = await desk.browser.get(address)
    found = re.search(r'name="item_id" value="([^"]+)"', page.text)
    case = await desk.site.services.store.known_case(address.split("/")[2])
    assert found is not None
    assert case is not None
    answers = known_answers(await desk.site.services.content.library(), "python")
    return next(answers[name] for name in case.answers if answers[name].item.id == found[1])


async def score(desk: Desk, address: str, *, right: bool = True) -> httpx.Response:
    answer = await shown(desk, address)
    marks = {
        f"mark.{one.id}": "met" if (one.id in answer.anchor.met) is right else "unmet"
        for one in answer.rubric.criteria
    }
    return await desk.browser.post(address, data={"item_id": answer.item.id, **marks})


async def test_a_known_case_looks_like_a_second_look_and_tells_what_is_known_when_it_is_scored(
    desk: Desk, player: Player, drawn: None
) -> None:
    taken = await desk.browser.post("/review/next")
    address = taken.headers["location"]
    blind = await desk.browser.get(address)
    again = await desk.browser.post("/review/next")
    for _ in range(ANSWERS):
        await score(desk, address)
    told = await desk.browser.get(address)

    assert SECOND_LOOK.fullmatch(address)
    assert player.assessment_id not in address
    assert again.headers["location"] == address
    assert "known case" not in re.sub("A few are known cases", "", words_of(blind))
    assert "Second look" in words_of(blind)
    assert "That was a known case" in words_of(told)
    assert f"{ANSWERS} of {ANSWERS} answers are at the same level" in words_of(told)


async def test_the_case_that_it_came_before_waits_on_and_is_in_nobodys_hands(
    desk: Desk, player: Player, drawn: None
) -> None:
    await desk.browser.post("/review/next")

    held = await desk.site.services.leasing.held([player.assessment_id])
    (waiting,) = await desk.site.services.store.waiting(desk.platform.tenant.id)

    assert held == {}
    assert waiting.id == player.assessment_id


async def test_a_known_case_is_no_assessment_and_in_no_figure_but_that_of_reviewers(
    desk: Desk, player: Player, drawn: None
) -> None:
    address = (await desk.browser.post("/review/next")).headers["location"]
    for _ in range(ANSWERS):
        await score(desk, address, right=False)
    tenant, case_id = desk.platform.tenant.id, address.split("/")[2]
    auditor = await desk.site.reviewer(desk.platform.tenant, Role.AUDITOR)
    desk.site.app.state.sign_in_throttle.forget()
    async with desk.site.browser() as browser, desk.site.program(**desk.platform.headers) as program:
        await sign_in(browser, auditor.email)
        page = await browser.get("/review/quality/reviewers")
        case = await browser.get(f"/review/{case_id}")
        asked = await program.get(f"/v1/assessments/{case_id}")
    window = QualityWindow(tenant, "simulated", current_time() - timedelta(days=1))
    passages = await desk.site.services.store.passages(window)
    (person,) = await desk.site.services.known_cases.agreement(tenant)

    assert (case.status_code, asked.status_code) == (404, 404)
    assert len(passages) == len(await desk.site.services.ordering.recent(tenant)) == 1
    assert person.outcome.answers == ANSWERS
    assert person.outcome.right == 0
    assert desk.person.name in words_of(page)


async def test_somebody_elses_known_case_is_not_there(desk: Desk, player: Player, drawn: None) -> None:
    address = (await desk.browser.post("/review/next")).headers["location"]
    other = await desk.site.reviewer(desk.platform.tenant, Role.REVIEWER)
    desk.site.app.state.sign_in_throttle.forget()
    async with desk.site.browser() as browser:
        await sign_in(browser, other.email)
        seen = await browser.get(address)
        sent = await browser.post(address, data={"item_id": "x"})

    assert (seen.status_code, sent.status_code) == (404, 404)


async def test_what_cannot_be_stored_of_a_known_case_is_told_as_of_any_other(
    desk: Desk, player: Player, drawn: None
) -> None:
    address = (await desk.browser.post("/review/next")).headers["location"]
    answer = await shown(desk, address)

    left_out = await desk.browser.post(address, data={"item_id": answer.item.id})
    made_up = await desk.browser.post(address, data={"item_id": "nothing"})
    await score(desk, address)
    marks = {f"mark.{one.id}": "met" for one in answer.rubric.criteria}
    twice = await desk.browser.post(address, data={"item_id": answer.item.id, **marks})

    assert (left_out.status_code, made_up.status_code, twice.status_code) == (422, 422, 409)
    assert "is not scored yet" in words_of(left_out)
    assert "This was scored already" in words_of(twice)


async def test_nobody_waits_longer_for_a_known_case_who_needs_help_or_whom_a_fault_holds(
    desk: Desk, drawn: None
) -> None:
    held = await desk.site.playing(desk.platform.tenant)
    await held.interview()
    await desk.site.services.scoring.hold(held.assessment_id, "ModelFault")

    taken = await desk.browser.post("/review/next")

    assert taken.headers["location"] == f"/review/{held.assessment_id}"


async def test_the_share_is_about_what_was_set(desk: Desk) -> None:
    draws = [desk.site.services.known_cases._is_drawn() for _ in range(400)]

    assert 120 < sum(draws) < 280  # one in two; so far off by chance once in 10^15
