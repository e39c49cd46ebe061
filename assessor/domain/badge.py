"""A qualification as an Open Badge: OpenBadgeCredential of Open Badges 3.0, in the Verifiable Credentials
Data Model 2.0.

https://www.imsglobal.org/spec/ob/v3p0/ and https://www.w3.org/TR/vc-data-model-2.0/. Its subject is a hash of
the platform's reference, salted with the verdict's id: whoever knows the reference can check whose it is, and
two badges of one person cannot be told to be of one person.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any, Final

from assessor.domain.errors import Conflict
from assessor.domain.track import Track
from assessor.domain.verdict import THRESHOLDS, VerdictDocument

CONTEXT: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
STATUS_METHOD: Final = "1EdTechRevocationList"


def credential_id(service: str, verdict: VerdictDocument) -> str:
    """Return the address that stands for a badge."""
    return f"{service}/badges/{verdict.assessment_id}/{verdict.id}"


def badge(verdict: VerdictDocument, track: Track, service: str) -> dict[str, Any]:
    """Write a verdict as a credential with the registered claims of a JWT beside it (section 8.2).

    `service` is the public address. Raises Conflict for a verdict that is not `qualified`.
    """
    if verdict.decision != "qualified":
        raise Conflict("This verdict gives no badge", "A badge comes with the decision `qualified`.")
    issuer, own = profile(service, livemode=verdict.livemode), credential_id(service, verdict)
    return {
        "@context": list(CONTEXT),
        "id": own,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": track.title if verdict.livemode else f"Demonstration, counts for nobody: {track.title}",
        "issuer": issuer,
        "validFrom": _time(verdict.issued_at),
        "validUntil": _time(verdict.valid_until),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [_identity(verdict)],
            "achievement": achievement(track, service),
        },
        "credentialStatus": {"id": f"{own}/status", "type": STATUS_METHOD},
        "iss": issuer["id"],
        "jti": own,
        "nbf": int(verdict.issued_at.timestamp()),
        "exp": int(verdict.valid_until.timestamp()),
    }


def profile(service: str, *, livemode: bool) -> dict[str, Any]:
    """Return who issues badges. A demonstration is another issuer, whom nobody need trust."""
    name = "Assessor" if livemode else "Assessor, a demonstration"
    path = "issuer" if livemode else "demonstration-issuer"
    return {"id": f"{service}/badges/{path}", "type": ["Profile"], "name": name, "url": service}


def achievement(track: Track, service: str) -> dict[str, Any]:
    """Return what a badge of this track is given for."""
    cut = round(THRESHOLDS.score_at_cut)
    return {
        "id": f"{service}/badges/achievements/{track.id}",
        "type": ["Achievement"],
        "achievementType": "Assessment",
        "name": track.title,
        "description": track.summary,
        "inLanguage": track.language,
        "criteria": {
            "narrative": (
                "An interview and sample tasks, scored by published rubrics. Qualified is who is, with high "
                f"probability or by a reviewer's decision, at or above {cut} on a scale from 0 to 100."
            )
        },
    }


def revocations(verdict: VerdictDocument, service: str, reason: str | None) -> dict[str, Any]:
    """Return the list that says whether a badge holds: empty when it does.

    1EdTech Revocation List Status Method 1.0, https://www.imsglobal.org/spec/vcrl/v1p0/, with one badge a
    list: a public list of all would tell who else was assessed.
    """
    own = credential_id(service, verdict)
    revoked = {"id": own, "revoked": True, "revocationReason": reason}
    return {
        "id": f"{own}/status",
        "issuer": profile(service, livemode=verdict.livemode)["id"],
        "revokedCredential": [revoked] if reason else [],
    }


def _identity(verdict: VerdictDocument) -> dict[str, Any]:
    digest = hashlib.sha256((verdict.candidate_ref + verdict.id).encode()).hexdigest()
    return {
        "type": "IdentityObject",
        "identityType": "systemId",
        "hashed": True,
        "identityHash": f"sha256${digest}",
        "salt": verdict.id,
    }


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
