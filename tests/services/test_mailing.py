"""Mail to candidates from the fact to the mailbox: a real store, a real server, a clock that tests turn."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, Literal

import pytest
from sqlalchemy import insert, select, update
from structlog.testing import capture_logs

from assessor.adapters.mail import SmtpMailer, SmtpServer, TemplateLetters
from assessor.adapters.store.tables import CANDIDATE, MAIL
from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Gone
from assessor.domain.mail import GIVE_UP_AFTER, MailKind, mail_id
from assessor.services.adjusting import Adjusting
from assessor.services.links import LinkPurpose, SignedLinks
from assessor.services.mailing import CLAIM, KEPT, RESULT_LINK, Mailing
from assessor.services.order import Order, Ordered
from assessor.services.ordering import Once
from tests.mailbox import Got, Mailbox, mailbox
from tests.services import plays
from tests.world import World

HERE = "http://127.0.0.1:8000"
SENDER = "no-reply@assess.example.org"
ANA = "ana@example.org"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
REASON = "Explains each step, and found every fault."

_numbers = count(1)


@pytest.fixture
def kind() -> Literal["sqlite"]:
    """What is particular to a database is tested with the store."""
    return "sqlite"


@dataclass
class Post:
    """A service that sends mail to a server of the test."""

    world: World
    box: Mailbox
    mailing: Mailing

    async def order(self, email: str | None = ANA, reference: str | None = None, **terms: Any) -> Ordered:
        ref = reference or f"person-{next(_numbers)}"
        order = Order(candidate_ref=ref, candidate_email=email, track="python", form="short", **terms)
        return await self.world.ordering.order(self.world.tenant, order)

    async def later(self, by: timedelta = timedelta()) -> int:
        """Let time pass, and send what is due then. Returns how many mails were looked at."""
        self.world.clock.turn(by)
        return await self.mailing.send_due()

    async def begun(self, ordered: Ordered) -> Assessment:
        await self.world.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])
        await self.world.conversing.begin(ordered.assessment.id)
        return await self.world.conversing.settled(ordered.assessment.id)

    async def rows(self, assessment_id: str) -> dict[str, Any]:
        """Return what became of an assessment's mails, the last one of each kind."""
        found = await self.world.store._all(
            select(MAIL).where(MAIL.c.assessment_id == assessment_id).order_by(MAIL.c.given_at)
        )
        return {row.kind: row for row in found}

    def subjects(self) -> list[str]:
        return [str(got.message["Subject"]) for got in self.box.received]


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as served:
        yield served


@pytest.fixture
async def post(world: World, box: Mailbox) -> Post:
    return Post(world, box, mailing(world, box))


def mailing(world: World, box: Mailbox, worker: str = "w1") -> Mailing:
    return Mailing(
        world.store,
        world.log,
        world.content,
        TemplateLetters(),
        SmtpMailer(SmtpServer("127.0.0.1", box.port, "none"), SENDER),
        SignedLinks(bytes(32), public_url=HERE),
        world.clock,
        public_url=HERE,
        worker=worker,
    )


def token_of(got: Got, path: str) -> str:
    return got.link(path).rsplit("/", 1)[-1]


async def test_an_invitation_is_mailed_once_with_the_link_that_opens_it(post: Post) -> None:
    ordered = await post.order()

    looked_at = [await post.later(), await post.later(DAY)]

    (got,) = post.box.received
    assert looked_at == [1, 0]
    assert got.to == [ANA]
    assert got.link("/c/") == ordered.invite_url
    assert "Acme invites you: Python" in str(got.message["Subject"])
    assert (await post.world.inviting.look_at(token_of(got, "/c/"))).id == ordered.assessment.id


@pytest.mark.parametrize("terms", [{"email": None}, {"livemode": False, "simulated": True}])
async def test_without_an_address_or_for_a_program_nothing_is_ever_sent(
    post: Post, terms: dict[str, Any]
) -> None:
    ordered = await post.order(**terms)

    await post.later(12 * DAY)

    assert await post.rows(ordered.assessment.id) == {}
    assert post.box.received == []


