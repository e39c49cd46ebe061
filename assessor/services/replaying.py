"""Replaying: whether the verdicts of an assessment follow from its log, byte for byte.

The scoring of the service runs again over the log as it stood before each step, with the replies that
were recorded and the times that were noted. No model is asked, and no code is run. What people said,
what running a candidate's code came to, that a model could not be reached, and how far judges had been
measured, are facts from outside:
the log's word is taken for them, and its hash chain and the head that a verdict binds are what holds
them in place.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assessor.domain import events as e
from assessor.domain.assessment import replay
from assessor.domain.errors import AssessorError, Conflict
from assessor.domain.grading import Grading
from assessor.domain.score import Score, Unscored
from assessor.ports import Content, Prompts, StoredVerdict
from assessor.services.blocks import finished_block
from assessor.services.differences import Difference, Opened, in_scores, in_verdict, shown
from assessor.services.log import AssessmentLog
from assessor.services.rehearsing import (
    JudgeOf,
    Notary,
    RecordedGrounds,
    RecordedModel,
    Rehearsal,
    StoppedClock,
    UnrunCode,
    scored_again,
    scoring_over,
)
from assessor.services.scoring import Scoring

_UNREACHED = "unreached"


class Source(Protocol):
    """Where a log and its verdicts come from: the store, or a package of one assessment."""

    async def verify_chain(self, assessment_id: str) -> int:
        """Return the length of a log whose chain holds. Raises NotFound, DocumentRefused."""
        ...

    async def events(self, assessment_id: str, after: int = 0) -> tuple[e.Event, ...]:
        """Return the facts, oldest first."""
        ...

    async def verdicts(self, assessment_id: str) -> tuple[StoredVerdict, ...]:
        """Return all verdicts, oldest first."""
        ...


@dataclass(frozen=True)
class ReplayedVerdict:
    """One verdict, worked out again. `digest` is the SHA-256 of the bytes."""

    id: str
    decision: str
    digest: str
    is_equal: bool


@dataclass(frozen=True)
class Replayed:
    """What a replay of one assessment found."""

    assessment_id: str
    events: int
    replies: int
    """Recorded replies of models that were read instead of asking."""
    verdicts: tuple[ReplayedVerdict, ...]
    differences: tuple[Difference, ...]
    causes: tuple[str, ...]
    """What is not as it was at the time, where something differs."""

    @property
    def is_equal(self) -> bool:
        """Whether every verdict is byte-equal, and everything that made it follows from the log."""
        return not self.differences and all(verdict.is_equal for verdict in self.verdicts)


class Replaying:
    """Replays assessments. Reads only."""

    def __init__(
        self, store: Source, content: Content, prompts: Prompts, judge_of: JudgeOf, opened: Opened
    ) -> None:
        self._store = store
        self._content = content
        self._prompts = prompts
        self._judge_of = judge_of
        self._opened = opened

    async def replay(self, assessment_id: str) -> Replayed:
        """Work every score and verdict out again.

        Raises NotFound, Gone for an erased candidate, DocumentRefused for a log that was changed, which
        names the first bad event, and Conflict where there is no verdict.
        """
        await self._store.verify_chain(assessment_id)
        events = await self._store.events(assessment_id)
        stored = {verdict.id: verdict for verdict in await self._store.verdicts(assessment_id)}
        run = _Run(self._content, self._judge_of, self._opened, stored)
        for event in events:
            await run.take(event)
        run.end()
        if not run.verdicts:
            raise Conflict(
                f"Assessment {assessment_id} has no verdict", "Replay it when it has been decided."
            )
        return Replayed(
            assessment_id=assessment_id,
            events=len(events),
            replies=sum(isinstance(event.fact, e.ModelReplied) for event in events),
            verdicts=tuple(run.verdicts),
            differences=tuple(run.differences),
            causes=tuple(await self._causes(events)) if run.differences else (),
        )

    async def _causes(self, events: Sequence[e.Event]) -> list[str]:
        """Name what was bound by the log and is another one here."""
        assessment = replay(events[0].assessment_id, events)
        library = await self._content.library(assessment.ordered.track)
        scored_by = assessment.rescored or assessment.drawn
        causes = []
        prompts = self._prompts.replaced(assessment.grading.prompts)
        if scored_by and scored_by.prompts_hash != prompts.hash:
            causes.append("The prompts are not those that the answers were scored with.")
        ordered = assessment.ordered
        track = library.tracks.get(ordered.track)
        if track is None or track.version != ordered.track_version:
            causes.append(f"Track {ordered.track} is not in version {ordered.track_version} here.")
        return causes


@dataclass
class _Run:
    """One pass through a log. `log` holds what was worked out in place of what was recorded."""

    content: Content
    judge_of: JudgeOf
    opened: Opened
    stored: dict[str, StoredVerdict]
    log: list[e.Event] = field(default_factory=list)
    due: list[e.ResponseScored] = field(default_factory=list)
    """Scores that have to follow a scoring anew."""
    verdicts: list[ReplayedVerdict] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    templates: Mapping[str, str] = field(default_factory=dict)
    """What had been switched on in place of the installed prompts when the form was drawn."""

    async def take(self, event: e.Event) -> None:
        """Work one event out, compare it, and go on from what was worked out."""
        fact = event.fact
        if self.due and not isinstance(fact, e.ResponseScored):
            self.end()
        match fact:
            case e.FormDrawn(grading=Grading() as grading):
                self.templates = grading.prompts
            case e.ScoringRepeated():
                await self._repeat(event, fact)
            case e.ResponseScored():
                event = event.changed(fact=await self._scored(event, fact))
            case e.BlockFinished():
                event = event.changed(fact=await self._finished(event, fact))
            case e.VerdictIssued():
                event = event.changed(fact=await self._issued(event, fact))
            case _:
                pass
        self.log.append(event)

    def end(self) -> None:
        """Note the scores of a scoring anew that never came."""
        for one in self.due:
            self._differ(len(self.log), f"scoring.repeated of {one.item_id}", "scores", "missing", "there")
        self.due = []

    async def _repeat(self, event: e.Event, fact: e.ScoringRepeated) -> None:
        judge = self.judge_of([RecordedModel(name) for name in fact.models], {})
        try:
            again = await scored_again(self.log, fact, event.at, self.content, judge, UnrunCode())
        except AssessorError as refused:
            self._differ(event.seq, "scoring.repeated", "scores", "there", f"refused: {refused}")
        else:
            self.due = list(again)

    async def _scored(self, event: e.Event, fact: e.ResponseScored) -> e.ResponseScored:
        """Return the scores as they follow from the log. People's are taken as they stand."""
        if self.due:
            recomputed = self.due.pop(0)
            return self._compared(event.seq, fact, _with_outside_facts(recomputed, fact))
        if all(score.rater_kind == "person" for score in fact.scores) and fact.scores:
            return fact
        try:
            again = await self._scored_alike(event, fact)
        except AssessorError as refused:
            self._differ(
                event.seq, f"response.scored of {fact.item_id}", "scores", "there", f"refused: {refused}"
            )
            return fact
        return self._compared(event.seq, fact, again)

    async def _scored_alike(self, event: e.Event, fact: e.ResponseScored) -> e.ResponseScored:
        """Score with the models that can have read, until it comes out as recorded; else return the first."""
        found = []
        for names in _readers(self._names(fact)):
            again = await self._scored_by(event, fact.item_id, names)
            found.append(_with_outside_facts(again, fact))
            if found[-1] == fact:
                return fact
        return found[0]

    async def _scored_by(self, event: e.Event, item_id: str, names: Sequence[str]) -> e.ResponseScored:
        rehearsal = Rehearsal(list(self.log))
        judge = self.judge_of([RecordedModel(name) for name in names], self.templates)
        await scoring_over(rehearsal, StoppedClock(event.at), self.content, judge, UnrunCode()).score_item(
            event.assessment_id, item_id
        )
        found = next((fact for fact in rehearsal.added if isinstance(fact, e.ResponseScored)), None)
        if found is None:
            raise Conflict(f"Item {item_id} had been scored before", "Only people score what has a score.")
        return found

    def _names(self, fact: e.ResponseScored) -> list[str]:
        """Return the models whose replies about an item are recorded, in the order of their first one."""
        replies = (event.fact for event in self.log if isinstance(event.fact, e.ModelReplied))
        names = [one.model for one in replies if one.purpose == "judge" and one.item_id == fact.item_id]
        return list(dict.fromkeys(names))

    def _compared(self, seq: int, fact: e.ResponseScored, again: e.ResponseScored) -> e.ResponseScored:
        if again.item_id != fact.item_id:
            self._differ(seq, "response.scored", "item_id", shown(fact.item_id), shown(again.item_id))
        self.differences += in_scores(seq, fact.scores, again.scores)
        return again

    async def _finished(self, event: e.Event, fact: e.BlockFinished) -> e.BlockFinished:
        """Return whether another block had to follow, as it comes out of the answers of the log."""
        assessment = replay(event.assessment_id, self.log)
        again = finished_block(assessment, await self.content.library(assessment.ordered.track))
        if again is None:
            self._differ(event.seq, f"block.finished {fact.block}", "block", "finished", "not finished")
            return fact
        for name in ("block", "probability", "ends"):
            recorded, recomputed = getattr(fact, name), getattr(again, name)
            if recorded != recomputed:
                what = f"block.finished {fact.block}"
                self._differ(event.seq, what, name, shown(recorded), shown(recomputed))
        return again

    async def _issued(self, event: e.Event, fact: e.VerdictIssued) -> e.VerdictIssued:
        what = f"verdict.issued {fact.verdict_id}"
        notary, rehearsal = Notary(), Rehearsal(list(self.log))
        log = AssessmentLog(rehearsal, StoppedClock(event.at))
        try:
            held = RecordedGrounds(fact.standings, fact.stage)
            await Scoring(log, self.content, notary, None, UnrunCode(), held).issue(event.assessment_id)
        except AssessorError as refused:
            self._differ(event.seq, what, "document", "there", f"refused: {refused}")
            return fact
        again = next(one for one in rehearsal.added if isinstance(one, e.VerdictIssued))
        row = self.stored.get(fact.verdict_id)
        found = list(in_verdict(fact, again, notary.payload, self.opened, row))
        self.differences += [Difference(event.seq, what, *one) for one in found]
        self.verdicts.append(
            ReplayedVerdict(
                id=fact.verdict_id,
                decision=str(again.document["decision"]),
                digest=hashlib.sha256(notary.payload).hexdigest(),
                is_equal=not found,
            )
        )
        return again.changed(jws=fact.jws)

    def _differ(self, seq: int, what: str, name: str, recorded: str, recomputed: str) -> None:
        self.differences.append(Difference(seq, what, name, recorded, recomputed))


