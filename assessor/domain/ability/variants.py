"""What a posterior would be if some criteria had another value: many changes of the same form at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from assessor.domain.ability.observation import Observation
from assessor.domain.ability.posterior import CELL, GRID_CELLS, GRID_LIMIT, log_likelihood, log_prior

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Places = tuple[int, ...]
"""Of observations, rising."""


@dataclass
class Variants:
    """A form as it is, and observations that stand in for some of its places.

    Responses are independent given the ability: what a change does to one of them is worked out once, and
    the likelihood of a change of several is a product. All of `observed` have a value.
    """

    observed: Sequence[Observation]
    instead: Mapping[int, Observation]
    _by_response: dict[str, list[int]] = field(init=False)
    _gains: "dict[Places, NDArray[np.float64]]" = field(init=False, default_factory=dict)
    """For each part of a change, which lies in one response, by how much it multiplies the likelihood."""

    def __post_init__(self) -> None:
        """Group the places by response."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, seen in enumerate(self.observed):
            places[seen.response].append(place)
        self._by_response = dict(places)

    def probabilities(self, changes: Sequence[Places], cut: float) -> "NDArray[np.float64]":
        """Return P(ability >= cut) after each change. Places that are not `instead` stay as they are."""
        import numpy as np  # heavy: loaded on first use

        parts = [self._parts(change) for change in changes]
        self._learn({part for own in parts for part in own})
        number = {part: row for row, part in enumerate(self._gains, 1)}
        gains = np.vstack([np.ones((1, GRID_CELLS)), *self._gains.values()])
        most = max((len(own) for own in parts), default=0)
        rows = np.array([[number[p] for p in own] + [0] * (most - len(own)) for own in parts], dtype=int)
        mass = np.repeat(self._as_it_is()[None, :], len(changes), axis=0)
        for column in rows.T:
            mass *= gains[column]
        found: NDArray[np.float64] = np.clip(mass @ _at_or_above(cut) / mass.sum(axis=1), 0.0, 1.0)
        return found

    def highest(self, size: int, cut: float) -> float:
        """Return a probability that no change of so many places exceeds, without trying them all.

        Each cell of the grid gets what the best part for it would give, above the cut the most and below it
        the least, scaled so that every part leaves the cut as it is.
        """
        import numpy as np  # as above

        share, mass = _at_or_above(cut), self._as_it_is()
        most, least = {}, {}
        for count in range(1, size + 1):
            parts = [part for own in self._by_response.values() for part in self._parts_of(own, count)]
            if parts:
                self._learn(parts)
                scaled = np.array([self._gains[part] / self._gains[part][_cell(cut)] for part in parts])
                most[count], least[count] = scaled.max(axis=0), scaled.min(axis=0)
        bounds = [0.0]
        for counts in _partitions(size):
            if all(count in most for count in counts):
                above = (mass * share * np.prod([most[count] for count in counts], axis=0)).sum()
                below = (mass * (1 - share) * np.prod([least[count] for count in counts], axis=0)).sum()
                bounds.append(float(above / (above + below)))
        return max(bounds)

    def _parts_of(self, own: Sequence[int], count: int) -> Iterable[Places]:
        return combinations([place for place in own if place in self.instead], count)

    def _parts(self, change: Places) -> list[Places]:
        """Return the places of a change, response by response."""
        parts: dict[str, list[int]] = {}
        for place in change:
            if place in self.instead:
                parts.setdefault(self.observed[place].response, []).append(place)
        return [tuple(part) for part in parts.values()]

    def _as_it_is(self) -> "NDArray[np.float64]":
        import numpy as np  # as above

        told = log_prior() + sum(self._told(own, [()])[0] for own in self._by_response.values())
        mass: NDArray[np.float64] = np.exp(told - told.max())
        return mass

    def _learn(self, parts: Iterable[Places]) -> None:
        """Work out the parts that are new, those of one response and with the same raters together."""
        import numpy as np  # as above

        groups: defaultdict[tuple[str, Places], list[Places]] = defaultdict(list)
        for part in sorted(set(parts) - set(self._gains)):
            read_anew = tuple(p for p in part if self.instead[p].misreading != self.observed[p].misreading)
            groups[self.observed[part[0]].response, read_anew].append(part)
        for (response, _), own_parts in groups.items():
            own = self._by_response[response]
            gained = self._told(own, own_parts) - self._told(own, [()])
            gained -= gained.max(axis=1, keepdims=True)
            self._gains |= dict(zip(own_parts, np.exp(gained), strict=True))

    def _told(self, own: Sequence[int], parts: Sequence[Places]) -> "NDArray[np.float64]":
        """Return the log likelihoods of one response with each of these parts, which have the same raters."""
        import numpy as np  # as above

        def at(place: int, part: Places) -> Observation:
            return self.instead[place] if place in part else self.observed[place]

        values = np.array([[at(place, part).value for place in own] for part in parts], dtype=float)
        anew = {p for p in parts[0] if self.instead[p].misreading != self.observed[p].misreading}
        return log_likelihood([at(place, tuple(anew)) for place in own], values)


def _partitions(size: int, most: int | None = None) -> list[Places]:
    """Return the ways to write a number as a sum, the largest part first."""
    if size == 0:
        return [()]
    return [
        (first, *rest)
        for first in range(min(size, most or size), 0, -1)
        for rest in _partitions(size - first, first)
    ]


def _cell(cut: float) -> int:
    return min(max(int((cut + GRID_LIMIT) / CELL), 0), GRID_CELLS - 1)


def _at_or_above(cut: float) -> "NDArray[np.float64]":
    """Return which share of each cell of the grid lies at or above the cut."""
    import numpy as np  # as above

    ends = -GRID_LIMIT + CELL * np.arange(1, GRID_CELLS + 1)
    shares: NDArray[np.float64] = np.clip((ends - cut) / CELL, 0.0, 1.0)
    return shares
