"""Files of outcomes, and the file of an audit."""

import csv
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from assessor.adapters.audit_sheet import COLUMNS, write_audit
from assessor.adapters.outcome_sheet import read_outcomes
from assessor.domain.errors import InvalidInput
from assessor.domain.fairness import Audit, Course, audit

HEADER = "assessment_id,candidate_ref,track,metric,value,observed_at,work"
RIGHT = "asm_1,,,accepted,0.85,2026-11-20T09:30:00Z,batch-1"


def written(folder: Path, *lines: str, header: str = HEADER) -> Path:
    file = folder / "outcomes.csv"
    file.write_text("\n".join((header, *lines)), "utf-8-sig")
    return file


def test_rows_are_read_with_their_lines(tmp_path: Path) -> None:
    file = written(tmp_path, RIGHT, ' ,worker-1,python,"accepted",-3e2,2026-11-20T09:30:00+02:00,')

    first, second = read_outcomes(file)

    assert (first.line, first.assessment_id, first.candidate_ref, first.value) == (2, "asm_1", None, 0.85)
    assert first.observed_at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert (second.line, second.candidate_ref, second.track, second.value) == (
        3,
        "worker-1",
        "python",
        -300.0,
    )
    assert second.observed_at == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


def test_columns_that_are_not_needed_may_be_left_out(tmp_path: Path) -> None:
    header = "candidate_ref,track,metric,value,observed_at"

    (one,) = read_outcomes(
        written(tmp_path, "worker-1,python,accepted,1,2026-11-20T09:30:00Z", header=header)
    )

    assert (one.assessment_id, one.work) == (None, "")


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("asm_1,,,accepted,nan,2026-11-20T09:30:00Z,", ["value"]),
        ("asm_1,,,accepted,inf,2026-11-20T09:30:00Z,", ["value"]),
        ("asm_1,,,accepted,1_0,2026-11-20T09:30:00Z,", ["value"]),
        ("asm_1,,,accepted,,2026-11-20T09:30:00Z,", ["value"]),
        ("asm_1,,,accepted,1,yesterday,", ["observed_at"]),
        ("asm_1,,,accepted,1,2026-11-20T09:30:00,", ["observed_at"]),
        ("asm_1,,,Accepted!,1,2026-11-20T09:30:00Z,a b", ["metric", "work"]),
        ("asm_1,,,,x,2026-11-20,", ["metric", "value", "observed_at"]),
        (",two words,py thon,accepted,1,2026-11-20T09:30:00Z,", ["candidate_ref", "track"]),
    ],
)
def test_everything_wrong_with_a_line_is_named_with_its_field(
    tmp_path: Path, line: str, fields: list[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_outcomes(written(tmp_path, RIGHT, line))

    assert [one.field for one in refused.value.problems] == [f"line 3, {field}" for field in fields]


@pytest.mark.parametrize(
    ("lines", "header", "problem"),
    [
        ([RIGHT, "asm_1,,,accepted"], HEADER, "line 3: has not as many fields"),
        ([f"{RIGHT},more"], HEADER, "line 2: has not as many fields"),
        ([], HEADER, "holds no row"),
        ([RIGHT], HEADER.replace("metric", "measure"), "has a column 'measure'"),
        ([], "assessment_id,value,observed_at", "has no column 'metric'"),
        (['asm_1,,,"accepted'], HEADER, "is not CSV"),
    ],
)
def test_a_file_of_another_shape_is_refused(
    tmp_path: Path, lines: list[str], header: str, problem: str
) -> None:
    with pytest.raises(InvalidInput, match=problem):
        read_outcomes(written(tmp_path, *lines, header=header))


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("metric,ü".encode("latin-1"))

    for name, problem in (("none.csv", "does not exist"), ("latin.csv", "is not UTF-8")):
        with pytest.raises(InvalidInput, match=problem):
            read_outcomes(tmp_path / name)


def audited() -> Audit:
    courses = [Course(final=place < 3, score=50.0 + place, groups={"sex": "Male"}) for place in range(10)]
    day = datetime(2026, 1, 1, tzinfo=UTC)
    about = {"tenant": "acme", "track": "python", "since": day, "until": None, "source": "here"}
    return audit(courses, 2, first_ordered=day, last_ordered=day, **about)


def test_an_audit_is_one_table_that_any_spreadsheet_reads(tmp_path: Path) -> None:
    file = tmp_path / "audit.csv"

    write_audit(audited(), file)

    rows = list(csv.DictReader(StringIO(file.read_text())))
    assert tuple(rows[0]) == COLUMNS
    about = " / ".join(row["note"] for row in rows if row["table"] == "about")
    assert "ordered from 2026-01-01 to before now" in about
    assert "Source of the data: here" in about
    assert "undecided, and in no table: 2" in about
    male = next(row for row in rows if (row["table"], row["sex"]) == ("sex", "Male"))
    assert (male["applicants"], male["selected"], male["selection_rate"], male["impact_ratio"]) == (
        "10", "3", "0.3", "1.0",
    )  # fmt: skip
    unknown = next(row for row in rows if row["race_ethnicity"] == "Unknown")
    assert (unknown["applicants"], unknown["impact_ratio"]) == ("10", "")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_audit(audited(), tmp_path / "no folder" / "audit.csv")
