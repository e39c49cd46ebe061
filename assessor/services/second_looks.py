"""Second looks: a person scores what a judge has scored, without seeing that.

The verdict was issued before and stays as it is. When every item has been looked at, the levels of both are
kept beside the judge's calibration; where they are far apart, the reviewers are told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, FieldProblem, InvalidInput, invalid
from assessor.domain.library import Library
from assessor.domain.quality import JudgeNamed, LookedAt, QualityMark, compared
from assessor.domain.rubric import Criterion
from assessor.domain.text import accept_text
from assessor.domain.verdict import working_language
from assessor.ports import Content, Reviewer
from assessor.scoring.noticing import Noticed
from assessor.services.log import AssessmentLog
from assessor.services.marking import MAX_REASON_CHARS
from assessor.services.overriding import MARKS
from assessor.services.reviewing import CaseItem, case_of
from assessor.services.scoring import rubric_of


@dataclass(frozen=True)
class LookAt:
    """One item to look at, without a score, with the criteria to score."""

    assessment: Assessment
    item: CaseItem
    criteria: tuple[Criterion, ...]
    left: int
    """Items, this one among them."""


class SecondLooks:
    """What reviewers do with the quality sample. Each call is on behalf of one, within their tenant."""

    def __init__(self, assessments: AssessmentLog, content: Content) -> None:
        self._assessments = assessments
        self._content = content

    async def next_item(self, reviewer: Reviewer, assessment_id: str) -> LookAt | None:
        """Return what is to be looked at next; None when there is nothing. That it was shown is a fact.

        Raises NotFound, and Conflict for somebody who has seen the scores.
        """
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def open_blind(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            if assessment.quality != "due":
                return []
            _require_unseen(assessment, reviewer)
            return [e.TranscriptOpened(reviewer=reviewer.id, blind=True)]

        assessment = await self._assessments.change(assessment_id, open_blind)
        look = assessment.second_look
        if assessment.quality != "due" or look is None:
            return None
        case = case_of(assessment, await self._content.library(assessment.ordered.track))
        item = next(one for one in case.items if one.item.id == look.open_items[0])
        asked = look.criteria[item.item.id]
        return LookAt(
            assessment,
            replace(item, scores=(), noticed=Noticed(), applied=None),
            tuple(one for one in item.rubric.criteria if one.id in asked) if item.rubric else (),
            len(look.open_items),
        )

    async def mark(
        self,
        reviewer: Reviewer,
        assessment_id: str,
        item_id: str,
        given: Mapping[str, str],
        reasons: Mapping[str, str] = MappingProxyType({}),
    ) -> Assessment:
        """Score every criterion of one item, and compare with the judge when it was the last one.

        Raises InvalidInput for a criterion without a mark, Conflict for somebody who has seen the scores,
        and when a colleague was first.
        """
        before = await self._assessments.load_for(reviewer.tenant, assessment_id)
        library = await self._content.library(before.ordered.track)

        def facts(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            look = assessment.second_look
            if look is None or item_id not in look.criteria:
                raise invalid("item_id", f"{item_id!r} is not to be looked at", "Open the page again.")
            if assessment.quality != "due" or item_id not in look.open_items:
                raise Conflict(
                    "This was scored meanwhile, or is not needed any more",
                    "Reload the page; yours was not stored.",
                )
            _require_unseen(assessment, reviewer)
            scored = e.SecondLookScored(
                reviewer=reviewer.id,
                item_id=item_id,
                marks=all_marked(look.criteria[item_id], given),
                reasons=_reasons(look.criteria[item_id], reasons),
            )
            marks = {**look.marks, item_id: scored.marks}
            if set(marks) != set(look.criteria):
                return [scored]
            reviewers = {**look.reviewers, item_id: reviewer.id}
            return [scored, _compared(assessment, library, marks, reviewers)]

        return await self._assessments.change(assessment_id, facts)

    async def seen(self, reviewer: Reviewer, assessment_id: str) -> Assessment:
        """Note that a reviewer has seen to the differences. Twice is once. Raises NotFound."""
        await self._assessments.load_for(reviewer.tenant, assessment_id)
        return await self._assessments.change(
            assessment_id,
            lambda a, _now: [e.SecondLookSeen(reviewer=reviewer.id)] if a.quality == "differs" else [],
        )


def _require_unseen(assessment: Assessment, reviewer: Reviewer) -> None:
    if reviewer.id in assessment.opened_by:
        raise Conflict(
            "You have opened this case and seen its scores",
            "A colleague who has not takes the second look. Nothing waits for it.",
        )


def all_marked(criteria: Sequence[str], given: Mapping[str, str]) -> dict[str, QualityMark]:
    """Return a mark for each criterion, as a form gives them. Raises InvalidInput with every one missing."""
    problems = [
        FieldProblem(name, "is not scored yet", "Choose one of the three.")
        for name in criteria
        if given.get(name) not in MARKS
    ]
    if problems:
        raise InvalidInput(problems)
    return {name: MARKS[given[name]] for name in criteria}


def _reasons(criteria: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the reasons that were given. Raises InvalidInput, TooLarge."""
    told = {name: accept_text(name, given.get(name, ""), limit=MAX_REASON_CHARS).strip() for name in criteria}
    return {name: reason for name, reason in told.items() if reason}


def _compared(
    assessment: Assessment,
    library: Library,
    marks: Mapping[str, Mapping[str, QualityMark]],
    reviewers: Mapping[str, str],
) -> e.SecondLookCompared:
    track = library.track(assessment.ordered.track)
    looks = {}
    for item_id, given in marks.items():
        item = library.item(track.id, item_id)
        rubric = rubric_of(assessment, item, library)
        looks[item_id] = LookedAt(
            reviewers[item_id],
            rubric.edition if rubric else "",
            working_language(item.category, assessment, track),
            given,
        )
    basis = assessment.verdict.document["basis"] if assessment.verdict else {"judges": ()}
    judges = [JudgeNamed(one["model"], one["family"], one.get("calibration_id")) for one in basis["judges"]]
    return e.SecondLookCompared(levels=compared(assessment.scores, looks, judges))
