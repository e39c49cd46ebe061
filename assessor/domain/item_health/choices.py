"""Choices: what a candidate picked where a key names a better pick. Nothing of what they wrote."""

from collections.abc import Iterator
from dataclasses import dataclass

from assessor.domain.item import (
    EvaluationItem,
    IssueTag,
    Item,
    RankingItem,
    TrajectoryItem,
)
from assessor.domain.response import (
    EvaluationResponse,
    RankingResponse,
    Response,
    TrajectoryResponse,
)

NEAR = 0.5
"""A rating so near to the key's, or within its tolerance, is one with it."""


@dataclass(frozen=True)
class Choice:
    """One pick of one candidate. `keyed` is None where the pick is neither with the key nor against it."""

    question: str
    option: str
    keyed: bool | None


def choices_of(item: Item, response: Response | None) -> tuple[Choice, ...]:
    """Return every pick of a response that a key speaks about; none for what is written freely."""
    match item, response:
        case EvaluationItem(), EvaluationResponse():
            return tuple(_evaluation(item, response))
        case RankingItem(), RankingResponse():
            return tuple(_ranking(item, response))
        case TrajectoryItem(), TrajectoryResponse():
            return tuple(_trajectory(item, response))
        case _:
            return ()


def _evaluation(item: EvaluationItem, response: EvaluationResponse) -> Iterator[Choice]:
    for name, key in item.key.ratings.items():
        if name in response.ratings:
            rating = response.ratings[name]
            keyed = abs(rating - key.rating) <= max(NEAR, key.tolerance)
            yield Choice(f"rating {name}", str(rating), keyed)
    named, there = ({one.tag for one in issues} for issues in (response.issues, item.key.issues))
    for tag in IssueTag:
        yield Choice(
            f"flaw {tag}", "named" if tag in named else "not named", (tag in named) == (tag in there)
        )


def _ranking(item: RankingItem, response: RankingResponse) -> Iterator[Choice]:
    if response.cannot_judge or not response.order:
        yield Choice("first", "cannot judge", keyed=None)
        return
    for question, place in (("first", 0), ("last", -1)):
        picked, best = response.order[place], item.key.order[place]
        yield Choice(question, " = ".join(sorted(picked)), set(picked) <= set(best))


def _trajectory(item: TrajectoryItem, response: TrajectoryResponse) -> Iterator[Choice]:
    key = item.key
    yield Choice("first error", response.first_error or "none", response.first_error == key.first_error)
    yield Choice("outcome", response.outcome, response.outcome is key.outcome)
    classes = {key.error_class, *key.also_class}
    yield Choice("class of error", response.error_class, response.error_class in classes)
