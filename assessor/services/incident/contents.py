"""What stands in the file of an incident: ids, states, hashes and times, and no word of a candidate."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from assessor.domain import events as e
from assessor.domain.assessment import Projection
from assessor.domain.audit_log import AuditRecord
from assessor.domain.incident import TOLD, told
from assessor.domain.pilot import StageChange
from assessor.ports import Entry, StoredVerdict

README: Final = "README.txt"
INCIDENT: Final = "incident.json"
AFFECTED: Final = "affected.jsonl"
TIMELINE: Final = "timeline.jsonl"
ACTS: Final = "acts.jsonl"
MEASURES: Final = "measures.json"
CREATION: Final = "creation.json"
SIGNATURE: Final = "creation.jws"
KEYS: Final = "keys.json"

TEXT: Final = b"""\
AN INCIDENT, AS A FILE THAT ANYBODY CAN CHECK

What this is
  What happened to assessments over a time: which were affected, what their verdicts say and whether
  they still hold, what the service recorded, and what people did about it. It holds ids, states,
  hashes and times. What candidates wrote is not in it, nor what was said to them, nor any score;
  their references at a platform stand in it only where whoever made it asked for them.

What is in it
  incident.json   what it is about, what happened and what was done, in the words of whoever reports it
  affected.jsonl  each assessment that it concerns, with all its verdicts and what made them
  timeline.jsonl  what the logs of those assessments say, in the order of time, with each event's hash
  acts.jsonl      what people did in that time or to those assessments, from the audit log, without
                  the reasons that they gave
  measures.json   stages of pilots that changed, calibrations that were made or stopped in that time
  creation.json   who made this file, when, and the SHA-256 of every other one; creation.jws signs it
  keys.json       the public keys of the service

How to check it
  assessor audit verify FILE --key-set keys-of-the-service.json

  Fetch the keys of the service yourself, from its address /.well-known/jwks.json. To look into a
  single assessment, ask for its audit package: the hashes here are those of its chain.
"""


def affected_line(
    row: Projection, verdicts: Sequence[StoredVerdict], *, with_reference: bool
) -> dict[str, Any]:
    """Return one assessment with its verdicts, oldest first."""
    found = {
        "assessment_id": row.id,
        "tenant": row.tenant,
        "track": row.track,
        "status": row.status.value,
        "livemode": row.livemode,
        "simulated": row.simulated,
        "erased": row.erased_at is not None,
        "verdicts": [verdict_line(one) for one in verdicts],
    }
    return {**found, "candidate_ref": row.candidate_ref} if with_reference else found


def verdict_line(one: StoredVerdict) -> dict[str, Any]:
    """Return one verdict: what it says, whether it holds, and what made it.

    What a damaged document does not say is left empty: an incident may be about that.
    """
    said = json.loads(one.document)
    return {
        "id": one.id,
        "status": one.status,
        "superseded_by": one.superseded_by,
        "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
        "revoked_because": one.revoked_because,
        **{name: said.get(name) for name in ("issued_at", "decision", "decided_by", "hashes")},
        "judges": said.get("basis", {}).get("judges", []),
    }


def timeline_lines(events: Iterable[e.Event]) -> list[dict[str, Any]]:
    """Return what is told of these events."""
    return [
        {
            "at": event.at.isoformat(timespec="microseconds"),
            "assessment_id": event.assessment_id,
            "seq": event.seq,
            "type": event.fact.type,
            "hash": event.hash,
            **told(event.fact),
        }
        for event in events
        if type(event.fact) in TOLD
    ]


def act_line(record: AuditRecord) -> dict[str, Any]:
    """Return one act. Its reason may name somebody, and stays where it is."""
    return {
        "seq": record.seq,
        "at": record.at.isoformat(),
        "tenant": record.tenant,
        "actor": record.actor,
        "action": record.action,
        "subject": record.subject,
        "hash": record.hash,
    }


def measures(stages: Iterable[StageChange], calibrations: Iterable[Entry]) -> dict[str, Any]:
    """Return what changed who may decide."""
    return {
        "stages": [one.model_dump(mode="json") for one in stages],
        "calibrations": [
            {
                "id": one.calibration.id,
                "model": one.calibration.model,
                "prompts_hash": one.calibration.prompts_hash,
                "family": str(one.calibration.family),
                "language": one.calibration.language,
                "grade": one.calibration.grade.value,
                "measured_at": one.calibration.measured_at.isoformat(),
                "stopped_at": one.stopped.at.isoformat() if one.stopped else None,
            }
            for one in calibrations
        ],
    }
