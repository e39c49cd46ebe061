"""OpenID Connect: the authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, 3.1).

The provider's addresses and keys come from its discovery document, and are asked for anew after a while, and
when a token names a key that is not known yet.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from assessor.domain.errors import SignInRefused
from assessor.ports import Flow, Vouched

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""What a token may be signed with: never a secret that both sides know, and never nothing."""
SCOPE: Final = "openid email profile"
TIMEOUT_SECONDS: Final = 10
LEEWAY_SECONDS: Final = 60
KEPT_SECONDS: Final = 3600
_FAR: Final = "could not be reached, or does not answer as it should. Try again in a moment."
_UNTRUE: Final = "sent an answer that must not be relied on. Sign in again."


@dataclass(frozen=True)
class _Known:
    """What the provider says about itself, and until when that is believed."""

    document: Mapping[str, Any]
    keys: KeySet
    until: float


class OpenIdProvider:
    """Fulfils `SignInProvider`."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        redirect_uri: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._now = now
        self._known: _Known | None = None

    async def address(self, flow: Flow) -> str:
        """Return where to send the browser."""
        known = await self._discovered()
        async with self._client(known) as client:
            url, _ = client.create_authorization_url(
                known.document["authorization_endpoint"],
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.verifier,
            )
        return str(url)

    async def vouched(self, flow: Flow, code: str) -> Vouched:
        """Redeem a code, and return whom its ID token is about."""
        known = await self._discovered()
        try:
            async with self._client(known) as client:
                token = await client.fetch_token(
                    known.document["token_endpoint"], code=code, code_verifier=flow.verifier
                )
        except (OAuthError, httpx2.HTTPError, ValueError) as fault:
            raise SignInRefused(_FAR) from fault
        claims = await self._claims(str(token.get("id_token", "")), known, flow.nonce)
        email = claims.get("email") if claims.get("email_verified") is True else None
        name = str(claims.get("name") or email or claims["sub"])
        return Vouched(self._issuer, str(claims["sub"]), str(email) if email else None, name, claims)

    async def _claims(self, id_token: str, known: _Known, nonce: str) -> Mapping[str, Any]:
        try:
            return self._checked(id_token, known.keys, nonce)
        except _UnknownKey:
            return self._checked_again(id_token, await self._discovered(anew=True), nonce)

    def _checked_again(self, id_token: str, known: _Known, nonce: str) -> Mapping[str, Any]:
        try:
            return self._checked(id_token, known.keys, nonce)
        except _UnknownKey as fault:
            raise SignInRefused(_UNTRUE) from fault

    def _checked(self, id_token: str, keys: KeySet, nonce: str) -> Mapping[str, Any]:
        """Return the claims of a token that is ours, fresh, and signed by the provider (Core 3.1.3.7)."""
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(self._now()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = jwt.decode(id_token, keys, algorithms=list(ALGORITHMS)).claims
            registry.validate(claims)
        except InvalidKeyIdError as fault:
            raise _UnknownKey from fault
        except (JoseError, ValueError) as fault:
            raise SignInRefused(_UNTRUE) from fault
        if claims.get("azp", self._client_id) != self._client_id:
            raise SignInRefused(_UNTRUE)
        return claims

    async def _discovered(self, *, anew: bool = False) -> _Known:
        if self._known is None or anew or self._known.until < self._now():
            self._known = await self._discover()
        return self._known

    async def _discover(self) -> _Known:
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
                found = await client.get(f"{self._issuer}/.well-known/openid-configuration")
                document = found.raise_for_status().json()
                keys = (await client.get(document["jwks_uri"])).raise_for_status().json()
            if document["issuer"] != self._issuer:
                raise SignInRefused(_UNTRUE)
            document["authorization_endpoint"], document["token_endpoint"]
            return _Known(document, KeySet.import_key_set(keys), self._now() + KEPT_SECONDS)
        except (httpx2.HTTPError, JoseError, ValueError, KeyError, TypeError) as fault:
            raise SignInRefused(_FAR) from fault

    def _client(self, known: _Known) -> AsyncOAuth2Client:
        supported = known.document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        by_post = self._client_secret and "client_secret_basic" not in supported
        return AsyncOAuth2Client(
            self._client_id,
            self._client_secret,
            token_endpoint_auth_method="client_secret_post" if by_post else None,
            scope=SCOPE,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_SECONDS,
        )


class _UnknownKey(Exception):
    """A token is signed with a key that the provider had not shown when it was asked last."""
