"""What looks like unpaid production work: a task whose answer nobody knows, or that comes from a queue."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from assessor.adapters.content.documents import Document
from assessor.domain.errors import LibraryProblem
from assessor.domain.item import Category

LIVE_FIELDS: Final = frozenset(
    {
        "batch",
        "batch_id",
        "customer_id",
        "live",
        "production",
        "project_id",
        "queue",
        "queue_id",
        "task_queue",
        "ticket",
        "ticket_id",
        "work_item",
    }
)
"""Fields that tasks carry where they wait for workers, and no task of an assessment has."""

UNKNOWN_ANSWERS: Final = frozenset({"?", "n/a", "none", "tba", "tbd", "to be done", "todo", "unknown"})

_REASON: Final = "a task whose answer is not known is work and not a test, and work has to be paid"
_OF_ONE_KIND: Final = 2.0
"""A tolerance at which every rating is about as good as any other."""


def production_work(document: Document) -> Iterator[LibraryProblem]:
    """Yield what makes an item of a file look like work that somebody needs done."""
    data = document.data if isinstance(document.data, dict) else {}
    items = data.get("items")
    category = document.file.rpartition("/")[2].removesuffix(".yaml")
    for place, item in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(item, dict):
            continue
        for name in sorted(LIVE_FIELDS & item.keys()):
            problem = "says that the task is drawn from live work; an assessment may not get that done unpaid"
            yield document.problem(("items", place, name), problem)
        if category != Category.INTERVIEW:
            for field, problem in _unknown(item):
                yield document.problem(("items", place, *field), problem)


def _unknown(item: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    key = item.get("key")
    if not isinstance(key, dict) or not key:
        yield ("key",), f"there is none: {_REASON}"
        return
    reference = key.get("reference")
    if isinstance(reference, str) and reference.strip().rstrip(".").casefold() in UNKNOWN_ANSWERS:
        yield ("key", "reference"), f"{reference.strip()!r} is no answer: {_REASON}"
    order = key.get("order")
    if isinstance(order, list) and len(order) == 1:
        yield ("key", "order"), f"puts all responses in one place: {_REASON}"
    ratings = key.get("ratings")
    if (
        isinstance(ratings, dict)
        and ratings
        and not key.get("issues")
        and all(map(_says_nothing, ratings.values()))
    ):
        yield ("key", "ratings"), f"lets every rating pass and names no flaw: {_REASON}"


def _says_nothing(rating: Any) -> bool:
    tolerance = rating.get("tolerance") if isinstance(rating, dict) else None
    return isinstance(tolerance, int | float) and tolerance >= _OF_ONE_KIND
