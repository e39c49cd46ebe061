"""Setting a cut score: a modified Angoff study, from the judges' ratings to an ability with its error.

Each judge says of every item what share of it a person who only just qualifies gets right (Angoff 1971, in
Educational Measurement, 2nd ed., 514-515), in rounds with discussion in between; the last one counts
(Hambleton & Pitoniak 2006, in Educational Measurement, 4th ed., ch. 12). A judge's cut is the ability at
which the items' expected share is the one that the judge named (Kane 1987, JEM 24, 333-345); the panel's is
the mean over judges, and its standard error their standard deviation over the root of their number.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import fmean, stdev
from typing import Annotated, Final, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from assessor.domain.errors import FieldProblem, InvalidInput, invalid
from assessor.domain.ids import Slug
from assessor.domain.track import Level
from assessor.domain.value import Value

LEAST_JUDGES: Final = 2
ADVISED_JUDGES: Final = 5
"""Fewer are a beginning; 10 to 15 are usual."""
HIGHEST_CUT: Final = 3.0
"""Logits to either side of the mean of the candidates, as a track allows."""
PLACES: Final = 6
_SEARCHED: Final = 8.0

_NAME: Final[TypeAdapter[str]] = TypeAdapter(Slug)

Judge = Annotated[str, Field(min_length=1, max_length=60)]
Share = Annotated[float, Field(ge=0, le=1)]


class RatedItem(Value):
    """What was rated, with the parameters on which the cut's place on the scale stands."""

    item: Slug
    difficulty: Annotated[float, Field(ge=-4, le=4)]
    discrimination: Annotated[float, Field(gt=0, le=4)]


class JudgeRating(Value):
    """One judge's word on one item in one round: the share that the person at the cut gets right."""

    judge: Judge
    round: Annotated[int, Field(ge=1, le=9)]
    item: Slug
    share: Share


class RoundResult(Value):
    """What one round comes to."""

    round: int
    judges: dict[str, float]
    """Each judge's cut in logits."""
    ability: float
    standard_error: float
    share: float
    """Mean rating: the cut as a share of all that was rated."""
    share_standard_error: float


