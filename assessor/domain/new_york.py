"""What New York City asks before an automated tool is used on somebody: a bias audit, and a notice in time.

Admin. Code 20-870 to 20-874 and 6 RCNY 5-300 to 5-304 (docs/law.md): an audit not more than a year before the
use, and a notice no less than ten business days before it. Neither says what a business day is. Here it is a
weekday that is no federal holiday (5 U.S.C. 6103). Those eleven are fixed by law: a library of the holidays
of all countries would be more to keep up with than these lines.
"""

from calendar import MONDAY, SATURDAY, SUNDAY, THURSDAY
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Final

from pydantic import Field

from assessor.domain.ids import Slug
from assessor.domain.value import Value

REGION: Final = "us-nyc"
"""Orders of this region are held to these terms."""
NOTICE_BUSINESS_DAYS: Final = 10

_DAY: Final = timedelta(days=1)
_BEGINS: Final = time(5, tzinfo=UTC)
"""By then a day has begun in New York, in summer and in winter."""
_FIXED: Final = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
_WEEKDAYS: Final = ((1, MONDAY, 3), (2, MONDAY, 3), (9, MONDAY, 1), (10, MONDAY, 2), (11, THURSDAY, 4))
"""Month, weekday, and which of them in the month."""


class BiasAudit(Value):
    """That an independent auditor has audited a track as it is used by a platform, as the platform says."""

    track: Slug
    audited_on: date
    auditor: Annotated[str, Field(min_length=2, max_length=200)]
    summary_url: Annotated[str, Field(max_length=2000, pattern=r"^https://[!-~]+$")]
    """Where its summary is published."""

    @property
    def last_day(self) -> date:
        """The last day on which the track may be used by this audit."""
        try:
            return self.audited_on.replace(year=self.audited_on.year + 1)
        except ValueError:  # the 29th of February
            return self.audited_on.replace(year=self.audited_on.year + 1, day=28)

    @property
    def ends_at(self) -> datetime:
        """By when an assessment has to be begun: that day has begun in New York then."""
        return datetime.combine(self.last_day, _BEGINS)


def earliest_use(notice_given_on: date) -> datetime:
    """Return when the tenth business day after a notice has begun in New York."""
    day, left = notice_given_on, NOTICE_BUSINESS_DAYS
    while left:
        day += _DAY
        left -= is_business_day(day)
    return datetime.combine(day, _BEGINS)


def is_business_day(day: date) -> bool:
    """Whether it is a weekday, and no federal holiday is kept on it."""
    # A holiday that is kept on the last day of a year is the next year's.
    return day.weekday() not in {SATURDAY, SUNDAY} and day not in _holidays(day.year) | _holidays(
        day.year + 1
    )


@lru_cache(maxsize=8)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(_kept(year))


def _kept(year: int) -> Iterator[date]:
    for month, number in _FIXED:
        day = date(year, month, number)
        # On a Saturday it is kept on the day before, on a Sunday on the day after.
        yield day + {SATURDAY: -_DAY, SUNDAY: _DAY}.get(day.weekday(), timedelta())
    for month, weekday, which in _WEEKDAYS:
        first = date(year, month, 1)
        yield first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
    last_of_may = date(year, 5, 31)
    yield last_of_may - timedelta(days=(last_of_may.weekday() - MONDAY) % 7)
