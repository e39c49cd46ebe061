"""Everything that can be refused, as one tree.

    AssessorError
      InvalidInput            a field is wrong; says which one and the way out
      Unauthenticated         nobody we know
        MovedOn               a browser that was signed out when another took over
        AccountLocked         too many wrong passwords in a row; says until when
        AccountDisabled       somebody who may not sign in any more
        SignInRefused         a provider of sign-ins did not vouch for somebody
      Forbidden               known, but a scope or role is missing
        NotTrained            a reviewer who has not trained for a track yet; says which
      NotFound                not there, or another tenant's (the two look alike)
        VerdictNotReady       there will be one; says when to ask again
      Conflict                right in itself, but not now
        IllegalTransition     the assessment's state does not allow it
        StaleRevision         somebody saved in between; carries what is stored now
        SequenceTaken         another writer appended first; read again and retry
        RetakeTooEarly        the track's retake policy; says from when it is possible
        RequestUnderWay       the same idempotency key, and no answer yet
        StaleEdit             edited on top of what has changed since it was read
        LeaseHeld             a case that somebody else has in hand
      Gone                    was there once: a spent or expired invite, a finished session
        Erased                a candidate's data whose key was destroyed
      TooLarge                over a stated bound
      LibraryInvalid          errors in banks and rubrics, all at once
      SettingsInvalid         settings that are missing or unsafe, all at once
      DocumentRefused         a verdict document or signature that must not be relied on
      StoreUnavailable        the database is away or busy; says when to ask again
      ModelFault              a provider failed; never the candidate's fault
      IdentityFault           an identity service failed; never the candidate's fault

Errors are built from data. `web/problems.py` holds the one table from error to HTTP status.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AssessorError(Exception):
    """The root. `code` is stable and documented; the message is for people."""

    code = "error"


@dataclass(frozen=True)
class FieldProblem:
    """One field that cannot be accepted, and what would be."""

    field: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}. {self.remedy}"


@dataclass
class InvalidInput(AssessorError):
    """Every field of one input that cannot be accepted."""

    problems: Sequence[FieldProblem]
    code = "invalid-input"

    def __str__(self) -> str:
        return " ".join(map(str, self.problems))


def invalid(field: str, problem: str, remedy: str) -> InvalidInput:
    """Return the error for a single field."""
    return InvalidInput((FieldProblem(field, problem, remedy),))


@dataclass
class Unauthenticated(AssessorError):
    """No valid key, session or password."""

    remedy: str
    code = "unauthenticated"

    def __str__(self) -> str:
        return f"We do not know who is asking. {self.remedy}"


class MovedOn(Unauthenticated):
    """The candidate went on in another browser."""

    def __init__(self) -> None:
        super().__init__("Go on there, or make a code there and type it in here.")

    def __str__(self) -> str:
        return f"You went on with this assessment in another browser. {self.remedy}"


@dataclass
class AccountLocked(Unauthenticated):
    """Too many wrong passwords in a row. The same is said of addresses that have no account."""

    until: datetime
    remedy: str = field(init=False)
    code = "account-locked"

    def __post_init__(self) -> None:
        """Put the way out together."""
        self.remedy = f"Wait until {self.until:%H:%M} UTC, or ask an administrator to unlock it."

    def __str__(self) -> str:
        return f"After too many wrong passwords this account is locked. {self.remedy}"


class AccountDisabled(Unauthenticated):
    """An administrator ended this account."""

    code = "account-disabled"

    def __init__(self) -> None:
        super().__init__("Ask an administrator of your platform.")

    def __str__(self) -> str:
        return f"This account is disabled. {self.remedy}"


class SignInRefused(Unauthenticated):
    """The provider of sign-ins could not be relied on, or vouches for nobody who may come in."""

    code = "sign-in-refused"

    def __str__(self) -> str:
        return f"Your organisation's sign-in {self.remedy}"


@dataclass
class Forbidden(AssessorError):
    """The caller is known, but lacks a scope or role."""

    needs: str
    code = "forbidden"

    def __str__(self) -> str:
        return f"This needs {self.needs}."


class NotTrained(Forbidden):
    """A reviewer who has not passed the training for a track, where nobody has waived it."""

    code = "not-trained"

    def __init__(self, track: str) -> None:
        super().__init__(f"the training for reviewers of the track {track}, at /review/training")
        self.track = track


@dataclass
class NotFound(AssessorError):
    """There is no such thing for this caller."""

    kind: str
    id: str
    code = "not-found"

    def __str__(self) -> str:
        return f"There is no {self.kind} {self.id!r} here."


@dataclass
class VerdictNotReady(NotFound):
    """The assessment is known and has no verdict yet."""

    status: str
    retry_after: int | None
    """Seconds; None when there will never be one."""
    code = "verdict-not-ready"

    def __str__(self) -> str:
        if self.retry_after is None:
            return f"Assessment {self.id} is {self.status}; it will not get a verdict."
        return (
            f"Assessment {self.id} is {self.status}; it has no verdict yet. "
            f"Ask again in {self.retry_after} seconds."
        )


@dataclass
class Conflict(AssessorError):
    """Right in itself, but not at this moment."""

    problem: str
    remedy: str
    code = "conflict"

    def __str__(self) -> str:
        return f"{self.problem}. {self.remedy}"


@dataclass
class IllegalTransition(Conflict):
    """The state table of an assessment has no such step."""

    code = "illegal-transition"


@dataclass
class StaleRevision(Conflict):
    """A draft was saved elsewhere in between."""

    stored_revision: int
    stored_payload: dict[str, object]
    code = "stale-revision"


@dataclass
class SequenceTaken(Conflict):
    """Another writer took this sequence number."""

    code = "sequence-taken"


class Because(StrEnum):
    """Why a candidate cannot have another attempt yet."""

    UNDER_WAY = "under_way"
    COOL_DOWN = "cool_down"
    ATTEMPTS_USED = "attempts_used"


@dataclass
class RetakeTooEarly(Conflict):
    """The retake policy of the track allows no attempt of this candidate yet."""

    because: Because
    possible_from: datetime | None
    """None while an attempt is under way: nobody knows when it ends."""
    assessment_id: str | None = None
    """The attempt that is under way."""
    problem: str = field(init=False)
    remedy: str = field(init=False)
    code = "retake-too-early"

    def __post_init__(self) -> None:
        """Put both sentences together from the data."""
        told = {
            Because.UNDER_WAY: f"Assessment {self.assessment_id} of this candidate is not decided yet",
            Because.COOL_DOWN: "The pause after the candidate's last attempt is not over",
            Because.ATTEMPTS_USED: "The candidate has used all attempts that the track allows in its period",
        }
        self.problem = told[self.because]
        if self.possible_from:
            self.remedy = f"Order again from {self.possible_from.isoformat(timespec='seconds')}."
        else:
            self.remedy = "Let it come to its end, issue a new link to it, or cancel it."
        self.remedy += " To order nevertheless, say why in `waive_retake_policy`."


@dataclass
class RequestUnderWay(Conflict):
    """A request with the same idempotency key has no answer yet."""

    retry_after = 1
    """Seconds."""
    code = "request-under-way"


@dataclass
class StaleEdit(Conflict):
    """What is edited has changed since its `ETag` was read."""

    code = "stale-edit"


@dataclass
class LeaseHeld(Conflict):
    """Another reviewer has the case in hand."""

    holder: str
    """Their name."""
    until: datetime
    problem: str = field(init=False)
    remedy: str = field(init=False)
    code = "lease-held"

    def __post_init__(self) -> None:
        """Say who has it, and what becomes of what was typed."""
        self.problem = f"{self.holder} has this case in hand until {self.until:%H:%M} UTC"
        self.remedy = "Nothing of yours was stored; it is still on this page. Take another case meanwhile."


@dataclass
class Gone(AssessorError):
    """Was valid once."""

    what: str
    reason: str
    remedy: str
    code = "gone"

    def __str__(self) -> str:
        return f"This {self.what} {self.reason}. {self.remedy}"


@dataclass
class Erased(Gone):
    """A candidate's data key was destroyed: what they wrote cannot be read by anybody any more."""

    what: str = "candidate's data"
    reason: str = "was erased"
    remedy: str = (
        "Nobody can read, replay or score again what they wrote. An order for the same person needs another "
        "reference, until the results are gone too."
    )
    tenant: str | None = None
    """Whose candidate it was, where that is known: others are not to learn that there was one."""
    code = "erased"


