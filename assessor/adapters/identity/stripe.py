"""Stripe Identity: Verification Sessions over plain HTTP.

Of what Stripe answers only the session's id, status, error code and address are read. Names, birth dates
and pictures are never asked for: `verified_outputs` stays unexpanded, and no report is fetched.
"""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self
from urllib.parse import quote, urlsplit

import httpx
import structlog
from pydantic import BaseModel, Field, ValidationError

from assessor.adapters.identity.signature import require_signed
from assessor.domain.errors import IdentityFault, invalid
from assessor.domain.identity import Failure, Level, Reference, Report, ReportedOutcome
from assessor.ports import LookedUp, OpenedCheck

DEFAULT_URL: Final = "https://api.stripe.com"
API_VERSION: Final = "2024-06-20"
"""Pinned, so that an upgrade in the account's dashboard does not change what comes back."""
SECONDS: Final = 6.0
"""For one try. A candidate waits for two at most."""
PAUSE_SECONDS: Final = 0.5

_SESSIONS: Final = "/v1/identity/verification_sessions"
_EVENT: Final = "identity.verification_session."
_PASSING: Final = frozenset(
    {
        HTTPStatus.CONFLICT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""Worth asking once more. A 500 is not: for the same idempotency key Stripe gives the same one again."""

_OUTCOMES: Final[Mapping[str, ReportedOutcome]] = MappingProxyType(
    {"processing": "processing", "requires_input": "failed", "canceled": "cancelled", "verified": "verified"}
)
_EVENTS: Final = frozenset(f"{_EVENT}{status}" for status in _OUTCOMES)
_FAILURES: Final[Mapping[str, Failure]] = MappingProxyType(
    {
        "abandoned": "stopped",
        "consent_declined": "declined",
        "country_not_supported": "unsupported",
        "device_not_supported": "unsupported",
        "document_expired": "expired",
        "document_type_not_allowed": "unsupported",
        "document_type_not_supported": "unsupported",
        "document_unverified_other": "unreadable",
        "selfie_document_missing_photo": "face",
        "selfie_face_mismatch": "face",
        "selfie_manipulated": "face",
        "selfie_unverified_other": "face",
        "under_supported_age": "unsupported",
    }
)

log = structlog.get_logger()


class _Error(BaseModel):
    code: str | None = None


class _Session(BaseModel):
    """What is read of a verification session; everything else is left where it is."""

    id: Reference
    status: Literal["requires_input", "processing", "verified", "canceled"]
    url: str | None = None
    last_error: _Error | None = None
    livemode: bool
    metadata: dict[str, str] = Field(default_factory=dict)


class _Subject(BaseModel):
    object: _Session


class _Event(BaseModel):
    type: str
    created: Annotated[int, Field(ge=0, le=10**11)]
    data: _Subject


class _Named(BaseModel):
    type: str = ""


class StripeIdentity:
    """Fulfils `IdentityService`. Close it with `async with`."""

    name = "Stripe"

    def __init__(
        self,
        key: str,
        webhook_secret: str,
        *,
        base_url: str = DEFAULT_URL,
        compares_face: bool = False,
        seconds: float = SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        """With `compares_face` a picture of the person is taken and compared with the document's."""
        self._webhook_secret = webhook_secret
        self._compares_face = compares_face
        self._allows_http = urlsplit(base_url).scheme == "http"
        self._pause_seconds = pause_seconds
        self.livemode = "_live_" in key[:8]  # sk_live_, or rk_live_ for a restricted key
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=seconds,
            headers={"Authorization": f"Bearer {key}", "Stripe-Version": API_VERSION},
            follow_redirects=False,
        )

    @property
    def level(self) -> Level:
        """Without a face nobody knows whose document it was."""
        return "substantial" if self._compares_face else "low"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def begin(self, assessment_id: str, return_url: str) -> OpenedCheck:
        """Create a session; it carries the assessment's id and nothing else of ours. Raises IdentityFault."""
        fields = {
            "type": "document",
            "metadata[assessment_id]": assessment_id,
            "return_url": return_url,
        }
        if self._compares_face:
            fields["options[document][require_matching_selfie]"] = "true"
        # The same key for the second try: an answer that was lost on the way opens no second session.
        keyed = {"Idempotency-Key": secrets.token_hex(16)}
        session, _ = await self._asked("POST", _SESSIONS, fields, keyed)
        if session.url is None:
            raise IdentityFault("invalid_reply")
        return OpenedCheck(session.id, self.level, self._safe(session.url))

    async def look(self, assessment_id: str, reference: str) -> LookedUp:
        """Retrieve a session, with a fresh address while something is to be done. Raises IdentityFault."""
        session, at = await self._asked("GET", f"{_SESSIONS}/{quote(reference, safe='')}")
        url = session.url if session.status == "requires_input" else None
        return LookedUp(_report(session, assessment_id, at), None if url is None else self._safe(url))

    def read(self, body: bytes, signature: str, now: datetime) -> Report | None:
        """Return what an event reports; None for other events, and for sessions that others made.

        Raises Unauthenticated, and InvalidInput for an event that is signed and cannot be read.
        """
        require_signed(body, signature, self._webhook_secret, now)
        try:
            if _Named.model_validate_json(body).type not in _EVENTS:
                return None
            event = _Event.model_validate_json(body)
        except ValidationError as error:
            place = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
            raise invalid(
                place or "body", "is not as in an event of Stripe", "Look at the API version."
            ) from None
        session = event.data.object
        assessment_id = session.metadata.get("assessment_id")
        if assessment_id is None:
            return None
        # The event's own type, not the session in it: it is what was so at `created`.
        happened = session.model_copy(update={"status": event.type.removeprefix(_EVENT)})
        return _report(happened, assessment_id, datetime.fromtimestamp(event.created, UTC))

    async def _asked(
        self,
        method: str,
        path: str,
        fields: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[_Session, datetime]:
        """Return a session, and the time by Stripe's clock. What passes by itself is asked once more."""
        answer: httpx.Response | None = None
        with suppress(IdentityFault):
            answer = await self._sent(method, path, fields, headers)
        if answer is None or answer.status_code in _PASSING:
            await asyncio.sleep(self._pause_seconds)
            answer = await self._sent(method, path, fields, headers)
        return _session(answer), _date(answer)

    async def _sent(
        self, method: str, path: str, fields: dict[str, str] | None, headers: dict[str, str] | None
    ) -> httpx.Response:
        try:
            return await self._client.request(method, path, data=fields, headers=headers)
        except httpx.TimeoutException:
            raise IdentityFault("timeout") from None
        except httpx.TransportError:
            raise IdentityFault("unavailable") from None

    def _safe(self, url: str) -> str:
        """Return an address that candidates may be led to. Raises IdentityFault for any other."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not (self._allows_http and parts.scheme == "http"):
            raise IdentityFault("invalid_reply")
        if not parts.hostname or "@" in parts.netloc:
            raise IdentityFault("invalid_reply")
        return url


def _session(answer: httpx.Response) -> _Session:
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status_code in _PASSING:
        raise IdentityFault("unavailable")
    if not answer.is_success:
        # The status says it all; the body may repeat what was sent.
        log.error("identity service refused", status=answer.status_code)
        raise IdentityFault("refused")
    try:
        return _Session.model_validate_json(answer.content)
    except ValidationError:
        raise IdentityFault("invalid_reply") from None


def _date(answer: httpx.Response) -> datetime:
    """Return the time by the service's clock, which its webhooks go by as well; ours where it says none."""
    try:
        at = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return datetime.now(UTC).replace(microsecond=0)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _report(session: _Session, assessment_id: str, at: datetime) -> Report | None:
    """Return what a session says; None where nothing happened in it yet."""
    outcome = _OUTCOMES[session.status]
    if outcome == "failed" and session.last_error is None:
        return None
    code = session.last_error.code if session.last_error else None
    failures: dict[ReportedOutcome, Failure] = {
        "failed": _FAILURES.get(code or "", "other"),
        "cancelled": "stopped",
    }
    return Report(
        assessment_id=assessment_id,
        reference=session.id,
        outcome=outcome,
        failure=failures.get(outcome),
        at=at,
        livemode=session.livemode,
    )
