"""More want to begin than can: the line, who comes next, and that waiting costs nobody anything."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from assessor.adapters.clock import SystemClock
from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import ASSESSMENT
from assessor.domain.assessment import Status
from assessor.domain.notice import CURRENT, QUALITY
from assessor.domain.places import AT_WORK
from assessor.services.letting_in import STRAINED_SECONDS, LettingIn
from tests.web.candidate.people import Candidate, invited, words
from tests.web.site import Site, serving
from tests.world import TurnedClock

WAITING = "/assessment/waiting"
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
async def full(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A site with one place."""
    async with serving(tmp_path_factory.mktemp("full"), interviews_at_once=1) as site:
        yield site


@pytest.fixture
async def line(full: Site) -> AsyncIterator["Line"]:
    async with AsyncExitStack() as browsers:
        line = Line(full, browsers)
        yield line
        for one in line.people:
            await full.services.letting_in.leave(one.id)


@dataclass
class Line:
    site: Site
    browsers: AsyncExitStack
    people: list[Candidate] = field(default_factory=list)

    async def comes(self, **sent: str) -> Candidate:
        """Let somebody open their link, read the notice, and press the button."""
        browser = await self.browsers.enter_async_context(self.site.browser())
        person = await invited(self.site, browser)
        self.people.append(person)
        await person.post(f"{person.link}/start")
        answer = await person.post("/assessment/begin", notice=CURRENT.version, **sent)
        assert answer.headers["location"] in {"/assessment", WAITING}
        return person


async def test_who_comes_beyond_the_limit_waits_calmly_and_their_clock_does_not_run(line: Line) -> None:
    first = await line.comes()
    second = await line.comes(**{f"consent-{QUALITY}": "yes"})
    third = await line.comes()

    page, behind = await second.get(WAITING), await third.get(WAITING)

    assert (await first.assessment()).status is Status.IN_PROGRESS
    waiting = await second.assessment()
    assert (waiting.status, waiting.deadline) == (Status.OPENED, None)
    assert waiting.agreed_to == {QUALITY: True}
    assert "Starting in about 20 minutes" in words(page)
    assert "You are next." in words(page)
    assert "The clock has not started." in words(page)
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page.text
    assert "Starting in more than half an hour" in words(behind)
    assert "1 person is before you." in words(behind)


@pytest.mark.parametrize("path", ["/assessment", "/assessment/interview"])
async def test_whoever_waits_is_led_back_to_the_line(line: Line, path: str) -> None:
    await line.comes()
    second = await line.comes()

    answer = await second.get(path)
    if answer.headers["location"] == "/assessment":
        answer = await second.get("/assessment")

    assert answer.headers["location"] == WAITING


async def test_when_a_place_is_free_the_first_may_begin_and_nothing_begins_by_itself(line: Line) -> None:
    first, second, third = await line.comes(), await line.comes(), await line.comes()
    await first.interview()

    behind, called = await third.get(WAITING), await second.get(WAITING)
    before = await second.assessment()
    pushed_in = await third.post("/assessment/begin", notice=CURRENT.version)
    begun_at = datetime.now(UTC)
    answer = await second.post("/assessment/begin", notice=CURRENT.version)

    assert "1 person is before you." in words(behind)
    assert "You can begin now" in words(called)
    assert before.status is Status.OPENED
    assert pushed_in.headers["location"] == WAITING
    assert answer.headers["location"] == "/assessment"
    begun = await second.assessment()
    limit = begun.accommodation.limit(begun.form.time_limit_minutes)
    assert limit is not None
    assert begun.deadline is not None
    assert begun.deadline >= begun_at + limit
    assert "You are next." in words(await third.get(WAITING))


async def test_an_interview_that_goes_on_is_never_sent_back(line: Line) -> None:
    first, second = await line.comes(), await line.comes()

    page = await first.get("/assessment/interview")
    await line.site.services.letting_in.leave(first.id)
    await second.get(WAITING)
    await second.post("/assessment/begin", notice=CURRENT.version)
    again = await first.get("/assessment/interview")

    assert (await second.assessment()).status is Status.IN_PROGRESS
    assert (page.status_code, again.status_code) == (200, 200)


async def test_an_invitation_whose_term_ends_meanwhile_is_held_open(line: Line) -> None:
    await line.comes()
    second, absent = await line.comes(), await line.comes()
    await absent.post(f"{WAITING}/leave")
    for one in (second, absent):
        await _run_out(line.site, one)

    expired = await line.site.services.ordering.expire_overdue()

    assert expired == 1
    assert (await absent.assessment()).status is Status.EXPIRED
    assert (await second.assessment()).status is Status.OPENED
    assert "You are next." in words(await second.get(WAITING))


async def test_who_leaves_the_line_stands_at_its_end_when_they_come_back(line: Line) -> None:
    await line.comes()
    second, third = await line.comes(), await line.comes()

    left = await second.post(f"{WAITING}/leave")

    assert "You have left the line" in words(left)
    assert "You are next." in words(await third.get(WAITING))
    assert "1 person is before you." in words(await second.get(WAITING))


async def test_nobody_new_begins_while_replies_wait_for_the_model(full: Site, line: Line) -> None:
    person = await line.comes()
    await full.services.letting_in.leave(person.id)
    waited = [STRAINED_SECONDS + 1]
    letting_in = LettingIn(full.services.store, SystemClock(), at_once=10, waited=lambda: waited[0])

    while_strained = await letting_in.look(person.id)
    waited[0] = 0.0

    assert not while_strained.may_begin
    assert (await letting_in.look(person.id)).may_begin


async def test_who_is_seen_at_their_interview_holds_their_place_for_as_long_again(
    full: Site, line: Line
) -> None:
    first, second = await line.comes(), await line.comes()
    clock = TurnedClock(datetime.now(UTC))
    letting_in = LettingIn(full.services.store, clock, at_once=1)
    clock.turn(AT_WORK - SECOND)
    letting_in.seen(await first.assessment())
    await letting_in.write_down()

    clock.turn(AT_WORK - SECOND)
    held = await letting_in.look(second.id)
    clock.turn(2 * SECOND)
    free = await letting_in.look(second.id)

    assert (held.may_begin, free.may_begin) == (False, True)


async def _run_out(site: Site, person: Candidate) -> None:
    """Let the time to begin be over."""
    store = site.services.store
    assert isinstance(store, SqlStore)
    mine = ASSESSMENT.c.id == person.id
    await store._execute(update(ASSESSMENT).where(mine).values(expires_at=datetime.now(UTC) - timedelta(1)))
