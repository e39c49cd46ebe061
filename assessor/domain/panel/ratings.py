"""What a panel said of one version of one item."""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from assessor.domain.ids import Slug
from assessor.domain.item import Item
from assessor.domain.value import Value

LEAST_EXPERTS: Final = 2


class PanelRatings(Value):
    """The answers of several experts about one item, without their names."""

    item: Slug
    version: Annotated[int, Field(ge=1)]
    hash: str
    """Of the item with its author's key: ratings of another wording are not this one's."""
    answers: dict[str, Annotated[tuple[str, ...], Field(min_length=LEAST_EXPERTS)]]
    """By judgement, one answer of each expert; the experts are always in the same order."""

    @model_validator(mode="after")
    def _one_answer_each(self) -> Self:
        if len({len(given) for given in self.answers.values()}) != 1:
            raise ValueError("answers: every judgement needs one answer of each expert")
        return self

    @property
    def experts(self) -> int:
        """How many there were."""
        return len(next(iter(self.answers.values())))

    def are_about(self, item: Item) -> bool:
        """Whether they are about this version of the item, as its author wrote it."""
        return (self.item, self.version, self.hash) == (item.id, item.version, item.hash)
