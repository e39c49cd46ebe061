"""What one can be assessed for."""

from collections.abc import Collection
from typing import Literal

from assessor.domain.identity import IdentityNeed
from assessor.domain.item import AiPolicy, Category, Item
from assessor.domain.track import FormPlan, Level, Track
from assessor.domain.value import Value


class TrackCompetency(Value):
    """One thing that is measured."""

    id: str
    title: str
    description: str


class TrackSection(Value):
    """A part of a form."""

    category: Category
    items: int
    """How many are asked."""
    ai_policies: tuple[AiPolicy, ...]
    """What its items say of AI tools; each states its own to the candidate."""


class TrackForm(Value):
    """One way of assessing for a track."""

    minutes: int
    """What the candidate is told."""
    time_limit_minutes: int
    """How long the session stays open once it is started, before accommodations."""
    sections: tuple[TrackSection, ...]


class TrackResource(Value):
    """What one can be assessed for."""

    id: str
    object: Literal["track"] = "track"
    title: str
    summary: str
    minutes: dict[str, int]
    """What the candidate is told, by form."""
    forms: dict[str, TrackForm]
    competencies: tuple[TrackCompetency, ...]
    languages: tuple[str, ...]
    specialties: tuple[str, ...]
    levels: tuple[Level, ...]
    """What a verdict may name beside `qualified`, from the lowest; empty where there is one line only."""
    rules_url: str | None
    """The page that says how candidates are scored; null for a track of your own, which only they see."""
    jurisdictions: tuple[str, ...]
    """The first is taken when an order names none."""
    identity: IdentityNeed
    """How it has to be made sure who works; an order may ask for more."""


class TrackList(Value):
    """Every track."""

    object: Literal["list"] = "list"
    data: tuple[TrackResource, ...]


def track_resource(track: Track, items: Collection[Item], *, is_own: bool) -> TrackResource:
    """Write down what a platform may know of a track; cut scores and weights stay inside."""
    return TrackResource(
        id=track.id,
        title=track.title,
        summary=track.summary,
        minutes={str(name): plan.minutes for name, plan in track.forms.items()},
        forms={str(name): _form(plan, items) for name, plan in track.forms.items()},
        competencies=tuple(
            TrackCompetency(id=competency.id, title=competency.title, description=competency.description)
            for competency in track.competencies
        ),
        languages=track.languages,
        specialties=track.specialties,
        levels=("entry", *(name for name, _ in track.higher_levels)) if track.levels else (),
        rules_url=None if is_own else f"/how-you-are-scored/{track.id}",
        jurisdictions=track.jurisdictions,
        identity=track.identity,
    )


def _form(plan: FormPlan, items: Collection[Item]) -> TrackForm:
    return TrackForm(
        minutes=plan.minutes,
        time_limit_minutes=plan.time_limit_minutes,
        sections=tuple(
            TrackSection(
                category=section.category,
                items=section.count,
                ai_policies=tuple(
                    sorted({item.ai_policy for item in items if item.category is section.category})
                ),
            )
            for section in plan.sections
        ),
    )
