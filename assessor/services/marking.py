"""A reviewer's sheet: what they say of open criteria, and their decision, stored together or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType
from typing import Final

from assessor.domain import events as e
from assessor.domain.appeal import Place
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import Conflict, FieldProblem, InvalidInput, TooLarge, invalid
from assessor.domain.evidence import Evidence, locate
from assessor.domain.score import Score, Unscored
from assessor.domain.text import accept_text
from assessor.domain.verdict import Outlook
from assessor.ports import Reviewer
from assessor.services.log import AssessmentLog, following
from assessor.services.outlooks import Look, Outlooks
from assessor.services.scoring import Scoring

MIN_REASON_CHARS = 10
MAX_REASON_CHARS = 2000
DECISIONS: Final = ("qualified", "not_qualified", "inconclusive")


class Mark(StrEnum):
    """What a person says of one criterion."""

    MET = "met"
    UNMET = "unmet"
    CANNOT_ASSESS = "cannot_assess"


@dataclass(frozen=True)
class Given:
    """What a reviewer wrote about one criterion."""

    mark: str = ""
    reason: str = ""
    quote: str = ""

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.mark or self.reason.strip() or self.quote.strip())


@dataclass(frozen=True)
class Sheet:
    """What a reviewer hands in at once."""

    marks: Mapping[Place, Given] = field(default_factory=lambda: MappingProxyType({}))
    decision: str = ""
    """Empty while the reviewer only scores."""
    reason: str = ""
    """Of the decision."""


class Sheets:
    """Takes what reviewers hand in. Each call is on behalf of one, and only within their tenant."""

    def __init__(self, assessments: AssessmentLog, scoring: Scoring, outlooks: Outlooks) -> None:
        self._assessments = assessments
        self._scoring = scoring
        self._outlooks = outlooks

    async def hand_in(self, reviewer: Reviewer, assessment_id: str, sheet: Sheet) -> Assessment:
        """Store everything on a sheet, and issue the superseding verdict once nothing is left to tell.

        That is when a person has decided, when no criterion is open any more, and when a rule decides
        whatever the open ones turn out to be. Raises InvalidInput with everything that is wrong, its fields
        named `mark.<item>/<criterion>` and so on, and Conflict when a colleague was first.
        """
        await self._assessments.load_for(reviewer.tenant, assessment_id)
        look = await self._outlooks.look(assessment_id)

        def facts(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            scored = _scored(assessment, reviewer, sheet)
            if not sheet.decision:
                return scored
            after = following(assessment, scored, now)
            require_heard(after, sheet.decision, now)
            return [*scored, _decided(after, reviewer, sheet, look, has_scored=bool(scored))]

        assessment = await self._assessments.change(assessment_id, facts)
        if sheet.decision or verdict_follows(assessment, look):
            return await self._scoring.issue(assessment_id)
        return assessment

    async def preview(self, reviewer: Reviewer, assessment_id: str, sheet: Sheet) -> Outlook:
        """Return what would be open after this sheet, and store nothing. Raises NotFound."""
        assessment = await self._assessments.load_for(reviewer.tenant, assessment_id)
        marks = {
            place: Given(mark=given.mark)
            for place, given in sheet.marks.items()
            if given.mark in list(Mark) and place in assessment.scores and assessment.scores[place].is_open
        }
        supposed = {
            place: marked(assessment.scores[place], reviewer, Mark(given.mark), "", ())
            for place, given in marks.items()
        }
        return await self._outlooks.of(replace(assessment, scores={**assessment.scores, **supposed}))


def verdict_follows(assessment: Assessment, look: Look) -> bool:
    """Whether a verdict is due: nothing is open any more, or nothing that matters to a rule that decides."""
    if not assessment.open_scores:
        return True
    ahead = look(assessment) if assessment.needs_person else None
    return ahead is not None and ahead.is_settled and not ahead.waits_for_word


def _scored(assessment: Assessment, reviewer: Reviewer, sheet: Sheet) -> list[e.Fact]:
    """Return the facts of the criteria that were marked. Raises InvalidInput with all that is wrong."""
    if not any(sheet.marks.values()):
        if not sheet.decision:
            what = "mark" if assessment.open_scores else "decision"
            raise invalid(what, "is not chosen yet", "Choose one, then store it.")
        return []
    assessment.require("scoring", Status.DECIDED)
    require_not_revoked(assessment)
    problems: list[FieldProblem] = []
    scores = []
    for place, given in sorted(sheet.marks.items()):
        if not given:
            continue
        try:
            scores.append(_score(assessment, reviewer, place, given))
        except (InvalidInput, TooLarge) as refused:
            problems += _named(refused, place)
    if problems:
        raise InvalidInput(problems)
    return [
        e.ResponseScored(item_id=item_id, scores=tuple(own))
        for item_id, own in groupby(scores, key=lambda score: score.item_id)
    ]


def _score(assessment: Assessment, reviewer: Reviewer, place: Place, given: Given) -> Score:
    item_id, criterion = place
    before = assessment.scores.get(place)
    if before is None:
        raise invalid("mark", f"of {criterion!r} is not asked for", "Choose a listed criterion.")
    if not before.is_open:
        raise Conflict(
            "A criterion was scored meanwhile by a colleague",
            "Nothing of yours was stored, and nothing is lost: look at it below, and store the rest.",
        )
    if given.mark not in list(Mark):
        raise invalid("mark", "is not chosen yet", "Choose one of the three.")
    reason = accept_text("reason", given.reason, limit=MAX_REASON_CHARS)
    return marked(before, reviewer, Mark(given.mark), reason, own_evidence(assessment, item_id, given.quote))


def _named(refused: InvalidInput | TooLarge, place: Place) -> list[FieldProblem]:
    where = "/".join(place)
    if isinstance(refused, TooLarge):
        problem = f"is longer than {refused.limit} characters"
        return [FieldProblem(f"{refused.what}.{where}", problem, "Shorten it.")]
    return [replace(one, field=f"{one.field}.{where}") for one in refused.problems]


def _decided(
    assessment: Assessment, reviewer: Reviewer, sheet: Sheet, look: Look, *, has_scored: bool
) -> e.ReviewDecided:
    """Return the fact of a person's decision on this state. Raises InvalidInput and Conflict."""
    decision, reason = sheet.decision, _decision_reason(sheet)
    assessment.require("deciding", Status.DECIDED)
    require_not_revoked(assessment)
    if not assessment.needs_person:
        raise Conflict("This assessment is decided", "An appeal can reopen it.")
    if decision != "inconclusive":
        if assessment.open_scores or has_scored:
            _require_word_wanted(look(assessment))
        if decision == "qualified" and any(s.required and s.unscored for s in assessment.scores.values()):
            raise Conflict(
                "A required criterion could not be assessed", "Decide not qualified or inconclusive."
            )
    return e.ReviewDecided.model_validate({"reviewer": reviewer.id, "decision": decision, "reason": reason})


