"""An OpenID provider on this machine: it signs in whomever a test says, and does what a bad one would do."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, Header, HTTPException, Response
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from assessor.web.serving import free_port
from tests.patience import PATIENCE_SECONDS

CLIENT = "assessor"
SECRET = "a secret of the client"


def new_key(kid: str = "") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid or secrets.token_hex(4)})


@dataclass
class Provider:
    """What it says, and to whom. `claims` change the ID token's."""

    port: int = field(default_factory=lambda: free_port("127.0.0.1"))
    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=new_key)
    shown: list[RSAKey] = field(default_factory=list)
    """Keys that are published; the signing one where there are none."""
    algorithm: str = "RS256"
    is_down: bool = False
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def signs_in(self, subject: str, email: str | None = None, **claims: Any) -> None:
        """From now on this is who is signed in."""
        self.person = {"sub": subject, "email": email, "email_verified": True, "name": "Ana", **claims}
        self.claims, self.algorithm, self.is_down, self.shown = {}, "RS256", False, []

    def token(self, nonce: str) -> str:
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        said = {name: value for name, value in {**said, **self.claims}.items() if value is not None}
        if self.algorithm == "none":
            head = _part(json.dumps({"alg": "none"}).encode())
            return f"{head}.{_part(json.dumps(said).encode())}."
        return jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, said, self.key)


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def application(provider: Provider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        if provider.is_down:
            raise HTTPException(503)
        return {
            "issuer": provider.url,
            "authorization_endpoint": f"{provider.url}/authorize",
            "token_endpoint": f"{provider.url}/token",
            "jwks_uri": f"{provider.url}/keys",
        }

    @app.get("/keys")
    async def keys() -> Any:
        return KeySet([*(provider.shown or [provider.key])]).as_dict(private=False)

    @app.get("/authorize")
    async def authorize(
        response_type: str,
        client_id: str,
        redirect_uri: str,
        state: str,
        nonce: str,
        code_challenge: str,
        code_challenge_method: str,
        scope: str,
    ) -> Response:
        """Sign in without asking anything, and send the browser back with a code."""
        if (response_type, client_id, code_challenge_method) != ("code", CLIENT, "S256"):
            raise HTTPException(400)
        if "openid" not in scope.split():
            raise HTTPException(400)
        code = secrets.token_hex(8)
        provider._codes[code] = {"uri": redirect_uri, "nonce": nonce, "challenge": code_challenge}
        return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}", 302)

    @app.post("/token")
    async def token(
        code: Annotated[str, Form()],
        redirect_uri: Annotated[str, Form()],
        code_verifier: Annotated[str, Form()],
        grant_type: Annotated[str, Form()],
        authorization: Annotated[str, Header()],
    ) -> dict[str, Any]:
        """Redeem a code once, for the client that it was for (RFC 6749, 4.1.3, and RFC 7636, 4.6)."""
        known = provider._codes.pop(code, None)
        client = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = _part(hashlib.sha256(code_verifier.encode()).digest())
        if (
            known is None
            or grant_type != "authorization_code"
            or authorization != f"Basic {client}"
            or (redirect_uri, digest) != (known["uri"], known["challenge"])
        ):
            raise HTTPException(400, {"error": "invalid_grant"})
        return {
            "access_token": "of no use",
            "token_type": "Bearer",
            "id_token": provider.token(known["nonce"]),
        }

    return app


@contextmanager
def provider_running() -> Iterator[Provider]:
    """Serve a provider on loopback while this lasts."""
    provider = Provider()
    config = uvicorn.Config(
        application(provider), host="127.0.0.1", port=provider.port, log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        assert time.monotonic() < until, "the provider did not start"
        time.sleep(0.02)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(20)
