"""A panel's sheets, filled in and read back: bad cells by name, ratings beside the bank, panels' keys."""

import asyncio
import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from assessor.adapters.content import FileContent, check
from assessor.adapters.content.panel_import import PanelImport, authored_shelf, import_panel
from assessor.adapters.content.panel_sheet import Row, letters, panel_sheet, sheet_rows
from assessor.adapters.content.panel_workbook import workbook, workbook_rows
from assessor.domain.errors import InvalidInput, NotFound
from assessor.domain.item import EvaluationItem, RankingItem
from assessor.domain.library import Library
from tests.adapters.test_content import sound_library, write
from tests.adapters.test_keys import EVALUATION, TRAJECTORY, evaluation_item, trajectory_item

BEST_FIRST = ("r2", "r1", "r3")
"""The order of the author of the small library."""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    tree = sound_library()
    tree[EVALUATION] = {"items": [evaluation_item()]}
    tree[TRAJECTORY] = {"items": [trajectory_item()]}
    return write(tmp_path / "library", tree)


def rows_of(folders: tuple[Path, Path]) -> list[Row]:
    return list(sheet_rows(item for _, item in authored_shelf(*folders, "logic").usable()))


def answered(
    folders: tuple[Path, Path], expert: str, order: tuple[str, ...] = BEST_FIRST, **said: str
) -> list[Row]:
    """What an expert sends back: the author's key, but for the order and what else is said."""
    ranking = next(i for _, i in authored_shelf(*folders, "logic").usable() if isinstance(i, RankingItem))
    places = {f"place:{letter}": str(order.index(name) + 1) for letter, name in letters(ranking).items()}
    usual = {f"step:s{n}": "good" for n in range(1, 9)} | {
        "step:s4": "poor",
        "first_error": "s4",
        "error_class": "misread_result",
        "outcome": "partial",
        "rating:right": "5",
        "reference": "5",
        "issues": "",
    }
    given = usual | places | {name.replace("__", ":"): answer for name, answer in said.items()}
    return [row._replace(expert=expert, answer=given.get(row.judgement, "2")) for row in rows_of(folders)]


def sheet(path: Path, *experts: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Row._fields)
        writer.writerows(row for rows in experts for row in rows)
    return path


def imported(folders: tuple[Path, Path], *paths: Path) -> PanelImport:
    return import_panel(paths, *folders, "logic")


def loaded(folders: tuple[Path, Path]) -> Library:
    return asyncio.run(FileContent(*folders).library())


def test_what_experts_agree_on_becomes_the_key(folders: tuple[Path, Path], tmp_path: Path) -> None:
    order = ("r1", "r2", "r3")
    experts = [
        answered(folders, name, order, rating__right=rating) for name, rating in (("a", "4"), ("b", "5"))
    ]

    found = imported(folders, sheet(tmp_path / "both.csv", *experts))
    found.write()

    library = loaded(folders)
    ranking, rated = library.item("logic", "three"), library.item("logic", "rate")
    assert isinstance(ranking, RankingItem)
    assert isinstance(rated, EvaluationItem)
    assert ranking.key.order == (("r1",), ("r2",), ("r3",))
    assert {ranking.key.source, rated.key.source} == {"panel"}
    assert list(rated.key.ratings["right"].shares or ()) == [0, 0, 0, 0.5, 0.5]
    assert {one.item for one in found.items if one.refused is None} == {"three", "four", "rate", "run"}
    report = check(*folders)
    assert report.errors == ()


def test_the_same_sheets_once_more_change_nothing(folders: tuple[Path, Path], tmp_path: Path) -> None:
    path = sheet(tmp_path / "both.csv", answered(folders, "a"), answered(folders, "b"))
    first = imported(folders, path).write().read_bytes()

    again = imported(folders, path).write().read_bytes()

    assert again == first
    assert b"expert" not in first  # nobody is named


def test_nothing_is_written_before_it_is_asked_for(folders: tuple[Path, Path], tmp_path: Path) -> None:
    imported(folders, sheet(tmp_path / "both.csv", answered(folders, "a"), answered(folders, "b")))

    assert not (folders[0] / "logic" / "panel").exists()
    assert loaded(folders).item("logic", "three").key.source == "authored"  # type: ignore[union-attr]


