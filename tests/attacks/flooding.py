"""Plays attacks that want to use the service up: what is too much is refused, and others notice nothing."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise

from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, InvalidInput, TooLarge
from assessor.simulation.interviews import Studio
from tests.attacks.gains import broken
from tests.attacks.payloads import Attack
from tests.attacks.playing import Outcome

LONGEST_REPLY_SECONDS = 10.0
MAX_MESSAGES = 120


async def flood(rooms: Studio, attack: Attack, index: int) -> Outcome:
    """Send the payload in an interview while another one goes on, then go on to the end with trifles."""
    attacked, other = [await rooms.begin(f"simulated-{index + n:05}") for n in (0, 1)]
    before = await rooms.conversing.settled(attacked)
    calls = rooms.model.used["turn"].calls
    sending = asyncio.create_task(_send_all(rooms, attacked, attack))
    faults = [*await _undisturbed(rooms, other)]
    accepted = await sending
    after = await rooms.conversing.settled(attacked)
    faults += _bounded(before, after, accepted, rooms.model.used["turn"].calls - calls)
    return Outcome(attack, "", tuple(broken([*faults, *await _comes_to_an_end(rooms, attacked)])))


async def _send_all(rooms: Studio, assessment_id: str, attack: Attack) -> int:
    """Send everything at once; return how many messages were accepted."""

    async def send(number: int) -> bool:
        try:
            await rooms.conversing.receive(assessment_id, f"flood-{number:05}", attack.text)
        except (Conflict, InvalidInput, TooLarge):
            return False
        return True

    return sum(await asyncio.gather(*map(send, range(attack.messages_at_once))))


async def _undisturbed(rooms: Studio, assessment_id: str) -> Iterator[str]:
    """Answer in another interview, which has to be replied to in time."""
    try:
        async with asyncio.timeout(LONGEST_REPLY_SECONDS):
            await rooms.conversing.settled(assessment_id)
            await rooms.conversing.receive(assessment_id, "message-other", "I write services in Python.")
            after = await rooms.conversing.settled(assessment_id)
    except TimeoutError:
        return iter(["another interview had to wait"])
    replied = after.transcript.turns[-1].speaker == "interviewer"
    return iter([] if replied else ["another interview was not replied to"])


def _bounded(before: Assessment, after: Assessment, accepted: int, calls: int) -> Iterator[str]:
    speakers = [turn.speaker for turn in after.transcript.turns]
    # One that comes late on a busy machine may find the reply to the first one there, and is welcome.
    if ("candidate", "candidate") in pairwise(speakers):
        yield "a message was accepted before the reply to the one before"
    if after.seq - before.seq > 6 * accepted:
        yield f"{after.seq - before.seq} events for {accepted} messages"
    if calls > accepted + 1:  # and one for the other interview
        yield f"{calls} model calls for {accepted} messages"


async def _comes_to_an_end(rooms: Studio, assessment_id: str) -> Iterator[str]:
    """Send trifles without end: the interview has one."""
    for number in range(MAX_MESSAGES):
        assessment = await rooms.conversing.settled(assessment_id)
        if assessment.interview_finished:
            return iter([])
        await rooms.conversing.receive(assessment_id, f"message-{number:05}", "hm, " * (number % 9) + "yes")
    return iter([f"the interview goes on after {MAX_MESSAGES} messages"])
