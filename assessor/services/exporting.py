"""Exports: the decisions of a platform as a list, handed out while it is read."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from assessor.domain.audit_log import Action
from assessor.domain.errors import invalid
from assessor.domain.override import OverrideCode, counted_codes
from assessor.domain.text import accept_text
from assessor.domain.verdict import read_verdict
from assessor.ports import DecisionRow, ListPlace, Printout, Store, Typesetting, VerdictFilter
from assessor.services.auditing import Auditing, accepted_reason
from assessor.services.spreadsheet import Cell, csv_lines

PAGE: Final = 200
"""Rows that are in memory at a time, each with its signed document."""
MAX_TRACK_CHARS: Final = 200
MOST_PRINTED: Final = 5000
"""Decisions of a PDF, which is made in memory: some hundred pages, more than anybody prints."""
COLUMNS: Final = (
    "assessment_id",
    "candidate_ref",
    "track",
    "state",
    "decision",
    "decided_at",
    "composite",
    "level",
    "verdict_id",
    "verdict_status",
    "livemode",
    "simulated",
    "overrides",
)
WIDTHS: Final[Mapping[str, float]] = MappingProxyType(
    {"assessment_id": 2.6, "candidate_ref": 2.6, "decided_at": 1.8, "verdict_id": 2.6}
)
"""Of columns in print that are wider than the others, which have 1."""


class Format(StrEnum):
    """What a list can be written as."""

    CSV = "csv"
    JSONL = "jsonl"
    PDF = "pdf"


@dataclass(frozen=True)
class Wanted:
    """Which decisions are exported: of one track or all, decided from a moment on and before another."""

    format: str
    track: str | None = None
    since: datetime | None = None
    before: datetime | None = None


class Exporting:
    """Reads lists for people who take them out of the service."""

    def __init__(self, store: Store, auditing: Auditing, typesetting: Typesetting, page: int = PAGE) -> None:
        self._store = store
        self._auditing = auditing
        self._typesetting = typesetting
        self._page = page

    async def decisions(self, tenant: str, wanted: Wanted, *, by: str, reason: str) -> AsyncIterator[bytes]:
        """Record who takes the list and why, and return its pieces: a row an assessment that was decided.

        A row holds the verdict that no other has followed, live and test assessments alike. When this
        returns, the record is on disk, and nothing was read yet, but what is printed.

        Raises:
            InvalidInput: there is no such format, the days are none, the reason says too little, or the list
                is too long to be printed.
            NotFound: there is no such platform.
        """
        written = _format(wanted.format)
        why = accepted_reason(reason)
        if wanted.track is not None:
            accept_text("track", wanted.track, limit=MAX_TRACK_CHARS)
        if wanted.since and wanted.before and wanted.before <= wanted.since:
            raise invalid("to", "is before the first day", "Choose the same day, or a later one.")
        await self._store.tenant(tenant)
        await self._auditing.record(
            by, Action.LIST_EXPORTED, "", why, tenant=tenant, list="decisions", **_told(wanted)
        )
        if written is Format.PDF:
            return _at_once(await self._printed(tenant, wanted, by, why))
        return self._pieces(tenant, wanted, written)

    async def _printed(self, tenant: str, wanted: Wanted, by: str, why: str) -> bytes:
        rows: list[DecisionRow] = []
        async for page in self._pages(tenant, wanted):
            rows += page
            if len(rows) > MOST_PRINTED:
                raise invalid(
                    "format",
                    f"is pdf, and there are more than {MOST_PRINTED} decisions",
                    "Take fewer days or one track, or another format.",
                )
        about = [f"Taken by {by}. {why}", *(f"{name}: {value}" for name, value in _told(wanted).items())]
        printout = Printout(
            f"Decisions of {tenant}",
            [*about, f"{len(rows)} decisions; times are UTC."],
            [one.replace("_", " ") for one in COLUMNS],
            [WIDTHS.get(one, 1.0) for one in COLUMNS],
            [[_in_print(cell) for cell in _cells(row)] for row in rows],
        )
        # Typesetting is arithmetic of some seconds, which must not hold up other requests.
        return await asyncio.to_thread(self._typesetting.typeset, printout)

    async def _pieces(self, tenant: str, wanted: Wanted, written: Format) -> AsyncIterator[bytes]:
        if written is Format.CSV:
            yield csv_lines([COLUMNS]).encode()
        async for page in self._pages(tenant, wanted):
            yield _WRITERS[written](map(_cells, page)).encode()

    async def _pages(self, tenant: str, wanted: Wanted) -> AsyncIterator[Sequence[DecisionRow]]:
        for livemode in (True, False):
            of = VerdictFilter(
                tenant, livemode, track=wanted.track, issued_from=wanted.since, issued_before=wanted.before
            )
            place: ListPlace | None = None
            while rows := await self._store.decisions(of, place, self._page):
                yield rows
                place = ListPlace(rows[-1].decided_at, rows[-1].verdict_id)


Writer = Callable[[Iterable[Sequence[Cell]]], str]


async def _at_once(file: bytes) -> AsyncIterator[bytes]:
    yield file


def _in_print(cell: Cell) -> str:
    words: dict[Cell, str] = {None: "", True: "yes", False: "no"}
    return words[cell] if cell is None or isinstance(cell, bool) else str(cell)


def _as_jsonl(rows: Iterable[Sequence[Cell]]) -> str:
    return "".join(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n" for row in rows)


_WRITERS: Final[Mapping[Format, Writer]] = MappingProxyType({Format.CSV: csv_lines, Format.JSONL: _as_jsonl})


def _cells(row: DecisionRow) -> tuple[Cell, ...]:
    """Return a row in the order of `COLUMNS`."""
    return (
        row.assessment_id,
        row.candidate_ref,
        row.track,
        row.state,
        row.decision,
        row.decided_at.astimezone(UTC).isoformat(),
        read_verdict(row.document).score,
        row.level,
        row.verdict_id,
        row.verdict_status,
        row.livemode,
        row.simulated,
        _overrides(row),
    )


def _overrides(row: DecisionRow) -> str:
    """Return how often each code was given when a score was overridden; nothing where none was."""
    counts = counted_codes(map(OverrideCode, row.overrides or ()))
    return ", ".join(f"{code.value} {count}" for code, count in counts.items())


def _format(name: str) -> Format:
    if name not in list(Format):
        raise invalid("format", f"{name[:50]!r} is none", f"Use one of: {', '.join(Format)}.")
    return Format(name)


def _told(wanted: Wanted) -> dict[str, str]:
    """Return what the audit log says of the filters."""
    days = {"from": wanted.since, "before": wanted.before}
    told = {name: at.isoformat() for name, at in days.items() if at}
    return {"format": wanted.format, **({"track": wanted.track} if wanted.track else {}), **told}