class StandardSetting(Value):
    """A study as it was held. Its results follow from its ratings, and reading one checks that they do."""

    id: Slug
    method: Literal["modified_angoff"] = "modified_angoff"
    track: Slug
    level: Level = "entry"
    """What the judges had in mind: who only just qualifies (`entry`), or only just has a higher level."""
    held_on: date
    items: Annotated[tuple[RatedItem, ...], Field(min_length=1)]
    ratings: Annotated[tuple[JudgeRating, ...], Field(min_length=1)]
    rounds: Annotated[tuple[RoundResult, ...], Field(min_length=1)]
    ability: Annotated[float, Field(ge=-HIGHEST_CUT, le=HIGHEST_CUT)]
    standard_error: Annotated[float, Field(ge=0)]
    measurement_error: Annotated[float, Field(gt=0)]
    """Standard error of an ability at the cut, as the track's full form measures it."""

    @model_validator(mode="after")
    def _results_follow(self) -> Self:
        rounds = rounds_of(self.items, self.ratings)
        if rounds != self.rounds:
            raise ValueError("rounds: do not follow from the ratings")
        if (self.ability, self.standard_error) != (rounds[-1].ability, rounds[-1].standard_error):
            raise ValueError("ability: does not follow from the last round")
        return self

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to think of before a track takes this cut."""
        found = []
        judges = len(self.rounds[-1].judges)
        if judges < ADVISED_JUDGES:
            found.append(
                f"{judges} judges are few; at least {ADVISED_JUDGES} are advised, 10 to 15 are usual"
            )
        if self.standard_error > self.measurement_error / 2:
            found.append(
                f"the cut's standard error is {self.standard_error:.2f}, more than half of the measurement "
                f"error at the cut ({self.measurement_error:.2f}): another panel might well set another cut. "
                "Add judges, or hold another round"
            )
        if self.standard_error == 0:
            found.append("all judges name the same cut; make sure that they rated on their own")
        return tuple(found)


def hold(
    study: str,
    track: str,
    held_on: date,
    items: Sequence[RatedItem],
    ratings: Sequence[JudgeRating],
    measurement_error: float,
    level: Level = "entry",
) -> StandardSetting:
    """Return the study with its results.

    Raises InvalidInput as `rounds_of` does, for a cut off the scale, and for a name that is none.
    """
    try:
        _NAME.validate_python(study)
    except ValidationError:
        problem = f"{study!r} is not a name"
        raise invalid("--id", problem, "Use small letters, digits, - and _.") from None
    rounds = rounds_of(items, ratings)
    last = rounds[-1]
    if abs(last.ability) > HIGHEST_CUT:
        raise invalid(
            "ratings",
            f"put the cut at {last.ability:+.2f} logits; the scale ends at {HIGHEST_CUT:g} to either side",
            "Look whether the shares are of a person who only just qualifies.",
        )
    return StandardSetting(
        id=study,
        track=track,
        level=level,
        held_on=held_on,
        items=tuple(items),
        ratings=tuple(ratings),
        rounds=rounds,
        ability=last.ability,
        standard_error=last.standard_error,
        measurement_error=measurement_error,
    )


def rounds_of(items: Sequence[RatedItem], ratings: Sequence[JudgeRating]) -> tuple[RoundResult, ...]:
    """Return what each round comes to.

    Raises InvalidInput naming every rating that is missing, stands twice or is about something else, and for
    fewer than two judges.
    """
    known = {one.item: one for one in items}
    tables = _tables(ratings)
    problems = [
        problem for number, judges in tables.items() for problem in _problems(number, judges, known)
    ] + _repeated(ratings)
    if problems:
        raise InvalidInput(problems)
    return tuple(_round(number, judges, known) for number, judges in tables.items())


Tables = dict[int, dict[str, dict[str, float]]]
"""Shares by round, judge and item."""


def _tables(ratings: Iterable[JudgeRating]) -> Tables:
    found: Tables = {}
    for one in sorted(ratings, key=lambda rating: (rating.round, rating.judge, rating.item)):
        found.setdefault(one.round, {}).setdefault(one.judge, {})[one.item] = one.share
    return found


def _problems(
    number: int, judges: Mapping[str, Mapping[str, float]], known: Mapping[str, RatedItem]
) -> list[FieldProblem]:
    found = []
    if len(judges) < LEAST_JUDGES:
        problem = f"has {len(judges)} judge; an error takes at least {LEAST_JUDGES}"
        found.append(FieldProblem(f"round {number}", problem, "Add judges."))
    for judge, shares in judges.items():
        place = f"round {number}, judge {judge}"
        missing, unknown = sorted(known.keys() - shares.keys()), sorted(shares.keys() - known.keys())
        found += [
            FieldProblem(place, f"has no rating for {item}", "Every judge rates every item in every round.")
            for item in missing
        ]
        found += [
            FieldProblem(place, f"rates {item}, which is not asked for", "Remove it.") for item in unknown
        ]
        if not missing and not unknown and not 0 < fmean(shares.values()) < 1:
            problem = f"rates everything {min(shares.values()):g}, which is the share of no ability"
            found.append(FieldProblem(place, problem, "Ask what somebody who only just qualifies would do."))
    return found


def _repeated(ratings: Sequence[JudgeRating]) -> list[FieldProblem]:
    places = [(one.round, one.judge, one.item) for one in ratings]
    return [
        FieldProblem(f"round {number}, judge {judge}", f"rates {item} twice", "Keep one of the two.")
        for number, judge, item in sorted({place for place in places if places.count(place) > 1})
    ]


def _round(
    number: int, judges: Mapping[str, Mapping[str, float]], known: Mapping[str, RatedItem]
) -> RoundResult:
    shares = {judge: fmean(given[item] for item in sorted(known)) for judge, given in judges.items()}
    items = [known[item] for item in sorted(known)]
    cuts = {judge: round(ability_at(share, items), PLACES) for judge, share in shares.items()}
    root = math.sqrt(len(judges))
    return RoundResult(
        round=number,
        judges=cuts,
        ability=round(fmean(cuts.values()), PLACES),
        standard_error=round(stdev(cuts.values()) / root, PLACES),
        share=round(fmean(shares.values()), PLACES),
        share_standard_error=round(stdev(shares.values()) / root, PLACES),
    )


def ability_at(share: float, items: Sequence[RatedItem]) -> float:
    """Return the ability at which the mean expected share of the items is this one, by bisection.

    Clipped to 8 logits to either side, which is outside every scale.
    """
    low, high = -_SEARCHED, _SEARCHED
    for _ in range(60):
        middle = (low + high) / 2
        if _expected(middle, items) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _expected(ability: float, items: Sequence[RatedItem]) -> float:
    return fmean(1 / (1 + math.exp(-one.discrimination * (ability - one.difficulty))) for one in items)
