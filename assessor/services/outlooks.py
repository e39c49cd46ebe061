"""What the criteria that wait for a person can still do to a decision, on the grounds that hold now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assessor.domain.assessment import Assessment
from assessor.domain.score import Score
from assessor.domain.track import Track
from assessor.domain.verdict import Decision, Outlook, decide_on, outlook
from assessor.ports import Content, Grounds
from assessor.services.log import AssessmentLog

Look = Callable[[Assessment], Outlook]
"""Tells of any state of one assessment what is still open in it."""


class Outlooks:
    """Looks ahead; changes nothing."""

    def __init__(self, assessments: AssessmentLog, content: Content, grounds: Grounds) -> None:
        self._assessments = assessments
        self._content = content
        self._grounds = grounds

    async def of(self, assessment: Assessment) -> Outlook:
        """Return what is still open in this state."""
        return (await self.look(assessment.id))(assessment)

    async def look(self, assessment_id: str) -> Look:
        """Return how to look ahead. It may be asked again when a colleague was first."""
        terms = (await self._assessments.latest(assessment_id)).ordered
        library = await self._content.library(terms.track)
        track = library.track(terms.track)
        standings = await self._grounds.standings()
        stage = await self._grounds.stage_of(terms.tenant, terms.track, terms.region)

        def ahead(assessment: Assessment) -> Outlook:
            def rule(scores: Sequence[Score]) -> Decision:
                supposed = {(one.item_id, one.criterion): one for one in scores}
                return decide_on(replace(assessment, scores=supposed), library, track, standings, stage)

            scores = tuple(assessment.scores.values())
            return outlook(scores, decisive_first(assessment.open_scores, track), rule)

        return ahead


def decisive_first(scores: Sequence[Score], track: Track) -> tuple[Score, ...]:
    """Order open criteria by how much they move the decision: required first, then by weight."""
    weights: Mapping[str, float] = {competency.id: competency.weight for competency in track.competencies}
    return tuple(
        sorted(
            scores,
            key=lambda score: (not score.required, -score.weight * weights.get(score.competency, 1.0)),
        )
    )
