"""Questions of the interview, with their approved probes."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.ids import Language, Slug
from assessor.domain.item.base import Category, ItemBase, require_distinct
from assessor.domain.value import Value


class ProbeKind(StrEnum):
    """What a follow-up question is for."""

    CLARIFY = "clarify"
    EXAMPLE = "example"
    DEPTH = "depth"
    CONTRAST = "contrast"
    EDGE_CASE = "edge_case"
    JUSTIFY = "justify"


class Probe(Value):
    """An approved follow-up question of an interview item."""

    id: Slug
    kind: ProbeKind
    text: Annotated[str, Field(min_length=10, max_length=300)]


class QuestionWords(Value):
    """A core question and its probes, by their ids, in one more language."""

    question: Annotated[str, Field(min_length=20, max_length=800)]
    probes: dict[Slug, Annotated[str, Field(min_length=10, max_length=300)]]


class InterviewItem(ItemBase):
    """A core question, asked verbatim, with its approved probes."""

    category: Literal[Category.INTERVIEW] = Category.INTERVIEW
    question: Annotated[str, Field(min_length=20, max_length=800)]
    probes: Annotated[tuple[Probe, ...], Field(min_length=4, max_length=8)]
    rubric: Slug
    translations: dict[Language, QuestionWords] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _distinct_probes(self) -> Self:
        ids = [probe.id for probe in self.probes]
        require_distinct(ids, "probes")
        for language, words in self.translations.items():
            if set(words.probes) != set(ids):
                raise ValueError(f"translations.{language}.probes: must be exactly the item's probes")
        return self

    @property
    def questions(self) -> tuple[str, ...]:
        """The question in all its languages."""
        return (self.question, *(words.question for words in self.translations.values()))

    def translated(self, language: str) -> Self:
        """Return the item with its words in another language. Raises KeyError when it has none in that."""
        words = self.translations[language]
        probes = tuple(probe.changed(text=words.probes[probe.id]) for probe in self.probes)
        return self.changed(question=words.question, probes=probes)