def test_experts_may_have_a_file_each_as_a_workbook_or_with_semicolons(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    book, text = tmp_path / "ann.xlsx", tmp_path / "ben.csv"
    book.write_bytes(workbook(answered(folders, "")))
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows([Row._fields, *answered(folders, "")])
    text.write_text(written.getvalue(), "utf-8")

    found = imported(folders, book, text)

    assert {one.agreement.experts for one in found.items} == {2}
    assert len(found.ratings) == 4


def test_an_item_on_which_experts_do_not_agree_keeps_its_authors_key(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    against = answered(folders, "b", tuple(reversed(BEST_FIRST)))

    found = imported(folders, sheet(tmp_path / "both.csv", answered(folders, "a"), against))
    found.write()

    (refused,) = [one for one in found.items if one.refused]
    assert (refused.item, refused.refused) == ("three", "the experts agree no better than by chance")
    assert refused.agreement.gwet is not None
    assert refused.agreement.gwet < 0
    assert "three" not in {one.item for one in found.ratings}
    assert loaded(folders).item("logic", "three").key.source == "authored"  # type: ignore[union-attr]


def test_labels_that_contradict_the_first_error_give_no_key(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    experts = [answered(folders, name, step__s2="poor") for name in "ab"]

    found = imported(folders, sheet(tmp_path / "both.csv", *experts))

    (refused,) = [one for one in found.items if one.refused]
    assert refused.item == "run"
    assert "is labelled poor, though 's4' is marked as the first error" in (refused.refused or "")


def test_an_item_that_an_expert_leaves_empty_is_not_rated_by_that_one(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    third = [row._replace(answer="") if row.item == "three" else row for row in answered(folders, "c")]

    path = sheet(tmp_path / "all.csv", answered(folders, "a"), answered(folders, "b"), third)

    assert {one.item: one.agreement.experts for one in imported(folders, path).items}["three"] == 2


def test_ratings_of_other_items_are_kept(folders: tuple[Path, Path], tmp_path: Path) -> None:
    experts = [answered(folders, "a"), answered(folders, "b")]
    first = [[row for row in rows if row.item == "three"] for rows in experts]
    imported(folders, sheet(tmp_path / "first.csv", *first)).write()
    second = [[row for row in rows if row.item == "rate"] for rows in experts]

    found = imported(folders, sheet(tmp_path / "second.csv", *second))

    assert {one.item for one in found.ratings} == {"three", "rate"}


def test_ratings_of_another_wording_count_for_nothing_and_are_told(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    imported(folders, sheet(tmp_path / "both.csv", answered(folders, "a"), answered(folders, "b"))).write()
    ranking = folders[0] / "logic" / "ranking.yaml"
    ranking.write_text(ranking.read_text("utf-8").replace("Say it briefly.", "Say it at length."), "utf-8")

    doubts = [one for one in check(*folders).warnings if "another wording of 'three'" in one.problem]

    assert [one.file for one in doubts] == ["question_banks/logic/panel/ratings.yaml"]
    assert loaded(folders).item("logic", "three").key.source == "authored"  # type: ignore[union-attr]


Change = Callable[[list[Row]], list[Row]]


def first_of(asked: str, /, **changes: str) -> Change:
    def change(rows: list[Row]) -> list[Row]:
        at = next(place for place, row in enumerate(rows) if row.judgement.startswith(asked))
        return [*rows[:at], rows[at]._replace(**changes), *rows[at + 1 :]]  # type: ignore[arg-type]

    return change


BAD: list[tuple[Change, str, str]] = [
    (first_of("rating", answer="7"), "column answer", "has '7'; answer one of: 1, 2, 3, 4, 5"),
    (first_of("rating", answer=""), "column answer", "is empty"),
    (first_of("rating", answer="=1+1"), "column answer", "has '=1+1'"),
    (first_of("issues", answer="omission: not in it"), "column answer", "not in the response word for word"),
    (first_of("place", item="nobody"), "column item", "'nobody' is no item of this track"),
    (first_of("place", hash="sha256:00"), "column hash", "another wording of 'three'"),
    (first_of("place", judgement="place:Q"), "column judgement", "'place:Q' is not asked of 'three'"),
    (lambda rows: [*rows, rows[0]], "column expert", "has answered this in row 2"),
    (lambda rows: rows[1:], "column judgement", "has no row for"),
]


@pytest.mark.parametrize(("change", "column", "says"), BAD)
def test_every_cell_that_cannot_be_used_is_named_by_row_and_column(
    folders: tuple[Path, Path], tmp_path: Path, change: Change, column: str, says: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        imported(
            folders, sheet(tmp_path / "both.csv", change(answered(folders, "a")), answered(folders, "b"))
        )

    told = [problem for problem in refused.value.problems if says in problem.problem]
    assert told, refused.value.problems
    assert told[0].field.startswith("both.csv, row ")
    assert told[0].field.endswith(column)


def test_all_bad_cells_are_told_at_once(folders: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = first_of("rating", answer="7")(first_of("place", answer="9")(answered(folders, "a")))

    with pytest.raises(InvalidInput) as refused:
        imported(folders, sheet(tmp_path / "both.csv", wrong, answered(folders, "b")))

    assert len(refused.value.problems) == 2


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.csv", None, "does not exist"),
        ("latin.csv", b"item,\xe4", "is not UTF-8"),
        ("other.csv", b"a,b\n1,2\n", "has no column 'item'"),
        ("broken.xlsx", b"PK not a workbook", "is not a workbook"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(
    folders: tuple[Path, Path], tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(InvalidInput, match=says):
        imported(folders, tmp_path / name)


def test_one_expert_is_no_panel(folders: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is the only one who rated"):
        imported(folders, sheet(tmp_path / "one.csv", answered(folders, "a")))


def test_sheets_that_nobody_filled_in_are_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text(panel_sheet(i for _, i in authored_shelf(*folders, "logic").usable()))

    with pytest.raises(InvalidInput, match="is empty in every row"):
        imported(folders, tmp_path / "empty.csv")


def test_a_track_that_is_not_there_is_named(folders: tuple[Path, Path]) -> None:
    with pytest.raises(NotFound, match="alchemy"):
        import_panel([], *folders, "alchemy")


def test_the_workbook_holds_the_sheet_and_lists_to_choose_from(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "panel.xlsx"
    rows = rows_of(folders)
    path.write_bytes(workbook([*rows, rows[0]._replace(title="=1+1", question="@home")]))

    assert list(workbook_rows(path))[: len(rows) + 1] == [
        list(Row._fields),
        *([str(cell) for cell in row] for row in rows),
    ]
    shown = load_workbook(path).active
    cells = [cell for row in shown.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert "=1+1" in {cell.value for cell in cells}
    lists = {one.formula1: str(one.sqref) for one in shown.data_validations.dataValidation}
    assert '"1,2,3,4,5"' in lists
    assert '"good,poor,harmful,not_needed"' in lists