def _decision_reason(sheet: Sheet) -> str:
    if sheet.decision not in DECISIONS:
        raise invalid(
            "decision", f"{sheet.decision!r} is none", "Use qualified, not_qualified or inconclusive."
        )
    reason = accept_text("reason", sheet.reason, limit=MAX_REASON_CHARS, required=True).strip()
    if len(reason) < MIN_REASON_CHARS:
        raise invalid("reason", "is too short", "Say in a sentence what decided it; the candidate reads it.")
    return reason


def _require_word_wanted(ahead: Outlook) -> None:
    if not ahead.is_settled:
        raise Conflict(
            "Some criteria are still open, and can change the decision",
            "Score them, or say that you cannot assess them.",
        )
    if not ahead.waits_for_word:
        raise Conflict(
            "With these scores the rules decide, and need no decision of yours",
            "Choose “Not yet” there, and store the scores.",
        )


def require_not_revoked(assessment: Assessment) -> None:
    """Raise Conflict for an attempt whose verdict was revoked."""
    if assessment.revoked:
        raise Conflict(
            "The verdict was revoked, so nothing of this attempt is scored or decided any more",
            "Let the platform order another assessment.",
        )


def require_heard(assessment: Assessment, decision: str, now: datetime) -> None:
    """Raise Conflict for a decision against somebody who may still answer a question about their work."""
    waiting = [one.due_at for one in assessment.follow_ups if one.answer is None and now < one.due_at]
    if decision == "not_qualified" and waiting:
        raise Conflict(
            f"The candidate may answer a question until {max(waiting):%d %B %Y, %H:%M} UTC",
            "Until then nobody decides against them. Score what is open, or look at another case.",
        )


def own_evidence(assessment: Assessment, item_id: str, quote: str) -> tuple[Evidence, ...]:
    """Return where the quote stands, if there is one. Raises InvalidInput for what was never said."""
    if not quote.strip():
        return ()
    found = locate(quote, assessment.texts_of(item_id))
    if found is None:
        raise invalid(
            "quote",
            "is not in the candidate's own words, or is shorter than 4 words",
            "Mark their words, verbatim.",
        )
    return (found,)


def marked(
    before: Score, reviewer: Reviewer, mark: Mark, reason: str, evidence: tuple[Evidence, ...]
) -> Score:
    """Return the score that a person gives in place of another one."""
    abstains = mark is Mark.CANNOT_ASSESS
    return before.changed(
        value=None if abstains else 1.0 if mark is Mark.MET else 0.0,
        unscored=Unscored.CANNOT_ASSESS if abstains else None,
        rater=f"person:{reviewer.id}",
        reason=reason.strip(),
        evidence=evidence,
    )
