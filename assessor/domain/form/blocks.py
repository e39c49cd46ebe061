"""Blocks: the part of a form that may end early, in the order of the candidate's path.

The first block is what comes in any case, by the `least` of each section. The others follow in an order that
only the seed decides, so that which task comes next never tells how the last one went.
"""

from collections.abc import Sequence
from typing import Final

from assessor.domain.form.pool import keyed_order
from assessor.domain.item import Item
from assessor.domain.track import FormPlan

BLOCK: Final = 2
"""Tasks between two looks at the result. In simulation two cost little more than one."""

Blocks = tuple[tuple[str, ...], ...]


def blocks_of(plan: FormPlan, drawn: Sequence[Item], seed: str) -> Blocks:
    """Return the ids of the items in blocks; none for a plan that is not sequential."""
    if not plan.sequential:
        return ()
    always: list[str] = []
    others: list[str] = []
    for section in plan.sections:
        if section.least is not None:
            own = [item.id for item in drawn if item.category is section.category]
            always += own[: section.least]
            others += own[section.least :]
    return (tuple(always), *_batches(keyed_order(seed, others)))


def along(blocks: Blocks, drawn: Sequence[Item]) -> tuple[Item, ...]:
    """Return the items in the order of the path: the fixed part, then block by block."""
    place = {item_id: number for number, item_id in enumerate(item_id for own in blocks for item_id in own)}
    return tuple(sorted(drawn, key=lambda item: place.get(item.id, -1)))


def _batches(names: Sequence[str]) -> Blocks:
    return tuple(tuple(names[start : start + BLOCK]) for start in range(0, len(names), BLOCK))
