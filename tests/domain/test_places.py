"""How long one waits in line, and how somebody stands who does."""

import pytest

from assessor.domain.places import LATE, SOON, Standing, wait_minutes
from tests.domain.samples import NOW


@pytest.mark.parametrize(
    ("ahead", "at_once", "minutes"),
    [(0, 1, 20), (0, 100, 1), (1, 1, 40), (2, 1, 60), (30, 100, 7), (4, 100, 1)],
)
def test_of_so_many_interviews_one_ends_every_so_often(ahead: int, at_once: int, minutes: int) -> None:
    assert wait_minutes(ahead, at_once) == minutes


@pytest.mark.parametrize(
    ("standing", "may_begin"),
    [
        (Standing(), False),
        (Standing(is_in=True), True),
        (Standing(kept_until=NOW), True),
        (Standing(3), False),
    ],
)
def test_who_has_a_place_may_begin(standing: Standing, *, may_begin: bool) -> None:
    assert standing.may_begin is may_begin


def test_who_is_near_looks_more_often() -> None:
    assert [Standing(ahead).look_again for ahead in (0, 19, 20)] == [SOON, SOON, LATE]
