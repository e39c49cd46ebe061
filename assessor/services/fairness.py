"""Whether groups fare unlike: the fairness report, and the numbers of a bias audit."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from assessor.domain.assessment import Assessment
from assessor.domain.demographics import CHARACTERISTICS
from assessor.domain.errors import Gone
from assessor.domain.fairness import (
    STAGES,
    Audit,
    ItemAnswer,
    ItemDifference,
    ScoreDifferences,
    StageRates,
    audit,
    item_differences,
    score_differences,
    stage_rates,
)
from assessor.domain.score import Score
from assessor.domain.value import Value
from assessor.ports import Store
from assessor.services.cohort import Member, Window, members
from assessor.services.log import AssessmentLog

RIGHT = 0.5
"""An item counts as right from this weighted mean of its scores on."""

Progress = Callable[[int, int], None]


class TrackFairness(Value):
    """One track. People are counted once, by their latest attempt."""

    track: str
    people: int
    declared: int
    """Who said anything of themselves."""
    stages: tuple[StageRates, ...]
    scores: tuple[ScoreDifferences, ...]
    items: tuple[ItemDifference, ...]


class FairnessReport(Value):
    """All tracks that were asked for."""

    tenant: str
    livemode: bool
    since: datetime | None
    until: datetime | None
    tracks: tuple[TrackFairness, ...]


class Fairness:
    """Reads, compares and writes nothing."""

    def __init__(self, store: Store, assessments: AssessmentLog) -> None:
        self._store = store
        self._assessments = assessments

    async def report(
        self,
        tenant: str,
        window: Window,
        progress: Progress = lambda _done, _all: None,
        *,
        with_items: bool = True,
    ) -> FairnessReport:
        """Compare the groups of a window, track by track. Items take reading every answer.

        Raises NotFound for an unknown tenant.
        """
        by_track: defaultdict[str, list[Member]] = defaultdict(list)
        for one in await members(self._store, tenant, window):
            by_track[one.attempt.row.track].append(one)
        tracks = [
            await self._track(name, by_track[name], progress, with_items=with_items)
            for name in sorted(by_track)
        ]
        return FairnessReport(
            tenant=tenant,
            livemode=window.livemode,
            since=window.since,
            until=window.until,
            tracks=tuple(tracks),
        )

    async def audit(self, tenant: str, track: str, window: Window) -> Audit:
        """Return the tables of a bias audit of one track, over those who are decided.

        Raises NotFound for an unknown tenant.
        """
        there = [one for one in await members(self._store, tenant, window) if one.attempt.row.track == track]
        decided = [one for one in there if one.course.final is not None]
        undecided = sum(one.course.submitted is True and one.course.final is None for one in there)
        ordered = sorted(one.attempt.row.ordered_at for one in decided)
        return audit(
            [one.course for one in decided],
            undecided,
            tenant=tenant,
            track=track,
            since=window.since,
            until=window.until,
            first_ordered=ordered[0] if ordered else None,
            last_ordered=ordered[-1] if ordered else None,
            source=_source(window),
        )

    async def _track(
        self, name: str, there: Sequence[Member], progress: Progress, *, with_items: bool
    ) -> TrackFairness:
        courses = [one.course for one in there]
        answers = await self._answers(there, progress) if with_items else []
        return TrackFairness(
            track=name,
            people=len(courses),
            declared=sum(bool(one.groups) for one in courses),
            stages=tuple(
                stage_rates(stage, characteristic, courses)
                for stage in STAGES
                for characteristic in CHARACTERISTICS
            ),
            scores=tuple(score_differences(one, courses) for one in CHARACTERISTICS),
            items=tuple(line for one in CHARACTERISTICS for line in item_differences(one, answers)),
        )

    async def _answers(self, there: Sequence[Member], progress: Progress) -> list[ItemAnswer]:
        """Return how those who declared themselves did on every item."""
        wanted = [one for one in there if one.course.groups and one.course.score is not None]
        answers: list[ItemAnswer] = []
        for done, one in enumerate(wanted, 1):
            progress(done, len(wanted))
            try:
                assessment = await self._assessments.load(one.attempt.row.id)
            except Gone:  # erased since the list was made
                continue
            score = one.course.score or 0.0
            answers += [
                ItemAnswer(item_id, value >= RIGHT, score, one.course.groups)
                for item_id, value in _values(assessment)
            ]
        return answers


def _values(assessment: Assessment) -> Iterator[tuple[str, float]]:
    """Return the weighted mean of the scores of each item; what is unscored is no answer."""
    by_item: defaultdict[str, list[Score]] = defaultdict(list)
    for score in assessment.scores.values():
        if score.value is not None:
            by_item[score.item_id].append(score)
    for item_id, scores in by_item.items():
        weight = sum(one.weight for one in scores)
        yield item_id, sum(one.weight * (one.value or 0.0) for one in scores) / weight


def _source(window: Window) -> str:
    kind = "live" if window.livemode else "simulated" if window.simulated else "test"
    return (
        f"Historical data of this service: {kind} assessments that are decided, one a person, the latest; "
        "categories as the candidates declared them of their own accord"
    )
