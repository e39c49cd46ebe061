"""Tracks: what one is qualified for, and the forms that measure it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.identity import NOTHING_ASKED, IdentityNeed
from assessor.domain.ids import Language, Slug
from assessor.domain.item import RULE_SCORED, Category
from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.value import Value, content_hash

MAX_FORM_MINUTES = THRESHOLDS.forms.minutes

Level = Literal["entry", "specialist", "expert"]
HigherLevel = Literal["specialist", "expert"]
LEVELS: tuple[Level, ...] = ("entry", "specialist", "expert")
"""From the lowest to the highest."""


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
    least: Annotated[int, Field(ge=1, le=12)] | None = None
    """In a sequential plan: so many come in any case. The rest may be left out when the result is clear."""

    @model_validator(mode="after")
    def _only_rankings_repeat(self) -> Self:
        if self.repeats and self.category is not Category.RANKING:
            raise ValueError("repeats: only rankings have hidden repeats")
        return self

    @model_validator(mode="after")
    def _may_leave_out(self) -> Self:
        if self.least is None:
            return self
        if self.category not in RULE_SCORED:
            raise ValueError("least: only what a rule scores may be left out; the rest is a fixed part")
        if self.least > self.count:
            raise ValueError(f"least: is more than the {self.count} that there are")
        if self.repeats:
            raise ValueError("least: a section with hidden repeats is a fixed part")
        return self


class FormPlan(Value):
    """How a form is put together."""

    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=6)]
    minutes: Annotated[int, Field(ge=1, le=MAX_FORM_MINUTES)]
    """Upper bound for the sum of the items' own minutes, which authors set."""
    time_limit_minutes: Annotated[int, Field(ge=1, le=480)]
    """How long the session stays open once started, before accommodations."""
    coverage: dict[Slug, Annotated[int, Field(ge=1, le=12)]] = Field(default_factory=dict)
    """By competency: at least so many items on the form have it as what they mainly measure."""
    sequential: bool = False
    """Whether sections with a `least` come in blocks, and end when what rules score is clear."""

    @model_validator(mode="after")
    def _distinct_sections(self) -> Self:
        categories = [section.category for section in self.sections]
        if len(set(categories)) != len(categories):
            raise ValueError("sections: a category stands twice")
        return self

    @model_validator(mode="after")
    def _ends_early_only_where_it_can(self) -> Self:
        with_least = [section for section in self.sections if section.least is not None]
        if with_least and not self.sequential:
            raise ValueError("sequential: has to be true where a section has a `least`")
        if not self.sequential:
            return self
        if not any(section.count > (section.least or 0) for section in with_least):
            raise ValueError("sequential: needs a section with a `least` below its count")
        if self.coverage:
            raise ValueError("coverage: a form that may end early cannot promise it")
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

    @property
    def source(self) -> str:
        """How it was set, as a verdict names it: `authored`, or `angoff:<study>`."""
        return "authored" if self.method == "authored" else f"{self.method}:{self.record}"


class TrackWords(Value):
    """What the interviewer says for a track, in one more language."""

    background_question: Annotated[str, Field(min_length=20, max_length=500)]
    closing: Annotated[str, Field(min_length=10, max_length=500)]


class RetakePolicy(Value):
    """When a candidate may try again. What a fault of ours spoiled is no attempt."""

    cool_down_days: Annotated[int, Field(ge=0, le=365)] = 30
    """So many days after an attempt was handed in, the next may be ordered."""
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    """At most so many within `period_days`."""
    period_days: Annotated[int, Field(ge=1, le=1095)] = 365
    another_form: bool = True
    """Whether a further attempt avoids the items that the candidate saw, as far as the bank allows."""

    @model_validator(mode="after")
    def _attempts_fit(self) -> Self:
        if self.cool_down_days > self.period_days:
            raise ValueError("cool_down_days: longer than period_days, so `attempts` would never count")
        return self


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
    jurisdictions: tuple[Slug, ...] = ()
    """Where it can be ordered for; the first unless the order says otherwise. Most items belong to none."""
    specialties: tuple[Slug, ...] = ()
    background_question: Annotated[str, Field(min_length=20, max_length=500)]
    """The unscored opening of the interview, about role, years and specialty."""
    closing: Annotated[str, Field(min_length=10, max_length=500)]
    competencies: Annotated[tuple[Competency, ...], Field(min_length=2, max_length=12)]
    forms: dict[Literal["full", "short"], FormPlan]
    cut: Cut
    """Whoever reaches it is qualified."""
    levels: dict[HigherLevel, Cut] = Field(default_factory=dict)
    """Cuts above the one that qualifies. With any, `entry` is at the track's `cut`; else there are none."""
    valid_days: Annotated[int, Field(ge=1, le=1095)] = 365
    retakes: RetakePolicy = RetakePolicy()
    identity: IdentityNeed = NOTHING_ASKED
    """How it has to be made sure who works; an order may ask for more."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [competency.id for competency in self.competencies]
        if len(set(ids)) != len(ids):
            raise ValueError("competencies: repeated id")
        if len(set(self.jurisdictions)) != len(self.jurisdictions):
            raise ValueError("jurisdictions: one stands twice")
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

    @model_validator(mode="after")
    def _levels_rise_on_the_scale(self) -> Self:
        below, least = "the cut that qualifies", self.cut.ability
        for name, cut in self.higher_levels:
            if cut.ability <= least:
                raise ValueError(
                    f"levels.{name}.ability: is {cut.ability:g}, which is not above {below} ({least:g})"
                )
            if (points := self.unclipped_score(cut.ability)) >= THRESHOLDS.highest_score:
                raise ValueError(
                    f"levels.{name}.ability: lies at {points:g} points; the score scale ends at "
                    f"{THRESHOLDS.highest_score:g}"
                )
            below, least = name, cut.ability
        return self

    @property
    def higher_levels(self) -> tuple[tuple[HigherLevel, Cut], ...]:
        """The levels above `entry` with their cuts, from the lowest."""
        return tuple((name, self.levels[name]) for name in LEVELS if name != "entry" and name in self.levels)

    def score_of(self, ability: float) -> float:
        """Place an ability on the score scale: linear, the cut at 60, clipped to 0..100."""
        within = min(THRESHOLDS.highest_score, max(THRESHOLDS.lowest_score, self.unclipped_score(ability)))
        return round(within, 2)

    def unclipped_score(self, ability: float) -> float:
        """Likewise, beyond the ends of the scale too."""
        return THRESHOLDS.score_at_cut + THRESHOLDS.points_per_logit * (ability - self.cut.ability)

    @property
    def jurisdiction(self) -> str | None:
        """For which it is ordered when nothing is said."""
        return self.jurisdictions[0] if self.jurisdictions else None

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
