"""A qualification as an Open Badge: what the standards ask for, and what it must not tell."""

import asyncio
import hashlib
import json
from typing import Any

import jsonschema
import pytest

from assessor.adapters.content import shipped_content
from assessor.domain import badge
from assessor.domain.errors import Conflict
from assessor.domain.library import Library
from assessor.domain.verdict import VerdictDocument
from tests.client.documents import verdict

SERVICE = "https://assess.example.org"
URI = {"type": "string", "pattern": "^https://"}
TYPES = {"type": "array", "items": {"type": "string"}, "minItems": 1}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}

# From the required fields of Open Badges 3.0 (appendix B) and of the VC data model 2.0 (section 4).
OPEN_BADGE: dict[str, Any] = {
    "type": "object",
    "required": ["@context", "id", "type", "issuer", "validFrom", "name", "credentialSubject"],
    "properties": {
        "@context": {
            "type": "array",
            "prefixItems": [
                {"const": "https://www.w3.org/ns/credentials/v2"},
                {"type": "string", "pattern": r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context-3"},
            ],
            "minItems": 2,
        },
        "id": URI,
        "type": {
            "allOf": [
                {"contains": {"const": "VerifiableCredential"}},
                {"contains": {"const": "OpenBadgeCredential"}},
            ]
        },
        "name": {"type": "string"},
        "issuer": {
            "type": "object",
            "required": ["id", "type"],
            "properties": {"id": URI, "type": {"contains": {"const": "Profile"}}, "url": URI},
        },
        "validFrom": TIME,
        "validUntil": TIME,
        "credentialStatus": {"type": "object", "required": ["id", "type"], "properties": {"id": URI}},
        "credentialSubject": {
            "type": "object",
            "required": ["type", "achievement"],
            "anyOf": [{"required": ["id"]}, {"required": ["identifier"]}],
            "properties": {
                "type": {"contains": {"const": "AchievementSubject"}},
                "identifier": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["type", "hashed", "identityHash", "identityType"],
                        "properties": {
                            "type": {"const": "IdentityObject"},
                            "hashed": {"type": "boolean"},
                            "identityHash": {"type": "string", "pattern": r"^sha256\$[0-9a-f]{64}$"},
                            "identityType": {"const": "systemId"},
                            "salt": {"type": "string"},
                        },
                    },
                },
                "achievement": {
                    "type": "object",
                    "required": ["id", "type", "criteria", "description", "name"],
                    "properties": {
                        "id": URI,
                        "type": {"contains": {"const": "Achievement"}},
                        "achievementType": {"const": "Assessment"},
                        "criteria": {"type": "object", "required": ["narrative"]},
                    },
                },
            },
        },
        "iss": URI,
        "jti": URI,
        "nbf": {"type": "integer"},
        "exp": {"type": "integer"},
    },
}


def document(**changed: Any) -> VerdictDocument:
    full = verdict(
        basis={"raters": ["rule"], "judges": [], "keys": "authored", "cut": "authored"},
        evidence=[],
        counterfactual={"kind": "reached", "needs": [], "points": 21.5, "text": "It lies above the line."},
        hashes=dict.fromkeys(("form", "bank", "rubrics", "prompts", "log_head"), "0" * 64),
        **changed,
    )
    return VerdictDocument.model_validate_json(json.dumps(full))


@pytest.fixture(scope="module")
def python_library() -> Library:
    return asyncio.run(shipped_content().library())


@pytest.fixture
def made(python_library: Library) -> dict[str, Any]:
    return badge.badge(document(), python_library.track("python"), SERVICE)


def test_a_badge_has_what_the_standards_require(made: dict[str, Any]) -> None:
    jsonschema.validate(made, OPEN_BADGE, cls=jsonschema.Draft202012Validator)


def test_the_claims_of_the_token_say_what_the_credential_says(made: dict[str, Any]) -> None:
    assert made["iss"] == made["issuer"]["id"]
    assert made["jti"] == made["id"]
    assert (made["nbf"], made["validFrom"]) == (1795253415, "2026-11-21T09:30:15Z")
    assert (made["exp"], made["validUntil"]) == (1826789415, "2027-11-21T09:30:15Z")


def test_a_badge_tells_neither_the_reference_nor_the_score_nor_the_platform(made: dict[str, Any]) -> None:
    said = json.dumps(made)

    for secret in ("applicant-4711", "81.5", "acme"):
        assert secret not in said


def test_who_knows_the_reference_can_check_whose_badge_it_is(made: dict[str, Any]) -> None:
    (identity,) = made["credentialSubject"]["identifier"]

    digest = hashlib.sha256(("applicant-4711" + identity["salt"]).encode()).hexdigest()

    assert identity["identityHash"] == f"sha256${digest}"


def test_two_badges_of_one_person_do_not_show_it(python_library: Library) -> None:
    track = python_library.track("python")

    one, other = (badge.badge(document(id=name), track, SERVICE) for name in ("ver_1", "ver_2"))

    assert one["credentialSubject"]["identifier"] != other["credentialSubject"]["identifier"]


def test_a_badge_that_counts_has_the_name_of_its_track(made: dict[str, Any], python_library: Library) -> None:
    assert made["name"] == python_library.track("python").title
    assert made["issuer"]["id"] == f"{SERVICE}/badges/issuer"


def test_a_demonstrations_badge_is_of_another_issuer_and_says_so(python_library: Library) -> None:
    made = badge.badge(document(livemode=False), python_library.track("python"), SERVICE)

    assert made["name"].startswith("Demonstration, counts for nobody")
    assert made["issuer"]["id"] == f"{SERVICE}/badges/demonstration-issuer"


@pytest.mark.parametrize("decision", ["not_qualified", "needs_review", "inconclusive"])
def test_only_qualified_gives_a_badge(python_library: Library, decision: str) -> None:
    with pytest.raises(Conflict, match="gives no badge"):
        badge.badge(document(decision=decision), python_library.track("python"), SERVICE)


def test_the_list_of_a_badge_names_it_only_when_it_holds_no_more() -> None:
    held = badge.revocations(document(), SERVICE, None)
    ended = badge.revocations(document(), SERVICE, "It was revoked.")

    assert held["revokedCredential"] == []
    assert ended["revokedCredential"] == [
        {"id": f"{SERVICE}/badges/asm_1/ver_1", "revoked": True, "revocationReason": "It was revoked."}
    ]
    assert ended["id"] == f"{SERVICE}/badges/asm_1/ver_1/status"
