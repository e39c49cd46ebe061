"""Every HTTP status: the one table from error to status, and problems as RFC 9457 writes them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from fastapi import Request, Response

from assessor.domain import errors as e
from assessor.domain.errors import AssessorError
from assessor.web.edits import IfMatchMissing
from assessor.web.pages import render
from assessor.web.rates import RateLimited
from assessor.web.throttle import TooManyTries

LEAST_PAUSE_SECONDS: Final = 5
"""After which a page that could not be shown is asked for again by itself."""
MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One type of problem. `code` is stable; `meaning` is for the page that explains it."""

    code: str
    status: int
    title: str
    meaning: str


@dataclass(frozen=True)
class Problem:
    """A problem that happened: its kind, what is particular to it, and what goes into the headers."""

    kind: Kind
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


UNEXPECTED = Kind(
    "unexpected",
    500,
    "A fault of ours",
    "Something failed that should not have. What was acknowledged before is kept. Send the request again; "
    "if it fails again, tell us the request id.",
)
CROSS_ORIGIN = Kind(
    "cross-origin",
    403,
    "Not sent from a page of this service",
    "Requests that change something are taken only from the service's own pages, so that no other site can "
    "act in your name. Open the page on this service and try again.",
)
UNKNOWN_ADDRESS = Kind(
    "unknown-address",
    404,
    "No such page",
    "Nothing is served at this address. Check it for typing errors, or begin at the link you were given.",
)
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed",
    405,
    "Method not allowed",
    "The address exists, but not for this HTTP method. The `Allow` header names those that work.",
)
NOT_READY = Kind(
    "not-ready",
    503,
    "Not ready",
    "The process lives, but cannot serve: `failing` names each part that cannot be used.",
)

_INVALID = Kind(
    "invalid-input",
    422,
    "Something in the request is wrong",
    "`errors` names each field, what is wrong with it, and what would be right. Nothing was stored.",
)
_TOO_LARGE = Kind(
    "too-large",
    413,
    "Too large",
    "The request, or one of its texts, is longer than the stated limit. Nothing was stored.",
)

BY_ERROR: Final[Mapping[type[AssessorError], Kind]] = MappingProxyType(
    {
        AssessorError: UNEXPECTED,
        e.InvalidInput: _INVALID,
        e.Unauthenticated: Kind(
            "unauthenticated",
            401,
            "Sign in first",
            "The request carries no valid key or session. Platforms send `Authorization: Bearer <key>`; "
            "people open their link or sign in.",
        ),
        e.Forbidden: Kind(
            "forbidden",
            403,
            "Not allowed",
            "The caller is known, but lacks the scope or role that this needs. Ask for a key that has "
            "it; among those who review, an admin gives roles.",
        ),
        e.NotTrained: Kind(
            "not-trained",
            403,
            "Train first",
            "Whoever scores people in a track first scores answers there whose scores are known. The page "
            "`/review/training` leads through it, and an admin can waive it.",
        ),
        e.NotFound: Kind(
            "not-found",
            404,
            "Not found",
            "There is no such thing for this caller. Whether it exists elsewhere is not told.",
        ),
        e.VerdictNotReady: Kind(
            "verdict-not-ready",
            404,
            "No verdict yet",
            "The assessment has no verdict yet. `assessment_status` says where it stands, and `Retry-After` "
            "when to ask again.",
        ),
        e.Conflict: Kind(
            "conflict",
            409,
            "Not possible at this moment",
            "The request is right in itself, but does not fit what happened meanwhile. The detail says how "
            "to go on.",
        ),
        e.IllegalTransition: Kind(
            "illegal-transition",
            409,
            "Not possible in this state",
            "The state of the assessment does not allow this step. The detail says what is possible.",
        ),
        e.StaleRevision: Kind(
            "stale-revision",
            409,
            "Saved elsewhere meanwhile",
            "Another window saved this draft in between. `stored` holds what is kept now; choose, and save "
            "again on top of that revision.",
        ),
        e.SequenceTaken: Kind(
            "sequence-taken",
            409,
            "Written elsewhere meanwhile",
            "Another request was written first. Send this one again; nothing was lost.",
        ),
        e.RetakeTooEarly: Kind(
            "retake-too-early",
            409,
            "Another attempt is not possible yet",
            "The track's retake policy does not allow this candidate another attempt now. `because` says why "
            "(`under_way`, `cool_down` or `attempts_used`), `possible_from` from when it does, and "
            "`assessment_id` which attempt is still under way. A reason in `waive_retake_policy` orders "
            "nevertheless, and is recorded.",
        ),
        e.RequestUnderWay: Kind(
            "request-under-way",
            409,
            "The same request is under way",
            "A request with this `Idempotency-Key` was sent and has no answer yet. Send it again as it is "
            "after `Retry-After` seconds, and you get the answer.",
        ),
        e.StaleEdit: Kind(
            "stale-edit",
            412,
            "Changed since you read it",
            "The `If-Match` that was sent names an older state. Read the thing again, and send the change "
            "with its new `ETag`.",
        ),
        e.LeaseHeld: Kind(
            "lease-held",
            412,
            "Another reviewer has it",
            "Another reviewer has this case in hand. Nothing was stored, and nothing that they did is lost.",
        ),
        IfMatchMissing: Kind(
            "if-match-required",
            428,
            "Say what you edit",
            "An edit has to name the state that it was made on. Send the `ETag` that you read as `If-Match`, "
            "or `If-Match: *` to change whatever stands there now.",
        ),
        e.Gone: Kind(
            "gone",
            410,
            "No longer valid",
            "This was valid once: a link that was used or ran out, or a session that has ended. The detail "
            "says how to go on.",
        ),
        e.Erased: Kind(
            "erased",
            410,
            "Erased",
            "The candidate's data was erased: at their wish, at the operator's, or because its term was "
            "over. Nobody can read any more what they wrote. A verdict stays readable by its id and by its "
            "assessment until its own term is over, and its signature holds.",
        ),
        e.TooLarge: _TOO_LARGE,
        e.LibraryInvalid: Kind(
            "library-invalid",
            503,
            "The question library has errors",
            "The service found errors in its question banks or rubrics and does not serve until they are "
            "corrected. `assessor check-library` names each. Nothing was lost.",
        ),
        e.SettingsInvalid: Kind(
            "settings-invalid",
            500,
            "The service is set up wrongly",
            "A setting of the service is missing or unsafe. Its operator finds the names in the log.",
        ),
        e.DocumentRefused: Kind(
            "document-refused",
            500,
            "A stored document failed its check",
            "A signature or a log did not verify, so it is not shown. Its operator has to look at it.",
        ),
        TooManyTries: Kind(
            "too-many-tries",
            429,
            "Too many tries",
            "There were too many tries in a short time. Wait as long as `Retry-After` says, in seconds.",
        ),
        RateLimited: Kind(
            "rate-limited",
            429,
            "Too many requests with this key",
            "The key has used up its requests for the moment. `Retry-After` says after how many seconds the "
            "next one is answered, and `RateLimit` on every answer how many are left.",
        ),
        e.StoreUnavailable: Kind(
            "store-unavailable",
            503,
            "Busy for a moment",
            "The database of the service is busy or restarting. What was acknowledged is kept. Send it again "
            "after `Retry-After` seconds; with the same `Idempotency-Key` nothing is done twice.",
        ),
        e.ModelFault: Kind(
            "model-fault",
            502,
            "The language model did not answer",
            "The provider of the language model failed. That never counts against a candidate; nothing was "
            "lost. Try again in a moment.",
        ),
        e.IdentityFault: Kind(
            "identity-fault",
            502,
            "The identity service did not answer",
            "The service that checks who somebody is failed. That never counts against a candidate: they go "
            "on, and the verdict waits. Try again later.",
        ),
    }
)

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            *BY_ERROR.values(),
            CROSS_ORIGIN,
            UNKNOWN_ADDRESS,
            METHOD_NOT_ALLOWED,
            NOT_READY,
        )
    }
)
"""Every kind of problem by its code."""


