"""docs/measurement.md says what the code decides on."""

from pathlib import Path
from typing import get_args

from assessor.domain.form.blocks import BLOCK
from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.verdict.counterfactual import Kind

PAGE = " ".join((Path(__file__).parents[2] / "docs" / "measurement.md").read_text().split())


def test_the_page_states_the_numbers_of_the_table() -> None:
    high, low = f"{THRESHOLDS.qualified:.2f}"[1:], f"{THRESHOLDS.not_qualified:.2f}"[1:]
    for stated in (
        f"ability reaches the cut is at least {high}",
        f"`not_qualified` only when it is at most {low}",
        f"at P >= {high} or <= {low}",
        f"with the cut at {THRESHOLDS.score_at_cut:g}",
        f"more than {100 * THRESHOLDS.forms.exposure:g} of 100 candidates",
        f"more than {100 * THRESHOLDS.forms.overlap:g} % of their items",
        f"a {100 * THRESHOLDS.interval:g} % interval",
    ):
        assert stated in PAGE
    assert (THRESHOLDS.named_changes, BLOCK) == (3, 2)
    assert "at most three criteria" in PAGE
    assert "then two tasks at a time" in PAGE


def test_the_page_explains_every_kind_of_counterfactual() -> None:
    assert all(f"| `{kind}` |" in PAGE for kind in get_args(Kind))
