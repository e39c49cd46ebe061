"""The queue in the browser: filters, pages, leases, and two reviewers at once."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from html import unescape

import httpx
import pytest

from assessor.domain.queue import Lease, Reason
from assessor.domain.roles import Role
from assessor.ports import Reviewer
from assessor.simulation.playing import Player
from assessor.web.candidate.visit import current_time
from tests.web.desk import Desk, sign_in

REASON = "I read the whole of it, and this is what it shows."


def words_of(page: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@asynccontextmanager
async def colleague(desk: Desk, **limits: object) -> AsyncIterator[tuple[Reviewer, httpx.AsyncClient]]:
    """Another reviewer of the same platform, signed in."""
    desk.site.app.state.sign_in_throttle.forget()
    person = await desk.site.reviewer(desk.platform.tenant, Role.REVIEWER)
    async with desk.site.browser() as browser:
        await sign_in(browser, person.email)
        yield person, browser


async def test_the_queue_shows_reasons_due_date_and_counts(desk: Desk, player: Player) -> None:
    page = await desk.browser.get("/review")

    assert "open criteria (1)" in words_of(page)
    assert "Everything (1)" in words_of(page)
    assert "within 5 days" in words_of(page)


async def test_who_scores_alone_reads_that_an_appeal_will_need_a_second_person(desk: Desk) -> None:
    alone = await desk.browser.get("/review")
    await desk.site.reviewer(desk.platform.tenant, Role.ADMIN)
    still = await desk.browser.get("/review")
    await desk.site.reviewer(desk.platform.tenant)
    together = await desk.browser.get("/review")

    said = "a second one is needed before the first appeal comes"
    assert [said in words_of(page) for page in (alone, still, together)] == [True, True, False]
    assert "An administrator of your platform can invite one." in words_of(alone)


@pytest.mark.parametrize(
    ("address", "listed"),
    [
        ("?reason=open_criteria", True),
        ("?reason=appeal", False),
        ("?show=appeals", False),
        ("?track=python", True),
        ("?track=nursing", False),
        ("?reason=open_criteria&track=python", True),
        ("?show=mine", False),
    ],
)
async def test_filters_stand_in_the_address(
    desk: Desk, player: Player, address: str, *, listed: bool
) -> None:
    page = await desk.browser.get(f"/review{address}")

    assert page.status_code == 200
    assert (player.assessment_id in page.text) is listed


@pytest.mark.parametrize("address", ["?reason=boredom", "?after=nothing", "?after=MjAyNg"])
async def test_an_address_that_no_page_gave_out_is_told(desk: Desk, address: str) -> None:
    assert (await desk.browser.get(f"/review{address}")).status_code == 422


async def test_every_case_is_on_one_page_and_only_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    players = [await desk.site.playing(desk.platform.tenant) for _ in range(3)]
    for one in players:
        await one.interview()
        await desk.site.services.scoring.hold(one.assessment_id, "ModelFault")
    monkeypatch.setattr("assessor.web.queue.PAGE", 2)

    first = await desk.browser.get("/review?reason=technical")
    link = re.search(r'href="(/review\?[^"]+)" rel="next"', first.text)
    assert link is not None
    second = await desk.browser.get(unescape(link[1]))

    pages = [
        [one.assessment_id for one in players if one.assessment_id in page.text] for page in (first, second)
    ]
    assert pages == [[one.assessment_id for one in players[:2]], [players[2].assessment_id]]
    assert 'rel="next"' not in second.text


async def test_taking_the_next_case_opens_it_and_the_same_until_it_is_done(
    desk: Desk, player: Player
) -> None:
    other = await desk.site.submitted(desk.platform.tenant)

    taken = [await desk.browser.post("/review/next") for _ in range(2)]
    async with colleague(desk) as (_, browser):
        theirs = await browser.post("/review/next")
    mine = await desk.browser.get("/review?show=mine")

    assert [answer.headers["location"] for answer in taken] == [f"/review/{player.assessment_id}"] * 2
    assert theirs.headers["location"] == f"/review/{other.assessment_id}"
    assert player.assessment_id in mine.text
    assert other.assessment_id not in mine.text


async def test_where_nothing_is_free_that_is_said(desk: Desk, player: Player) -> None:
    await desk.browser.post("/review/next")

    async with colleague(desk) as (_, browser):
        answer = await browser.post("/review/next")
        page = await browser.get(answer.headers["location"])

    assert "Nothing waits that you could take" in page.text
    assert "Rita Reviewer" in page.text


async def test_of_two_reviewers_at_once_one_is_refused_and_keeps_what_they_typed(
    desk: Desk, player: Player
) -> None:
    score = (await desk.case(player)).open[0]
    name = f"{score.item_id}/{score.criterion}"
    fields = {f"mark.{name}": "met", f"reason.{name}": REASON}
    await desk.browser.get(f"/review/{player.assessment_id}")

    async with colleague(desk) as (_, browser):
        opened = await browser.get(f"/review/{player.assessment_id}")
        refused = await browser.post(f"/review/{player.assessment_id}/sheet", data=fields)
    stored = await desk.score(player, score)

    assert "Rita Reviewer has this case in hand until" in words_of(opened)
    assert 'name="mark.' not in opened.text
    assert refused.status_code == 412
    assert REASON in refused.text
    assert "Nothing of yours was stored" in refused.text
    assert stored.status_code == 303
    assert (await desk.load(player)).scores[
        (score.item_id, score.criterion)
    ].rater == f"person:{desk.person.id}"


async def test_a_lease_that_ran_out_is_taken_by_a_colleague_and_the_text_is_kept(
    desk: Desk, player: Player
) -> None:
    score = (await desk.case(player)).open[0]
    await desk.browser.get(f"/review/{player.assessment_id}")
    async with colleague(desk) as (person, browser):
        # As if half an hour had gone by, and the colleague had opened it then.
        now = current_time() + timedelta(minutes=31)
        lease = Lease(player.assessment_id, person.id, now + timedelta(minutes=30))
        taken = await desk.site.services.store.take(lease, now)
        late = await desk.score(player, score, reason=REASON)
        on_time = await browser.get(f"/review/{player.assessment_id}")

    assert taken == lease
    assert late.status_code == 412
    assert REASON in late.text
    assert "You have this case in hand" in words_of(on_time)


async def test_a_case_that_was_given_back_can_be_taken(desk: Desk, player: Player) -> None:
    await desk.browser.post("/review/next")

    given = await desk.browser.post(f"/review/{player.assessment_id}/release")
    async with colleague(desk) as (_, browser):
        taken = await browser.post("/review/next")

    assert given.headers["location"] == "/review"
    assert taken.headers["location"] == f"/review/{player.assessment_id}"


async def test_a_case_that_is_done_is_in_nobodys_hands(desk: Desk, player: Player) -> None:
    for score in (await desk.case(player)).open:
        await desk.score(player, score, mark="cannot_assess")
    await desk.decide(player, "not_qualified", REASON)

    assert await desk.site.services.leasing.held([player.assessment_id]) == {}
    assert await desk.site.services.leasing.in_hand(desk.person) == ()


async def test_an_auditor_takes_nothing_by_looking(desk: Desk, player: Player) -> None:
    auditor = await desk.site.reviewer(desk.platform.tenant, Role.AUDITOR)
    desk.site.app.state.sign_in_throttle.forget()
    async with desk.site.browser() as browser:
        await sign_in(browser, auditor.email)
        await browser.get(f"/review/{player.assessment_id}")

    assert await desk.site.services.leasing.held([player.assessment_id]) == {}


async def test_the_counts_alone_can_be_asked_for(desk: Desk, player: Player) -> None:
    counts = await desk.browser.get("/review/counts")

    assert "open criteria (1)" in words_of(counts)
    assert "<html" not in counts.text


async def test_another_platforms_case_can_be_neither_taken_nor_counted(desk: Desk, player: Player) -> None:
    other = await desk.site.reviewer((await desk.site.platform()).tenant, Role.REVIEWER)
    desk.site.app.state.sign_in_throttle.forget()
    async with desk.site.browser() as browser:
        await sign_in(browser, other.email)
        taken = await browser.post("/review/next")
        counts = await desk.site.services.store.waiting_counts(other.tenant, 10)

    assert taken.headers["location"] == "/review?none=1"
    assert counts == dict.fromkeys((None, *Reason), 0)


async def test_whoever_knows_the_candidate_gives_the_case_back_and_gets_none_of_theirs(
    desk: Desk, player: Player
) -> None:
    address = f"/review/{player.assessment_id}"
    await desk.browser.post("/review/next")

    said = await desk.browser.post(f"{address}/know")
    ways = [await desk.browser.get(f"{address}{page}") for page in ("", "/second-look", "/appeal")]
    score = (await desk.case(player)).open[0]
    scored = await desk.score(player, score)
    taken = await desk.browser.post("/review/next")
    async with colleague(desk) as (_, browser):
        theirs = await browser.post("/review/next")

    assert said.headers["location"] == "/review"
    assert [page.status_code for page in ways] == [409, 409, 409]
    assert all("You said that you know this person" in page.text for page in ways)
    assert scored.status_code == 409
    assert (await desk.load(player)).scores[(score.item_id, score.criterion)].is_open
    assert taken.headers["location"] == "/review?none=1"
    assert theirs.headers["location"] == address


async def test_a_senior_hands_a_case_to_a_colleague_who_then_has_it_for_a_day(
    desk: Desk, player: Player
) -> None:
    address = f"/review/{player.assessment_id}"
    await desk.browser.get(address)
    async with colleague(desk) as (person, browser):
        handed = await desk.browser.post(f"{address}/assign", data={"colleague": person.id})
        next_one = await browser.post("/review/next")
        await browser.get(address)
        mine = await desk.browser.get(address)
    held = await desk.site.services.leasing.held([player.assessment_id])

    assert handed.headers["location"] == "/review"
    assert next_one.headers["location"] == address
    assert held[player.assessment_id].holder == person.id
    assert held[player.assessment_id].until > current_time() + timedelta(hours=23)
    assert "has this case in hand until" in words_of(mine)


async def test_a_case_is_handed_only_to_who_reviews_here_and_knows_nobody_in_it(
    desk: Desk, player: Player
) -> None:
    address = f"/review/{player.assessment_id}/assign"
    auditor = await desk.site.reviewer(desk.platform.tenant, Role.AUDITOR)
    stranger = await desk.site.reviewer((await desk.site.platform()).tenant, Role.REVIEWER)
    friend = await desk.site.reviewer(desk.platform.tenant, Role.REVIEWER)
    await desk.site.services.leasing.recuse(friend, player.assessment_id)

    answers = [
        await desk.browser.post(address, data={"colleague": one})
        for one in (auditor.id, stranger.id, "nobody", friend.id)
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422, 409]
    assert await desk.site.services.leasing.held([player.assessment_id]) == {}
