"""Documents as the service answers with them."""

from typing import Any

ORDERED: dict[str, Any] = {
    "id": "asm_1",
    "object": "assessment",
    "status": "ordered",
    "candidate_ref": "applicant-4711",
    "track": "python",
    "form": "full",
    "language": "en",
    "livemode": True,
    "created_at": "2026-11-21T09:30:15Z",
    "expires_at": "2026-12-05T09:30:15Z",
    "invite_url": "https://assess.example.org/c/token",
}
ASSESSMENT: dict[str, Any] = {
    name: ORDERED[name]
    for name in ("id", "object", "status", "candidate_ref", "track", "livemode", "created_at", "expires_at")
}


def verdict(**changed: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "schema_version": "1",
        "id": "ver_1",
        "object": "verdict",
        "livemode": True,
        "assessment_id": "asm_1",
        "candidate_ref": "applicant-4711",
        "tenant": "acme",
        "track": {"id": "python", "version": 1, "jurisdiction": None, "language": "en"},
        "decision": "qualified",
        "decided_by": "rule",
        "level": None,
        "score": 81.5,
        "interval": [66.0, 97.0],
        "probability_at_or_above_cut": 0.98,
        "competencies": [],
        "reasons": [],
        "next": {"actor": "none", "action": "none", "due_at": None},
        "identity": {"method": "none", "level": "none", "checked_at": None},
        "issued_at": "2026-11-21T09:30:15Z",
        "valid_until": "2027-11-21T09:30:15Z",
        "retake_after": None,
        "supersedes": None,
    }
    return document | changed


def served(document: dict[str, Any], status: str = "issued") -> dict[str, Any]:
    return {"status": status, "superseded_by": None, "document": document, "jws": "a.b.c"}
