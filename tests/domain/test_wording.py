"""Sentences that remember their text and their values."""

import copy
from datetime import UTC, datetime

from assessor.domain.wording import worded


def test_a_sentence_is_a_string_and_knows_what_it_is_made_of() -> None:
    said = worded("has %(n)s of 50%% by %(when)s", n=3, when=datetime(2026, 3, 1, tzinfo=UTC))

    assert said == "has 3 of 50% by 01 March 2026"
    assert f"It {said}." == "It has 3 of 50% by 01 March 2026."
    assert said.text == "has %(n)s of 50%% by %(when)s"
    assert said.values["n"] == 3


def test_a_copy_knows_it_too() -> None:
    said = worded("is over 100%%, by %(n)s", n=3)

    copied = copy.deepcopy(said)

    assert copied == said
    assert (copied.text, copied.values) == (said.text, said.values)
