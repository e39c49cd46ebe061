"""What is not the same, field by field."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assessor.domain.errors import AssessorError
from assessor.domain.events import VerdictIssued
from assessor.domain.score import Score
from assessor.domain.value import canonical
from assessor.domain.verdict import read_verdict
from assessor.ports import StoredVerdict

SHOWN_CHARS = 80

Opened = Callable[[str], bytes]
"""From a JWS to the bytes that were signed. Raises DocumentRefused."""

Field = tuple[str, str, str]
"""Its name, what is recorded, and what was worked out again."""


@dataclass(frozen=True)
class Difference:
    """One field in which what the log holds is not what follows from it."""

    seq: int
    what: str
    """The event's type and what it is about."""
    field: str
    recorded: str
    recomputed: str

    def __str__(self) -> str:
        return (
            f"event {self.seq}, {self.what}: {self.field} is {self.recorded} in the log, "
            f"and {self.recomputed} when worked out again"
        )


def in_scores(seq: int, recorded: Sequence[Score], recomputed: Sequence[Score]) -> Iterator[Difference]:
    """Yield where two lists of scores of one item differ. Their order does not matter."""
    before, after = ({score.criterion: score for score in scores} for scores in (recorded, recomputed))
    for criterion in dict.fromkeys((*before, *after)):
        was, is_now = before.get(criterion), after.get(criterion)
        what = f"response.scored of {(was or after[criterion]).item_id}"
        if was is None or is_now is None:
            yield Difference(seq, what, criterion, _presence(was), _presence(is_now))
            continue
        for place, old, new in paths(was.model_dump(mode="json"), is_now.model_dump(mode="json")):
            yield Difference(seq, what, f"{criterion}.{place}", shown(old), shown(new))


def in_verdict(
    fact: VerdictIssued, again: VerdictIssued, payload: bytes, opened: Opened, row: StoredVerdict | None
) -> Iterator[Field]:
    """Yield where a verdict differs as it was signed, as it is in the log, and as it is served.

    `payload` are the bytes of the verdict that was worked out again.
    """
    for name in ("verdict_id", "supersedes"):
        if getattr(fact, name) != getattr(again, name):
            yield name, shown(getattr(fact, name)), shown(getattr(again, name))
    yield from _as_signed(fact.jws, payload, opened)
    yield from _as_written("document", canonical(fact.document), payload)
    if row is None:
        yield "stored verdict", "missing", "there"
        return
    yield from _as_written("stored document", row.document, payload)
    if row.jws != fact.jws:
        yield "stored jws", "another one", "the one of the log"


def _as_signed(jws: str, payload: bytes, opened: Opened) -> Iterator[Field]:
    try:
        signed = opened(jws)
        read_verdict(signed)
    except AssessorError as refused:
        yield "signature", f"refused: {refused}", "ours"
        return
    yield from _as_written("signed document", signed, payload)


def _as_written(where: str, recorded: bytes, payload: bytes) -> Iterator[Field]:
    if recorded == payload:
        return
    found = list(paths(json.loads(recorded), json.loads(payload)))
    yield from ((f"{where}, {place}", shown(old), shown(new)) for place, old, new in found)
    if not found:
        yield f"{where}, bytes", _digest(recorded), _digest(payload)


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def paths(old: Any, new: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield the path of every leaf at which two JSON documents differ, with both values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from paths(old.get(key), new.get(key), f"{place}.{key}" if place else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (left, right) in enumerate(zip(old, new, strict=True)):
            yield from paths(left, right, f"{place}[{number}]")
    elif old != new:
        yield place, old, new


def shown(value: Any) -> str:
    """Write a value for people, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]} ..."


def _presence(score: Score | None) -> str:
    return "missing" if score is None else "there"
