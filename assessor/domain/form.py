"""Forms: the items drawn for one assessment, from a seed that the log records."""

import hashlib
from collections.abc import Iterable, Sequence

from assessor.domain.errors import invalid
from assessor.domain.ids import Slug
from assessor.domain.item import Category, Item, RankingItem
from assessor.domain.library import Library
from assessor.domain.track import FormPlan, Section, Track
from assessor.domain.value import Value, content_hash


class FormItem(Value):
    """One place on a form."""

    item_id: Slug
    version: int
    hash: str
    rubric_hash: str | None = None
    """Of the rubric that a judge or a person scores by, where the item has one."""
    category: Category
    minutes: float
    is_scored: bool = True
    """A hidden repeat is not: its scores would count the same thing twice."""


class Form(Value):
    """The items of one assessment, in the order of the candidate's path."""

    name: str
    items: tuple[FormItem, ...]
    minutes: int
    """What the candidate is told; the sum of the items' minutes is at most this."""
    time_limit_minutes: int

    def of(self, category: Category) -> tuple[FormItem, ...]:
        """Return the items of one category, in order."""
        return tuple(item for item in self.items if item.category is category)

    @property
    def tasks(self) -> tuple[FormItem, ...]:
        """Everything that is not the interview."""
        return tuple(item for item in self.items if item.category is not Category.INTERVIEW)

    def place_of(self, item_id: str) -> FormItem | None:
        """Return the item's place, or None when it is not on this form."""
        return next((item for item in self.items if item.item_id == item_id), None)

    @property
    def hash(self) -> str:
        """The content hash that a verdict binds."""
        return content_hash(self)

    def swapped(self, item_id: str, place: FormItem) -> "Form":
        """Return the form with another item where `item_id` stood."""
        items = tuple(place if item.item_id == item_id else item for item in self.items)
        return self.model_copy(update={"items": items})


def draw_form(library: Library, track: Track, name: str, seed: str) -> Form:
    """Draw a form by its plan; the same seed and bank give the same form.

    Raises InvalidInput when the track has no such form or the bank cannot satisfy it.
    """
    plan = _plan(track, name)
    items = tuple(placed(item, library) for item in draw_items(library, track, name, seed))
    return Form(name=name, items=items, minutes=plan.minutes, time_limit_minutes=plan.time_limit_minutes)


def draw_items(library: Library, track: Track, name: str, seed: str) -> tuple[Item, ...]:
    """Return the items of the form of this seed, in its order. Raises InvalidInput as `draw_form` does."""
    bank = list(library.items[track.id].values())
    drawn: list[Item] = []
    for section in _plan(track, name).sections:
        drawn += _draw_section(bank, section, drawn, seed)
    return tuple(drawn)


def _plan(track: Track, name: str) -> FormPlan:
    plan = next((plan for plan_name, plan in track.forms.items() if plan_name == name), None)
    if plan is None:
        raise invalid(
            "form", f"{name!r} is not a form of track {track.id}", f"Use one of {', '.join(track.forms)}."
        )
    return plan


def placed(item: Item, library: Library) -> FormItem:
    """Return the item as it stands on a form."""
    return FormItem(
        item_id=item.id,
        version=item.version,
        hash=item.hash,
        rubric_hash=library.rubric(item.rubric).hash if item.rubric else None,
        category=item.category,
        minutes=item.minutes,
        is_scored=not is_repeat(item),
    )


def is_repeat(item: Item) -> bool:
    """Whether an item shows again what another one of the form has shown."""
    return isinstance(item, RankingItem) and item.repeat_of is not None


def _draw_section(bank: Sequence[Item], section: Section, drawn: Sequence[Item], seed: str) -> list[Item]:
    eligible = [item for item in bank if may_draw(item, section)]
    chosen: list[Item] = []
    for item in sorted(eligible, key=lambda item: _draw_order(seed, item.id)):
        if len(chosen) < section.count and not _are_enemies(item, [*drawn, *chosen]):
            chosen.append(item)
    if len(chosen) < section.count:
        raise invalid(
            "form",
            f"the bank has {len(chosen)} of the {section.count} {section.category} items that it needs",
            "Add items, or ask for fewer.",
        )
    return [*chosen, *_repeats(bank, section, chosen)]


def may_draw(item: Item, section: Section) -> bool:
    """Whether a section may draw an item by itself; a hidden repeat comes only with its first."""
    fits = item.category is section.category and item.minutes <= section.max_minutes
    return fits and not is_repeat(item)


def _repeats(bank: Sequence[Item], section: Section, chosen: Sequence[Item]) -> list[Item]:
    """Return hidden repeats of rankings that were drawn, those of the earliest drawn first."""
    found = [
        item
        for first in chosen
        for item in bank
        if isinstance(item, RankingItem) and item.repeat_of == first.id
    ]
    return list(found[: section.repeats])


def _draw_order(seed: str, item_id: str) -> bytes:
    """Order items by a keyed hash: the draw of one item does not move when another is added."""
    return hashlib.sha256(f"{seed}\n{item_id}".encode()).digest()


def _are_enemies(item: Item, others: Iterable[Item]) -> bool:
    return any(other.id in item.enemies or item.id in other.enemies for other in others)


def replacements(library: Library, track_id: str, form: Form, item_id: str, seed: str) -> tuple[Item, ...]:
    """Return the items that may stand on a form instead of one of its own, the next to be drawn first.

    They measure the same competency in the same category, keep the form within its minutes, are not
    on it, and are no enemies of what stays on it.
    """
    bank = library.items[track_id]
    old = bank[item_id]
    staying = [bank[place.item_id] for place in form.items if place.item_id != item_id]
    minutes = form.minutes - sum(item.minutes for item in staying)
    fitting = [
        item
        for item in bank.values()
        if (item.category, item.competency) == (old.category, old.competency)
        and form.place_of(item.id) is None
        and item.minutes <= minutes
        and not _are_enemies(item, staying)
    ]
    return tuple(sorted(fitting, key=lambda item: _draw_order(seed, item.id)))
