"""What can go wrong for a platform that calls the service.

AssessorError
+-- Unreachable            no answer came
+-- UnexpectedAnswer       an answer that no version of the service documents
+-- WaitedTooLong          what was waited for did not come in time
+-- Refused                a webhook or a signed document that must not be relied on
|   +-- WebhookRefused
|   +-- VerdictRefused
+-- Problem                the service said no, as problem+json (RFC 9457)
    +-- Unauthenticated    401
    +-- Forbidden          403
    +-- NotFound           404
    |   +-- VerdictNotReady
    +-- Conflict           409 and 412
    +-- Gone               410
    +-- InvalidRequest     400, 413 and 422; `fields` names what to correct
    +-- RateLimited        429
    +-- ServiceFault       5xx
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


class AssessorError(Exception):
    """Anything that this client raises about the service."""


class Unreachable(AssessorError):
    """No answer came, after all the retries that were safe. The cause is the error of the connection."""


class UnexpectedAnswer(AssessorError):
    """The answer is none that the service documents, for instance a proxy's page."""


class WaitedTooLong(AssessorError):
    """What was waited for did not come in time."""


class Refused(AssessorError):
    """Something signed that must not be relied on; the message says why."""


class WebhookRefused(Refused):
    """Not genuine, changed on the way, or too old. Answer 400 and do nothing."""


class VerdictRefused(Refused):
    """Not ours, changed, expired, for somebody else, or of a demonstration."""


@dataclass(frozen=True)
class FieldProblem:
    """One field of the request, what is wrong with it, and what would be right."""

    field: str
    problem: str
    remedy: str


class Problem(AssessorError):
    """The service said no. `type` leads to a page that explains it; `code` is its stable last part."""

    def __init__(self, status: int, members: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status: Final = status
        self.type: Final = str(members.get("type", "about:blank"))
        self.title: Final = str(members.get("title", f"HTTP status {status}"))
        self.detail: Final = str(members.get("detail", ""))
        self.code: Final = str(members.get("code", ""))
        self.request_id: Final[str | None] = members.get("request_id")
        """Name it when you ask the operator."""
        self.retry_after: Final = retry_after
        """Seconds, where the service named a time."""
        self.members: Final = dict(members)
        super().__init__(": ".join(filter(None, [self.title, self.detail])))

    @property
    def fields(self) -> tuple[FieldProblem, ...]:
        """What to correct; empty for most problems."""
        listed = self.members.get("errors", ())
        return tuple(
            FieldProblem(*(str(one.get(name, "")) for name in ("field", "problem", "remedy")))
            for one in (listed if isinstance(listed, list) else ())
            if isinstance(one, dict)
        )


class Unauthenticated(Problem):
    """The key is missing, wrong or revoked."""


class Forbidden(Problem):
    """The key lacks a scope."""


class NotFound(Problem):
    """There is no such thing for this key."""


class VerdictNotReady(NotFound):
    """There is no verdict yet. Without `retry_after` there will be none."""

    @property
    def assessment_status(self) -> str:
        """Where the assessment stands."""
        return str(self.members.get("assessment_status", ""))


class Conflict(Problem):
    """The request does not fit what happened meanwhile."""


class Gone(Problem):
    """It was valid once."""


class InvalidRequest(Problem):
    """Something in the request is wrong, and nothing was stored."""


class RateLimited(Problem):
    """Too many requests in a short time, even after waiting as told."""


class ServiceFault(Problem):
    """A fault of the service; what it acknowledged before is kept."""


_BY_STATUS: Final[Mapping[int, type[Problem]]] = {
    400: InvalidRequest,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    412: Conflict,
    413: InvalidRequest,
    422: InvalidRequest,
    429: RateLimited,
}
_BY_CODE: Final[Mapping[str, type[Problem]]] = {"verdict-not-ready": VerdictNotReady}
_FIRST_FAULT: Final = 500


def problem_of(status: int, body: bytes, retry_after: float | None) -> Problem:
    """Read a refusal. A body that is no problem document, as of a proxy, leaves the status to say it all."""
    members = _members(body)
    fallback = ServiceFault if status >= _FIRST_FAULT else Problem
    kind = _BY_CODE.get(str(members.get("code", "")), _BY_STATUS.get(status, fallback))
    return kind(status, members, retry_after)


def _members(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
