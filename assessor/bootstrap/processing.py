"""The processing record and the data flow, put together from what the code says of itself."""

from collections.abc import Iterator
from typing import Any, Final

from assessor.adapters.store.processing import NOT_PERSONAL, PERSONAL
from assessor.domain.processing import FACTS, FLOWS, KINDS, STAYS_WORDS, Kind
from assessor.domain.retention import Retention
from assessor.domain.roles import HOLDERS, Role

BASIS: Final = "to be confirmed by the controller"
_HEAD: Final = """\
# What is kept of people, and where it goes

<!-- Written by `make docs` from assessor/domain/processing.py and assessor/adapters/store/processing.py. -->

A draft for the record of processing that a controller keeps. Purposes, terms and readers are what this
version of the code does, and tests hold the lists of tables and facts complete. The legal basis is the
controller's to find; this page states none. `assessor processing-record --json` has the same for machines;
[privacy.md](privacy.md) tells how deletion works. Templates for what is written around it:
[impact assessment](templates/impact-assessment.md),
[controller and processor](templates/controller-and-processor.md).
"""


def processing_record() -> dict[str, Any]:
    """Return the record as JSON types."""
    return {
        "kinds": [_document(kind) for kind in KINDS],
        "terms": {stays.value: words for stays, words in STAYS_WORDS.items()},
        "default_days": Retention().model_dump(mode="json"),
        "without_personal_data": dict(NOT_PERSONAL),
        "flows": [vars(flow) for flow in FLOWS],
    }


def _document(kind: Kind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "what": kind.what,
        "of": kind.of,
        "why": kind.why,
        "legal_basis": BASIS,
        "sensitive": kind.sensitive,
        "stays": kind.stays.value,
        "sealed": kind.sealed,
        "roles": [role.value for role in _roles(kind)],
        "told_to": list(kind.told_to),
        "tables": [table for table, held in PERSONAL.items() if kind in held],
        "facts": sorted(fact.model_fields["type"].default for fact, held in FACTS.items() if held is kind),
    }


def _roles(kind: Kind) -> Iterator[Role]:
    return (role for role in Role if any(role in HOLDERS[permission] for permission in kind.seen_by))


def processing_page() -> str:
    """Return docs/processing.md."""
    return "\n".join([_HEAD, *_kinds(), *_terms(), *_places(), *_flows(), ""])


def _kinds() -> Iterator[str]:
    record = processing_record()
    yield from (f"The legal basis of each: **{BASIS}**.", "", "## Kinds of personal data", "")
    yield "| Kind | What | Of whom | Why | Stays | Sealed | Who sees it |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for one in record["kinds"]:
        care = f" **Care:** {one['sensitive']}." if one["sensitive"] else ""
        readers = "; ".join([*one["told_to"], *([", ".join(one["roles"])] if one["roles"] else [])])
        sealed = "yes" if one["sealed"] else ""
        yield (
            f"| {one['name']} | {one['what']}{care} | {one['of']} | {one['why']} | {one['stays']} | {sealed} "
            f"| {readers or 'nobody'} |"
        )
    yield ""


def _terms() -> Iterator[str]:
    days = Retention()
    yield from ("*Sealed*: encrypted with the candidate's own data key. In the log everything is.", "")
    yield from ("## How long it stays", "", "| Class | Stays |", "| --- | --- |")
    for stays, words in STAYS_WORDS.items():
        yield f"| {stays.value} | {words} |"
    yield ""
    yield f"By default the term `work` is {days.work.most_days} days, and `result` {days.result.most_days}."
    yield ""


def _places() -> Iterator[str]:
    yield from ("## Where it is kept", "", "| Table | Kinds |", "| --- | --- |")
    for table, held in PERSONAL.items():
        told = "every kind of fact, below" if table == "event" else ", ".join(kind.name for kind in held)
        yield f"| `{table}` | {told} |"
    yield from ("", "| Kind | Facts of the log |", "| --- | --- |")
    for one in processing_record()["kinds"]:
        if one["facts"]:
            yield f"| {one['name']} | {', '.join(f'`{fact}`' for fact in one['facts'])} |"
    yield from ("", "Nothing about people is in these:", "", "| Table | What it holds |", "| --- | --- |")
    for table, words in NOT_PERSONAL.items():
        yield f"| `{table}` | {words} |"
    yield ""


def _flows() -> Iterator[str]:
    yield from ("## Where it goes", "", "| From | To | What | How |", "| --- | --- | --- | --- |")
    for flow in FLOWS:
        yield f"| {flow.start} | {flow.end} | {flow.what} | {flow.how} |"
    ends = list(dict.fromkeys(end for flow in FLOWS for end in (flow.start, flow.end)))
    yield from ("", "```mermaid", "flowchart LR")
    yield from (f'  n{number}["{end}"]' for number, end in enumerate(ends))
    yield from (f'  n{ends.index(flow.start)} -->|"{flow.what}"| n{ends.index(flow.end)}' for flow in FLOWS)
    yield "```"
