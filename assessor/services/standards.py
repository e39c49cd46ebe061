"""Holding a standard-setting study on the items of a track."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from statistics import NormalDist, fmean

from assessor.domain import ability
from assessor.domain.errors import NotFound, invalid
from assessor.domain.form import draw_form
from assessor.domain.item import Item
from assessor.domain.library import Library
from assessor.domain.score import Score, difficulty_in_logits
from assessor.domain.standard_setting import (
    JudgeRating,
    RatedItem,
    StandardSetting,
    hold,
    rounds_of,
)
from assessor.domain.track import LEVELS
from assessor.scoring import Work, rate_by_rule

FORMS = 20
"""Drawn to see how well the full form measures; two draws differ in a few items."""


def set_standard(
    library: Library,
    track_id: str,
    study: str,
    held_on: date,
    ratings: Sequence[JudgeRating],
    level: str = "entry",
) -> StandardSetting:
    """Return the study that the ratings are of, on all items that any judge rated.

    `level` is whom the judges had in mind: who only just qualifies (`entry`), or only just has a higher one.
    Raises NotFound for an unknown track, InvalidInput for an unknown level or item and for ratings that
    settle no cut.
    """
    library.track(track_id)
    known_level = next((one for one in LEVELS if one == level), None)
    if known_level is None:
        raise invalid("--level", f"{level!r} is not a level", f"Use one of: {', '.join(LEVELS)}.")
    items = [_rated(library, track_id, name) for name in sorted({one.item for one in ratings})]
    if not items:
        raise invalid("ratings", "hold no row", "Give one row for each judge, round and item.")
    cut = rounds_of(items, ratings)[-1].ability
    error = measurement_error(library, track_id, cut)
    return hold(study, track_id, held_on, items, ratings, error, known_level)


def measurement_error(library: Library, track_id: str, cut: float) -> float:
    """Return the standard error of an ability at the cut, as the full form measures it, on average.

    It is what the posterior of somebody at the cut looks like who scores as expected there: the half of the
    90% interval over 1.645.
    """
    track = library.track(track_id)
    reach = NormalDist().inv_cdf((1 + ability.INTERVAL) / 2)
    weights = {one.id: one.weight for one in track.competencies}
    errors = []
    for number in range(FORMS):
        form = draw_form(library, track, "full", f"standard-{number}")
        scores = [
            score
            for place in form.items
            if place.is_scored
            for score in _everything(library, library.item(track_id, place.item_id))
        ]
        observed = [replace(one, value=_expected(one, cut)) for one in ability.observe(scores, weights)]
        found = ability.estimate(observed, cut)
        errors.append((found.high - found.low) / (2 * reach))
    return round(fmean(errors), 6)


def _rated(library: Library, track_id: str, name: str) -> RatedItem:
    try:
        item = library.item(track_id, name)
    except NotFound:
        known = len(library.items[track_id])
        raise invalid(
            "item", f"track {track_id} has none called {name!r}", f"Use one of its {known}."
        ) from None
    return RatedItem(
        item=item.id,
        difficulty=difficulty_in_logits(item.difficulty),
        discrimination=ability.DISCRIMINATION[item.category],
    )


def _everything(library: Library, item: Item) -> tuple[Score, ...]:
    """Return a score for all that is scored of an item: what nobody answered is scored by rule as a whole."""
    rubric = library.rubric(item.rubric) if item.rubric else None
    return rate_by_rule(Work(item=item, rubric=rubric, response=None, texts=()))


def _expected(one: ability.Observation, cut: float) -> float:
    return 1 / (1 + math.exp(-one.discrimination * (cut - one.difficulty)))
