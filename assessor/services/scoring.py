"""Scoring a submitted assessment and issuing its verdict, as a durable workflow.

Each step reads the log, does what is not done yet, and appends what it found: running a step again
after a crash changes nothing, and pays for no model call whose reply was committed.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from assessor.crash_points import CrashPoint, reach
from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.calibration import Standing
from assessor.domain.errors import Conflict
from assessor.domain.ids import make_id
from assessor.domain.item import Category, Item
from assessor.domain.library import Library
from assessor.domain.policy import Stage
from assessor.domain.quality import Sampling, to_look_at
from assessor.domain.rubric import Rubric
from assessor.domain.score import Score, Unscored
from assessor.domain.verdict import compose, judges_of, write_verdict
from assessor.ports import CodeRunner, Content, Grounds, Retirement, Signer, Steps
from assessor.scoring import Judge, Work, needs_reader, rate_by_rule, waiting, with_code_run
from assessor.services.graders import Graders
from assessor.services.log import AssessmentLog
from assessor.services.subject import on_behalf_of

log = structlog.get_logger()


class Scoring:
    """Scores responses, decides, signs."""

    def __init__(
        self,
        assessments: AssessmentLog,
        content: Content,
        signer: Signer,
        judge: Judge | None,
        code: CodeRunner,
        grounds: Grounds,
        *,
        sampling: Sampling | None = None,
        graders: Graders | None = None,
    ) -> None:
        """Take `judge` for everything, or with `graders` the one that a form was drawn under where that is
        another one."""
        self._assessments = assessments
        self._content = content
        self._signer = signer
        self._judge = judge
        self._code = code
        self._grounds = grounds
        self._sampling = sampling
        self._graders = graders

    async def workflow(self, steps: Steps, assessment_id: str) -> None:
        """Score every item of the form, then decide. A fault of ours holds the assessment instead."""
        try:
            items = await steps.run("begin", self.begin, assessment_id)
            for item_id in items:
                await steps.run(f"score {item_id}", self.score_item, assessment_id, item_id)
                reach(CrashPoint.BETWEEN_STEPS)
            await steps.run("issue", self.issue_first, assessment_id)
        except Exception as error:
            # Whatever it was, it was ours: hold, so that a person can score again or give the attempt back.
            log.exception("scoring failed", assessment=assessment_id)
            await steps.run("hold", self.hold, assessment_id, type(error).__name__)

    async def begin(self, assessment_id: str) -> list[str]:
        """Mark that scoring runs, and return the ids of the items to score: none that was retired."""
        track = (await self._assessments.load(assessment_id)).ordered.track
        ledger = await self._grounds.retired(track)

        def facts(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            if assessment.status is not Status.SUBMITTED:
                return []
            return [e.ScoringStarted(), *(retired_from(one) for one in ledger if may_retire(assessment, one))]

        assessment = await self._assessments.change(assessment_id, facts)
        return [place.item_id for place in assessment.counted_form.items if place.is_scored]

    async def score_item(self, assessment_id: str, item_id: str) -> None:
        """Score one item by rule, and by a model where the policy lets one; the rest waits for a person."""
        assessment = await self._assessments.load(assessment_id)
        if item_id in assessment.retired or any(scored == item_id for scored, _ in assessment.scores):
            return
        library = await self._content.library(assessment.ordered.track)
        item = library.item(assessment.ordered.track, item_id)
        _require_as_drawn(assessment, item, library)
        work = await with_code_run(work_of(assessment, item, library), self._code)
        scores = rate_by_rule(work)
        if needs_reader(work):
            scores += await self._read(assessment, work)

        def facts(now_is: Assessment, _now: datetime) -> Sequence[e.Fact]:
            done = item_id in now_is.retired or any(scored == item_id for scored, _ in now_is.scores)
            return [] if done else [e.ResponseScored(item_id=item_id, scores=scores)]

        await self._assessments.change(assessment_id, facts)
        reach(CrashPoint.AFTER_SCORES)

    async def issue_first(self, assessment_id: str) -> None:
        """Issue the verdict of this attempt, unless there is one, or it waits for an identity check."""

        def is_due(assessment: Assessment, now: datetime) -> bool:
            waits = assessment.identity.can_still_come(now, assessment.submitted_at)
            return assessment.verdict is None and not waits

        await self._issued(assessment_id, is_due)

    async def issue(self, assessment_id: str) -> Assessment:
        """Decide on what the log holds, sign, and supersede an earlier verdict.

        A verdict that was revoked has no successor: then nothing is issued.
        """
        return await self._issued(assessment_id, lambda _assessment, _now: True)

    async def _issued(self, assessment_id: str, is_due: Callable[[Assessment, datetime], bool]) -> Assessment:
        terms = (await self._assessments.latest(assessment_id)).ordered
        library = await self._content.library(terms.track)
        standings = await self._grounds.standings()
        stage = await self._grounds.stage_of(terms.tenant, terms.track, terms.region)

        def facts(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            if assessment.revoked or not is_due(assessment, now):
                return []
            verdict = self._verdict(assessment, library, standings, stage, now)
            return [verdict, *self._drawn(assessment, verdict)]

        assessment = await self._assessments.change(assessment_id, facts)
        reach(CrashPoint.AFTER_VERDICT)
        return assessment

    def _drawn(self, assessment: Assessment, verdict: e.VerdictIssued) -> Sequence[e.SecondLookDrawn]:
        """Draw the quality sample: only what counts, only once, and only where a judge scored anything."""
        terms = assessment.ordered
        after = replace(assessment, verdict=verdict)
        if self._sampling is None or assessment.second_look or not after.is_decided_by_rule:
            return ()
        criteria = to_look_at(assessment.scores.values())
        counts = terms.livemode and not terms.simulated
        meant = terms.simulated if self._sampling.simulations else counts
        drawn = meant and criteria and self._sampling.draws(assessment.id)
        return (e.SecondLookDrawn(criteria=criteria),) if drawn else ()

    async def hold(self, assessment_id: str, kind: str) -> None:
        """Record a fault of ours. Nothing counts against the candidate."""

        def facts(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            if assessment.status is Status.TECHNICAL_HOLD:
                return []
            return [e.FaultRecorded(where=assessment.status.value, kind=kind)]

        await self._assessments.change(assessment_id, facts)

    async def round_of(self, assessment_id: str) -> tuple[str, int]:
        """Return whose it is, and which round of scoring is due: one more than the faults so far."""
        assessment = await self._assessments.load(assessment_id)
        return assessment.ordered.tenant, assessment.faults + 1

    async def _read(self, assessment: Assessment, work: Work) -> tuple[Score, ...]:
        """Let a model read the answer where the policy lets one; else it waits for a person."""
        if not assessment.policy.judge_may_score:
            return waiting(work, Unscored.POLICY_WANTS_PERSON)
        judge = self._judge_of(assessment)
        if judge is None:
            return waiting(work, Unscored.WAITS_FOR_PERSON)

        async def record(replied: e.ModelReplied) -> None:
            await self._assessments.change(
                assessment.id, lambda a, _now: [] if replied.request_hash in a.replies else [replied]
            )
            reach(CrashPoint.AFTER_JUDGEMENT)

        with on_behalf_of(assessment):
            return await judge.rate(work, assessment.replies, record)

    def _judge_of(self, assessment: Assessment) -> Judge | None:
        """Return who reads: later changes of what is installed or switched on do not reach a form."""
        grading = assessment.grading
        if self._graders is None or not (grading.models or grading.prompts):
            return self._judge
        return self._graders.judge(grading)

    def _verdict(
        self,
        assessment: Assessment,
        library: Library,
        standings: Sequence[Standing],
        stage: Stage | None,
        now: datetime,
    ) -> e.VerdictIssued:
        track = library.track(assessment.ordered.track)
        named = {judge.calibration_id for judge in judges_of(assessment, track, standings)}
        held = tuple(one for one in standings if one.calibration_id in named)
        entropy = hashlib.sha256(f"{assessment.id}\n{assessment.head}".encode()).digest()[:16]
        verdict_id = make_id("ver", entropy)
        document = compose(
            assessment, library, track, verdict_id=verdict_id, issued_at=now, standings=held, stage=stage
        )
        reach(CrashPoint.BEFORE_SIGNATURE)
        jws = self._signer.sign(
            write_verdict(document),
            livemode=document.livemode,
            audience=document.tenant,
            jti=verdict_id,
            issued_at=now,
        )
        reach(CrashPoint.AFTER_SIGNATURE)
        return e.VerdictIssued(
            verdict_id=verdict_id,
            supersedes=assessment.verdict.verdict_id if assessment.verdict else None,
            document=document.model_dump(mode="json"),
            jws=jws,
            standings=held,
            stage=stage,
        )


def may_retire(assessment: Assessment, retirement: Retirement) -> bool:
    """Whether an item is on the form, and counts."""
    return assessment.counted_form.place_of(retirement.item_id) is not None


def retired_from(retirement: Retirement) -> e.ItemRetired:
    """Return the fact for one assessment."""
    return e.ItemRetired(item_id=retirement.item_id, by=retirement.by, reason=retirement.reason)


def _require_as_drawn(assessment: Assessment, item: Item, library: Library) -> None:
    """Raise Conflict when the bank is not the one that the candidate's form was drawn from.

    The verdict binds the hashes of the draw: scoring with another key, or another rubric, would
    make it say what is not so. It is our fault, so the assessment is held, and nobody loses by it.
    """
    place = assessment.form.place_of(item.id)
    if place is None or place.hash != item.hash:
        raise Conflict(f"Item {item.id} is not as it was drawn", "Bring back its version, then score again.")
    if not item.rubric or item.rubric in assessment.rubrics:
        return
    if place.rubric_hash != library.rubric(item.rubric).hash:
        raise Conflict(f"Rubric {item.rubric} is not as it was", "Bring back its version, then score again.")


def work_of(assessment: Assessment, item: Item, library: Library) -> Work:
    """Put together what raters of one item may see: never who wrote it."""
    in_interview = item.category is Category.INTERVIEW
    return Work(
        item=library.as_asked(assessment.ordered.track, item, assessment.ordered.language),
        rubric=rubric_of(assessment, item, library),
        response=assessment.responses.get(item.id),
        texts=assessment.texts_of(item.id),
        turns=assessment.transcript.corrected(item.id) if in_interview else (),
    )


def rubric_of(assessment: Assessment, item: Item, library: Library) -> Rubric | None:
    """Return what an item is scored by: the library's rubric, or the one of a later scoring anew."""
    if not item.rubric:
        return None
    return assessment.rubrics.get(item.rubric) or library.rubric(item.rubric)
