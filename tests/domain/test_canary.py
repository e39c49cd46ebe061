"""A phrase that stands in an item's key alone: where it is found, and where not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assessor.domain.canary import quotes
from assessor.domain.evidence import OwnText
from assessor.domain.near_duplicate import FreeText
from tests.scoring.works import EVALUATION, RANKING, SFT

CANARY = "the quiet ledger rule of Marlow"


def written(text: str, *told: str) -> FreeText:
    return FreeText((OwnText(event_seq=3, path="text", text=text),), told)


@pytest.mark.parametrize(
    "text", [f"I follow {CANARY}.", CANARY.upper(), "Here: “The quiet — ledger rule”, of\nMarlow!"]
)
def test_it_is_found_whatever_its_case_and_signs(text: str) -> None:
    (found,) = quotes(written(text), CANARY)

    assert "ledger rule" in text[found.start : found.end].casefold()
    assert (found.event_seq, found.path) == (3, "text")


@pytest.mark.parametrize("text", ["", "the quiet ledger rule", "the quiet ledger rules of Marlow", "Marlow"])
def test_what_is_not_all_of_it_is_nothing(text: str) -> None:
    assert quotes(written(text), CANARY) == ()


def test_what_was_told_to_the_candidate_is_no_canary() -> None:
    assert quotes(written(CANARY, f"Have you heard of {CANARY}?"), CANARY) == ()


@given(st.text(max_size=60), st.text(max_size=60))
def test_wherever_it_stands_the_passage_has_its_words(before: str, after: str) -> None:
    text = f"{before} {CANARY} {after}"

    found = quotes(written(text), CANARY)

    assert CANARY in {text[one.start : one.end] for one in found}


def test_an_item_without_a_canary_has_the_hash_that_it_always_had() -> None:
    marked = SFT.changed(canary=CANARY)

    assert marked.hash != SFT.hash
    assert marked.changed(canary=None).hash == SFT.hash
    assert marked.changed(canary="another phrase that nobody would write").hash != marked.hash


@pytest.mark.parametrize("item", [SFT, RANKING, EVALUATION], ids=lambda item: item.category)
def test_no_candidate_is_shown_it(item: object) -> None:
    assert isinstance(item, type(SFT) | type(RANKING) | type(EVALUATION))

    shown = item.changed(canary=CANARY).presented()

    assert shown == item.presented()


def test_one_that_candidates_are_shown_or_that_is_anybodys_is_refused() -> None:
    with pytest.raises(ValidationError, match="anybody's turn of phrase"):
        SFT.changed(canary="anything whatsoever, honestly")
    with pytest.raises(ValidationError, match="stands in what candidates are shown"):
        SFT.changed(canary=SFT.prompt)
