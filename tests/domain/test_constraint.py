"""Demands on an ideal answer: which of them can be told before it is scored."""

import pytest

from assessor.domain.constraint import Constraint


@pytest.mark.parametrize(
    ("kind", "value", "label", "is_open"),
    [
        ("max_words", 140, "At most 140 words", True),
        ("code_block", None, "Contains a fenced code block", True),
        ("valid_json", None, "Is valid JSON and nothing else", True),
        ("language", "de", "Is written in German", True),
        ("must_include", "12 June", "Names the new date, written as 12 june", True),
        ("must_include", '"category"', "Has a field category", True),
        ("must_not_include", "pollut", "Does without the word pollution", True),
        ("must_not_include", "\nimport ", "The code imports nothing", True),
        ("must_include", "Brandt", "Names both people called Sam", False),
        ("must_not_include", "Seefeld", "Does not name the client", False),
        ("runs", None, "Does what was asked when it is run", False),
    ],
)
def test_a_demand_can_be_told_early_only_if_its_label_says_all_that_is_looked_for(
    kind: str, value: int | str | None, label: str, *, is_open: bool
) -> None:
    constraint = Constraint.model_validate({"kind": kind, "value": value, "label": label})

    assert constraint.is_open is is_open
