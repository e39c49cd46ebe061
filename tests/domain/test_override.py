"""What a mark does to a score, and how reasons are counted."""

import pytest

from assessor.domain.override import OverrideCode, counted_codes, raised_by
from assessor.domain.quality import QualityMark
from tests.domain.samples import score, unscored


@pytest.mark.parametrize(
    ("mark", "value", "raised"),
    [
        ("met", 0.0, True),
        ("met", 0.9, True),
        ("met", 1.0, False),
        ("met", None, True),
        ("unmet", 0.0, False),
        ("unmet", None, False),
        ("cannot_assess", 0.0, False),
    ],
)
def test_only_met_raises_what_was_less(mark: QualityMark, value: float | None, *, raised: bool) -> None:
    standing = unscored(score()) if value is None else score(value=value)

    assert raised_by(mark, standing) is raised


def test_codes_are_counted_in_the_order_of_the_list() -> None:
    given = [OverrideCode.OTHER, OverrideCode.KEY_WRONG, OverrideCode.OTHER]

    assert list(counted_codes(given).items()) == [(OverrideCode.KEY_WRONG, 1), (OverrideCode.OTHER, 2)]
