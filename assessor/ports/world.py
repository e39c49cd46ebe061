"""Time, chance and content: what the core asks of its surroundings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from assessor.domain.code import CodeCall, CodeOutcome
from assessor.domain.events import Outcome
from assessor.domain.library import Library


class Simulations(Protocol):
    """Simulated candidates, for test keys."""

    def begin(self, assessment_id: str, token: str, outcome: Outcome) -> None:
        """Play an assessment in the background, from its invite link to the outcome that is wanted."""
        ...


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return the time with its zone, UTC."""
        ...


class Random(Protocol):
    """Unpredictable bytes."""

    def bytes(self, count: int) -> bytes:
        """Return `count` bytes from a cryptographic source."""
        ...


class Content(Protocol):
    """Where tracks, items and rubrics come from."""

    async def library(self, track: str | None = None) -> Library:
        """Return the whole library; with a track that is a platform's own, certainly with that one.

        Raises LibraryInvalid with every mistake at once.
        """
        ...


class Prompts(Protocol):
    """Every word that is sent to a model."""

    @property
    def hash(self) -> str:
        """The content hash of all templates, which a verdict binds."""
        ...

    def render(self, name: str, **values: object) -> str:
        """Render one template. A missing value is an error. Candidate text goes in fenced only."""
        ...

    def replaced(self, templates: Mapping[str, str]) -> "Prompts":
        """Return prompts in which these templates, by name, stand in place of the installed ones."""
        ...


class CodeRunner(Protocol):
    """Runs code of candidates, which is not to be trusted with anything."""

    async def run(self, code: str, calls: Sequence[CodeCall]) -> tuple[CodeOutcome, ...]:
        """Run each call in a process of its own. Return the outcomes in the order of the calls.

        Raises CodeNotRunError when the code cannot be kept apart, or the machine did not let it finish.
        """
        ...


class Passwords(Protocol):
    """Slow, salted hashes of passwords."""

    @property
    def decoy(self) -> str:
        """A hash that no password has, to be verified when an account does not exist."""
        ...

    def hash(self, password: str) -> str:
        """Return an encoded hash with its parameters."""
        ...

    def verify(self, hashed: str, password: str) -> bool:
        """Whether the password has this hash."""
        ...


class Signer(Protocol):
    """Signs what others rely on."""

    def sign(self, payload: bytes, *, livemode: bool, audience: str, jti: str, issued_at: datetime) -> str:
        """Return a compact JWS over exactly these bytes."""
        ...

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JWK set."""
        ...


class PackageSigner(Protocol):
    """Signs packages for auditors, with the same keys."""

    def sign_package(self, payload: bytes, *, livemode: bool) -> str:
        """Return a compact JWS over exactly these bytes, of another type than a verdict's."""
        ...

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JWK set."""
        ...


class CredentialSigner(Protocol):
    """Signs what people take along, with the same keys."""

    def sign_credential(self, payload: bytes, *, livemode: bool, keys_url: str) -> str:
        """Return a JWT over exactly these bytes; its `kid` is the address of its key below `keys_url`."""
        ...

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JWK set."""
        ...
