"""Tables: what was measured, the ratio to a baseline of the same run, the target, and whether it is met."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal

_SECTION: Final = "## "
VERSIONS: Final = ("fastapi", "uvicorn", "langgraph", "litellm", "sqlalchemy", "pydantic", "dbos", "httpx")


@dataclass(frozen=True)
class Target:
    """A bound that a figure is held against. `most` or `least` is in the figure's own unit."""

    figure: str
    value: float
    bound: float
    kind: Literal["most", "least"]

    @property
    def is_met(self) -> bool:
        """Whether the figure keeps within the bound."""
        return self.value <= self.bound if self.kind == "most" else self.value >= self.bound

    def __str__(self) -> str:
        sign = "<=" if self.kind == "most" else ">="
        met = "met" if self.is_met else "NOT MET"
        return f"{self.figure}: {short(self.value)}, target {sign} {short(self.bound)}: {met}"


@dataclass(frozen=True)
class Report:
    """One benchmark: a table, its targets, and what a reader has to know."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | float]]
    targets: Sequence[Target] = ()
    notes: Sequence[str] = field(default_factory=list)
    figures: Mapping[str, Any] | None = None
    """What a program reads, where that is more than the table."""

    def as_json(self) -> dict[str, Any]:
        """Return the same as plain data."""
        return {
            "name": self.name,
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
            "targets": [vars(target) | {"is_met": target.is_met} for target in self.targets],
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        head = [
            f"{_SECTION}{self.title}",
            "",
            table_row(self.columns),
            table_row(["---"] * len(self.columns)),
        ]
        rows = [table_row([short(cell) for cell in row]) for row in self.rows]
        targets = [f"- {target}" for target in self.targets]
        notes = [f"- {note}" for note in self.notes]
        return "\n".join([*head, *rows, "", *targets, *notes, ""])


def at_most(figure: str, value: float, bound: float) -> Target:
    """Hold a figure against an upper bound."""
    return Target(figure, value, bound, "most")


def at_least(figure: str, value: float, bound: float) -> Target:
    """Hold a figure against a lower bound."""
    return Target(figure, value, bound, "least")


def document(reports: Sequence[Report], peers: Sequence[str]) -> str:
    """Return the text of docs/benchmarks.md."""
    ours = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    head = [
        "# Benchmarks",
        "",
        "<!-- Written by `make bench`; run it again rather than edit this page. -->",
        "",
        "What the service costs beside what others cost, on one machine in one run. Times of a shared",
        "machine mean nothing by themselves: read the counts, the CPU for each unit of work, the bytes, and",
        "the ratios. The provider is a fake one that answers at once, so what is measured is the software",
        "around it.",
        "",
        f"- Date: {datetime.now(UTC):%Y-%m-%d}",
        f"- Machine: {machine()}",
        f"- Ours: assessor {version('assessor')}, Python {platform.python_version()}, {ours}",
        *(f"- {peer}" for peer in peers),
        "",
    ]
    return "\n".join([*head, *map(str, reports)])


def updated(page: str, reports: Sequence[Report]) -> str:
    """Return a page with the sections of these reports in place of their former ones, or at the end."""
    head, *rest = page.rstrip("\n").split(f"\n{_SECTION}")
    sections = {section.partition("\n")[0]: f"{_SECTION}{section.rstrip()}\n" for section in rest}
    when = f"Measured by itself on {datetime.now(UTC):%Y-%m-%d}, with {machine()}."
    for report in reports:
        sections[report.title] = str(replace(report, notes=[*report.notes, when]))
    return "\n".join([head, *sections.values()])


def machine() -> str:
    """Describe the processor and the system in a few words."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    return f"{os.cpu_count()} cores of {model}, {platform.system()}"


def table_row(cells: Sequence[str]) -> str:
    """Return a line of a table."""
    return f"| {' | '.join(cells)} |"


def short(value: str | float) -> str:
    """Return a cell as people read it."""
    if isinstance(value, str):
        return value
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
