"""Overriding: a reviewer replaces a score that stands. The old one is kept, and another verdict follows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from assessor.domain import events as e
from assessor.domain.appeal import Place
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import Conflict, FieldProblem, InvalidInput, TooLarge, invalid
from assessor.domain.evidence import Evidence
from assessor.domain.override import VALUES, OverrideCode
from assessor.domain.quality import QualityMark
from assessor.domain.roles import Permission
from assessor.domain.score import Score
from assessor.domain.text import accept_text
from assessor.domain.value import content_hash
from assessor.ports import Reviewer
from assessor.services.log import AssessmentLog
from assessor.services.marking import (
    MAX_REASON_CHARS,
    MIN_REASON_CHARS,
    Given,
    Mark,
    marked,
    own_evidence,
    require_not_revoked,
)
from assessor.services.scoring import Scoring

MARKS: Final[Mapping[str, QualityMark]] = MappingProxyType(
    {"met": "met", "unmet": "unmet", "cannot_assess": "cannot_assess"}
)


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

        A colleague's score is replaced by a senior alone. Of anybody else the reading is kept beside it, and
        it stands until somebody who gave neither has decided.

        Raises InvalidInput with everything that is wrong, Conflict where the score may not be replaced by
        them now, or is another one than they saw.
        """
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def facts(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            standing = standing_score(assessment, place)
            require_may_override(assessment, standing)
            if given.seen != fingerprint(standing):
                raise Conflict(
                    "The score was replaced meanwhile by a colleague",
                    "Nothing of yours was stored; look at the new score, and store yours if it still holds.",
                )
            quotes = checked(assessment, standing, given, _wrong(standing, given))
            if disputes(standing, reviewer):
                return [e.ScoreDisputed(**_said(reviewer, standing, given), evidence=quotes)]
            score = marked(standing, reviewer, Mark(given.mark), given.reason, quotes)
            fact = e.ScoreOverridden(**_said(reviewer, standing, given))
            return [fact, e.ResponseScored(item_id=standing.item_id, scores=(score,))]

        assessment = await self._assessments.change(assessment_id, facts)
        return await self._scoring.issue(assessment_id) if assessment.verdict_is_due else assessment


def standing_score(assessment: Assessment, place: Place) -> Score:
    """Return the score of a criterion. Raises InvalidInput for one that is not there."""
    if place not in assessment.scores:
        raise invalid("criterion", "is none that was scored", "Choose a listed criterion.")
    return assessment.scores[place]


def fingerprint(score: Score) -> str:
    """Return what tells a score from every other one, and says nothing of it."""
    return content_hash(score.model_dump(mode="json")).rpartition(":")[2][:16]


def require_may_override(assessment: Assessment, standing: Score) -> None:
    """Raise IllegalTransition before there is a verdict, Conflict where it may not be replaced now."""
    assessment.require("overriding a score", Status.DECIDED)
    require_not_revoked(assessment)
    if standing.is_open:
        raise Conflict("This criterion waits to be scored", "Score it on the page of the case.")
    if any((one.before.item_id, one.before.criterion) == _place(standing) for one in assessment.open_appeals):
        raise Conflict(
            "The candidate appeals this score", "Somebody who has not seen it answers; that settles it."
        )
    if any(one.place == _place(standing) for one in assessment.disagreements):
        raise Conflict(
            "There are two readings of this criterion already", "A senior who gave neither decides."
        )


def disputes(standing: Score, reviewer: Reviewer) -> bool:
    """Whether another reading by this person stands beside the score, instead of replacing it."""
    of_colleague = standing.rater_kind == "person" and standing.rater != f"person:{reviewer.id}"
    return of_colleague and not reviewer.may(Permission.ADJUDICATE)


def _said(reviewer: Reviewer, standing: Score, given: NewScore) -> dict[str, Any]:
    return {
        "reviewer": reviewer.id,
        "item_id": standing.item_id,
        "criterion": standing.criterion,
        "code": OverrideCode(given.code),
        "mark": MARKS[given.mark],
        "reason": given.reason.strip(),
    }


def _place(score: Score) -> Place:
    return score.item_id, score.criterion


def checked(
    assessment: Assessment, standing: Score, given: NewScore | Given, problems: Iterable[FieldProblem] = ()
) -> tuple[Evidence, ...]:
    """Return the quote, if there is one. Raises InvalidInput with everything that is wrong."""
    problems = [*problems]
    if given.mark not in MARKS:
        problems.insert(0, FieldProblem("mark", "is not chosen yet", "Choose one of the three."))
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


def _wrong(standing: Score, given: NewScore) -> Sequence[FieldProblem]:
    problems = []
    if given.mark in MARKS and VALUES[MARKS[given.mark]] == standing.value:
        problems.append(FieldProblem("mark", "is what stands already", "Choose another one, or leave it."))
    if given.code not in list(OverrideCode):
        problems.append(FieldProblem("code", "is not chosen yet", "Choose why the score was wrong."))
    return problems
