"""The plan as people read it: rows for a terminal, and docs/capacity.md."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from assessor.simulation.capacity.needs import CELL_PER_DAY, planned
from assessor.simulation.capacity.peak import PEAK_SHARE, PERCENT_BY_HOUR
from assessor.simulation.capacity.work import MEASURED, PRICES_FROM, Assumptions

SIZES: Final = (1_000, 100_000, 1_000_000)
BUSY: Final = (0.6, 0.9, 1.2)
BUSY_SIZE: Final = 50_000

_NEEDED: Final = {
    ("machines", "web_processes"): "Processes that serve, a core each",
    ("machines", "worker_processes"): "Workers, a core each",
    ("machines", "memory_gb"): "Memory of these, GB",
    ("machines", "database_cores"): "Cores of PostgreSQL",
    ("database", "gb"): "Database after the days that work is kept, GB",
    ("database", "commits_per_second"): "Commits a second at the peak",
    ("database", "connections"): "Connections to PostgreSQL at most",
    ("database", "shards"): "PostgreSQL servers, each with some of the platforms",
    ("database", "bound_by"): "What bounds one server first",
    ("model", "calls_per_second_at_peak"): "Calls to models a second at the peak",
    ("model", "million_tokens_per_day"): "Million tokens a day",
    ("model", "million_tokens_per_peak_minute"): "Million tokens a minute at the peak",
    ("model", "dollars_per_assessment"): "US dollars an assessment, for tokens",
    ("model", "dollars_per_day"): "US dollars a day, for tokens",
}
_WAITED: Final = {
    "processor_ms": "A turn or page, for a processor, ms",
    "model_ms": "A turn, for a place among the calls to models, ms",
    "scoring_s": "Work that was handed in, for a worker, s",
    "handed_in_to_scored_s": "From handing in to scored, s",
}


def rows(plans: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yield what each plan needs, and how long people wait in it, a row for each quantity."""
    for (part, name), title in _NEEDED.items():
        yield title, *(_shown(plan[part][name]) for plan in plans)
    yield (
        "Interviews at once, at most",
        *(_shown(plan["peak"]["interviews_at_once"]) for plan in plans),
    )
    for name, title in _WAITED.items():
        for rank in ("p50", "p95"):
            yield f"{title}: {rank}", *(_shown(plan["peak"][name][rank]) for plan in plans)


def markdown_page() -> str:
    """Return the text of docs/capacity.md."""
    plans = [planned(size) for size in SIZES]
    lines = [
        _HEAD,
        *_table(("", *(f"{size:,} a day" for size in SIZES)), rows(plans)),
        _READING,
        *_table(("", *(f"{share:.0%}" for share in BUSY)), _busy()),
        _MEASURED,
        *_table(
            ("Measured", "What", "Where"),
            ((_shown(one.value), one.unit, one.source) for one in MEASURED.values()),
        ),
        _ASSUMED,
        *_table(
            ("Assumption", "Default", "What"),
            (
                (f"`{name}`", _shown(field.default), field.description or "")
                for name, field in Assumptions.model_fields.items()
            ),
        ),
        _SHARDS,
    ]
    return "\n".join(lines)


def _busy() -> Iterator[tuple[str, ...]]:
    """Yield what is saved, and how long people wait, when machines have more to do."""
    plans = [planned(BUSY_SIZE, assumed=Assumptions(busy=share)) for share in BUSY]
    for name in ("web_processes", "worker_processes"):
        yield _NEEDED["machines", name], *(_shown(plan["machines"][name]) for plan in plans)
    for name, title in _WAITED.items():
        yield f"{title}: p95", *(_shown(plan["peak"][name]["p95"]) for plan in plans)


def _table(headings: Sequence[str], body: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"| {' | '.join('---' for _ in headings)} |"
    for row in body:
        yield f"| {' | '.join(row)} |"


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


_HEAD: Final = """\
# Capacity

<!-- Written by `make docs` from assessor/simulation/capacity/; change it there. -->

What an installation needs for so many assessments a day, computed from what one was measured to cost, with
the waiting of a morning simulated event by event. For a size of your own, with your own prices:

```
assessor simulate capacity --per-day 20000 --assume price_prompt=1 --assume price_completion=5 --json
```

The same `--seed` simulates the same morning.
"""

_READING: Final = f"""
Machines are for the busiest hour, in which {PEAK_SHARE:.0%} of a day's candidates begin, and there are two
of a kind at least, so that one may fail. A process uses one core. Most workers are there for their places:
each scores 16 assessments at once. With a judge that answers faster, fewer will do.

Waits are those of the busiest hour of a simulated morning. Beyond {CELL_PER_DAY:,} assessments a day an equal
part of the installation is simulated, which waits rather longer than the whole. The time that a model takes
to answer comes on top, and is the larger part of what a candidate notices.

## With fewer machines

The same morning at {BUSY_SIZE:,} a day, planned for so large a share of the machines to be in use in its
busiest hour; more than all of them is what an hour after a failure looks like:
"""

_MEASURED: Final = """
Nobody waits for minutes for a model, as the simulation has it where places are too few: waiting counts
against `ASSESSOR_MODEL_TIMEOUT_SECONDS`, after which the interviewer asks an authored question.

## What was measured
"""

_ASSUMED: Final = """
The processor's times are of the machine that [benchmarks.md](benchmarks.md) names; measure on yours with
`make bench`. How many simulated candidates one machine carried is not among them: try before you promise.

## What is assumed

Nobody has measured these for you. Give what you know with `--assume`.
"""

_SHARDS: Final = f"""
Prices are those of `{PRICES_FROM}` in litellm's price map, as an example; they say nothing about whether it
is fit to judge ([calibration.md](calibration.md)). Tokens that a provider's cache gives back cheaper are
counted in full. {sum(PERCENT_BY_HOUR)} candidates begin like this from hour to hour:
{", ".join(map(str, PERCENT_BY_HOUR))}.

## Where one PostgreSQL ends

One installation has one database. Where the table asks for more servers, run more installations and divide
the platforms (tenants) among them: nothing of ours refers from one platform to another, so each server with
its processes is whole. Reviewers, keys and webhooks belong to a platform and go with it, and so does the
address that candidates open. A platform that is too large for one server cannot be divided.

What bounds a server first can often be moved: fewer days of keeping for the size, fewer connections for each
process ([running.md](running.md#connections-and-time-limits)), faster disks for commits.
"""