async def test_an_order_that_is_sent_twice_is_mailed_once(post: Post) -> None:
    order = Order(candidate_ref="person", candidate_email=ANA, track="python", form="short")
    once = Once("key", "hash", lambda _ordered: (b"{}", "/"))

    for _ in range(2):
        await post.world.ordering.order_once(post.world.tenant, order, once)
    await post.later()

    assert len(post.box.received) == 1


async def test_the_database_keeps_neither_address_nor_link_readable_and_no_link_once_it_was_sent(
    post: Post, tmp_path: Path
) -> None:
    ordered = await post.order()
    token = ordered.invite_url.rsplit("/", 1)[-1]
    waiting = await post.rows(ordered.assessment.id)

    await post.later()
    sent = await post.rows(ordered.assessment.id)
    await post.later(12 * DAY)
    reminded = await post.rows(ordered.assessment.id)

    stored = below(tmp_path)
    assert ordered.assessment.id.encode() in stored
    assert ANA.encode() not in stored
    assert token.encode() not in stored
    assert waiting["invite"].token
    assert sent["invite"].token is None
    assert sent["reminder"].token
    assert reminded["reminder"].token is None
    assert {row.status for row in reminded.values()} == {"sent"}


def below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_no_event_and_no_log_line_has_the_address(post: Post) -> None:
    post.box.refused[ANA] = f"550 {ANA} is nobody here"
    with capture_logs() as logs:
        ordered = await post.order()
        await post.later()

    events = await post.world.store.events(ordered.assessment.id)
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["mail given up"]
    assert ANA not in json.dumps(logs, default=str)
    assert ANA not in "".join(event.model_dump_json() for event in events)
    assert ANA not in repr(ordered)


async def test_a_new_link_is_mailed_in_place_of_the_one_that_waits(post: Post) -> None:
    ordered = await post.order()

    again = await post.world.inviting.reissue("acme", ordered.assessment.id)
    await post.later()

    (got,) = post.box.received
    assert got.link("/c/") == again.invite_url != ordered.invite_url


async def test_what_was_put_off_arrives_later_under_the_same_id(post: Post) -> None:
    post.box.rcpt.append("450 greylisted")
    ordered = await post.order()

    first = await post.later()
    id_ = f"<{(await post.rows(ordered.assessment.id))['invite'].id}@assess.example.org>"
    looked_at = [await post.later(by) for by in (59 * timedelta(seconds=1), timedelta(seconds=1))]

    (got,) = post.box.received
    assert (first, looked_at) == (1, [0, 1])
    assert got.id == id_
    assert (await post.rows(ordered.assessment.id))["invite"].tries == 2


async def test_a_server_that_was_down_gets_everything_when_it_is_back(world: World) -> None:
    async with mailbox() as gone:
        port = gone.port
    post = Post(world, gone, mailing(world, gone))
    await post.order("ana@example.org")
    await post.later()
    await post.order("bo@example.org")
    await post.later()

    async with mailbox(port) as back:
        await post.later(MINUTE)

        assert {got.to[0] for got in back.received} == {"ana@example.org", "bo@example.org"}


async def test_a_recipient_whom_the_server_refuses_holds_nobody_else_up(post: Post) -> None:
    post.box.refused["gone@example.org"] = "550 no such user"
    refused, taken = await post.order("gone@example.org"), await post.order(ANA)

    await post.later()
    again = await post.later(DAY)

    assert [got.to for got in post.box.received] == [[ANA]]
    assert again == 0
    dead = (await post.rows(refused.assessment.id))["invite"]
    assert (dead.status, dead.why, dead.token) == ("dead", "550", None)
    assert (await post.rows(taken.assessment.id))["invite"].status == "sent"