def kind_of(error: type[AssessorError]) -> Kind:
    """Return the row of the closest class in the table."""
    return next(BY_ERROR[cls] for cls in error.__mro__ if cls in BY_ERROR)


def _retry_after(seconds: int | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(seconds)}


def problem_of(error: AssessorError) -> Problem:
    """Return how an error is told. The words of a fault of ours stay in the log."""
    kind = kind_of(type(error))
    detail = kind.meaning if kind.status >= UNEXPECTED.status else str(error)
    match error:
        case e.InvalidInput():
            return Problem(kind, detail, {"errors": [vars(problem) for problem in error.problems]})
        case e.VerdictNotReady():
            return Problem(kind, detail, {"assessment_status": error.status}, _retry_after(error.retry_after))
        case e.RequestUnderWay() | e.StoreUnavailable() | TooManyTries() | RateLimited():
            return Problem(kind, detail, headers=_retry_after(error.retry_after))
        case e.StaleRevision() | e.RetakeTooEarly():
            return Problem(kind, detail, _members_of(error))
        case e.Unauthenticated():
            return Problem(kind, detail, headers={"WWW-Authenticate": 'Bearer realm="assessor"'})
        case _:
            return Problem(kind, detail)


def _members_of(error: e.StaleRevision | e.RetakeTooEarly) -> dict[str, Any]:
    if isinstance(error, e.StaleRevision):
        return {"stored": {"revision": error.stored_revision, "payload": error.stored_payload}}
    free = error.possible_from
    return {
        "because": error.because.value,
        "possible_from": free.isoformat() if free else None,
        "assessment_id": error.assessment_id,
    }


def too_large_body(limit: int) -> Problem:
    """Return the problem of a request body over the limit, in bytes."""
    detail = f"The request is larger than {limit} bytes. Nothing was stored: shorten it and send it again."
    return Problem(_TOO_LARGE, detail)


def respond(request: Request, problem: Problem) -> Response:
    """Write a problem as JSON, or as a page for somebody who follows links."""
    headers = {**problem.headers, "Vary": "Accept"}
    if is_navigation(request):
        page = _page(request, problem)
        page.headers.update(headers)
        return page
    # ASCII only, so that no text, however broken, can break its own report.
    body = json.dumps(problem_document(request, problem), ensure_ascii=True).encode()
    return Response(body, problem.kind.status, headers, MEDIA_TYPE)


def _page(request: Request, problem: Problem) -> Response:
    if problem.kind is not BY_ERROR[e.StoreUnavailable]:
        return render(request, "problem.html", problem.kind.status, kind=problem.kind, problem=problem)
    # Candidates meet this one, in the middle of their work and in their language.
    seconds = max(LEAST_PAUSE_SECONDS, int(problem.headers["Retry-After"]))
    return render(request, "candidate/busy.html", problem.kind.status, seconds=seconds)


def problem_document(request: Request, problem: Problem) -> dict[str, Any]:
    """Return the members of RFC 9457, our own, and the request id."""
    return {
        "type": f"{request.app.state.public_url}/problems/{problem.kind.code}",
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
        "instance": request.url.path,
        "code": problem.kind.code,
        "request_id": request.state.request_id,
        **problem.members,
    }


def is_navigation(request: Request) -> bool:
    """Whether a person follows a link or sends a form, rather than a program asking."""
    wants_page = "text/html" in request.headers.get("accept", "")
    return wants_page and not request.url.path.startswith("/v1/")
