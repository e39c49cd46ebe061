"""Days that people give, in UTC."""

from datetime import UTC, datetime

import pytest

from assessor.domain.days import end_of, first_moment
from assessor.domain.errors import InvalidInput


def test_a_day_is_from_its_first_moment_to_before_that_of_the_next() -> None:
    assert first_moment("since", "2026-02-28") == datetime(2026, 2, 28, tzinfo=UTC)
    assert end_of("until", "2026-02-28") == datetime(2026, 3, 1, tzinfo=UTC)


def test_no_text_is_no_day() -> None:
    assert first_moment("since", "") is None
    assert end_of("until", "") is None


@pytest.mark.parametrize("text", ["31.01.2026", "2026-02-30", "9999-12-31", "soon" * 50])
@pytest.mark.parametrize("reads", [first_moment, end_of])
def test_what_is_no_day_is_refused_with_its_field_and_an_example(reads: type, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        reads("until", text)

    (problem,) = refused.value.problems
    assert problem.field == "until"
    assert problem.problem == f"{text[:50]!r} is no day"
    assert "2026-01-31" in problem.remedy