async def test_what_no_server_takes_for_three_days_is_given_up(post: Post) -> None:
    post.box.refused[ANA] = "451 never now"
    ordered = await post.order()

    for _ in range(80):
        await post.later(timedelta(hours=1))

    row = (await post.rows(ordered.assessment.id))["invite"]
    assert (row.status, row.why, row.token) == ("dead", "451", None)
    assert row.tries > 10
    assert row.settled_at - row.due_at <= GIVE_UP_AFTER + timedelta(hours=1)


async def test_who_has_not_begun_is_reminded_once_two_days_before_the_end(post: Post) -> None:
    ordered = await post.order()
    await post.later()

    too_early = await post.later(12 * DAY - MINUTE)
    await post.later(MINUTE)
    await post.world.inviting.reissue("acme", ordered.assessment.id)
    await post.later(20 * DAY)

    reminders = [got for got in post.box.received if "ends soon" in str(got.message["Subject"])]
    assert too_early == 0
    assert len(reminders) == 1
    assert reminders[0].link("/c/") == ordered.invite_url
    assert reminders[0].message["List-Unsubscribe"] == f"<{reminders[0].link('/reminders/')}>"
    assert reminders[0].message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_more_time_to_begin_moves_the_reminder(post: Post) -> None:
    ordered = await post.order()
    await post.later()
    ends = ordered.assessment.expires_at
    assert ends is not None

    await Adjusting(post.world.log, post.world.store).extend("acme", ordered.assessment.id, ends + 10 * DAY)

    assert await post.later(21 * DAY) == 0
    assert await post.later(DAY) == 1


@pytest.mark.parametrize("how", ["cancelled", "submitted"])
async def test_what_is_over_needs_no_reminder(post: Post, how: str) -> None:
    ordered = await post.order()
    await post.later()

    if how == "cancelled":
        await post.world.ordering.cancel("acme", ordered.assessment.id)
    else:
        await post.begun(ordered)
        await post.world.log.change(ordered.assessment.id, lambda _a, _now: [e.AssessmentSubmitted()])
    row = (await post.rows(ordered.assessment.id))["reminder"]
    await post.later(20 * DAY)

    assert (row.status, row.token) == ("dropped", None)
    assert len(post.box.received) == 1


async def test_who_has_begun_and_went_away_is_reminded_before_the_time_is_over(post: Post) -> None:
    ordered = await post.order()
    await post.later()
    begun = await post.begun(ordered)
    assert begun.deadline is not None
    left = begun.deadline - post.world.clock.now()

    too_early = await post.later(left - 17 * MINUTE)
    await post.later(2 * MINUTE)

    assert too_early == 0
    assert post.subjects()[1:] == ["Your assessment for Acme is still open"]
    assert post.box.received[1].link("/assessment") == f"{HERE}/assessment"


async def test_who_works_is_left_in_peace(post: Post) -> None:
    ordered = await post.order()
    await post.later()
    begun = await post.begun(ordered)
    assert begun.deadline is not None
    post.world.clock.turn(begun.deadline - post.world.clock.now() - 16 * MINUTE)
    task = begun.form.tasks[0].item_id
    await post.world.answering.save_draft(ordered.assessment.id, task, {"text": "I am here"}, 0)

    await post.later(MINUTE)

    row = (await post.rows(ordered.assessment.id))["reminder"]
    assert (row.status, row.why) == ("dropped", "working")
    assert len(post.box.received) == 1


async def test_a_break_holds_the_reminder_off_until_the_clock_runs_again(post: Post) -> None:
    ordered = await post.order()
    await post.later()
    begun = await post.begun(ordered)
    await post.world.pausing.pause(begun.id)
    paused = (await post.rows(begun.id))["reminder"].next_at

    post.world.clock.turn(MINUTE)
    resumed = await post.world.pausing.resume(begun.id)

    assert paused is None
    assert resumed.deadline is not None
    assert (await post.rows(begun.id))["reminder"].next_at == resumed.deadline - 15 * MINUTE


