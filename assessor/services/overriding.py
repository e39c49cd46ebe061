"""Overriding: a reviewer replaces a score that stands. The old one is kept, and another verdict follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assessor.domain import events as e
from assessor.domain.appeal import Place
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import Conflict, FieldProblem, InvalidInput, TooLarge, invalid
from assessor.domain.evidence import Evidence
from assessor.domain.override import OverrideCode
from assessor.domain.roles import Permission
from assessor.domain.score import Score
from assessor.domain.text import accept_text
from assessor.domain.value import content_hash
from assessor.ports import Reviewer
from assessor.services.log import AssessmentLog
from assessor.services.marking import (
    MAX_REASON_CHARS,
    MIN_REASON_CHARS,
    Mark,
    marked,
    own_evidence,
    require_not_revoked,
)
from assessor.services.scoring import Scoring


@dataclass(frozen=True)
class NewScore:
    """What a reviewer gives in place of a score. `code` is one of `OverrideCode`."""

    seen: str
    """`fingerprint` of the score that they saw."""
    mark: str = ""
    code: str = ""
    reason: str = ""
    quote: str = ""


class Overriding:
    """What reviewers do about a score that stands. Each call is on behalf of one, within their tenant."""

    def __init__(self, assessments: AssessmentLog, scoring: Scoring) -> None:
        self._assessments = assessments
        self._scoring = scoring

    async def override(
        self, reviewer: Reviewer, assessment_id: str, place: Place, given: NewScore
    ) -> Assessment:
        """Put a score in the place of one that stands, and issue the superseding verdict.

        Raises InvalidInput with everything that is wrong, Conflict where the score may not be replaced by
        them now, or is another one than they saw.
        """
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def facts(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            standing = standing_score(assessment, place)
            require_may_override(assessment, reviewer, standing)
            if given.seen != fingerprint(standing):
                raise Conflict(
                    "The score was replaced meanwhile by a colleague",
                    "Nothing of yours was stored; look at the new score, and store yours if it still holds.",
                )
            quotes = _checked(assessment, standing, given)
            fact = e.ScoreOverridden.model_validate(
                {
                    "reviewer": reviewer.id,
                    "item_id": standing.item_id,
                    "criterion": standing.criterion,
                    "code": given.code,
                    "mark": given.mark,
                    "reason": given.reason.strip(),
                }
            )
            score = marked(standing, reviewer, Mark(given.mark), given.reason, quotes)
            return [fact, e.ResponseScored(item_id=standing.item_id, scores=(score,))]

        await self._assessments.change(assessment_id, facts)
        return await self._scoring.issue(assessment_id)


def standing_score(assessment: Assessment, place: Place) -> Score:
    """Return the score of a criterion. Raises InvalidInput for one that is not there."""
    if place not in assessment.scores:
        raise invalid("criterion", "is none that was scored", "Choose a listed criterion.")
    return assessment.scores[place]


def fingerprint(score: Score) -> str:
    """Return what tells a score from every other one, and says nothing of it."""
    return content_hash(score.model_dump(mode="json")).rpartition(":")[2][:16]


def require_may_override(assessment: Assessment, reviewer: Reviewer, standing: Score) -> None:
    """Raise IllegalTransition before there is a verdict, Conflict where they may not replace it now."""
    assessment.require("overriding a score", Status.DECIDED)
    require_not_revoked(assessment)
    if standing.is_open:
        raise Conflict("This criterion waits to be scored", "Score it on the page of the case.")
    if any((one.before.item_id, one.before.criterion) == _place(standing) for one in assessment.open_appeals):
        raise Conflict(
            "The candidate appeals this score", "Somebody who has not seen it answers; that settles it."
        )
    if is_colleagues(standing, reviewer) and not reviewer.may(Permission.ADJUDICATE):
        raise Conflict("A colleague gave this score", "Ask a senior, who may override it.")


def is_colleagues(score: Score, reviewer: Reviewer) -> bool:
    """Whether another person gave a score."""
    return score.rater_kind == "person" and score.rater != f"person:{reviewer.id}"


def _place(score: Score) -> Place:
    return score.item_id, score.criterion


def _checked(assessment: Assessment, standing: Score, given: NewScore) -> tuple[Evidence, ...]:
    """Return the quote, if there is one. Raises InvalidInput with everything that is wrong."""
    problems = list(_missing(standing, given))
    found: tuple[Evidence, ...] = ()
    try:
        if len(accept_text("reason", given.reason, limit=MAX_REASON_CHARS).strip()) < MIN_REASON_CHARS:
            problems.append(
                FieldProblem("reason", "is too short", "Say why in a sentence; the candidate may read it.")
            )
        found = own_evidence(assessment, standing.item_id, given.quote)
    except TooLarge as refused:
        problems.append(FieldProblem(refused.what, "is too long", f"Use at most {refused.limit}."))
    except InvalidInput as refused:
        problems += refused.problems
    if problems:
        raise InvalidInput(problems)
    return found


_VALUES: Final = {Mark.MET: 1.0, Mark.UNMET: 0.0, Mark.CANNOT_ASSESS: None}


def _missing(standing: Score, given: NewScore) -> Sequence[FieldProblem]:
    problems = []
    if given.mark not in list(Mark):
        problems.append(FieldProblem("mark", "is not chosen yet", "Choose one of the three."))
    elif _VALUES[Mark(given.mark)] == standing.value:
        problems.append(FieldProblem("mark", "is what stands already", "Choose another one, or leave it."))
    if given.code not in list(OverrideCode):
        problems.append(FieldProblem("code", "is not chosen yet", "Choose why the score was wrong."))
    return problems