@dataclass
class TooLarge(AssessorError):
    """Over a stated bound."""

    what: str
    size: int
    limit: int
    code = "too-large"

    def __str__(self) -> str:
        return (
            f"This {self.what} has {self.size} characters; the limit is {self.limit}. "
            "Nothing was stored: shorten it and send it again."
        )


@dataclass(frozen=True)
class LibraryProblem:
    """One mistake in a bank or rubric file, where an author can find it."""

    file: str
    line: int
    field: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.problem}"


@dataclass
class LibraryInvalid(AssessorError):
    """Every mistake of the library at once."""

    problems: Sequence[LibraryProblem]
    code = "library-invalid"

    def __str__(self) -> str:
        return f"{len(self.problems)} errors in the library:\n" + "\n".join(map(str, self.problems))


@dataclass(frozen=True)
class SettingProblem:
    """One variable that cannot be accepted, and the way out. Never holds the value: it may be a secret."""

    variable: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.problem}. {self.remedy}."


@dataclass
class SettingsInvalid(AssessorError):
    """Every problem of the settings at once."""

    problems: Sequence[SettingProblem]
    code = "settings-invalid"

    def __str__(self) -> str:
        return f"{len(self.problems)} problems in the settings:\n" + "\n".join(map(str, self.problems))


@dataclass
class DocumentRefused(AssessorError):
    """A verdict document that must not be relied on."""

    reason: str
    code = "document-refused"

    def __str__(self) -> str:
        return self.reason


@dataclass
class StoreUnavailable(AssessorError):
    """The database is away, took too long, or has no connection free. What was acknowledged is kept."""

    retry_after: int
    """Seconds."""
    code = "store-unavailable"

    def __str__(self) -> str:
        return f"The database cannot be had at this moment. Try again in {self.retry_after} seconds."


@dataclass
class ModelFault(AssessorError):
    """The provider failed or said nothing usable. `kind` is stable: `unavailable`, `timeout`,
    `rate_limited`, `refused`, `invalid_reply`, `not_configured`."""

    kind: str
    detail: str
    cost: int = field(default=0, compare=False, kw_only=True)
    """What was billed for the attempts nevertheless, in millionths of a US dollar."""
    code = "model-fault"

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


@dataclass
class IdentityFault(AssessorError):
    """The hosted identity service failed. `kind` is stable: `unavailable`, `timeout`, `refused`,
    `invalid_reply`, `not_configured`."""

    kind: str
    code = "identity-fault"

    def __str__(self) -> str:
        return f"The identity service could not be used ({self.kind}). Nothing was lost; try again later."
