"""Tracks: what one is qualified for, and the forms that measure it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.ids import Language, Slug
from assessor.domain.item import Category
from assessor.domain.value import Value, content_hash

MAX_FORM_MINUTES = 45


class Competency(Value):
    """One thing that is measured."""

    id: Slug
    title: str
    description: Annotated[str, Field(min_length=20, max_length=400)]
    """Shown to candidates as what is looked at."""
    weight: Annotated[float, Field(gt=0, le=10)] = 1.0
    floor: float | None = None
    """Least ability (logits) for a safety competency. One not met or not known refers, never fails."""


class Section(Value):
    """A part of a form: so many items of one category."""

    category: Category
    count: Annotated[int, Field(ge=1, le=12)]
    max_minutes: Annotated[float, Field(gt=0, le=15)] = 15
    """Only items that take at most so long are drawn."""
    repeats: Annotated[int, Field(ge=0, le=2)] = 0
    """So many of the rankings drawn come a second time as their hidden repeats, at the section's end."""

    @model_validator(mode="after")
    def _only_rankings_repeat(self) -> Self:
        if self.repeats and self.category is not Category.RANKING:
            raise ValueError("repeats: only rankings have hidden repeats")
        return self


class FormPlan(Value):
    """How a form is put together."""

    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=6)]
    minutes: Annotated[int, Field(ge=1, le=MAX_FORM_MINUTES)]
    """Upper bound for the sum of the items' own minutes; what the candidate is told."""
    time_limit_minutes: Annotated[int, Field(ge=1, le=480)]
    """How long the session stays open once started, before accommodations."""
    coverage: dict[Slug, Annotated[int, Field(ge=1, le=12)]] = Field(default_factory=dict)
    """By competency: at least so many items on the form have it as what they mainly measure."""

    @model_validator(mode="after")
    def _distinct_sections(self) -> Self:
        categories = [section.category for section in self.sections]
        if len(set(categories)) != len(categories):
            raise ValueError("sections: a category stands twice")
        return self


class Cut(Value):
    """The cut score as the record of how it was set."""

    ability: Annotated[float, Field(ge=-3, le=3)]
    """In logits of the ability scale (standard-normal prior)."""
    method: Literal["authored", "angoff"] = "authored"
    standard_error: Annotated[float, Field(ge=0, le=2)]
    rationale: Annotated[str, Field(min_length=20)]
    record: Slug | None = None
    """The standard-setting study that it comes from: `standards/<record>.yaml` beside the track."""

    @model_validator(mode="after")
    def _names_its_record(self) -> Self:
        if (self.method == "angoff") != (self.record is not None):
            raise ValueError("record: name the study when the method is angoff, and only then")
        return self


class TrackWords(Value):
    """What the interviewer says for a track, in one more language."""

    background_question: Annotated[str, Field(min_length=20, max_length=500)]
    closing: Annotated[str, Field(min_length=10, max_length=500)]


class Track(Value):
    """One qualification."""

    id: Slug
    version: Annotated[int, Field(ge=1)] = 1
    title: str
    summary: Annotated[str, Field(min_length=20, max_length=600)]
    language: Language = "en"
    """In which it is written."""
    translations: dict[Language, TrackWords] = Field(default_factory=dict)
    """Further languages of the interview. Every interview item has to have them too."""
    jurisdiction: Slug | None = None
    specialties: tuple[Slug, ...] = ()
    background_question: Annotated[str, Field(min_length=20, max_length=500)]
    """The unscored opening of the interview, about role, years and specialty."""
    closing: Annotated[str, Field(min_length=10, max_length=500)]
    competencies: Annotated[tuple[Competency, ...], Field(min_length=2, max_length=12)]
    forms: dict[Literal["full", "short"], FormPlan]
    cut: Cut
    valid_days: Annotated[int, Field(ge=1, le=1095)] = 365
    retake_days: Annotated[int, Field(ge=0, le=365)] = 30

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [competency.id for competency in self.competencies]
        if len(set(ids)) != len(ids):
            raise ValueError("competencies: repeated id")
        if self.language in self.translations:
            raise ValueError(f"translations: {self.language!r} is the language in which the track is written")
        for plan in self.forms.values():
            if unknown := sorted(set(plan.coverage) - set(ids)):
                raise ValueError(f"forms: coverage names unknown competencies {', '.join(unknown)}")
            if sum(plan.coverage.values()) > sum(section.count for section in plan.sections):
                raise ValueError("forms: coverage asks for more items than the sections have places")
        if "full" not in self.forms:
            raise ValueError("forms: a track needs a `full` form")
        return self

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which the interview can be ordered, its own first."""
        return (self.language, *sorted(self.translations))

    def words_in(self, language: str) -> TrackWords:
        """Return what the interviewer says. Raises KeyError for a language that it does not list."""
        if language == self.language:
            return TrackWords(background_question=self.background_question, closing=self.closing)
        return self.translations[language]

    @property
    def hash(self) -> str:
        """The content hash that a verdict binds."""
        return content_hash(self)
