"""Filling a form: the first combination, best items first, that keeps minutes, coverage and enemies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from assessor.domain.item import Item

MOST_TRIES = 5_000
"""So many items are put on trial. A bank that could be filled and needs more has not been seen."""

FRESH_TRIES = 500
"""As many for each number of items seen before: there can be a dozen of these numbers."""


@dataclass(frozen=True)
class Places:
    """The places of one section, and the items for them: those of the pool, and in need the others.

    Each kind is in the order in which it is wanted.
    """

    count: int
    pool: Sequence[Item]
    others: Sequence[Item]
    seen: Sequence[Item] = ()
    """What this candidate had before: better than no form, and no better than that."""

    @property
    def items(self) -> tuple[Item, ...]:
        """All of them, the most wanted first."""
        return (*self.pool, *self.others, *self.seen)


@dataclass
class Filling:
    """A search with steps back. `coverage` is the least number of items by competency."""

    places: Sequence[Places]
    coverage: Mapping[str, int]
    minutes: float
    keep_enemies_apart: bool = True
    most_seen: int | None = None
    """At most so many items that the candidate had before; None is any number."""
    most_tries: int = MOST_TRIES
    _tries: int = field(default=0, init=False)

    def freshest(self) -> list[list[Item]] | None:
        """Return the items as `found` does, with as few as can be that the candidate had before."""
        if not self._seen:
            return self.found()
        fewest = sum(max(0, one.count - len(one.pool) - len(one.others)) for one in self.places)
        for most in range(fewest, sum(one.count for one in self.places)):
            fresher = replace(self, most_seen=most, most_tries=FRESH_TRIES)
            if (found := fresher.found()) is not None:
                return found
        return self.found()

    def found(self) -> list[list[Item]] | None:
        """Return the items of each section, or None when no combination keeps to everything."""
        chosen = self._filled([], 0, self._ranked(0, []))
        if chosen is None:
            return None
        ends = [sum(section.count for section in self.places[: n + 1]) for n in range(len(self.places))]
        return [chosen[end - section.count : end] for end, section in zip(ends, self.places, strict=True)]

    def _filled(self, chosen: list[Item], section: int, candidates: Sequence[Item]) -> list[Item] | None:
        """Fill the rest of the form. Candidates are for the present section, and were not refused yet."""
        while section < len(self.places) and len(chosen) == self._end(section):
            section += 1
            candidates = self._ranked(section, chosen) if section < len(self.places) else ()
        if section == len(self.places):
            return chosen
        for place, item in enumerate(candidates):
            self._tries += 1
            if self._tries > self.most_tries:
                return None
            more = [*chosen, item]
            rest = candidates[place + 1 :]
            if self._fits(item, chosen) and self._can_end(more, section, rest):
                whole = self._filled(more, section, self._by_need(rest, more, section))
                if whole is not None:
                    return whole
        return None

    def _ranked(self, section: int, chosen: Sequence[Item]) -> list[Item]:
        return self._by_need(self.places[section].items, chosen, section)

    def _by_need(self, candidates: Iterable[Item], chosen: Sequence[Item], section: int) -> list[Item]:
        """Put first what is of the pool and of a competency that the form has not yet; else keep order."""
        others = {item.id for item in self.places[section].others}
        covered = {item.competency for item in chosen}
        return sorted(
            candidates,
            key=lambda item: (item.id in self._seen, item.id in others, item.competency in covered),
        )

    def _fits(self, item: Item, chosen: Sequence[Item]) -> bool:
        seen = self._seen if self.most_seen is not None else frozenset()
        if item.id in seen and sum(other.id in seen for other in chosen) >= (self.most_seen or 0):
            return False
        return not (self.keep_enemies_apart and are_enemies(item, chosen))

    @cached_property
    def _seen(self) -> frozenset[str]:
        return frozenset(item.id for places in self.places for item in places.seen)

    def _can_end(self, chosen: Sequence[Item], section: int, rest: Sequence[Item]) -> bool:
        """Whether the places that are left could still be filled, as far as counting tells."""
        left = list(self._left(chosen, section, rest))
        shortest = sum(sum(sorted(item.minutes for item in items)[:count]) for count, items in left)
        if sum(item.minutes for item in chosen) + shortest > self.minutes + 1e-9:
            return False
        if any(len(items) < count for count, items in left):
            return False
        missing = {
            competency: least - sum(item.competency == competency for item in chosen)
            for competency, least in self.coverage.items()
        }
        return sum(max(0, count) for count in missing.values()) <= sum(count for count, _ in left) and all(
            sum(min(places, sum(item.competency == name for item in items)) for places, items in left)
            >= count
            for name, count in missing.items()
        )

    def _left(
        self, chosen: Sequence[Item], section: int, rest: Sequence[Item]
    ) -> Iterator[tuple[int, Sequence[Item]]]:
        yield self._end(section) - len(chosen), self._fitting(rest, chosen)
        for places in self.places[section + 1 :]:
            yield places.count, self._fitting(places.items, chosen)

    def _fitting(self, items: Iterable[Item], chosen: Sequence[Item]) -> list[Item]:
        return [item for item in items if self._fits(item, chosen)]

    def _end(self, section: int) -> int:
        return sum(places.count for places in self.places[: section + 1])


def are_enemies(item: Item, others: Iterable[Item]) -> bool:
    """Whether an item must not meet one of the others, whichever names the other."""
    return any(other.id in item.enemies or item.id in other.enemies for other in others)
