"""A bias audit as a file: CSV, the tables one below the other, with where they are from at the top."""

import csv
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Final

from assessor.domain.errors import invalid
from assessor.domain.fairness import Audit, AuditRow

COLUMNS: Final = tuple(AuditRow.model_fields)


def write_audit(found: Audit, path: Path) -> None:
    """Write the file in place of what is there. Raises InvalidInput where that cannot be done."""
    try:
        path.write_text(audit_csv(found), "utf-8")
    except OSError as error:
        raise invalid("--csv", f"{path} cannot be written: {error.strerror}", "Give another file.") from None


def audit_csv(found: Audit) -> str:
    """Return the lines: rows whose table is `about`, then every category of every table."""
    text = StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({"table": "about", "note": line} for line in _about(found))
    writer.writerows(row.model_dump() for row in found.rows)
    return text.getvalue()


def _about(found: Audit) -> list[str]:
    asked = f"ordered from {_day(found.since, 'the beginning')} to before {_day(found.until, 'now')}"
    first, last = _day(found.first_ordered, "no day"), _day(found.last_ordered, "no day")
    days = f"the first on {first}, the last on {last}"
    return [
        f"Tool: assessment for the track {found.track}, used by {found.tenant}",
        f"Source of the data: {found.source}",
        f"Dates of the data: {asked}; {days}",
        f"Applicants: {found.applicants}; selected: {found.selected}",
        f"Assessed but undecided, and in no table: {found.undecided}",
        f"Median score: {'none' if found.median_score is None else found.median_score}",
    ]


def _day(moment: datetime | None, otherwise: str) -> str:
    return otherwise if moment is None else moment.date().isoformat()
