"""Somebody else who vouches for people: an OpenID provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Flow:
    """What one sign-in is recognised by. The browser keeps the secret that all three come from."""

    state: str
    nonce: str
    verifier: str
    """Of PKCE (RFC 7636)."""


@dataclass(frozen=True)
class Vouched:
    """Whom the provider has signed in."""

    issuer: str
    subject: str
    email: str | None
    """None unless the provider says that it is theirs."""
    name: str
    claims: Mapping[str, Any]


class SignInProvider(Protocol):
    """Asks a provider who somebody is."""

    async def address(self, flow: Flow) -> str:
        """Return where to send the browser. Raises SignInRefused when the provider cannot be reached."""
        ...

    async def vouched(self, flow: Flow, code: str) -> Vouched:
        """Redeem the code that the browser brought back. Raises SignInRefused."""
        ...
