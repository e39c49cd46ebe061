"""The processing record names every table and every fact, and its page is what the code says."""

from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import LargeBinary

from assessor.adapters.store.processing import NOT_PERSONAL, PERSONAL
from assessor.adapters.store.tables import Row
from assessor.bootstrap.processing import processing_page
from assessor.domain import events as e
from assessor.domain.processing import FACTS, KINDS, MODELS

ROOT = Path(__file__).resolve().parents[2]
EVERY_FACT = get_args(get_args(e.Fact)[0])


def test_every_table_says_what_it_holds_of_people() -> None:
    assert PERSONAL.keys() | NOT_PERSONAL.keys() == Row.metadata.tables.keys()
    assert not PERSONAL.keys() & NOT_PERSONAL.keys()


def test_every_fact_says_what_it_holds_of_people() -> None:
    assert set(FACTS) == set(EVERY_FACT)
    assert set(FACTS.values()) <= set(PERSONAL["event"])


def test_every_kind_is_kept_somewhere_and_every_reader_is_told() -> None:
    assert {kind for held in PERSONAL.values() for kind in held} == set(KINDS)
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("table", sorted(NOT_PERSONAL))
def test_a_table_of_nobody_points_to_nobody(table: str) -> None:
    columns = Row.metadata.tables[table].columns

    persons = {"candidate_id", "assessment_id", "candidate_ref", "reviewer_id"}
    assert not persons & set(columns.keys())


@pytest.mark.parametrize("name", ["conversation", "answers", "declarations", "scores"])
def test_what_is_called_sealed_lies_in_binary_columns_alone(name: str) -> None:
    (kind,) = [one for one in KINDS if one.name == name]

    for table in (table for table, held in PERSONAL.items() if kind in held):
        types = [type(column.type) for column in Row.metadata.tables[table].columns]
        assert LargeBinary in types, table


def test_only_words_of_tasks_and_answers_go_to_models() -> None:
    assert {kind.name for kind in KINDS if MODELS in kind.told_to} == {"conversation", "answers"}


def test_the_page_is_what_the_code_says() -> None:
    page = (ROOT / "docs/processing.md").read_text()

    assert page == processing_page(), "docs/processing.md is out of date: run `make docs`"
