"""What a pilot costs its reviewers, and when a judge can have been measured with what it yields."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, Literal

from assessor.domain.calibration import REQUIRED, Family
from assessor.domain.errors import FieldProblem, InvalidInput
from assessor.domain.form import draw_items, is_repeat
from assessor.domain.item import Item
from assessor.domain.library import Library
from assessor.domain.track import Track
from assessor.domain.value import Value

FORMS: Final = 200
"""Drawn to see how often a form holds each family: two forms differ in their items."""
MOST_CANDIDATES: Final = 1_000_000


class Assumptions(Value):
    """What the forecast takes for granted. Each can be changed."""

    candidates: int
    """Who hand in."""
    candidates_per_week: float = 25.0
    minutes_per_criterion: float = 1.5
    """Of a reviewer: reading the answer, once, shared among its criteria, and marking one."""
    scored_twice: float = 0.2
    """Share of the responses that a second person scores as well."""
    form: Literal["full", "short"] = "full"

    def checked(self) -> "Assumptions":
        """Return itself. Raises InvalidInput with every number that makes no sense."""
        positive = "Give a number above 0."
        problems = [
            FieldProblem(f"--{name.replace('_', '-')}", f"is {value:g}", positive)
            for name in ("candidates_per_week", "minutes_per_criterion")
            if not (value := getattr(self, name)) > 0
        ]
        if not 1 <= self.candidates <= MOST_CANDIDATES:
            whole = f"Give a whole number from 1 to {MOST_CANDIDATES}."
            problems.append(FieldProblem("--candidates", f"is {self.candidates}", whole))
        if not 0 < self.scored_twice <= 1:
            problems.append(
                FieldProblem(
                    "--scored-twice", f"is {self.scored_twice:g}", "Give a share above 0, at most 1."
                )
            )
        if problems:
            raise InvalidInput(problems)
        return self


class FamilyForecast(Value):
    """One rubric family: what a pilot yields of it. Means over drawn forms, so all is expected, not sure."""

    family: Family
    responses_per_candidate: float
    criteria_per_response: float
    responses: int
    """Of all candidates together."""
    labels: int
    """Criteria that people score, the second scores included."""
    responses_twice: int
    reaches: bool
    """Whether that is enough for a calibration of the grade `calibrated`."""
    candidates_needed: int
    candidates_missing: int
    ready_on: date
    """When so many have handed in, at this pace."""


class Forecast(Value):
    """The whole of it."""

    track: str
    assumptions: Assumptions
    responses_needed: int
    """In each family."""
    responses_twice_needed: int
    criteria_per_candidate: float
    labels: int
    reviewer_hours: float
    families: tuple[FamilyForecast, ...]
    candidates_needed: int
    """Until the rarest family is ready."""
    candidates_missing: int
    ready_on: date
    """When all of them are, at this pace; also where more candidates are needed than were planned for."""


@dataclass(frozen=True)
class _Yield:
    """What `forms` drawn forms hold of one family."""

    responses: int
    criteria: int
    forms: int

    def per_candidate(self) -> Fraction:
        return Fraction(self.responses, self.forms)


def forecast(library: Library, track: Track, assumed: Assumptions, begins: date) -> Forecast:
    """Return what a pilot on a track yields and costs. Raises InvalidInput for numbers that make no sense,
    and for a form that the bank cannot fill."""
    assumed.checked()
    drawn = [draw_items(library, track, assumed.form, f"pilot-{number}") for number in range(FORMS)]
    families = tuple(
        _family(family, found, assumed, begins) for family, found in _yields(drawn, library).items()
    )
    labels = sum(one.labels for one in families)
    needed = max((one.candidates_needed for one in families), default=0)
    return Forecast(
        track=track.id,
        assumptions=assumed,
        responses_needed=REQUIRED.responses,
        responses_twice_needed=REQUIRED.labelled_twice,
        criteria_per_candidate=_rounded(
            sum(one.responses_per_candidate * one.criteria_per_response for one in families)
        ),
        labels=labels,
        reviewer_hours=_rounded(labels * assumed.minutes_per_criterion / 60),
        families=families,
        candidates_needed=needed,
        candidates_missing=max(0, needed - assumed.candidates),
        ready_on=_after(begins, needed, assumed),
    )


def _yields(forms: Sequence[Iterable[Item]], library: Library) -> dict[Family, _Yield]:
    responses: Counter[Family] = Counter()
    criteria: Counter[Family] = Counter()
    for items in forms:
        for item in items:
            if item.rubric and not is_repeat(item):
                found = Counter(
                    Family(category=item.category, competency=one.competency)
                    for one in library.rubric(item.rubric).criteria
                )
                criteria.update(found)
                responses.update(found.keys())
    return {
        family: _Yield(responses[family], criteria[family], len(forms))
        for family in sorted(responses, key=str)
    }


def _family(family: Family, found: _Yield, assumed: Assumptions, begins: date) -> FamilyForecast:
    each = found.per_candidate()
    responses = math.floor(each * assumed.candidates)
    twice = math.floor(responses * Fraction(str(assumed.scored_twice)))
    needed = _needed(each, assumed)
    per_response = Fraction(found.criteria, found.responses)
    return FamilyForecast(
        family=family,
        responses_per_candidate=_rounded(float(each)),
        criteria_per_response=_rounded(float(per_response)),
        responses=responses,
        labels=round((responses + twice) * per_response),
        responses_twice=twice,
        reaches=needed <= assumed.candidates,
        candidates_needed=needed,
        candidates_missing=max(0, needed - assumed.candidates),
        ready_on=_after(begins, needed, assumed),
    )


def _needed(each: Fraction, assumed: Assumptions) -> int:
    """Return how many candidates give enough responses, and enough that two people scored."""
    for_two_people = math.ceil(REQUIRED.labelled_twice / Fraction(str(assumed.scored_twice)))
    return math.ceil(max(REQUIRED.responses, for_two_people) / each)


def _after(begins: date, candidates: int, assumed: Assumptions) -> date:
    days = math.ceil(candidates * 7 / Fraction(str(assumed.candidates_per_week)))
    if days > (date.max - begins).days:
        problem = FieldProblem(
            "--candidates-per-week", "is too few for a date in this calendar", "Give a larger number."
        )
        raise InvalidInput((problem,))
    return begins + timedelta(days=days)


def _rounded(value: float) -> float:
    return round(value, 2)
