"""Rescoring: stored work scored again under another rubric, prompt or model.

It is worked out beside the log first. Only when it came to its end is it recorded: as a fact with a
reason, the scores in the same transaction, and a superseding verdict. What a person scored stands
where the criterion is still the same one, and what a person decided is final for the attempt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessor.crash_points import CrashPoint, reach
from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status, replay
from assessor.domain.errors import Conflict, invalid
from assessor.domain.item import Item
from assessor.domain.library import Library
from assessor.domain.rubric import Rubric
from assessor.domain.text import accept_text
from assessor.domain.value import content_hash
from assessor.domain.verdict import VerdictDocument, compose
from assessor.ports import Clock, CodeRunner, Content, EventLog, Grounds, Prompts
from assessor.scoring import Judge
from assessor.services.comparing import Change, Outcome, Rescored, changes_between, compared, live_document
from assessor.services.log import AssessmentLog, following
from assessor.services.rehearsing import scored_again
from assessor.services.scoring import Scoring

MIN_REASON_CHARS = 10
MAX_REASON_CHARS = 2000
REHEARSED = "Worked out to be looked at; nothing is recorded."


@dataclass(frozen=True)
class Terms:
    """Under what stored work is scored again, and who wants that for which reason.

    `rubrics` take the place of the library's of the same id.
    """

    by: str
    reason: str = ""
    rubrics: tuple[Rubric, ...] = ()
    dry_run: bool = False


class Rescoring:
    """Scores decided assessments again. `models` are the judge's names, the one that reads first."""

    def __init__(
        self,
        store: EventLog,
        assessments: AssessmentLog,
        content: Content,
        prompts: Prompts,
        scoring: Scoring,
        judge: Judge | None,
        models: Sequence[str],
        code: CodeRunner,
        clock: Clock,
        grounds: Grounds,
    ) -> None:
        self._store = store
        self._assessments = assessments
        self._content = content
        self._prompts = prompts
        self._scoring = scoring
        self._judge = judge
        self._models = tuple(models)
        self._code = code
        self._clock = clock
        self._grounds = grounds

    async def rescore(self, assessment_id: str, terms: Terms) -> Rescored:
        """Score one assessment again, and record it unless it is a dry run.

        Raises InvalidInput for a rubric or a reason that cannot be used, IllegalTransition when nothing
        was decided yet, Conflict when something was scored meanwhile or the bank is another one.
        """
        events = await self._store.events(assessment_id)
        assessment = replay(assessment_id, events)
        assessment.require("scoring again", Status.DECIDED)
        if not terms.dry_run and assessment.decided_by_person:
            return compared(assessment, assessment, live_document(assessment), "final")
        if not terms.dry_run and assessment.verdict_is_due:
            await self._scoring.issue(assessment_id)  # it was killed between the scores and the verdict
        self._require_judge(assessment)
        library = await self._content.library(assessment.ordered.track)
        fact = self._fact(assessment, library, terms)
        now = self._clock.now()

        async def keep(replied: e.ModelReplied) -> None:
            if not terms.dry_run:
                await self._record_reply(assessment_id, replied)

        scored = await scored_again(events, fact, now, self._content, self._judge, self._code, keep)
        after = following(assessment, (fact, *scored), now)
        outcome = _outcome(changes_between(assessment.scores, after.scores), terms)
        if outcome == "recorded":
            await self._record(assessment, fact, scored)
        return compared(assessment, after, await self._document(after, now), outcome)

    def _require_judge(self, assessment: Assessment) -> None:
        judged = any(score.rater_kind == "judge" for score in assessment.scores.values())
        if judged and self._judge is None:
            raise Conflict(
                "A model scored this, and none is set now", "Name one: --model, or ASSESSOR_JUDGE_MODEL."
            )

    def _fact(self, assessment: Assessment, library: Library, terms: Terms) -> e.ScoringRepeated:
        reason = terms.reason.strip() or (REHEARSED if terms.dry_run else "")
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS, required=True)
        if len(reason) < MIN_REASON_CHARS:
            raise invalid("reason", "is too short", "Say in a sentence why this is scored again.")
        rubrics = {**library.rubrics_for(assessment.ordered.track), **assessment.rubrics}
        rubrics |= known_rubrics(terms.rubrics, library)
        scored = [place.item_id for place in assessment.counted_form.items if place.is_scored]
        items = [library.item(assessment.ordered.track, item_id) for item_id in scored]
        other = other_than_drawn(assessment, items, rubrics)
        require_competencies(other, assessment, library)
        return e.ScoringRepeated(
            by=terms.by,
            reason=reason,
            item_ids=tuple(item.id for item in items),
            models=self._models,
            rubrics=other,
            rubrics_hash=content_hash({id_: rubric.hash for id_, rubric in rubrics.items()}),
            prompts_hash=self._prompts.hash,
        )

    async def _document(self, after: Assessment, now: datetime) -> VerdictDocument:
        library = await self._content.library(after.ordered.track)
        track = library.track(after.ordered.track)
        terms = after.ordered
        return compose(
            after,
            library,
            track,
            verdict_id="",
            issued_at=now,
            standings=await self._grounds.standings(),
            stage=await self._grounds.stage_of(terms.tenant, terms.track, terms.region),
        )

    async def _record_reply(self, assessment_id: str, replied: e.ModelReplied) -> None:
        await self._assessments.change(
            assessment_id, lambda a, _now: [] if replied.request_hash in a.replies else [replied]
        )

    async def _record(
        self, assessment: Assessment, fact: e.ScoringRepeated, scored: Sequence[e.ResponseScored]
    ) -> None:
        def facts(now_is: Assessment, _now: datetime) -> Sequence[e.Fact]:
            now_is.require("scoring again", Status.DECIDED)
            if now_is.scores != assessment.scores or now_is.decided_by_person:
                raise Conflict("A person scored or decided meanwhile", "Run it again; nothing was changed.")
            return [fact, *scored]

        await self._assessments.change(assessment.id, facts)
        reach(CrashPoint.AFTER_RESCORING)
        await self._scoring.issue(assessment.id)


