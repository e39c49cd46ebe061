"""Reading level, and likeness of texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.likeness import jaccard, runs_of
from assessor.domain.reading import grade_level

PLAIN = (
    "The cat sat on the mat. The dog ran to the door. The sun was up. It was hot. We all went out to play."
)
HARD = (
    "Institutional considerations necessitate comprehensive documentation of pharmaceutical administration, "
    "particularly regarding contraindications, interdisciplinary communication, and organisational "
    "accountability throughout hospitalisation, notwithstanding administrative difficulties."
)


def test_the_grade_is_that_of_the_formula() -> None:
    text = "One two three four five. " * 4  # 20 words, 20 syllables, 4 sentences

    assert grade_level(text) == pytest.approx(0.39 * 5 + 11.8 - 15.59, abs=0.06)


def test_harder_prose_has_a_higher_grade() -> None:
    plain, hard = grade_level(PLAIN), grade_level(HARD)

    assert plain is not None
    assert hard is not None
    assert plain < 2
    assert hard > 12


def test_code_is_no_prose() -> None:
    code = "\n```python\nparticularly_unreadable_identifier = institutional_considerations()\n```\n"

    assert grade_level(PLAIN + code) == grade_level(PLAIN)


@pytest.mark.parametrize("text", ["", "Too little to say.", "```\n" + "word " * 50 + "\n```"])
def test_little_prose_has_no_grade(text: str) -> None:
    assert grade_level(text) is None


def test_runs_of_words_ignore_case_and_signs() -> None:
    assert runs_of(("The cat, SAT.", "on mats"), 2) == {("the", "cat"), ("cat", "sat"), ("on", "mats")}


@given(st.text(alphabet="ab ", max_size=40), st.text(alphabet="ab ", max_size=40))
def test_likeness_is_the_same_both_ways_and_1_for_the_same(one: str, other: str) -> None:
    first, second = runs_of((one,), 2), runs_of((other,), 2)

    assert jaccard(first, second) == jaccard(second, first)
    assert 0 <= jaccard(first, second) <= 1
    assert jaccard(first, first) == (1 if first else 0)
