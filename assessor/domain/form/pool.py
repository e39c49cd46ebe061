"""Pools: which items one candidate may be given, so that no item becomes known to everybody.

Choosing the most informative items alone would give everybody the same ones. So each candidate first
gets a pool of their own, drawn from the eligible items by a keyed hash, and the most informative are
chosen within it. An item is never given to more candidates than have it in their pool. That is the
random experiment of item eligibility (van der Linden & Veldkamp 2004, Journal of Educational and
Behavioral Statistics 29, 273-291), with the same chance for every item: it needs no count of what
others were given, so a form follows from its seed and its bank alone.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import comb

from assessor.domain.thresholds import THRESHOLDS

MAX_EXPOSURE = THRESHOLDS.forms.exposure
MAX_OVERLAP = THRESHOLDS.forms.overlap


def keyed_order(seed: str, item_ids: Iterable[str]) -> list[str]:
    """Order items by a keyed hash: the place of one does not depend on which others there are."""
    return sorted(item_ids, key=lambda item_id: hashlib.sha256(f"{seed}\n{item_id}".encode()).digest())


def most_informative(
    seed: str, item_ids: Sequence[str], size: int, told: Callable[[str], float]
) -> tuple[list[str], list[str]]:
    """Return a candidate's pool of `size` items, the one that tells most first, and the other items.

    The others are in the order in which they would have come into the pool.
    """
    order = keyed_order(seed, item_ids)
    return sorted(order[:size], key=told, reverse=True), order[size:]


@cache
def pool_size(items: int, count: int) -> int:
    """Return how many of `items` form a pool from which the best `count` are taken.

    The largest pool that keeps to both limits; `count` itself, which is drawing at random, when the
    bank is so small that none does.
    """
    sizes = range(count + 1, items + 1)
    return max((size for size in sizes if _keeps_limits(items, count, size)), default=min(count, items))


def exposures(items: int, count: int, size: int) -> list[float]:
    """Return with which chance the item that tells most, second most ... is taken from a pool.

    Item r is taken when it is in the pool together with fewer than `count` of the r - 1 better ones:
    size / items times a hypergeometric probability.
    """
    ways = comb(items - 1, size - 1)
    return [
        size
        / items
        * sum(comb(better, n) * comb(items - 1 - better, size - 1 - n) for n in range(min(count, size)))
        / ways
        for better in range(items)
    ]


def _keeps_limits(items: int, count: int, size: int) -> bool:
    if size / items > MAX_EXPOSURE:
        return False
    shares = exposures(items, count, size)
    # The share of a form that a second one has too, on average: sum p^2 / sum p (Chen & al. 2003).
    return sum(share**2 for share in shares) / count <= MAX_OVERLAP