async def test_who_unsubscribes_gets_no_reminder_of_any_assessment_and_every_invitation(post: Post) -> None:
    first = await post.order(reference="ana")
    await post.later(12 * DAY)
    (reminder,) = [got for got in post.box.received if got.message["List-Unsubscribe"]]
    token = token_of(reminder, "/reminders/")

    for _ in range(2):
        await post.mailing.unsubscribe(token)
    await post.world.ordering.cancel("acme", first.assessment.id)
    second = await post.order(reference="ana")
    other = await post.order("bo@example.org")
    await post.later(13 * DAY)

    later = [(got.to[0], "ends soon" in str(got.message["Subject"])) for got in post.box.received[2:]]
    assert sorted(later) == [(ANA, False), ("bo@example.org", False), ("bo@example.org", True)]
    assert {*await post.rows(second.assessment.id)} == {"invite"}
    assert {*await post.rows(other.assessment.id)} == {"invite", "reminder"}


async def test_a_reminder_that_waits_is_dropped_with_its_link_when_somebody_unsubscribes(post: Post) -> None:
    ordered = await post.order()
    links = SignedLinks(bytes(32), public_url=HERE)
    token = links.make(LinkPurpose.REMINDERS, ordered.assessment.id).rsplit("/", 1)[-1]

    await post.mailing.unsubscribe(token)

    row = (await post.rows(ordered.assessment.id))["reminder"]
    assert (row.status, row.why, row.token) == ("dropped", "unsubscribed", None)


async def test_there_is_a_mail_when_a_person_need_not_look_any_more_and_its_link_opens_the_result(
    post: Post,
) -> None:
    world = post.world
    ordered = await post.order()
    await post.later()
    assessment = await finished(post, ordered)
    await post.later()
    before = len(post.box.received)
    reviewer = await plays.reviewer(world)
    assessment = await plays.reviewed(world, assessment, reviewer, level=2)
    await world.reviewing.decide(reviewer, assessment.id, "qualified", REASON)

    await post.later()

    got = post.box.received[before:]
    assert before == 1, "nothing is told while a person has to look"
    assert [str(one.message["Subject"]) for one in got][-1] == "There is news about your assessment for Acme"
    assert "qualified" not in "".join(one.raw.decode() for one in got)
    assert await post.mailing.result_of(token_of(got[-1], "/r/")) == assessment.id


async def finished(post: Post, ordered: Ordered) -> Assessment:
    """Play it to the first verdict, which leaves something for a person."""
    world = post.world
    assessment = await post.begun(ordered)
    person = await plays.candidate(world, 4)
    for number in range(60):
        if assessment.interview_finished:
            break
        text = person.answer(assessment.transcript.turns[-1].item_id)
        await world.conversing.receive(assessment.id, f"message-{number:03}", text)
        assessment = await world.conversing.settled(assessment.id)
        await world.conversing.observed(assessment.id)
    for place in assessment.form.tasks:
        await world.answering.hand_in(assessment.id, place.item_id, person.response(place.item_id))
    await world.answering.submit(assessment.id)
    return await world.log.load(assessment.id)


async def test_a_link_to_a_result_ends_and_cannot_be_made_up(post: Post) -> None:
    ordered = await post.order()
    links = SignedLinks(bytes(32), public_url=HERE)
    until = post.world.clock.now() + RESULT_LINK
    address = links.make(LinkPurpose.RESULT, ordered.assessment.id, until)
    token = address.rsplit("/", 1)[-1]
    stops = links.make(LinkPurpose.REMINDERS, ordered.assessment.id).rsplit("/", 1)[-1]
    other = await post.order()
    forged = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token.replace(ordered.assessment.id, other.assessment.id),
        token.replace(f".{int(until.timestamp())}.", f".{int(until.timestamp()) + 1}."),
        stops,
        "",
        "..",
        f"{ordered.assessment.id}.0.",
        f"{ordered.assessment.id}.-1.x",
        f"{ordered.assessment.id}.{'9' * 40}.x",
    ]

    for one in forged:
        with pytest.raises(Gone, match="is not known here"):
            await post.mailing.result_of(one)
    assert await post.mailing.result_of(token) == ordered.assessment.id
    post.world.clock.turn(RESULT_LINK)
    with pytest.raises(Gone, match="has expired"):
        await post.mailing.result_of(token)


