"""The sheet of a panel: every judgement that a key makes, and nothing that tells the key."""

import asyncio
import csv
import io

import pytest

from assessor.adapters.content import shipped_content
from assessor.adapters.content.panel_sheet import letters, material, panel_sheet
from assessor.domain.item import Item, RankingItem, RubricWritingItem


@pytest.fixture(scope="module")
def items() -> list[Item]:
    library = asyncio.run(shipped_content().library())
    return list(library.items["python"].values())


def test_the_sheet_asks_for_every_judgement_of_a_version(items: list[Item]) -> None:
    rows = list(csv.DictReader(io.StringIO(panel_sheet(items))))

    asked = {(row["item"], row["judgement"]) for row in rows}
    assert {("ev-drop-negatives", "rating:correctness"), ("ev-drop-negatives", "issues")} <= asked
    assert {("tr-contacts", "step:s3"), ("tr-contacts", "first_error"), ("tr-contacts", "outcome")} <= asked
    assert {("rk-float-compare", f"place:{letter}") for letter in "ABC"} <= asked
    assert {("rw-names-list", f"place:{letter}") for letter in "ABCDEF"} <= asked
    assert {row["hash"] for row in rows} <= {item.hash for item in items}
    assert {row["answer"] + row["comment"] for row in rows} == {""}


def test_the_sheet_names_no_response_by_its_id(items: list[Item]) -> None:
    rows = csv.DictReader(io.StringIO(panel_sheet(items)))

    places = {row["judgement"].partition(":")[2] for row in rows if row["judgement"].startswith("place:")}

    assert places <= set("ABCDEFGHIJ")


def test_letters_hide_the_order_in_which_an_author_wrote_responses(items: list[Item]) -> None:
    ranked = [item for item in items if isinstance(item, RankingItem | RubricWritingItem)]

    orders = [list(letters(item).values()) for item in ranked]

    assert any(order != sorted(order) for order in orders)
    assert orders == [list(letters(item).values()) for item in ranked]


def test_a_panel_reads_responses_in_the_order_of_their_letters(items: list[Item]) -> None:
    item = next(item for item in items if isinstance(item, RubricWritingItem))
    texts = {response.id: response.text for response in item.key.hidden_responses}

    shown = material(item)

    assert shown["hidden"] == [texts[name] for name in letters(item).values()]
    assert "key" not in shown


def test_a_title_is_never_a_formula_of_a_spreadsheet(items: list[Item]) -> None:
    item = next(item for item in items if isinstance(item, RankingItem)).changed(title="=1+1 and more")

    (row, *_) = csv.DictReader(io.StringIO(panel_sheet([item])))

    assert row["title"] == "'=1+1 and more"
