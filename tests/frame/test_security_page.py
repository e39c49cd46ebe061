"""docs/security.md shows the attacks that there are, and that none of them got anything."""

from collections import Counter

from tests.attacks.payloads import FILES, found
from tests.attacks.table import HEADER, PAGE, markdown, written

TEXT = PAGE.read_text("utf-8")
CELLS = [
    [cell.strip() for cell in line.strip("| ").split("|")]
    for line in TEXT.partition("<!-- make attack -->")[2].partition("<!-- end -->")[0].splitlines()
    if line.startswith("|")
]


def test_the_table_has_every_category_with_as_many_payloads_as_there_are() -> None:
    header, _rule, *rows = CELLS

    shown = {row[0]: int(row[2]) for row in rows}
    there = Counter(attack.category for path in FILES for attack in found(path))
    assert tuple(header) == HEADER
    assert shown == there | {"all": there.total()}
    assert there.total() >= 150


def test_nothing_was_got() -> None:
    *_, total = CELLS

    assert total[0] == "all"
    assert set(total[4:]) == {"0"}


def test_every_payload_has_an_id_of_its_own() -> None:
    ids = [attack.id for path in FILES for attack in found(path)]

    assert len(set(ids)) == len(ids)


def test_writing_the_table_leaves_the_rest_of_the_page_alone() -> None:
    page = written(TEXT, markdown([["one", "two"]]))

    assert "| one | two |\n<!-- end -->" in page
    assert page.partition("<!-- make attack -->")[0] == TEXT.partition("<!-- make attack -->")[0]
