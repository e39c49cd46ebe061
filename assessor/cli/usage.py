"""`usage`: what the model calls cost."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, print_table, settings
from assessor.ports import Usage

_GROUPS: dict[str, Callable[[Usage], str]] = {
    "model": lambda usage: usage.model,
    "purpose": lambda usage: usage.purpose,
    "assessment": lambda usage: usage.assessment_id or "none",
}
_SUMS = ("calls", "failed", "prompt_tokens", "cached_tokens", "completion_tokens", "cost", "unpriced")
_HEADINGS = ("Calls", "Failed", "Prompt tokens", "Cached", "Completion tokens", "US dollars", "Unpriced")
_MICRO = 1_000_000


@app.command()
def usage(as_json: Json = False) -> None:
    """Add up the calls to models, their tokens and their cost, by model, purpose and assessment."""
    rows = asyncio.run(_read())
    totals = {name: _totals(rows, group) for name, group in _GROUPS.items()}
    if as_json:
        print_json({"total": _sum(rows), **totals})
        return
    for name, groups in totals.items():
        cells = [(key, *_cells(sums)) for key, sums in groups.items()]
        print_table(f"Model calls by {name}", (name.capitalize(), *_HEADINGS), cells)


async def _read() -> Sequence[Usage]:
    from assessor.bootstrap import stored

    async with stored(settings()) as store:
        return await store.usage()


def _totals(rows: Sequence[Usage], group: Callable[[Usage], str]) -> dict[str, dict[str, Any]]:
    keys = sorted({group(row) for row in rows})
    return {key: _sum([row for row in rows if group(row) == key]) for key in keys}


def _sum(rows: Sequence[Usage]) -> dict[str, Any]:
    """Add up; `cost_usd` is exact to the millionth, and leaves out the calls that are `unpriced`."""
    sums = {name: sum(getattr(row, name) for row in rows) for name in _SUMS}
    return {"cost_usd" if name == "cost" else name: _shown(name, value) for name, value in sums.items()}


def _shown(name: str, value: int) -> int | float:
    return value / _MICRO if name == "cost" else value


def _cells(sums: dict[str, Any]) -> list[str]:
    return [f"{value:.6f}" if name == "cost_usd" else str(value) for name, value in sums.items()]