async def test_an_answered_appeal_is_told(post: Post) -> None:
    ordered = await post.order()
    await post.later()
    now = post.world.clock.now()
    id_ = mail_id(ordered.assessment.id, 99, MailKind.APPEAL)
    row = {"id": id_, "assessment_id": ordered.assessment.id, "kind": "appeal", "status": "pending"}
    times = {"given_at": now, "due_at": now, "next_at": now}
    await post.world.store._execute(insert(MAIL).values(**row, **times, tries=0))

    await post.later()

    got = post.box.received[-1]
    assert got.message["Subject"] == "Your appeal to Acme was answered"
    assert await post.mailing.result_of(token_of(got, "/r/")) == ordered.assessment.id


async def test_nothing_is_sent_to_somebody_who_was_erased(post: Post) -> None:
    ordered = await post.order()
    await post.world.store._execute(update(CANDIDATE).values(wrapped_key=None))

    await post.later(13 * DAY)

    rows = await post.rows(ordered.assessment.id)
    assert post.box.received == []
    assert {(row.status, row.why, row.token) for row in rows.values()} == {("dropped", "erased", None)}


async def test_an_attempt_that_is_given_back_is_mailed_to_the_same_address(post: Post) -> None:
    ordered = await post.order()
    await post.begun(ordered)
    await post.world.log.change(
        ordered.assessment.id, lambda _a, _now: [e.FaultRecorded(where="web", kind="outage")]
    )

    given = await post.world.ordering.give_back(ordered.assessment.id, "Our outage ended the session.")
    await post.later()

    got = post.box.received[-1]
    assert (got.to, got.link("/c/")) == ([ANA], given.invite_url)


async def test_what_a_dead_worker_had_taken_up_is_sent_by_another_once_its_claim_is_over(post: Post) -> None:
    ordered = await post.order()
    now = post.world.clock.now()
    (claimed,) = await post.world.store.claim_mail("dead", now, now + CLAIM, 10)
    assert "ana" not in repr(claimed)

    too_early = await post.later(CLAIM - MINUTE)
    in_time = await post.later(MINUTE)

    assert (too_early, in_time) == (0, 1)
    assert post.box.received[0].link("/c/") == ordered.invite_url


async def test_a_worker_that_comes_back_goes_on_at_once_and_ends_gently(post: Post) -> None:
    await post.order()
    now = post.world.clock.now()
    await post.world.store.claim_mail("w1", now, now + CLAIM, 10)

    async with post.mailing.running():
        await post.box.came(1)
        await asyncio.sleep(0)

    assert len(post.box.received) == 1


async def test_a_fault_of_ours_is_logged_and_tried_again(post: Post) -> None:
    ordered = await post.order()
    post.world.content.broken = True
    with capture_logs() as logs:
        await post.later()
    post.world.content.broken = False

    await post.later(MINUTE)

    assert [line["event"] for line in logs] == ["mail attempt failed"]
    assert ANA not in json.dumps(logs, default=str)
    assert post.box.received[0].link("/c/") == ordered.invite_url


async def test_what_was_settled_long_ago_is_forgotten_but_not_that_somebody_was_reminded(post: Post) -> None:
    ordered = await post.order()
    await post.later()
    await post.later(12 * DAY)
    post.world.clock.turn(KEPT + MINUTE)

    forgotten = await post.mailing.forget_old()

    assert forgotten == 1
    assert {*await post.rows(ordered.assessment.id)} == {"reminder"}
