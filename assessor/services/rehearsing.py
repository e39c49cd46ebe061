"""Scoring that is rehearsed: the real services over a log in memory, of which nothing reaches the disk."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, replay
from assessor.domain.calibration import Standing
from assessor.domain.code import CodeCall, CodeNotRunError, CodeOutcome
from assessor.domain.errors import ModelFault, SequenceTaken
from assessor.domain.library import Library
from assessor.domain.policy import Stage
from assessor.domain.score import Score
from assessor.ports import Append, Clock, CodeRunner, Content, Model, ModelReply, ModelRequest, Retirement
from assessor.scoring import Judge, waiting
from assessor.services.log import AssessmentLog
from assessor.services.scoring import Scoring, work_of

Keep = Callable[[e.ModelReplied], Awaitable[None]]
"""What is done with a reply that a rehearsal paid for."""

JudgeOf = Callable[[Sequence[Model], Mapping[str, str]], Judge | None]
"""Returns a judge with these models (the first reads, a second is asked in doubt) and with these templates
in place of the installed ones. None without a model."""


async def _forget(_replied: e.ModelReplied) -> None:
    """Keep nothing."""


@dataclass
class Rehearsal:
    """A log that begins as a stored one does. What is added to it stays here; hashes are not chained."""

    log: list[e.Event]
    keep: Keep = _forget
    added: list[e.Fact] = field(default_factory=list)

    async def events(self, assessment_id: str, after: int = 0) -> tuple[e.Event, ...]:  # noqa: ARG002 - it is of one
        """Return the facts after a sequence number, oldest first."""
        return tuple(self.log[after:])

    async def head(self, assessment_id: str) -> str:  # noqa: ARG002 - it is of one
        """Return the last event's hash, which is none as long as nothing was stored."""
        return self.log[-1].hash if self.log else ""

    async def append(self, change: Append) -> tuple[e.Event, ...]:
        """Append in memory; a model's reply goes to `keep` as well. Raises SequenceTaken."""
        if change.after != len(self.log):
            raise SequenceTaken("The rehearsed log has gone on", "Read it again and retry.")
        for fact in change.facts:
            if isinstance(fact, e.ModelReplied):
                await self.keep(fact)
        self.add(change.assessment_id, change.at, change.facts)
        return tuple(self.log[change.after :])

    def add(self, assessment_id: str, at: datetime, facts: Iterable[e.Fact]) -> None:
        """Add facts at the end."""
        for fact in facts:
            self.log.append(
                e.Event(assessment_id=assessment_id, seq=len(self.log) + 1, at=at, fact=fact, hash="")
            )
            self.added.append(fact)


@dataclass(frozen=True)
class StoppedClock:
    """The time at which something happened."""

    at: datetime

    def now(self) -> datetime:
        """Return always the same time."""
        return self.at


@dataclass(frozen=True)
class RecordedModel:
    """A model of which only what it said is left. It is never asked anything new."""

    name: str

    async def complete(self, request: ModelRequest) -> ModelReply:  # noqa: ARG002 - whatever is asked
        """Raise ModelFault: what was recorded is read from the log, and there is nothing else."""
        raise ModelFault("unavailable", "a replay asks no model")

    async def stream(self, request: ModelRequest) -> Any:
        """Raise ModelFault, as `complete` does."""
        await self.complete(request)
        yield ""


@dataclass
class Notary:
    """Takes down the bytes that would be signed, and signs nothing."""

    payload: bytes = b""

    def sign(self, payload: bytes, **_claims: object) -> str:
        """Note the payload."""
        self.payload = payload
        return ""

    def jwks(self) -> dict[str, Any]:
        """Return no keys: there is nothing to verify."""
        return {"keys": []}


class UnrunCode:
    """Runs no code: what running it came to is a fact from outside."""

    async def run(self, code: str, calls: Sequence[CodeCall]) -> tuple[CodeOutcome, ...]:
        """Raise CodeNotRunError."""
        raise CodeNotRunError(f"{len(calls)} calls of {len(code)} characters are not run again")


@dataclass(frozen=True)
class RecordedGrounds:
    """What held at the time: what a judge has shown, and the pilot's stage, are facts from outside."""

    held: tuple[Standing, ...] = ()
    stage: Stage | None = None

    async def standings(self) -> tuple[Standing, ...]:
        """Return what was recorded."""
        return self.held

    async def stage_of(self, tenant: str, track: str, region: str | None) -> Stage | None:  # noqa: ARG002 - whosever it was
        """Return what was recorded."""
        return self.stage

    async def retired(self, track: str) -> tuple[Retirement, ...]:  # noqa: ARG002 - the log has its own facts
        """Return none: what was retired is in the log, where it was taken notice of."""
        return ()


def scoring_over(
    rehearsal: Rehearsal, clock: Clock, content: Content, judge: Judge | None, code: CodeRunner
) -> Scoring:
    """Return the real scoring over a rehearsed log. It can sign nothing."""
    return Scoring(AssessmentLog(rehearsal, clock), content, Notary(), judge, code, RecordedGrounds())


async def scored_again(
    before: Sequence[e.Event],
    fact: e.ScoringRepeated,
    at: datetime,
    content: Content,
    judge: Judge | None,
    code: CodeRunner,
    keep: Keep = _forget,
) -> tuple[e.ResponseScored, ...]:
    """Return the scores that follow from scoring the items of `fact` again, in their order.

    What a person scored stands as long as the criterion asks for the same, and costs no call. Raises
    Conflict for an item that is not as it was drawn.
    """
    assessment = replay(before[0].assessment_id, before)
    library = await content.library(assessment.ordered.track)
    rehearsal = Rehearsal(list(before), keep)
    rehearsal.add(assessment.id, at, [fact])
    judged, unread = (scoring_over(rehearsal, StoppedClock(at), content, who, code) for who in (judge, None))
    after = replay(assessment.id, rehearsal.log)
    for item_id in fact.item_ids:
        by_people = _read_by_people(assessment, after, item_id, library)
        await (unread if by_people else judged).score_item(assessment.id, item_id)
    scored = [one for one in rehearsal.added if isinstance(one, e.ResponseScored)]
    return tuple(
        one.changed(scores=tuple(_as_people_said(score, assessment) for score in one.scores))
        for one in scored
    )


def _read_by_people(before: Assessment, after: Assessment, item_id: str, library: Library) -> bool:
    """Whether people scored everything that a judge would be asked about, if there is anything."""
    work = work_of(after, library.item(before.ordered.track, item_id), library)
    asked = waiting(work)
    return all(_asks_the_same(before.scores.get((item_id, one.criterion)), one) for one in asked)


def _as_people_said(score: Score, before: Assessment) -> Score:
    """Return what a person said of the same criterion, with what the rubric now gives it to weigh."""
    earlier = before.scores.get((score.item_id, score.criterion))
    if earlier is None or not _asks_the_same(earlier, score):
        return score
    return earlier.changed(weight=score.weight, required=score.required, difficulty=score.difficulty)


def _asks_the_same(earlier: Score | None, now: Score) -> bool:
    """Whether a person scored this very criterion: a change of its words is another question."""
    if earlier is None or earlier.rater_kind != "person":
        return False
    return (earlier.text, earlier.competency) == (now.text, now.competency)
