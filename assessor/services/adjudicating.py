"""Adjudicating: somebody who has given neither of two readings decides, and sees not who gave which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assessor.domain import events as e
from assessor.domain.adjudication import Disagreement
from assessor.domain.appeal import Place
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict
from assessor.ports import Content, Reviewer
from assessor.scoring.noticing import Noticed
from assessor.services.log import AssessmentLog
from assessor.services.marking import Given, Mark, marked, require_not_revoked
from assessor.services.overriding import checked, fingerprint
from assessor.services.reviewing import CaseItem, case_of
from assessor.services.scoring import Scoring


@dataclass(frozen=True)
class ToAdjudicate:
    """One criterion with both readings, and the work without any score but the evidence of the two."""

    assessment: Assessment
    item: CaseItem
    disagreement: Disagreement
    left: int
    """Criteria, this one among them."""

    @property
    def seen(self) -> str:
        """What tells the score that stands from any that takes its place."""
        return fingerprint(self.disagreement.standing)


class Adjudicating:
    """What seniors do where readings differ. Each call is on behalf of one, within their tenant."""

    def __init__(self, assessments: AssessmentLog, content: Content, scoring: Scoring) -> None:
        self._assessments = assessments
        self._content = content
        self._scoring = scoring

    async def next_criterion(self, reviewer: Reviewer, assessment_id: str) -> ToAdjudicate | None:
        """Return what is to be decided next; None when nothing is. That it was shown is a fact.

        Raises NotFound, and Conflict where they gave one of the readings of everything that is left.
        """
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def open_blind(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            if not assessment.disagreements:
                return []
            _for(assessment, reviewer)
            return [e.TranscriptOpened(reviewer=reviewer.id, blind=True)]

        assessment = await self._assessments.change(assessment_id, open_blind)
        if not assessment.disagreements:
            return None
        first, *rest = _for(assessment, reviewer)
        case = case_of(assessment, await self._content.library(assessment.ordered.track))
        item = next(one for one in case.items if one.item.id == first.standing.item_id)
        shown = tuple(
            first.standing.changed(evidence=one.evidence, value=0.0, unscored=None, rater="none")
            for one in first.readings
        )
        item = replace(item, scores=shown, noticed=Noticed(), applied=None)
        return ToAdjudicate(assessment, item, first, 1 + len(rest))

    async def decide(
        self, reviewer: Reviewer, assessment_id: str, place: Place, seen: str, given: Given
    ) -> Assessment:
        """Decide between two readings; where that changes the score, the verdict that follows is issued.

        Raises InvalidInput with everything that is wrong, Conflict for somebody who gave one of the two, and
        when it was decided, or the score replaced, meanwhile.
        """
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def facts(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            require_not_revoked(assessment)
            open_: Mapping[Place, Disagreement] = {one.place: one for one in assessment.disagreements}
            found = open_.get(place)
            if found is None or seen != fingerprint(found.standing):
                raise Conflict("This was decided meanwhile", "Reload the page; yours was not stored.")
            require_neither(found, reviewer)
            return _decided(assessment, reviewer, found, given)

        assessment = await self._assessments.change(assessment_id, facts)
        return await self._scoring.issue(assessment_id) if assessment.verdict_is_due else assessment


def require_neither(disagreement: Disagreement, reviewer: Reviewer) -> None:
    """Raise Conflict for somebody who gave one of the two readings."""
    if disagreement.involves(reviewer.id):
        raise Conflict(
            "You gave one of the two readings", "Another senior decides between them. Nothing waits for it."
        )


def _for(assessment: Assessment, reviewer: Reviewer) -> list[Disagreement]:
    """Return what this person may decide. Raises Conflict where there is none."""
    found = [one for one in assessment.disagreements if not one.involves(reviewer.id)]
    if not found:
        require_neither(assessment.disagreements[0], reviewer)
    return found


def _decided(
    assessment: Assessment, reviewer: Reviewer, found: Disagreement, given: Given
) -> Sequence[e.Fact]:
    standing = found.standing
    quotes = checked(assessment, standing, given)
    fact = e.ScoreAdjudicated.model_validate(
        {
            "reviewer": reviewer.id,
            "item_id": standing.item_id,
            "criterion": standing.criterion,
            "mark": given.mark,
            "reason": given.reason.strip(),
        }
    )
    score = marked(standing, reviewer, Mark(given.mark), given.reason, quotes)
    if score.value == standing.value:
        return [fact]
    return [fact, e.ResponseScored(item_id=standing.item_id, scores=(score,))]
