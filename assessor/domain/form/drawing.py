"""Drawing: the items of a form, by what they tell at the cut, under everything that a form must keep."""

from collections.abc import Container, Sequence

from assessor.domain import ability
from assessor.domain.errors import InvalidInput, invalid
from assessor.domain.form.blocks import along, blocks_of
from assessor.domain.form.eligibility import Wanted, eligible, shortages
from assessor.domain.form.filling import Filling, Places, are_enemies
from assessor.domain.form.form import Form, placed
from assessor.domain.form.pool import keyed_order, most_informative, pool_size
from assessor.domain.form.refusal import unfilled
from assessor.domain.item import Item, RankingItem
from assessor.domain.library import Library
from assessor.domain.score import difficulty_in_logits
from assessor.domain.track import FormPlan, Section, Track


def draw_form(
    library: Library,
    track: Track,
    name: str,
    seed: str,
    *,
    language: str | None = None,
    specialty: str | None = None,
    jurisdiction: str | None = None,
    avoid: Container[str] = (),
    without: Container[str] = (),
) -> Form:
    """Draw a form by its plan; the same seed, bank and exclusions give the same form.

    Items of `without` are never drawn, those of `avoid` only where the bank has nothing else.

    Each section gets a pool of the candidate's own (see `pool`). Within the pools come first items
    whose competency the form has not yet, then those that tell most at the cut. What the plan
    demands (places, minutes, coverage, no enemies) may reach beyond the pools, as far as it has to.
    Language and jurisdiction are the track's own first ones unless they are named.

    Raises InvalidInput when the track has no such form, or names every demand that the bank cannot
    satisfy and how much is missing.
    """
    plan = _plan(track, name)
    drawn = draw_items(
        library,
        track,
        name,
        seed,
        language=language,
        specialty=specialty,
        jurisdiction=jurisdiction,
        avoid=avoid,
        without=without,
    )
    blocks = blocks_of(plan, drawn, seed)
    return Form(
        name=name,
        items=tuple(placed(item, library) for item in along(blocks, drawn)),
        minutes=plan.minutes,
        time_limit_minutes=plan.time_limit_minutes,
        blocks=blocks,
    )


def draw_items(
    library: Library,
    track: Track,
    name: str,
    seed: str,
    *,
    language: str | None = None,
    specialty: str | None = None,
    jurisdiction: str | None = None,
    avoid: Container[str] = (),
    without: Container[str] = (),
) -> tuple[Item, ...]:
    """Return the items of the form of this seed, in its order. Raises InvalidInput as `draw_form` does."""
    plan = _plan(track, name)
    wanted = Wanted(track, language or track.language, specialty, jurisdiction or track.jurisdiction)
    bank = [item for item in library.items[track.id].values() if item.id not in without]
    if problems := shortages(bank, plan, wanted):
        raise InvalidInput(problems)
    places = [_places(bank, section, wanted, library, seed, avoid) for section in plan.sections]
    filling = Filling(places, plan.coverage, plan.minutes - _for_repeats(bank, plan.sections))
    if (found := filling.freshest()) is None:
        raise InvalidInput((unfilled(plan, filling),))
    return tuple(
        item
        for section, chosen in zip(plan.sections, found, strict=True)
        for item in (*chosen, *_repeats(bank, section, chosen))
    )


def told_at(cut: float, item: Item, library: Library) -> float:
    """Return what an item is expected to tell about an ability at the cut.

    A forecast from what the bank knows before anything was scored: the item's difficulty, its
    category's discrimination, and as many criteria as its rubric has, beside what a rule measures.
    """
    criteria = 1 + (len(library.rubric(item.rubric).criteria) if item.rubric else 0)
    expected = ability.Observation(
        response=item.id,
        difficulty=difficulty_in_logits(item.difficulty),
        discrimination=ability.DISCRIMINATION[item.category],
        weight=1.0,
        value=None,
    )
    return ability.information([expected] * criteria, cut)


def replacements(
    library: Library,
    track_id: str,
    form: Form,
    item_id: str,
    seed: str,
    *,
    avoid: Container[str] = (),
    without: Container[str] = (),
) -> tuple[Item, ...]:
    """Return the items that may stand on a form instead of one of its own, the next to be drawn first.

    They measure the same competency in the same category, keep the form within its minutes, are not
    on it, and are no enemies of what stays on it. Those of `avoid` come last, those of `without` never.
    """
    bank = library.items[track_id]
    old = bank[item_id]
    staying = [bank[place.item_id] for place in form.items if place.item_id != item_id]
    minutes = form.minutes - sum(item.minutes for item in staying)
    fitting = [
        item.id
        for item in bank.values()
        if (item.category, item.competency) == (old.category, old.competency)
        and form.place_of(item.id) is None
        and item.id not in without
        and item.minutes <= minutes
        and not are_enemies(item, staying)
    ]
    return tuple(bank[name] for name in sorted(keyed_order(seed, fitting), key=lambda name: name in avoid))


def _plan(track: Track, name: str) -> FormPlan:
    for plan_name, plan in track.forms.items():
        if plan_name == name:
            return plan
    raise invalid(
        "form", f"{name!r} is not a form of track {track.id}", f"Use one of {', '.join(track.forms)}."
    )


def _places(
    bank: Sequence[Item],
    section: Section,
    wanted: Wanted,
    library: Library,
    seed: str,
    avoid: Container[str],
) -> Places:
    found = {item.id: item for item in eligible(bank, section, wanted)}
    cut = wanted.track.cut.ability
    unseen = [name for name in found if name not in avoid]
    pool, others = most_informative(
        seed,
        unseen,
        pool_size(len(unseen), section.count),
        lambda name: told_at(cut, found[name], library),
    )
    seen = keyed_order(seed, found.keys() - set(unseen))
    return Places(section.count, *([found[name] for name in names] for names in (pool, others, seen)))


def _for_repeats(bank: Sequence[Item], sections: Sequence[Section]) -> float:
    """Return the minutes to set aside for hidden repeats, whichever will come."""
    lengths = sorted(
        (item.minutes for item in bank if isinstance(item, RankingItem) and item.repeat_of), reverse=True
    )
    return sum(sum(lengths[: section.repeats]) for section in sections)


def _repeats(bank: Sequence[Item], section: Section, chosen: Sequence[Item]) -> list[Item]:
    """Return hidden repeats of rankings that were drawn, those of the earliest drawn first."""
    found = [
        item
        for first in chosen
        for item in bank
        if isinstance(item, RankingItem) and item.repeat_of == first.id
    ]
    return list(found[: section.repeats])
