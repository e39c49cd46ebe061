"""Figures about the items of one track: cues, where keys stand, how hard the texts are to read."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from assessor.adapters.content.shelves import Shelf
from assessor.domain.exact_tests import PLACES, Evenness, at_least, evenness, rank_sum
from assessor.domain.form import is_repeat
from assessor.domain.item import Category, EvaluationItem, Item, RankingItem, RubricWritingItem
from assessor.domain.keys import subject
from assessor.domain.reading import grade_level


@dataclass(frozen=True)
class Choice:
    """Responses in the order in which an item has them, and which of them are the best."""

    item_id: str
    texts: tuple[str, ...]
    best: frozenset[int]


@dataclass(frozen=True)
class CueTest:
    """How often a cue points to the best response, beside how often it would by chance."""

    items: int
    cued: tuple[str, ...]
    """Ids of the items in which it does."""
    expected: float
    p: float
    """Of at least so many by chance: the exact binomial test, with each item's own chance."""


@dataclass(frozen=True)
class LengthTest:
    """Whether length tells sound responses from flawed ones, where one response is shown at a time."""

    sound: int
    flawed: int
    sound_longer: float
    """Chance that a sound response is longer than a flawed one; .5 tells nothing."""
    p: float
    """Of being so far from that by chance, either way: the exact rank-sum test."""


@dataclass(frozen=True)
class Reading:
    """Flesch-Kincaid grades of what candidates read."""

    median: float
    highest: float
    hardest: str
    """The item with the highest grade."""


@dataclass(frozen=True)
class TrackStatistics:
    """What a bank's cues, keys and texts look like in figures, by category."""

    longest: Mapping[str, CueTest]
    first: Mapping[str, CueTest]
    lengths: Mapping[str, LengthTest]
    positions: Mapping[str, Evenness]
    reading_grade: Mapping[str, Reading]


def statistics(shelf: Shelf) -> TrackStatistics:
    """Work out the figures of one track. Hidden repeats are left out: they are no items of their own."""
    items = [item for _, item in shelf.usable() if not is_repeat(item)]
    choices = _choices(items)
    is_english = shelf.track.value is not None and shelf.track.value.language.startswith("en")
    return TrackStatistics(
        longest={category: _cue(each, _longest) for category, each in choices.items()},
        first={category: _cue(each, _first) for category, each in choices.items() if _is_shown(category)},
        lengths=_lengths(items),
        positions={
            category: even
            for category, each in choices.items()
            if _is_shown(category) and (even := evenness(_places(each))) is not None
        },
        reading_grade=_reading(items) if is_english else {},
    )


def _choices(items: Iterable[Item]) -> dict[str, list[Choice]]:
    found: defaultdict[str, list[Choice]] = defaultdict(list)
    for item in items:
        if isinstance(item, RankingItem):
            best = frozenset(place for place, r in enumerate(item.responses) if r.id in item.key.order[0])
            texts = tuple(response.text for response in item.responses)
            found[item.category.value].append(Choice(item.id, texts, best))
        elif isinstance(item, RubricWritingItem):
            hidden = item.key.hidden_responses
            top = min(response.rank for response in hidden)
            best = frozenset(place for place, response in enumerate(hidden) if response.rank == top)
            found[item.category.value].append(Choice(item.id, tuple(r.text for r in hidden), best))
    return dict(found)


def _lengths(items: Iterable[Item]) -> dict[str, LengthTest]:
    rated = [item for item in items if isinstance(item, EvaluationItem)]
    sound = [len(item.response) for item in rated if not item.key.issues]
    flawed = [len(item.response) for item in rated if item.key.issues]
    if (found := rank_sum(sound, flawed)) is None:
        return {}
    return {Category.EVALUATION.value: LengthTest(len(sound), len(flawed), *found)}


def _is_shown(category: str) -> bool:
    """Whether candidates see the responses, in an order that could give something away."""
    return category == Category.RANKING


def _longest(choice: Choice) -> frozenset[int]:
    size = max(map(len, choice.texts))
    return frozenset(place for place, text in enumerate(choice.texts) if len(text) == size)


def _first(_: Choice) -> frozenset[int]:
    return frozenset({0})


def _cue(choices: Sequence[Choice], pointed: Callable[[Choice], frozenset[int]]) -> CueTest:
    chances = [_chance(len(choice.texts), len(choice.best), len(pointed(choice))) for choice in choices]
    cued = tuple(choice.item_id for choice in choices if choice.best & pointed(choice))
    p = round(at_least(len(cued), chances), PLACES)
    return CueTest(len(choices), cued, round(math.fsum(chances), PLACES), p)


def _chance(responses: int, best: int, pointed: int) -> float:
    """Return how likely `pointed` of the responses hold one of the best, if those were drawn blindly."""
    return 1 - math.comb(responses - pointed, best) / math.comb(responses, best)


def _places(choices: Sequence[Choice]) -> list[tuple[int, int]]:
    return [(min(choice.best), len(choice.texts)) for choice in choices if len(choice.best) == 1]


def _reading(items: Iterable[Item]) -> dict[str, Reading]:
    grades: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for item in items:
        if (grade := grade_level("\n\n".join(subject(item)))) is not None:
            grades[item.category.value].append((grade, item.id))
    return {
        category: Reading(round(median(grade for grade, _ in found), 1), *max(found))
        for category, found in sorted(grades.items())
    }
