"""How a candidate rates, in words for reviewers."""

import pytest

from assessor.scoring.diagnostics import Consistency, Diagnostics, LengthBias, Severity
from assessor.web.casework import patterns


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Diagnostics(), ()),
        (
            Diagnostics(severity=Severity(mean=1.25, standard_error=0.2, ratings=9)),
            ("Ratings lie 1.2 steps (standard error 0.2) above what careful people give, over 9 ratings.",),
        ),
        (
            Diagnostics(severity=Severity(mean=-0.4, standard_error=0.3, ratings=6)),
            (
                (
                    "Ratings lie 0.4 steps (standard error 0.3) below what careful people give, "
                    "over 6 ratings, which may be chance."
                ),
            ),
        ),
        (
            Diagnostics(length_bias=LengthBias(partial_tau=0.5, pairs=12, probes=4, taken_in=3)),
            (
                "Of 4 pairs in which the longer response is the worse one, 3 were not placed so.",
                (
                    "Order and length go together with +0.50 (-1 to 1) beyond what the key explains, "
                    "over 12 pairs."
                ),
            ),
        ),
        (
            Diagnostics(consistency=Consistency(agreement=2 / 3, pairs=3)),
            ("Of 3 pairs that were shown twice, 67% were placed alike.",),
        ),
    ],
)
def test_what_the_form_shows_is_said_with_its_numbers_and_its_doubt(
    found: Diagnostics, said: tuple[str, ...]
) -> None:
    assert patterns(found) == said
