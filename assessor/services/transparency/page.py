"""A page in sections, each with the source that asks for it, as Markdown and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Table:
    """Rows below their columns. Cells are text or numbers; None is shown as a dash."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]


@dataclass(frozen=True)
class Section:
    """One thing that is told."""

    id: str
    title: str
    source: str
    """What asks for it."""
    points: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Page:
    """A document."""

    title: str
    about: tuple[str, ...]
    """Paragraphs before the sections."""
    sections: tuple[Section, ...]
    sources: tuple[str, ...]
    """Where what is asked for stands."""


def markdown(page: Page) -> str:
    """Return the page for people."""
    return "\n".join(_lines(page))


def document(page: Page) -> dict[str, Any]:
    """Return the page for machines: JSON types, rows by their columns."""
    return {
        "title": page.title,
        "about": list(page.about),
        "sections": [
            {
                "id": one.id,
                "title": one.title,
                "source": one.source,
                "points": list(one.points),
                "tables": [[dict(zip(t.columns, row, strict=True)) for row in t.rows] for t in one.tables],
            }
            for one in page.sections
        ],
        "sources": list(page.sources),
    }


def _lines(page: Page) -> Iterator[str]:
    yield from (f"# {page.title}", "")
    for paragraph in page.about:
        yield from (paragraph, "")
    for one in page.sections:
        yield from (f"## {one.title}", "", f"*{one.source}*", "")
        if one.points:
            yield from (*(f"- {point}" for point in one.points), "")
        for table in one.tables:
            yield from (*_table(table.columns, table.rows), "")
    yield from ("## Sources", "", *(f"- {source}" for source in page.sources))


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    if not rows:
        yield f"{columns[0]}: none."
        return
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(value: object) -> str:
    return "–" if value is None else str(value).replace("|", r"\|").replace("\n", " ")
