"""What a platform orders, as it writes it."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field

from assessor.adapters.mail import accept_address
from assessor.domain.accommodation import BreakMinutes, TimeFactor
from assessor.domain.errors import InvalidInput, invalid
from assessor.domain.events import Metadata, Outcome
from assessor.domain.identity import Attestation, IdentityNeed
from assessor.domain.ids import CandidateRef, Region, Slug
from assessor.domain.policy import Compensation
from assessor.domain.value import Value
from assessor.services.adjusting import MAX_WAIT
from assessor.services.order import Order
from assessor.settings import Settings

MAX_URL_CHARS: Final = 2000
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def _written_out(given: object) -> object:
    """Refuse what pydantic would also take for a moment: seconds since 1970, and dates alone."""
    if not isinstance(given, str) or "T" not in given.upper():
        raise ValueError("is no date with a time and a zone, as in 2026-12-24T12:00:00Z")
    return given


# Strict JSON knows no times: they are taken as the strings they are.
Moment = Annotated[
    AwareDatetime,
    Field(strict=False, examples=["2026-12-24T12:00:00Z"]),
    BeforeValidator(_written_out, json_schema_input_type=AwareDatetime),
]


def _written_day(given: object) -> object:
    """Refuse what pydantic would also take for a day: numbers, and moments at midnight."""
    if not isinstance(given, str) or len(given) != len("2026-11-02"):
        raise ValueError("is no day, as in 2026-11-02")
    return given


Day = Annotated[
    date,
    Field(strict=False, examples=["2026-11-02"]),
    BeforeValidator(_written_day, json_schema_input_type=date),
]


def _address(given: str) -> str:
    """Return an address as servers take it. The refusal does not repeat what was sent."""
    try:
        return accept_address("candidate_email", given)
    except InvalidInput as refused:
        raise ValueError(refused.problems[0].problem) from None


EmailAddress = Annotated[
    str,
    Field(max_length=254, json_schema_extra={"format": "email"}, examples=["person@example.org"]),
    AfterValidator(_address),
]


class OrderRequest(Value):
    """What is ordered."""

    model_config = ConfigDict(strict=True)

    candidate_ref: CandidateRef
    """Your own reference for the person: printable, without spaces; neither a name nor an address."""
    track: Slug
    candidate_email: Annotated[EmailAddress | None, Field(repr=False)] = None
    """Where to write to the person: the invitation, one reminder, that there is a result, the answer to an
    appeal. Sealed with their own key, and never given back. Left out, nothing is written."""
    form: Slug = "full"
    language: Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "en"
    specialty: Slug | None = None
    """One of the track's specialties: what belongs to another one is not asked."""
    region: Region | None = None
    """A short code of yours, such as `eu`: where your pilot of a track is at another stage there, that
    stage holds. Left out, the stage of the track holds."""
    notice_given_on: Day | None = None
    """On which day you told the candidate that an automated tool is used. The region `us-nyc` needs it, and a
    bias audit that is recorded: without `opens_at` the assessment opens ten business days later."""
    jurisdiction: Slug | None = None
    """One of the track's jurisdictions, its first by default: what belongs to another one is not asked."""
    time_factor: TimeFactor = 1.0
    """An accommodation: 1.5 gives half as much time again."""
    untimed: bool = False
    """An accommodation: no limit to the working time."""
    extra_break_minutes: BreakMinutes = 0
    """An accommodation: breaks beyond what your policy gives everybody."""
    waive_retake_policy: Annotated[str, Field(min_length=10, max_length=500)] | None = None
    """Why this candidate gets another attempt although the track's retake policy does not allow it yet. It is
    recorded, and where the policy allows the attempt it has no effect."""
    expires_at: Moment | None = None
    """By when it has to be begun; with a zone. Without it the service's own term holds."""
    expires_in_days: Annotated[int, Field(ge=1, le=MAX_WAIT.days)] | None = None
    """The same, counted from now. Send one of the two."""
    opens_at: Moment | None = None
    """From when it can be begun; with a zone, and before it expires. Without it, at once."""
    compensation: Compensation | None = None
    """What you pay for taking part, in a sentence of your own that the candidate reads before the start.
    Without it your policy's sentence is shown, or that nothing is known."""
    metadata: Metadata = Field(default_factory=dict)
    """Up to 20 notes of your own, returned with the assessment. No personal data."""
    redirect_url: (
        Annotated[str, Field(max_length=MAX_URL_CHARS, examples=["https://example.com/done"])] | None
    ) = None
    """An https address of yours, offered to the candidate at the end as a link back."""
    callback_endpoint: Annotated[str, Field(pattern=r"^whe_[0-9a-z]{1,64}$")] | None = None
    """One of your webhook endpoints, by its id: only this one is told of this assessment. Without it, or once
    it is removed, every endpoint that wants the event is told."""
    identity: Annotated[Attestation | None, Field(strict=False)] = None
    """That you have made sure who they are. A verdict says so (`identity`), without your reference."""
    require_identity: IdentityNeed | None = None
    """How it has to be made sure who works, where you want more than the track asks for: it is never less.
    With `hosted` a service checks a government ID on a page of its own. What neither `identity` nor such a
    service can give is refused."""
    simulate: Outcome | None = None
    """With a test key only: a program plays the candidate, and the decision will be this one."""


class ExtendRequest(Value):
    """A later time."""

    model_config = ConfigDict(strict=True)

    expires_at: Moment
    """By when it has to be begun now; with a zone."""


class MetadataRequest(Value):
    """What changes."""

    model_config = ConfigDict(strict=True)

    metadata: Metadata
    """As a whole: what is left out is gone."""


def order_of(wanted: OrderRequest, settings: Settings, *, livemode: bool) -> Order:
    """Return the order. Raises InvalidInput."""
    if wanted.redirect_url is not None:
        require_safe_link(wanted.redirect_url, loopback=settings.environment == "development")
    if wanted.expires_at is not None and wanted.expires_in_days is not None:
        raise invalid("expires_in_days", "is sent beside expires_at", "Send one of the two.")
    terms = wanted.model_dump(exclude={"expires_in_days", "expires_at"})
    return Order(
        **terms, livemode=livemode, simulated=wanted.simulate is not None, expires_at=_expiry(wanted)
    )


def _expiry(wanted: OrderRequest) -> datetime | None:
    if wanted.expires_in_days is None:
        return wanted.expires_at
    return datetime.now(UTC) + timedelta(days=wanted.expires_in_days)


def require_safe_link(url: str, *, loopback: bool) -> None:
    """Raise InvalidInput unless a link may be offered to candidates: https, a plain host, nobody's password.

    With `loopback`, plain http to this machine is fine too, for trying things out.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise _unsafe() from None
    # Browsers read a backslash as a slash, and so another host than we do.
    if not url.isascii() or not url.isprintable() or any(char in url for char in '\\ "<>'):
        raise _unsafe()
    if not host or "@" in parts.netloc:
        raise _unsafe()
    if parts.scheme != "https" and not (loopback and parts.scheme == "http" and host in _LOOPBACK):
        raise _unsafe()


def _unsafe() -> InvalidInput:
    return invalid(
        "redirect_url", "is no address that candidates can be led to", "Send a complete https address."
    )
