"""Business days as New York's notice counts them, and for how long a bias audit holds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.new_york import BiasAudit, earliest_use, is_business_day


@pytest.mark.parametrize(
    ("holiday", "name"),
    [
        (date(2026, 1, 1), "New Year"),
        (date(2026, 1, 19), "Martin Luther King"),
        (date(2026, 2, 16), "Washington"),
        (date(2026, 5, 25), "Memorial Day"),
        (date(2026, 6, 19), "Juneteenth"),
        (date(2026, 7, 3), "Independence Day, a Saturday, kept on the day before"),
        (date(2026, 9, 7), "Labor Day"),
        (date(2026, 10, 12), "Columbus Day"),
        (date(2026, 11, 11), "Veterans Day"),
        (date(2026, 11, 26), "Thanksgiving"),
        (date(2026, 12, 25), "Christmas"),
        (date(2022, 12, 26), "Christmas, a Sunday, kept on the day after"),
        (date(2021, 12, 31), "New Year of 2022, a Saturday, kept in the year before"),
    ],
)
def test_a_federal_holiday_is_no_business_day(holiday: date, name: str) -> None:
    assert not is_business_day(holiday), name


@pytest.mark.parametrize(
    ("given_on", "opens"),
    [
        (date(2026, 11, 2), date(2026, 11, 17)),  # Veterans Day is in between
        (date(2026, 11, 20), date(2026, 12, 7)),  # Thanksgiving is
        (date(2026, 11, 21), date(2026, 12, 7)),  # told on a Saturday
        (date(2026, 12, 21), date(2027, 1, 6)),  # Christmas and New Year are
    ],
)
def test_the_tenth_business_day_after_a_notice(given_on: date, opens: date) -> None:
    assert earliest_use(given_on) == datetime(opens.year, opens.month, opens.day, 5, tzinfo=UTC)


@given(st.dates(date(2020, 1, 1), date(2080, 12, 31)))
def test_ten_business_days_lie_between_whatever_the_day(given_on: date) -> None:
    opens = earliest_use(given_on).date()

    days = [given_on + timedelta(days=one) for one in range(1, (opens - given_on).days + 1)]
    assert sum(map(is_business_day, days)) == 10
    assert is_business_day(opens)
    assert 12 <= len(days) <= 18


@pytest.mark.parametrize(
    ("audited_on", "last"),
    [(date(2026, 5, 4), date(2027, 5, 4)), (date(2028, 2, 29), date(2029, 2, 28))],
)
def test_an_audit_holds_for_a_year(audited_on: date, last: date) -> None:
    audit = BiasAudit(
        track="python", audited_on=audited_on, auditor="An Auditor", summary_url="https://a.example/audit"
    )

    assert audit.last_day == last
