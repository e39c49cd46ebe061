"""Hearing appeals: people who have not seen the scores look again.

An answer raises a score or keeps it. When the last one is given and anything was raised, the decision is
worked out again, and a superseding verdict is issued as after any other scoring.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assessor.domain import events as e
from assessor.domain.appeal import Appeal, Place, raises
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, FieldProblem, InvalidInput, TooLarge
from assessor.domain.evidence import Evidence
from assessor.domain.text import accept_text
from assessor.ports import Content, Reviewer
from assessor.scoring.noticing import Noticed
from assessor.services.log import AssessmentLog
from assessor.services.marking import MAX_REASON_CHARS, MIN_REASON_CHARS, Mark, marked, own_evidence
from assessor.services.reviewing import CaseItem, case_of
from assessor.services.scoring import Scoring


@dataclass(frozen=True)
class Answer:
    """What a reviewer says of one criterion."""

    mark: str
    reason: str
    quote: str = ""


@dataclass(frozen=True)
class AppealedItem:
    """One item to look at, without a score, with the appeals of its criteria."""

    assessment: Assessment
    item: CaseItem
    appeals: tuple[Appeal, ...]
    left: int
    """Items, this one among them."""


class Hearing:
    """What reviewers do about appeals. Each call is on behalf of one, and only within their tenant."""

    def __init__(self, assessments: AssessmentLog, content: Content, scoring: Scoring) -> None:
        self._assessments = assessments
        self._content = content
        self._scoring = scoring

    async def next_item(self, reviewer: Reviewer, assessment_id: str) -> AppealedItem | None:
        """Return what is to be looked at next; None when nothing is. That it was shown is a fact.

        Issues the verdict that is due when the process was killed between the last answer and it. Raises
        NotFound, and Conflict for somebody who has seen the scores.
        """
        before = await self._assessments.load_for(reviewer.tenant, assessment_id)
        if before.verdict_is_due:
            await self._scoring.issue(assessment_id)

        def open_blind(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            if not assessment.open_appeals:
                return []
            require_unseen(assessment, reviewer)
            return [e.TranscriptOpened(reviewer=reviewer.id, blind=True)]

        assessment = await self._assessments.change(assessment_id, open_blind)
        if not assessment.open_appeals:
            return None
        item_ids = list(dict.fromkeys(one.before.item_id for one in assessment.open_appeals))
        case = case_of(assessment, await self._content.library(assessment.ordered.track))
        item = next(one for one in case.items if one.item.id == item_ids[0])
        return AppealedItem(
            assessment,
            replace(item, scores=(), noticed=Noticed(), applied=None),
            _of_item(assessment, item_ids[0]),
            len(item_ids),
        )

    async def answer(
        self, reviewer: Reviewer, assessment_id: str, item_id: str, given: Mapping[str, Answer]
    ) -> Assessment:
        """Answer every appeal of one item, by criterion; after the last one the verdict follows.

        Raises InvalidInput for what is missing or no quote of the candidate's, Conflict for somebody who has
        seen the scores, and when a colleague was first.
        """
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def facts(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            appeals = _of_item(assessment, item_id)
            if not appeals:
                raise Conflict("This was answered meanwhile", "Reload the page; yours was not stored.")
            require_unseen(assessment, reviewer)
            quotes = _checked(assessment, item_id, appeals, given)
            is_last = len(appeals) == len(assessment.open_appeals)
            return [
                fact
                for number, one in enumerate(appeals, 1)
                for fact in _answered(
                    assessment,
                    one.place,
                    reviewer,
                    given[one.before.criterion],
                    quotes[one.before.criterion],
                    is_last=is_last and number == len(appeals),
                )
            ]

        assessment = await self._assessments.change(assessment_id, facts)
        return await self._scoring.issue(assessment_id) if assessment.verdict_is_due else assessment


def has_seen(assessment: Assessment, reviewer: Reviewer) -> bool:
    """Whether a reviewer has seen the scores, has given one that is appealed, or decided."""
    own = any(one.before.rater == f"person:{reviewer.id}" for one in assessment.open_appeals)
    decided = assessment.decided_by_person
    return reviewer.id in assessment.opened_by or own or bool(decided and decided.reviewer == reviewer.id)


def require_unseen(assessment: Assessment, reviewer: Reviewer) -> None:
    """Raise Conflict for a reviewer who has seen the scores, has given one that is appealed, or decided."""
    if has_seen(assessment, reviewer):
        raise Conflict(
            "You have opened this case and seen its scores",
            "A colleague who has not answers the appeal. If there is nobody, add a reviewer.",
        )


def _of_item(assessment: Assessment, item_id: str) -> tuple[Appeal, ...]:
    return tuple(one for one in assessment.open_appeals if one.before.item_id == item_id)


def _checked(
    assessment: Assessment, item_id: str, appeals: Iterable[Appeal], given: Mapping[str, Answer]
) -> dict[str, tuple[Evidence, ...]]:
    """Return the quotes by criterion. Raises InvalidInput with everything that is wrong."""
    problems: list[FieldProblem] = []
    found: dict[str, tuple[Evidence, ...]] = {}
    for one in appeals:
        name = one.before.criterion
        said = given.get(name, Answer("", ""))
        if said.mark not in list(Mark):
            problems.append(FieldProblem(f"mark.{name}", "is not chosen yet", "Choose one of the three."))
        try:
            if len(accept_text("reason", said.reason, limit=MAX_REASON_CHARS).strip()) < MIN_REASON_CHARS:
                problems.append(
                    FieldProblem(
                        f"reason.{name}", "is too short", "Say why in a sentence; the candidate reads it."
                    )
                )
            found[name] = own_evidence(assessment, item_id, said.quote)
        except (InvalidInput, TooLarge) as refused:
            problems += _named(refused, name)
    if problems:
        raise InvalidInput(problems)
    return found


def _named(refused: InvalidInput | TooLarge, criterion: str) -> list[FieldProblem]:
    if isinstance(refused, TooLarge):
        return [FieldProblem(f"{refused.what}.{criterion}", "is too long", f"Use at most {refused.limit}.")]
    return [replace(one, field=f"{one.field}.{criterion}") for one in refused.problems]


def _answered(
    assessment: Assessment,
    place: Place,
    reviewer: Reviewer,
    said: Answer,
    quotes: tuple[Evidence, ...],
    *,
    is_last: bool,
) -> Sequence[e.Fact]:
    item_id, criterion = place
    standing = assessment.scores[place]
    score = marked(standing, reviewer, Mark(said.mark), said.reason, quotes)
    raised = raises(score, standing)
    answer = e.AppealAnswered.model_validate(
        {
            "reviewer": reviewer.id,
            "item_id": item_id,
            "criterion": criterion,
            "mark": said.mark,
            "outcome": "raised" if raised else "kept",
            "reason": said.reason.strip(),
            "is_last": is_last,
        }
    )
    return [e.ResponseScored(item_id=item_id, scores=(score,)), answer] if raised else [answer]
