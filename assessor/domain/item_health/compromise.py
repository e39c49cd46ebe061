"""Compromise: whether an item has become known, since it is answered better or quicker than before.

For each item, over its answers in the order of time, a one-sided self-starting CUSUM (Hawkins 1987,
"Self-starting CUSUM charts for location and scale", The Statistician 36, 299-316), as Veerkamp & Glas 2000
watch the items of adaptive tests with a CUSUM ("Detection of known items in adaptive testing with a
statistical quality control method", Journal of Educational and Behavioral Statistics 25, 373-389).
Self-starting: no answers are set apart to learn what is ordinary; each is compared with all before it.

An alarm is a reason for a person to read the item. It changes no score and no decision.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import copysign, log, log1p, sqrt
from typing import Final, Literal

from assessor.domain.item_health.answer import Answer
from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.value import Value

Change = Literal["easier", "quicker"]
"""Of what: the score has risen, or the minutes have become fewer, for candidates of the same ability."""

LIMITS: Final = THRESHOLDS.compromise
_LEAST_MINUTES: Final = 1 / 60
_EXACT: Final = 1e-9
"""Share of a sum of squares below which it is what rounding left."""


class Alarm(Value):
    """An item that is answered better, or quicker, than its earlier answers foretell."""

    change: Change
    since: datetime
    """When it began, as far as the sum tells: the first answer after which it did not fall back to 0."""
    at: datetime
    """When the answer was handed in with which the sum passed its bound."""
    answers: int
    """How many there were by then."""


def alarms(answers: Iterable[Answer]) -> tuple[Alarm, ...]:
    """Return the first alarm of either kind; none where answers have no date, or are too few."""
    dated = sorted((one.at, number, one) for number, one in enumerate(answers) if one.at is not None)
    scores = [_Seen(at, one.score, one.rest) for at, _, one in dated]
    quickness = [
        _Seen(at, -log(max(one.minutes, _LEAST_MINUTES)), one.rest)
        for at, _, one in dated
        if one.minutes is not None
    ]
    found = (_first("easier", scores), _first("quicker", quickness))
    return tuple(one for one in found if one is not None)


def running_sums(deviates: Iterable[float]) -> Iterator[float]:
    """Yield the sum after each deviate (Page 1954). One deviate counts for no more than `most`.

    That keeps a single surprise, as hard items have them, from filling the sum (Lucas & Crosier 1982, "Robust
    CUSUM", Communications in Statistics: Theory and Methods 11, 2669-2687).
    """
    reached = 0.0
    for one in deviates:
        reached = max(0.0, reached + min(one, LIMITS.most) - LIMITS.slack)
        yield reached


def deviates(values: Sequence[float], rest: Sequence[float]) -> Iterator[float]:
    """Yield how far each value lies above what the earlier ones foretell at that ability.

    In an item that does not change they are independent and standard normal, about: the forecast error of a
    least squares line over the earlier values (the recursive residual of Brown, Durbin & Evans 1975,
    "Techniques for testing the constancy of regression relationships over time", Journal of the Royal
    Statistical Society B 37, 149-192), over its standard deviation so far, is distributed as Student's t, and
    is brought to the normal as Hawkins does. 0 for the first `least` values, and while all were on the line.
    """
    earlier = _Line()
    for value, ability in zip(values, rest, strict=True):
        yield earlier.deviate(ability, value) if earlier.count >= LIMITS.least else 0.0
        earlier.take(ability, value)


def normal_of_t(t: float, freedom: int) -> float:
    """Return the standard normal deviate that is as improbable as a value of Student's t.

    Wallace 1959, Annals of Mathematical Statistics 30, 1121-1130, which Hawkins 1987 takes as well.

    >>> round(normal_of_t(2.101, 18), 2)
    1.96
    """
    size = (8 * freedom + 1) / (8 * freedom + 3) * sqrt(freedom * log1p(t * t / freedom))
    return copysign(size, t)


@dataclass(frozen=True)
class _Seen:
    at: datetime
    value: float
    rest: float


@dataclass
class _Line:
    """The least squares line of value on ability over what was seen so far."""

    count: int = 0
    _ability: float = 0.0
    _value: float = 0.0
    _across: float = 0.0
    """Sums of squares and products of deviations from the means (Welford 1962)."""
    _down: float = 0.0
    _both: float = 0.0

    def deviate(self, ability: float, value: float) -> float:
        """Return the forecast error of a value, as a standard normal deviate; 0 while no error was seen."""
        left = self._down - self._slope * self._both
        if left <= _EXACT * max(self._down, _EXACT):
            return 0.0
        off = ability - self._ability
        error = value - self._value - self._slope * off
        unsure = 1 + 1 / self.count + (off * off / self._across if self._across else 0.0)
        freedom = self.count - 2
        return normal_of_t(error / sqrt(unsure * left / freedom), freedom)

    def take(self, ability: float, value: float) -> None:
        """See one more."""
        self.count += 1
        off, above = ability - self._ability, value - self._value
        self._ability += off / self.count
        self._value += above / self.count
        self._across += off * (ability - self._ability)
        self._down += above * (value - self._value)
        self._both += off * (value - self._value)

    @property
    def _slope(self) -> float:
        return self._both / self._across if self._across else 0.0


def _first(change: Change, seen: Sequence[_Seen]) -> Alarm | None:
    told = deviates([one.value for one in seen], [one.rest for one in seen])
    since: datetime | None = None
    for number, (one, reached) in enumerate(zip(seen, running_sums(told), strict=True), 1):
        since = (since or one.at) if reached else None
        if since and reached > LIMITS.bound:
            return Alarm(change=change, since=since, at=one.at, answers=number)
    return None
