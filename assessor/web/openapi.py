"""How the OpenAPI document describes problems: one schema, and examples from the one table."""

from typing import Any, Final

from assessor.domain import errors as e
from assessor.domain.errors import AssessorError
from assessor.web.problems import MEDIA_TYPE, Kind, kind_of
from assessor.web.rates import RateLimited
from assessor.web.throttle import TooManyTries

Responses = dict[int | str, dict[str, Any]]

_FIELD_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["field", "problem", "remedy"],
    "properties": {
        "field": {"type": "string", "examples": ["track"]},
        "problem": {"type": "string", "examples": ["'pyton' is not a track"]},
        "remedy": {"type": "string", "examples": ["Use one of: python."]},
    },
}

_FAILING: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["part", "problem"],
    "properties": {"part": {"type": "string"}, "problem": {"type": "string"}},
}

PROBLEM: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "RFC 9457, with members of our own. `type` leads to a page that explains it.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is particular to this case, and the way out."},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "code": {"type": "string", "description": "Stable; the last part of `type`."},
        "request_id": {"type": "string", "description": "Also in `X-Request-Id`; name it when you ask us."},
        "errors": {"type": "array", "items": _FIELD_PROBLEM, "description": "With `invalid-input`."},
        "assessment_status": {"type": "string", "description": "With `verdict-not-ready`."},
        "stored": {"type": "object", "description": "With `stale-revision`: what is kept now."},
        "failing": {"type": "array", "items": _FAILING, "description": "With `not-ready`."},
    },
}


_MEMBERS: Final[dict[str, dict[str, Any]]] = {
    "invalid-input": {
        "errors": [{"field": "track", "problem": "'pyton' is not a track", "remedy": "Use one of: python."}]
    },
    "verdict-not-ready": {"assessment_status": "scoring"},
    "stale-revision": {"stored": {"revision": 3, "payload": {}}},
    "not-ready": {"failing": [{"part": "database", "problem": "cannot be reached (OperationalError)"}]},
}


RATE_HEADERS: Final[dict[str, Any]] = {
    "RateLimit": {
        "description": "How many requests the key has left (`r`), and in how many seconds it has all of "
        "them again (`t`).",
        "schema": {"type": "string", "examples": ['"key";r=499;t=1']},
    },
    "RateLimit-Policy": {
        "description": "How many requests may come at once (`q`), and in how many seconds as many flow "
        "back (`w`).",
        "schema": {"type": "string", "examples": ['"key";q=500;w=10']},
    },
}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Add what holds for all operations alike: the problems of layers around them, and rate headers."""
    document["components"]["schemas"].setdefault("Problem", PROBLEM)
    document["components"]["headers"] = RATE_HEADERS
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, response in _of_every(path, method, operation).items():
                _merge(operation["responses"], str(status), response)
            if path.startswith("/v1/"):
                for response in operation["responses"].values():
                    response["headers"] = {
                        name: {"$ref": f"#/components/headers/{name}"} for name in RATE_HEADERS
                    }
    return document


def _of_every(path: str, method: str, operation: dict[str, Any]) -> Responses:
    needs_key = "security" in operation and path.startswith("/v1/")
    kinds = [kind_of(RateLimited), kind_of(TooManyTries)] if needs_key else []
    if method == "post":
        kinds.append(kind_of(e.RequestUnderWay))
    if method in {"post", "patch", "put", "delete"}:
        kinds.append(kind_of(e.TooLarge))
    return told(*kinds)


def _merge(responses: dict[str, Any], status: str, more: dict[str, Any]) -> None:
    known = responses.setdefault(status, more)
    if known is more:
        return
    known["description"] = f"{known['description']}; {more['description']}"
    examples = known["content"][MEDIA_TYPE]["examples"]
    examples.update(more["content"][MEDIA_TYPE]["examples"])


def refuses(*errors: type[AssessorError]) -> Responses:
    """Describe the problems of an operation by their error classes."""
    return told(*map(kind_of, errors))


def told(*kinds: Kind) -> Responses:
    """Describe the problems of an operation; several with one status stand under it as examples."""
    responses: Responses = {}
    for kind in kinds:
        response = responses.setdefault(kind.status, _empty())
        response["description"] = "; ".join(filter(None, [response["description"], kind.title]))
        response["content"][MEDIA_TYPE]["examples"][kind.code] = {"value": _example(kind)}
    return responses


def _empty() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "", "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}


def _example(kind: Kind) -> dict[str, Any]:
    return {
        "type": f"https://assess.example.org/problems/{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.meaning,
        "instance": "/v1/assessments",
        "code": kind.code,
        "request_id": "req_0123456789abcdefghjkmnpqrs",
        **_MEMBERS.get(kind.code, {}),
    }