def _readers(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield who can have read: the model that reads first, and the one that it asks in doubt.

    After a fault another may have been set, and one that was asked but never reached left no reply.
    """
    for first in names:
        yield from ([first, second] for second in names if second != first)
        yield [first]
        yield [first, _UNREACHED]
    if not names:
        yield [_UNREACHED]


def _with_outside_facts(recomputed: e.ResponseScored, recorded: e.ResponseScored) -> e.ResponseScored:
    """Take the log's word for what came from outside, where the replay has nothing to say."""
    words = {score.criterion: score for score in recorded.scores}
    scores = (
        one.changed(value=word.value, unscored=word.unscored, reason=word.reason)
        if (word := words.get(one.criterion)) and _is_from_outside(one, word)
        else one
        for one in recomputed.scores
    )
    return recomputed.changed(scores=tuple(scores))


def _is_from_outside(one: Score, word: Score) -> bool:
    """Whether the log alone cannot tell: what running code came to, or why nobody read an answer.

    Whether a model was set, could be reached, or was still within its budget was so at the time; the
    policy, though, is in the log.
    """
    if one.rater_kind == "rule":
        return one.unscored is Unscored.TECHNICAL_FAULT
    return _nobody_read(one) and _nobody_read(word)


def _nobody_read(score: Score) -> bool:
    return score.rater == "none" and score.unscored is not Unscored.POLICY_WANTS_PERSON
