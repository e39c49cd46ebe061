"""What stands in a package: files by name, each of which follows from the log or is bound by it.

The log is there twice. `chain.jsonl` has what the database has, sealed, and for each event the key that opens
it alone: with it anybody sees that the facts of `log.jsonl` are those that the chain runs over.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.audit_log import AuditRecord
from assessor.domain.library import Library
from assessor.domain.value import canonical, content_hash
from assessor.ports import SealedEvent, StoredVerdict

README: Final = "README.txt"
MANIFEST: Final = "manifest.json"
CREATION: Final = "creation.json"
SIGNATURE: Final = "creation.jws"
ACCESS: Final = "access.jsonl"
LOG: Final = "log.jsonl"
CHAIN: Final = "chain.jsonl"
SUMMARY: Final = "assessment.json"
EXCHANGES: Final = "model-exchanges.jsonl"
FORM: Final = "form.json"
PROMPTS: Final = "prompts.json"
TRACK: Final = "bank/track.json"
BANK_HASHES: Final = "bank/hashes.json"
RUBRIC_HASHES: Final = "rubrics/hashes.json"
KEYS: Final = "keys.json"
STATUS: Final = "verdicts/status.json"

OF_ITS_MAKING: Final = frozenset({CREATION, SIGNATURE, ACCESS, KEYS})
"""Files that tell of one making of a package. All others are the same for the same assessment."""


def item_file(item_id: str) -> str:
    """Return where an item of the form stands."""
    return f"bank/items/{item_id}.json"


def rubric_file(rubric_id: str) -> str:
    """Return where a rubric stands."""
    return f"rubrics/{rubric_id}.json"


def verdict_file(verdict_id: str, ending: str) -> str:
    """Return where a verdict stands, as document (`json`) or signed (`jws`)."""
    return f"verdicts/{verdict_id}.{ending}"


def log_line(event: e.Event) -> dict[str, Any]:
    """Return one event as anybody can read it."""
    at = event.at.isoformat(timespec="microseconds")
    return {"seq": event.seq, "at": at, "hash": event.hash, "fact": event.fact.model_dump(mode="json")}


def chain_line(sealed: SealedEvent) -> dict[str, Any]:
    """Return one event as it is stored, with the key that opens it."""
    return {
        "seq": sealed.link.seq,
        "digest": sealed.link.digest,
        "redacted_by": sealed.link.redacted_by,
        "ciphertext": _base64(sealed.ciphertext),
        "key": _base64(sealed.key),
    }


def access_lines(records: Iterable[AuditRecord]) -> Iterator[dict[str, Any]]:
    """Yield who did what with the assessment, as the audit log has it."""
    for one in records:
        yield {
            "seq": one.seq,
            "at": one.at.isoformat(),
            "actor": one.actor,
            "action": one.action,
            "reason": one.reason,
            "detail": one.detail,
            "hash": one.hash,
        }


def from_log(assessment: Assessment, events: Sequence[e.Event]) -> dict[str, bytes]:
    """Return the files that say again what the log says. A check makes them anew and compares."""
    ordered = assessment.ordered
    summary = {
        "id": assessment.id,
        "tenant": ordered.tenant,
        "candidate_ref": ordered.candidate_ref,
        "track": ordered.track,
        "track_version": ordered.track_version,
        "livemode": ordered.livemode,
        "simulated": ordered.simulated,
        "status": assessment.status.value,
        "events": len(events),
        "head": events[-1].hash,
    }
    files = {
        SUMMARY: document(summary),
        EXCHANGES: lines(_exchanges(events)),
        LOG: lines(map(log_line, events)),
    }
    if assessment.drawn is not None:
        drawn, form = assessment.drawn, assessment.form
        files[FORM] = document(
            {
                "drawn": drawn.form.model_dump(mode="json"),
                "drawn_hash": drawn.form.hash,
                "as_answered": form.model_dump(mode="json"),
            }
        )
        hashes = {"drawn": drawn.prompts_hash}
        if assessment.rescored:
            hashes["scored_again"] = assessment.rescored.prompts_hash
        files[PROMPTS] = document(hashes)
    for fact in issued(events):
        files[verdict_file(fact.verdict_id, "json")] = canonical(fact.document)
        files[verdict_file(fact.verdict_id, "jws")] = fact.jws.encode()
    return files


def issued(events: Iterable[e.Event]) -> Iterator[e.VerdictIssued]:
    """Yield the verdicts of a log, oldest first."""
    yield from (event.fact for event in events if isinstance(event.fact, e.VerdictIssued))


def from_library(assessment: Assessment, library: Library) -> dict[str, bytes]:
    """Return track, items and rubrics that the form was drawn from, where they are still what they were."""
    if assessment.drawn is None:
        return {}
    if assessment.drawn.grading:
        library = library.with_rubrics(assessment.drawn.grading.rubrics)
    track = library.track(assessment.ordered.track)
    bank, rubrics = library.items[track.id], library.rubrics_for(track.id)
    files = {TRACK: canonical(track)}
    whole = {
        BANK_HASHES: ({name: item.hash for name, item in bank.items()}, assessment.drawn.bank_hash),
        RUBRIC_HASHES: ({name: one.hash for name, one in rubrics.items()}, assessment.drawn.rubrics_hash),
    }
    files |= {name: document(has) for name, (has, bound) in whole.items() if content_hash(has) == bound}
    places = {
        place.item_id: place for form in (assessment.drawn.form, assessment.form) for place in form.items
    }
    for place in places.values():
        item = bank.get(place.item_id)
        if item is None or item.hash != place.hash:
            continue
        files[item_file(item.id)] = canonical(item.hashed())
        if item.rubric and rubrics[item.rubric].hash == place.rubric_hash:
            files[rubric_file(item.rubric)] = canonical(rubrics[item.rubric])
    return files


def statuses(verdicts: Iterable[StoredVerdict]) -> bytes:
    """Return how each verdict stood; the signed bytes never change, so it stands beside them."""
    return document(
        {
            one.id: {
                "status": one.status,
                "superseded_by": one.superseded_by,
                "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
                "reason": one.revoked_because,
            }
            for one in verdicts
        }
    )


def hashes_hash(content: bytes) -> str:
    """Return the hash that a draw binds of a file of hashes."""
    return content_hash(json.loads(content))


def document(value: dict[str, Any]) -> bytes:
    """Write a document for people and programs: sorted, and one line for each part."""
    return (json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def line(value: Mapping[str, Any]) -> bytes:
    """Write one line of a file of lines. Numbers stay what they are, unlike in what is hashed or signed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def lines(documents: Iterable[Mapping[str, Any]]) -> bytes:
    """Write one document a line."""
    return b"".join(map(line, documents))


def unpacked(content: str | None) -> bytes | None:
    """Return bytes that `chain_line` wrote. Raises ValueError."""
    return None if content is None else base64.b64decode(content, validate=True)


def _base64(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode()


def _exchanges(events: Iterable[e.Event]) -> Iterator[dict[str, Any]]:
    for event in events:
        if isinstance(event.fact, e.ModelReplied):
            yield {"event": event.seq, **event.fact.model_dump(mode="json", exclude={"type"})}
