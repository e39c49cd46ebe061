"""Forms: the items of one assessment, as a verdict binds them."""

from collections.abc import Container

from assessor.domain.ids import Slug
from assessor.domain.item import Category, Item, RankingItem
from assessor.domain.library import Library
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
    """The plan's; the sum of the items' minutes is at most this."""
    time_limit_minutes: int
    blocks: tuple[tuple[Slug, ...], ...] = ()
    """Of a sequential form, the ids of the items that come in blocks; the other items are a fixed part."""

    def block_of(self, item_id: str) -> int | None:
        """Return the number of the block in which an item comes, None for the fixed part."""
        return next((number for number, own in enumerate(self.blocks) if item_id in own), None)

    def until(self, block: int) -> "Form":
        """Return the form without the blocks from this number on."""
        left_out = {item_id for own in self.blocks[block:] for item_id in own}
        items = tuple(item for item in self.items if item.item_id not in left_out)
        return self.model_copy(update={"items": items, "blocks": self.blocks[:block]})

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

    def without(self, item_ids: Container[str]) -> "Form":
        """Return the form as if these items did not stand on it. Its minutes stay as they were told."""
        items = tuple(item for item in self.items if item.item_id not in item_ids)
        return self if len(items) == len(self.items) else self.model_copy(update={"items": items})

    def swapped(self, item_id: str, place: FormItem) -> "Form":
        """Return the form with another item where `item_id` stood."""
        items = tuple(place if item.item_id == item_id else item for item in self.items)
        return self.model_copy(update={"items": items})


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
