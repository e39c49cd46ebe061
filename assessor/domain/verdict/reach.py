"""The smallest change of scores after which a rule would say qualified: an exact search, not a guess."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Final

from assessor.domain import ability
from assessor.domain.evidence import Evidence
from assessor.domain.form import Form
from assessor.domain.policy import Grade, Policy
from assessor.domain.score import FAULTS, Score
from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.track import Track
from assessor.domain.verdict.rule import decide, weights_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Places = tuple[int, ...]
"""Of scores, rising."""

READER: Final = "person:supposed"
SOMEWHERE: Final = (Evidence(event_seq=1, start=0, end=1),)
BY_SCORES_ALONE: Final = Policy(least_basis=Grade.NONE, rules_may_decide=("qualified",))
"""A policy under which nothing but the scores can stand in the way."""


def supposed_met(score: Score) -> Score:
    """Return the score as if the criterion had been met in full; what is open yet, as a person would."""
    rater = READER if score.is_open else score.rater
    return score.changed(value=1.0, unscored=None, rater=rater, evidence=score.evidence or SOMEWHERE)


def changed(scores: Sequence[Score], places: Collection[int]) -> tuple[Score, ...]:
    """Return the scores with those at these places supposed to be met."""
    return tuple(supposed_met(one) if place in places else one for place, one in enumerate(scores))


def would_qualify(scores: Sequence[Score], track: Track, form: Form) -> bool:
    """Whether these scores are over the line with the rule's certainty, whatever they stand on."""
    return decide(scores, track, form, BY_SCORES_ALONE).decision == "qualified"


@dataclass(frozen=True)
class Search:
    """For the smallest set of places that, met in full, would bring the scores over the line.

    `scores` are in the order in which they count; `among` are the places that may be changed.
    """

    scores: tuple[Score, ...]
    track: Track
    form: Form
    among: Places

    def smallest(self) -> Places | None:
        """Return the set, None when it takes more than are ever named.

        Of several of one size it is the one with most that nobody has scored yet, then the one that lifts
        the probability most.
        """
        if not would_qualify(changed(self.scores, self.among), self.track, self.form):
            return None
        for size in range(1, THRESHOLDS.named_changes + 1):
            for places in self._crossing(list(self._sets(size))) if self._may_cross(size) else ():
                if would_qualify(changed(self.scores, places), self.track, self.form):
                    return places
        return None

    def _sets(self, size: int) -> Iterator[Places]:
        """Yield the sets that leave no obstacle. Of criteria that tell the same, the first ones stand for
        all."""
        for places in combinations(self.among, size):
            if all(self._like_before[place] in places for place in places if place in self._like_before) and (
                self._leaves_no_obstacle(places)
            ):
                yield places

    def _leaves_no_obstacle(self, places: Places) -> bool:
        return self._musts.issubset(places) and (
            not self._silent or self._silent <= {self.scores[place].category for place in places}
        )

    def _may_cross(self, size: int) -> bool:
        return self._demands[0].variants.highest(size, self._demands[0].line) >= self._demands[0].least

    def _crossing(self, sets: Sequence[Places]) -> list[Places]:
        """Return those that meet every demand, the best first."""
        if not sets:
            return []
        lifted = self._demands[0].probabilities(sets)
        meets = lifted >= self._demands[0].least
        for demand in self._demands[1:]:
            meets &= demand.probabilities(sets) >= demand.least
        ranked = [
            (-sum(self.scores[place].is_open for place in places), -float(lifted[number]), places)
            for number, places in enumerate(sets)
            if meets[number]
        ]
        return [places for *_, places in sorted(ranked)]

    @cached_property
    def _demands(self) -> tuple["_Demand", ...]:
        """The composite at the cut, then each competency that has a floor."""
        everything = tuple(range(len(self.scores)))
        cut = self.track.cut.ability
        found = [self._demand(everything, weights_of(self.track), cut, THRESHOLDS.qualified)]
        for one in self.track.competencies:
            own = tuple(place for place in everything if self.scores[place].competency == one.id)
            if one.floor is not None and own:
                found.append(self._demand(own, {one.id: 1.0}, one.floor, THRESHOLDS.floor))
        return tuple(found)

    def _demand(self, own: Places, weights: Mapping[str, float], line: float, least: float) -> "_Demand":
        as_it_is = ability.assuming(ability.observe([self.scores[place] for place in own], weights), 0.0)
        met = ability.observe([supposed_met(self.scores[place]) for place in own], weights)
        there = {place: number for number, place in enumerate(own)}
        instead = {there[place]: met[there[place]] for place in self.among if place in there}
        return _Demand(there, ability.Variants(as_it_is, instead), line, least)

    @cached_property
    def _musts(self) -> frozenset[int]:
        """What keeps a rule from deciding for as long as it is unscored."""
        return frozenset(
            place
            for place, one in enumerate(self.scores)
            if one.unscored is not None and (one.required or one.unscored in FAULTS)
        )

    @cached_property
    def _silent(self) -> frozenset[str]:
        """Categories of which nothing is scored."""
        scored = {one.category for one in self.scores if one.value is not None}
        return frozenset(place.category for place in self.form.items) - scored

    @cached_property
    def _like_before(self) -> dict[int, int]:
        """For a place the one before it that tells exactly the same, where there is one."""
        last: dict[tuple[object, ...], int] = {}
        found: dict[int, int] = {}
        for place in self.among:
            one = self.scores[place]
            alike = (
                one.item_id, one.competency, one.difficulty, one.weight,
                one.value, one.rater_kind, one.is_open, place in self._musts,
            )  # fmt: skip
            if alike in last:
                found[place] = last[alike]
            last[alike] = place
        return found


@dataclass(frozen=True)
class _Demand:
    """A probability that has to be reached; `there` leads from the places of all scores to its own."""

    there: Mapping[int, int]
    variants: ability.Variants
    line: float
    least: float

    def probabilities(self, sets: Sequence[Places]) -> "NDArray[np.float64]":
        """Return it after each change, rounded as every estimate is."""
        own = [tuple(self.there[place] for place in places if place in self.there) for places in sets]
        return self.variants.probabilities(own, self.line).round(6)