def _outcome(changes: Sequence[Change], terms: Terms) -> Outcome:
    if any(change.loses_by_fault for change in changes):
        return "fault"
    if terms.dry_run:
        return "dry_run"
    return "recorded" if changes else "unchanged"


def known_rubrics(rubrics: Sequence[Rubric], library: Library) -> dict[str, Rubric]:
    """Return rubrics by their id. Raises InvalidInput for one that nothing is scored by."""
    known = library.rubrics.keys() | library.own_rubrics.keys()
    if unknown := sorted({rubric.id for rubric in rubrics} - known):
        raise invalid(
            "--rubric",
            f"no item is scored by {', '.join(unknown)}",
            "Keep the id of the rubric that it is to replace.",
        )
    return {rubric.id: rubric for rubric in rubrics}


def other_than_drawn(
    assessment: Assessment, items: Sequence[Item], rubrics: Mapping[str, Rubric]
) -> tuple[Rubric, ...]:
    """Return the rubrics that are not those that the form was drawn with."""
    drawn = {place.item_id: place.rubric_hash for place in assessment.form.items}
    other = {
        item.rubric: rubrics[item.rubric]
        for item in items
        if item.rubric and rubrics[item.rubric].hash != drawn[item.id]
    }
    return tuple(other.values())


def require_competencies(rubrics: Sequence[Rubric], assessment: Assessment, library: Library) -> None:
    """Raise InvalidInput where a criterion is about a competency that the track has not."""
    known = {competency.id for competency in library.track(assessment.ordered.track).competencies}
    named = {criterion.competency for rubric in rubrics for criterion in rubric.criteria}
    if unknown := sorted(named - known):
        raise invalid(
            "--rubric",
            f"track {assessment.ordered.track} has no competency {', '.join(unknown)}",
            f"Use one of {', '.join(sorted(known))}.",
        )
