"""Responses to put in order."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.ids import Slug
from assessor.domain.item.base import Category, ItemBase, Key, Text, require_distinct
from assessor.domain.value import Value


class CandidateResponse(Value):
    """One of the AI responses to be ranked."""

    id: Slug
    text: Text


class PairAgreement(Value):
    """How many of a panel agree on one pair, where it differs from the item's own figure."""

    pair: tuple[Slug, Slug]
    agreement: Annotated[float, Field(ge=0.5, le=1)]


class RankingKey(Key):
    """The expected order, best first; responses in one group are tied."""

    order: tuple[tuple[Slug, ...], ...]
    agreement: Annotated[float, Field(ge=0.5, le=1)] = 0.9
    pairs: tuple[PairAgreement, ...] = ()
    notes: dict[Slug, str]
    """Why each response stands where it stands."""


class RankingItem(ItemBase):
    """A prompt and 3 to 5 AI responses to put in order."""

    category: Literal[Category.RANKING] = Category.RANKING
    prompt: Text
    responses: Annotated[tuple[CandidateResponse, ...], Field(min_length=3, max_length=5)]
    repeat_of: Slug | None = None
    """Shows some responses of that ranking once more, to see whether they are placed alike. Never scored."""
    key: RankingKey

    @model_validator(mode="after")
    def _key_fits(self) -> Self:
        ids = [response.id for response in self.responses]
        require_distinct(ids, "responses")
        if sorted(ids) != sorted(name for group in self.key.order for name in group):
            raise ValueError("key.order: must name every response exactly once")
        if set(self.key.notes) != set(ids):
            raise ValueError("key.notes: must say why for every response")
        for pair in self.key.pairs:
            if not set(pair.pair) <= set(ids):
                raise ValueError(f"key.pairs: {pair.pair} names an unknown response")
        return self
