"""Two people's answers that share their wording: what is found, what is not, and how often it errs."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.adapters.content import shipped_content
from assessor.domain.evidence import OwnText
from assessor.domain.library import Library
from assessor.domain.likeness import runs_of
from assessor.domain.near_duplicate import (
    MEASURED,
    Alike,
    FreeText,
    bands_of,
    chance_of_a_band,
    closest,
    is_near_duplicate,
    likeness,
    shared_passages,
)
from assessor.domain.thresholds import THRESHOLDS
from tests.domain.answers import COPIES, apart, copies
from tests.domain.samples import NOW

KEY = bytes(range(32))
PAGE = Path(__file__).parents[2] / "docs" / "integrity.md"
LONG = " ".join(f"word{number}" for number in range(60))
OTHER = " ".join(f"other{number}" for number in range(60))


def written(text: str, *told: str) -> FreeText:
    return FreeText((OwnText(event_seq=3, path="text", text=text),), told)


def test_the_same_words_are_found_whatever_their_case_and_signs() -> None:
    mine, theirs = written(LONG), written(LONG.upper().replace(" ", ", "))

    assert likeness(mine, theirs) == 1
    assert is_near_duplicate(mine, theirs)


def test_short_answers_are_never_compared() -> None:
    short = " ".join(LONG.split()[: THRESHOLDS.near_duplicate.least_runs + THRESHOLDS.near_duplicate.run - 2])

    assert likeness(written(short), written(short)) == 1
    assert not is_near_duplicate(written(short), written(short))


def test_words_that_either_was_told_do_not_count() -> None:
    quoting = f"{LONG} {OTHER}"

    assert not is_near_duplicate(written(quoting, LONG), written(f"{LONG} {OTHER[::-1]}", LONG))
    assert not is_near_duplicate(written(LONG, LONG), written(LONG))
    assert is_near_duplicate(written(quoting, LONG), written(quoting, LONG))


def test_the_passages_that_both_have_are_told_word_for_word() -> None:
    text = f"I begin by myself. {LONG}, and so on. {OTHER}"

    (first, second) = shared_passages(written(text), written(f"{OTHER} quite differently {LONG}"))

    assert text[first.start : first.end] == LONG
    assert text[second.start : second.end] == OTHER
    assert (first.event_seq, first.path) == (3, "text")


def test_of_several_the_closest_is_named() -> None:
    nearer, farther = f"{LONG} and an end", f"{LONG} {' '.join(OTHER.split()[:20])}"

    found = closest(written(LONG), [("a", written(farther)), ("b", written(nearer)), ("c", written(OTHER))])

    assert found is not None
    assert found[0] == "b"
    assert closest(written(LONG), [("c", written(OTHER))]) is None


def test_signatures_tell_nothing_across_keys_and_scopes() -> None:
    runs = runs_of((LONG,), THRESHOLDS.near_duplicate.run)

    mine = bands_of(runs, KEY, "acme", "live", "sft-1")

    assert mine == bands_of(runs, KEY, "acme", "live", "sft-1")
    assert len(set(mine)) == THRESHOLDS.near_duplicate.bands
    assert all(-(2**63) <= band < 2**63 for band in mine)
    for key, *scope in ((KEY, "acme", "live", "sft-2"), (KEY, "acme", "test", "sft-1"), (bytes(32), "acme")):
        assert not set(mine) & set(bands_of(runs, key, *scope))


@given(st.integers(0, 50), st.integers(1, 200))
def test_what_is_alike_enough_shares_a_band_as_often_as_the_theory_says(changed: int, seed: int) -> None:
    one = frozenset((f"{seed}", f"{number}") for number in range(150))
    other = frozenset((f"{seed}", f"{number}") for number in range(changed, 150 + changed))
    alike = len(one & other) / len(one | other)

    shared = set(bands_of(one, KEY, "s")) & set(bands_of(other, KEY, "s"))

    # Only what is all but certain is asserted: a chance of less than 1 in 10^6 to fail.
    if 1 - chance_of_a_band(alike) < 1e-6:
        assert shared


def test_a_likeness_at_the_threshold_is_found_nearly_always() -> None:
    assert chance_of_a_band(THRESHOLDS.near_duplicate.likeness) > 0.98
    assert chance_of_a_band(0.1) < 0.01


# Measured


@pytest.fixture(scope="module")
def library() -> Library:
    return asyncio.run(shipped_content().library())


def test_how_often_answers_that_were_written_apart_are_marked(library: Library) -> None:
    pairs = list(apart(library))

    wrong = sum(is_near_duplicate(one, other) for one, other in pairs)

    # Items come and go; what is told of the rule has to stay as good as true.
    assert len(pairs) > 0.8 * MEASURED.apart
    assert wrong / len(pairs) <= 2 * MEASURED.wrong / MEASURED.apart
    assert told("copied: word for word")[1] == (MEASURED.wrong, MEASURED.apart)


@pytest.mark.parametrize("name", COPIES)
def test_how_many_copies_are_found(library: Library, name: str) -> None:
    pairs = list(copies(library, COPIES[name]))

    found = sum(is_near_duplicate(one, other) and _meet(one, other) for one, other in pairs)

    marked, compared = told(f"copied: {name}")[0]
    assert found / len(pairs) == pytest.approx(marked / compared, abs=0.07)


def told(cases: str) -> list[tuple[int, int]]:
    """What the documentation says of one kind of pair: how many of how many are noticed, and wrongly."""
    row = next(line for line in PAGE.read_text().splitlines() if f"| {cases} |" in line)
    return [(int(part), int(whole)) for part, whole in re.findall(r"(\d+) of (\d+)", row)]


def _meet(one: FreeText, other: FreeText) -> bool:
    return bool(set(bands_of(one.runs, KEY, "s")) & set(bands_of(other.runs, KEY, "s")))


def test_the_first_reply_to_what_was_found_stays_and_none_comes_after_its_time() -> None:
    found = Alike(item_id="sft-0", other="as_2", likeness=0.8, passages=(), rule="alike-1", found_at=NOW)

    assert found.replied("It is mine.").replied("No.").reply == "It is mine."
    assert found.unanswered(NOW).is_unanswered
    assert not found.unanswered(NOW - timedelta(seconds=1)).is_unanswered
    assert not found.replied("It is mine.").unanswered(NOW).is_unanswered
