"""Appeals by candidates: within the term of a result they ask that criteria be scored again.

People who have not seen the scores answer (`hearing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, get_args

from assessor.domain import events as e
from assessor.domain.appeal import AppealedCriterion, Choice, Ground, choices
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import FieldProblem, IllegalTransition, InvalidInput, invalid
from assessor.domain.text import accept_text
from assessor.domain.wording import worded
from assessor.ports import Clock
from assessor.services.log import AssessmentLog

MAX_NOTE_CHARS: Final = 4000
MIN_ID_CHARS, MAX_ID_CHARS = 8, 64
GROUNDS: Final[tuple[Ground, ...]] = get_args(Ground)
APPEALABLE: Final = frozenset({"qualified", "not_qualified"})
"""Decisions that can be appealed. What waits is looked at anyway, and `inconclusive` holds nothing against
anybody: another attempt is given."""


@dataclass(frozen=True)
class Filing:
    """What a candidate sends. `keys` name the choices, `ground` is one of `GROUNDS`."""

    appeal_id: str
    keys: Sequence[str]
    ground: str
    note: str = ""


class Appealing:
    """What candidates do about a result that they think is wrong."""

    def __init__(self, assessments: AssessmentLog, clock: Clock) -> None:
        self._assessments = assessments
        self._clock = clock

    def choices(self, assessment: Assessment) -> tuple[Choice, ...]:
        """Return what the candidate may still appeal at this moment; nothing once the term is over."""
        until = appeal_until(assessment)
        if until is None or self._clock.now() > until:
            return ()
        return _choices(assessment)

    async def file(self, assessment_id: str, filing: Filing) -> Assessment:
        """File an appeal of one or several criteria. The same id twice is one appeal.

        Raises InvalidInput or TooLarge for what cannot be accepted, IllegalTransition without a result that
        can be appealed, and when the term is over.
        """
        note = accept_text("note", filing.note, limit=MAX_NOTE_CHARS).strip()

        def facts(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            if any(one.id == filing.appeal_id for one in assessment.appeals.values()):
                return []
            _require_term(assessment, now)
            places = _accepted(assessment, filing, note)
            return [
                e.AppealFiled.model_validate(
                    {
                        "appeal_id": filing.appeal_id,
                        "criteria": places,
                        "ground": filing.ground,
                        "note": note,
                    }
                )
            ]

        return await self._assessments.change(assessment_id, facts)


def appeal_until(assessment: Assessment) -> datetime | None:
    """Return until when the live result can be appealed; None where there is nothing to appeal.

    The term begins anew with each verdict: what it says now could not be appealed before.
    """
    if assessment.verdict is None or assessment.status is not Status.DECIDED:
        return None
    if assessment.decision not in APPEALABLE:
        return None
    issued = datetime.fromisoformat(assessment.verdict.document["issued_at"])
    return issued + timedelta(days=assessment.policy.appeal_days)


def _choices(assessment: Assessment) -> tuple[Choice, ...]:
    order = {place.item_id: number for number, place in enumerate(assessment.form.items)}
    found = choices(assessment.scores.values(), assessment.appeals)
    return tuple(sorted(found, key=lambda one: order.get(one.item_id, len(order))))


def _require_term(assessment: Assessment, now: datetime) -> None:
    until = appeal_until(assessment)
    if until is None:
        raise IllegalTransition(
            "There is no result that can be appealed now", "The result page shows what happens next."
        )
    if now > until:
        raise IllegalTransition(
            worded("Appeals of this result could be sent until %(when)s", when=until),
            "Write to the platform that invited you; a person can still look at it.",
        )


def _accepted(assessment: Assessment, filing: Filing, note: str) -> list[AppealedCriterion]:
    """Return what is appealed. Raises InvalidInput with everything that is wrong."""
    if not MIN_ID_CHARS <= len(filing.appeal_id) <= MAX_ID_CHARS:
        raise invalid("appeal_id", "is not 8 to 64 characters", "Load the page again and retry.")
    open_ = {one.key: one for one in _choices(assessment)}
    problems = []
    if not filing.keys:
        problems.append(FieldProblem("criteria", "are not chosen yet", "Choose at least one."))
    elif not set(filing.keys) <= set(open_):
        problems.append(
            FieldProblem(
                "criteria", "hold one that cannot be appealed, or was before", "Choose from those listed."
            )
        )
    if filing.ground not in GROUNDS:
        problems.append(FieldProblem("ground", "is not chosen yet", "Choose one."))
    elif filing.ground == "other" and not note:
        problems.append(FieldProblem("note", "is empty", "Say in a sentence what you think is wrong."))
    if problems:
        raise InvalidInput(problems)
    return [
        AppealedCriterion(item_id=score.item_id, criterion=score.criterion)
        for key in dict.fromkeys(filing.keys)
        for score in open_[key].scores
    ]
