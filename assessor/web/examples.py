"""Examples for every operation of the OpenAPI document, made from its schemas so that they cannot drift.

What a schema does not say, the words of `_WORDS` do, by the name of the field; a document without a schema
has its example in `_WHOLE`.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from assessor.domain.verdict.reasons import REASONS, ReasonCode
from assessor.web.openapi import told
from assessor.web.problems import MEDIA_TYPE as PROBLEM
from assessor.web.problems import UNEXPECTED

SIGNED: Final = frozenset({"application/jose", "application/vc+jwt"})
_DEEPEST: Final = 12

_JWS: Final = "eyJhbGciOiJFZDI1NTE5IiwidHlwIjoidmVyZGljdCtqd3QifQ.eyJvYmplY3QiOiJ2ZXJkaWN0In0.c2lnbmF0dXJl"
_AT: Final = "2026-11-21T09:30:15Z"
_TAIL: Final = "0123456789abcdefghjkmnpqrs"

VERDICT: Final[Mapping[str, Any]] = {
    "schema_version": "1",
    "id": f"ver_{_TAIL}",
    "object": "verdict",
    "livemode": True,
    "assessment_id": f"asm_{_TAIL}",
    "candidate_ref": "applicant-4711",
    "tenant": "acme",
    "track": {"id": "python", "version": 1, "jurisdiction": None, "language": "en"},
    "decision": "qualified",
    "decided_by": "rule",
    "level": None,
    "score": 78.4,
    "interval": [67.2, 89.6],
    "probability_at_or_above_cut": 0.987,
    "competencies": [
        {
            "id": "error_detection",
            "score": 81.0,
            "interval": [66.5, 95.5],
            "floor": None,
            "observations": 9,
            "unscored": 0,
        }
    ],
    "basis": {"raters": ["rule"], "judges": [], "keys": "authored", "cut": "authored"},
    "reasons": [{"code": ReasonCode.ABOVE_CUT.value, "text": REASONS[ReasonCode.ABOVE_CUT]}],
    "counterfactual": {
        "kind": "reached",
        "needs": [],
        "points": 18.4,
        "text": "The score lies 18 points above the line.",
    },
    "next": {"actor": "none", "action": "none", "due_at": None},
    "identity": {"method": "none", "level": "none", "checked_at": None},
    "evidence": [],
    "hashes": dict.fromkeys(("form", "bank", "rubrics", "prompts", "log_head"), "9f86d081884c7d65" * 4),
    "issued_at": _AT,
    "valid_until": "2027-11-21T09:30:15Z",
    "retake_after": None,
    "supersedes": None,
}

_WORDS: Final[Mapping[str, Any]] = {
    "assessment_id": f"asm_{_TAIL}",
    "candidate_ref": "applicant-4711",
    "description": "Finds what is wrong in a piece of work, and says why.",
    "endpoint_id": f"whe_{_TAIL}",
    "event_id": f"evt_{_TAIL}",
    "event_seq": 12,
    "form": "full",
    "http_status": 204,
    "invite_url": "https://assess.example.org/c/Zm9yLXRoZS1jYW5kaWRhdGUtb25seQ",
    "jws": _JWS,
    "language": "en",
    "languages": ["en"],
    "latency_ms": 48,
    "minutes": {"short": 20, "full": 45},
    "model": "provider/model-2026-10",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "self": f"/v1/assessments/asm_{_TAIL}",
    "expires_at": "2026-12-05T09:30:15Z",
    "simulated": False,
    "specialties": [],
    "reference": "kyc-2026-11-0815",
    "status": "ok",
    "subject": f"asm_{_TAIL}",
    "summary": "Reviews code that models wrote, and explains what is wrong with it.",
    "title": "Python",
    "track": "python",
    "transcript": f"/v1/assessments/asm_{_TAIL}/transcript",
    "url": "https://hooks.example.com/assessor",
    "verdict": f"/v1/assessments/asm_{_TAIL}/verdict",
    "verdict_id": f"ver_{_TAIL}",
    "verdicts": f"/v1/assessments/asm_{_TAIL}/verdicts",
}

_IDS: Final[Mapping[str, str]] = {
    "TrackResource": "python",
    "TrackCompetency": "error_detection",
    "assessment": f"asm_{_TAIL}",
    "calibration": f"cal_{_TAIL}",
    "webhook_delivery": f"whd_{_TAIL}",
    "webhook_endpoint": f"whe_{_TAIL}",
}
"""Ids by the name of the schema, or by what stands in `object`."""

_KEY: Final[dict[str, Any]] = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "kid": "kPrK_qmxVWaYVA9w",
    "use": "sig",
}
_ISSUER: Final[dict[str, Any]] = {
    "id": "https://assess.example.org/badges/issuer",
    "type": ["Profile"],
    "name": "Assessor",
    "url": "https://assess.example.org",
}

_WHOLE: Final[Mapping[str, Any]] = {
    "/v1/assessments/{assessment_id}/transcript": {
        "object": "transcript",
        "assessment_id": f"asm_{_TAIL}",
        "status": "decided",
        "turns": [
            {
                "seq": 4,
                "speaker": "interviewer",
                "kind": "core",
                "text": "Tell me about a fault that you found in somebody else's code.",
                "at": _AT,
            }
        ],
        "corrections": [],
        "summary_confirmed_at": None,
        "responses": [],
    },
    "/.well-known/jwks.json": {"keys": [_KEY]},
    "/badges/{assessment_id}/{verdict_id}/status": {
        "id": f"https://assess.example.org/badges/asm_{_TAIL}/ver_{_TAIL}/status",
        "issuer": "https://assess.example.org/badges/issuer",
        "revokedCredential": [],
    },
    "/badges/issuer": _ISSUER,
    "/badges/demonstration-issuer": _ISSUER
    | {
        "id": "https://assess.example.org/badges/demonstration-issuer",
        "name": "Assessor, a demonstration",
    },
    "/badges/achievements/{track_id}": {
        "id": "https://assess.example.org/badges/achievements/python",
        "type": ["Achievement"],
        "achievementType": "Assessment",
        "name": "Python",
        "description": "Reviews code that models wrote, and explains what is wrong with it.",
        "inLanguage": "en",
        "criteria": {"narrative": "An interview and sample tasks, scored by published rubrics."},
    },
    "/.well-known/keys/{key_id}": _KEY
    | {"kid": f"https://assess.example.org/.well-known/keys/{_KEY['kid']}", "alg": "EdDSA"},
    "/healthz": {"status": "alive"},
    "/readyz": {"status": "ready"},
}


def illustrate(document: dict[str, Any]) -> None:
    """Give every request, every answer and every problem of an OpenAPI document an example, in place.

    Faults of ours, which every call of the API may tell, are added here too.
    """
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path.startswith("/v1/"):
                operation["responses"].setdefault("500", told(UNEXPECTED)[UNEXPECTED.status])
            if "requestBody" in operation:
                _show(operation["requestBody"]["content"], path, schemas)
            operation["responses"] = deepcopy(operation["responses"])
            for response in operation["responses"].values():
                _show(response.get("content", {}), path, schemas)


def _show(content: dict[str, Any], path: str, schemas: Mapping[str, Any]) -> None:
    for media_type, shown in content.items():
        if media_type == PROBLEM:
            for example in shown["examples"].values():
                example["value"]["instance"] = path
        elif media_type in SIGNED:
            shown["examples"] = {"example": {"value": _JWS}}
        else:
            own = shown.setdefault("schema", {}).get("examples", [])
            value = own[0] if own else _WHOLE.get(path) or example_of(shown["schema"], schemas)
            shown.setdefault("examples", {"example": {"value": value}})


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """Return a value that fits a schema: its own example, a word for the field, or what its type allows."""
    if depth > _DEEPEST:
        return None
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        if name == "VerdictDocument":
            return VERDICT
        return example_of(schemas[name], schemas, name, depth + 1)
    given = [*schema.get("examples", ()), *schema.get("enum", ())]
    if given or "const" in schema:
        return given[0] if given else schema["const"]
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return _chosen(schema, choices, schemas, name, depth)
    return _typed(schema, schemas, name, depth)


def _typed(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, depth: int) -> Any:
    if schema.get("type") == "object":
        return _object(schema, schemas, name, depth)
    if name in _WORDS:
        return _WORDS[name]
    if schema.get("type") == "array":
        return _array(schema, schemas, name, depth)
    return schema["default"] if "default" in schema else _plain(schema)


def _chosen(
    schema: Mapping[str, Any],
    choices: list[dict[str, Any]],
    schemas: Mapping[str, Any],
    name: str,
    depth: int,
) -> Any:
    """What may be null is: that is the common case of such fields."""
    if any(choice.get("type") == "null" for choice in choices):
        return None
    return schema["default"] if "default" in schema else example_of(choices[0], schemas, name, depth + 1)


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, depth: int) -> Any:
    if "properties" not in schema:
        return _WORDS.get(name, {})
    properties = schema["properties"]
    known = _IDS.get(name) or _IDS.get(properties.get("object", {}).get("const", ""), f"id_{_TAIL}")
    return {
        field: known if field == "id" else example_of(inner, schemas, field, depth + 1)
        for field, inner in properties.items()
    }


def _array(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, depth: int) -> list[Any]:
    if "prefixItems" in schema:
        return [example_of(one, schemas, name, depth + 1) for one in schema["prefixItems"]]
    return [example_of(schema.get("items", {}), schemas, name.removesuffix("s"), depth + 1)]


def _plain(schema: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "string":
            return _AT if schema.get("format") == "date-time" else "text"
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return True
        case _:
            return {}
