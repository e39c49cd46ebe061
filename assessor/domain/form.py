"""Forms: the items drawn for one assessment, from a seed that the log records."""

import hashlib
from collections.abc import Iterable, Sequence

from assessor.domain.errors import invalid
from assessor.domain.ids import Slug
from assessor.domain.item import Category, Item
from assessor.domain.library import Library
from assessor.domain.track import Section, Track
from assessor.domain.value import Value, content_hash


class FormItem(Value):
    """One place on a form."""

    item_id: Slug
    version: int
    hash: str
    category: Category
    minutes: float


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


def draw_form(library: Library, track: Track, name: str, seed: str) -> Form:
    """Draw a form by its plan; the same seed and bank give the same form.

    Raises InvalidInput when the track has no such form or the bank cannot satisfy it.
    """
    plan = next((plan for plan_name, plan in track.forms.items() if plan_name == name), None)
    if plan is None:
        raise invalid(
            "form", f"{name!r} is not a form of track {track.id}", f"Use one of {', '.join(track.forms)}."
        )
    bank = list(library.items[track.id].values())
    drawn: list[Item] = []
    for section in plan.sections:
        drawn += _draw_section(bank, section, drawn, seed)
    items = tuple(
        FormItem(
            item_id=item.id,
            version=item.version,
            hash=item.hash,
            category=item.category,
            minutes=item.minutes,
        )
        for item in drawn
    )
    return Form(name=name, items=items, minutes=plan.minutes, time_limit_minutes=plan.time_limit_minutes)


def _draw_section(bank: Sequence[Item], section: Section, drawn: Sequence[Item], seed: str) -> list[Item]:
    eligible = [
        item for item in bank if item.category is section.category and item.minutes <= section.max_minutes
    ]
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
    return chosen


def _draw_order(seed: str, item_id: str) -> bytes:
    """Order items by a keyed hash: the draw of one item does not move when another is added."""
    return hashlib.sha256(f"{seed}\n{item_id}".encode()).digest()


def _are_enemies(item: Item, others: Iterable[Item]) -> bool:
    return any(other.id in item.enemies or item.id in other.enemies for other in others)
