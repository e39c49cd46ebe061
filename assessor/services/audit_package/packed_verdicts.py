"""What a verdict binds: the signature, the head of the log, form, bank, rubrics and prompts."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, replay
from assessor.domain.errors import DocumentRefused
from assessor.domain.value import canonical, content_hash
from assessor.domain.verdict import read_verdict
from assessor.services.audit_package import contents as c
from assessor.services.audit_package.archive import Finding

_BOUND: Final = ("form", "bank", "rubrics", "prompts")


def bound_hashes(
    assessment: Assessment, events: Sequence[e.Event], files: Mapping[str, bytes]
) -> Iterator[Finding]:
    """Yield what is not what the log says that the form was drawn from."""
    drawn = assessment.drawn
    if drawn is None:
        return
    at = next(event.seq for event in events if isinstance(event.fact, e.FormDrawn))
    for name, bound in ((c.BANK_HASHES, drawn.bank_hash), (c.RUBRIC_HASHES, drawn.rubrics_hash)):
        if name in files and c.hashes_hash(files[name]) != bound:
            yield Finding(name, "is not the set that the form was drawn from", at)
    places = {one.item_id: one for form in (drawn.form, assessment.form) for one in form.items}
    for place in places.values():
        name = c.item_file(place.item_id)
        if name not in files:
            continue
        if _hash_of(files[name]) != place.hash:
            yield Finding(name, "is not the item that was drawn", at)
        rubric = json.loads(files[name]).get("rubric")
        name = c.rubric_file(str(rubric))
        if rubric and name in files and _hash_of(files[name]) != place.rubric_hash:
            yield Finding(name, "is not the rubric that was drawn", at)


def _hash_of(content: bytes) -> str:
    """Return the content hash of a document as it stands: not by this version's idea of its fields."""
    document = json.loads(content)
    return content_hash(document) if canonical(document) == content else "not canonical"


def verdict_findings(
    events: Sequence[e.Event], files: Mapping[str, bytes], opened: Callable[[str], bytes]
) -> Iterator[Finding]:
    """Yield what does not fit of each verdict: its signature, its document, and what it names."""
    for event in events:
        if isinstance(event.fact, e.VerdictIssued):
            yield from _of_one(event, event.fact, events, files, opened)
    yield from _statuses(events, files)


def _of_one(
    event: e.Event,
    fact: e.VerdictIssued,
    events: Sequence[e.Event],
    files: Mapping[str, bytes],
    opened: Callable[[str], bytes],
) -> Iterator[Finding]:
    signed, plain = (c.verdict_file(fact.verdict_id, ending) for ending in ("jws", "json"))
    try:
        payload = opened(files[signed].decode("ascii"))
        document = read_verdict(payload)
    except (DocumentRefused, UnicodeDecodeError, KeyError) as refused:
        yield Finding(signed, str(refused), event.seq)
        return
    if payload != files.get(plain):
        yield Finding(plain, f"is not what is signed in {signed}", event.seq)
    if (document.id, document.assessment_id) != (fact.verdict_id, event.assessment_id):
        yield Finding(signed, "is a verdict of something else", event.seq)
    if document.hashes.log_head not in _heads_before(event, events):
        yield Finding(signed, "names another head of the log than the event before it", event.seq)
    before = replay(event.assessment_id, events[: event.seq - 1])
    for name, bound in _bound_by(before).items():
        if getattr(document.hashes, name) != bound:
            yield Finding(signed, f"names another hash of the {name} than the log", event.seq)


def _heads_before(event: e.Event, events: Sequence[e.Event]) -> set[str]:
    """Return the heads that a verdict can have been made from: of the event before it, and of those before
    that were written in the same moment as the verdict."""
    heads = set()
    for earlier in reversed(events[: event.seq - 1]):
        heads.add(earlier.hash)
        if earlier.at != event.at:
            break
    return heads


def _bound_by(before: Assessment) -> dict[str, Any]:
    drawn, scored_by = before.drawn, before.rescored or before.drawn
    if drawn is None or scored_by is None:
        return dict.fromkeys(_BOUND)
    values = (drawn.form.hash, drawn.bank_hash, scored_by.rubrics_hash, scored_by.prompts_hash)
    return dict(zip(_BOUND, values, strict=True))


def _statuses(events: Sequence[e.Event], files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Yield what the file of statuses says otherwise than the log."""
    said = json.loads(files[c.STATUS])
    issued = [fact.verdict_id for fact in c.issued(events)]
    revoked = {event.fact.verdict_id for event in events if isinstance(event.fact, e.VerdictRevoked)}
    for place, verdict_id in enumerate(issued):
        follows = issued[place + 1] if place + 1 < len(issued) else None
        status = "revoked" if verdict_id in revoked else "superseded" if follows else "issued"
        one = said.get(verdict_id, {})
        if (one.get("status"), one.get("superseded_by")) != (status, follows):
            yield Finding(c.STATUS, f"says otherwise of {verdict_id} than the log")
