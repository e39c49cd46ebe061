import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.services.spreadsheet import csv_lines, neutral

CALCULATED = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://127.0.0.1/?"&A1,"open")',
    "\t=1+1",
    "\rtext",
    "\ttext",
    "\ntext",
    " =1+1",
    "\u00a0@SUM(1)",
    "\ufeff=1+1",
    "\u200b+1",
    "\u3000-1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    " ＝1+1",
    "﹦1+1",
    "\u2212 1",
    "-1",
]
"""Texts that some spreadsheet calculates, or takes for several cells."""

HARMLESS = ["", "python", "candidate-1", "a=b", " a", "1", "Ünïcode", "a@b.example", "'=1"]


@pytest.mark.parametrize("text", CALCULATED)
def test_a_text_that_would_be_calculated_has_an_apostrophe_in_front(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_any_other_text_is_as_it_was(text: str) -> None:
    assert neutral(text) == text


@given(st.text())
def test_what_is_neutral_stays_as_it_is(text: str) -> None:
    assert neutral(neutral(text)) == neutral(text)


@given(st.text(st.characters(codec="utf-8")))
def test_every_text_comes_back_as_one_cell(text: str) -> None:
    assert [*csv.reader(StringIO(csv_lines([[text, "next"]]), newline=""))] == [[neutral(text), "next"]]


def test_numbers_stay_numbers_and_texts_are_quoted_whole() -> None:
    lines = csv_lines([["a;=1+1", -1.5, 3, True, False, None, '"=1']])

    assert lines == '"a;=1+1",-1.5,3,"true","false","","""=1"\r\n'
