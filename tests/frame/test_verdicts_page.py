"""docs/verdicts.md and the JavaScript of docs/webhooks.md are run here, against what the service signs."""

import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, get_args

import pytest

from assessor.adapters.signing import JwsSigner
from assessor.adapters.standard_webhooks import private_key, public_key
from assessor.adapters.webhooks.receivers import signed_headers
from assessor.domain.qualification import Standing

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "verdicts.md").read_text()
NODE = shutil.which("node")
Verified = Callable[[str, Any, str], dict[str, Any]]
RELIABLE = {
    "schema_version": "1",
    "livemode": True,
    "tenant": "acme",
    "decision": "qualified",
    "valid_until": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
}

TOOLS = ("sh", "curl", "jq", "openssl")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]

without_shell_tools = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
without_node = pytest.mark.skipif(NODE is None, reason="Node.js is not installed")


def example(page: str, language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    return str(found)


def in_node(folder: Path, code: str, call: str, given: Any) -> Any:
    """Run the page's module with what is given as `given`, and return what the call comes to."""
    (folder / "page.mjs").write_text(code)
    (folder / "run.mjs").write_text(
        f'import * as page from "./page.mjs";\nconst given = JSON.parse(process.argv[2]);\n'
        f"console.log(JSON.stringify({call}));\n"
    )
    done = subprocess.run(
        [str(NODE), str(folder / "run.mjs"), json.dumps(given)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise ValueError(done.stderr)
    return json.loads(done.stdout)


def python_verified(_folder: Path) -> Verified:
    names: dict[str, Any] = {}
    exec(compile(example(PAGE, "python"), "docs/verdicts.md", "exec"), names)  # noqa: S102 - running it is the test
    found: Verified = names["verified"]
    return found


def node_verified(folder: Path) -> Verified:
    def verified(token: str, jwks: Any, tenant: str) -> dict[str, Any]:
        given = {"token": token, "jwks": jwks, "tenant": tenant}
        call = "page.verified(given.token, given.jwks, given.tenant)"
        document: dict[str, Any] = in_node(folder, example(PAGE, "javascript"), call, given)
        return document

    return verified


@contextmanager
def served(files: dict[str, bytes]) -> Iterator[str]:
    """Serve some bytes by their paths, as the service would; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = files[self.path]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def shell_verified(folder: Path) -> Verified:
    def verified(token: str, jwks: Any, tenant: str) -> dict[str, Any]:
        files = {"/v1/verdicts/ver_1": token.encode(), "/.well-known/jwks.json": json.dumps(jwks).encode()}
        with served(files) as address:
            chosen = {"SERVICE": address, "KEY": "a-key", "ID": "ver_1", "TENANT": tenant}
            done = subprocess.run(
                ["sh", "-c", example(PAGE, "sh")],
                cwd=folder,
                env=os.environ | chosen,
                capture_output=True,
                timeout=60,
                check=False,
            )
        if done.returncode:
            raise ValueError(done.stderr.decode())
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    return verified


LANGUAGES = [
    pytest.param(python_verified, id="python"),
    pytest.param(node_verified, id="javascript", marks=without_node),
    pytest.param(shell_verified, id="shell", marks=without_shell_tools),
]


@pytest.fixture
def signer(tmp_path: Path) -> JwsSigner:
    return JwsSigner.from_files(tmp_path / "live.jwk", tmp_path / "demonstration.jwk", create=True)


def token(signer: JwsSigner, *, livemode: bool = True, audience: str = "acme", **changed: Any) -> str:
    payload = json.dumps(RELIABLE | changed).encode()
    return signer.sign(
        payload, livemode=livemode, audience=audience, jti="ver_1", issued_at=datetime.now(UTC)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_be_relied_on_is_returned(
    signer: JwsSigner, tmp_path: Path, language: Callable[[Path], Verified]
) -> None:
    verified = language(tmp_path)

    assert verified(token(signer), signer.jwks(), "acme") == RELIABLE


def is_taken(verified: Verified, token: str, jwks: Any) -> bool:
    try:
        verified(token, jwks, "acme")
    except ValueError:
        return False
    return True


def confused(signer: JwsSigner) -> str:
    """A token by HMAC, whose secret is the public key that everybody can read."""
    (public, *_) = signer.jwks()["keys"]
    head = {"alg": "HS256", "typ": "verdict+jwt", "kid": public["kid"], "aud": "acme", "jti": "ver_1"}
    text = b".".join(urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (head, RELIABLE))
    code = hmac.new(urlsafe_b64decode(public["x"] + "="), text, hashlib.sha256).digest()
    return f"{text.decode()}.{urlsafe_b64encode(code).rstrip(b'=').decode()}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_must_not_be_relied_on_is_refused(
    signer: JwsSigner, tmp_path: Path, language: Callable[[Path], Verified]
) -> None:
    verified = language(tmp_path)
    (tmp_path / "other").mkdir()
    stranger = JwsSigner.from_files(tmp_path / "other" / "a.jwk", tmp_path / "other" / "b.jwk", create=True)
    counts_for_nothing = json.dumps(RELIABLE | {"livemode": False}).encode()
    test = signer.sign(
        counts_for_nothing, livemode=True, audience="acme", jti="ver_1", issued_at=datetime.now(UTC)
    )
    head, payload, signature = token(signer).split(".")
    refused = {
        "a stranger's": token(stranger),
        "changed": f"{head}.{payload[:-4]}AAAA.{signature}",
        "unsigned": "eyJhbGciOiJub25lIn0.e30.",
        "a demonstration's": token(signer, livemode=False),
        "a test": test,
        "for another audience": token(signer, audience="other"),
        "of another tenant": token(signer, tenant="other"),
        "expired": token(signer, valid_until="2020-01-01T00:00:00+00:00"),
        "signed with the public key as a secret": confused(signer),
        "of another version": token(signer, schema_version="2"),
    }

    assert [what for what, one in refused.items() if is_taken(verified, one, signer.jwks())] == []


@without_node
def test_a_webhook_verifies_by_the_public_key_and_nothing_else_does(tmp_path: Path) -> None:
    private = private_key(bytes(range(32)))
    now, body = datetime.now(UTC), '{"größe":1}'
    headers = signed_headers([private], "evt_1", now, body.encode())
    late = signed_headers([private], "evt_1", now - timedelta(minutes=6), body.encode())
    call = "given.map(([keys, headers, body]) => page.isGenuine(keys, headers, Buffer.from(body)))"
    code = example((DOCS / "webhooks.md").read_text(), "javascript")
    ours, other = public_key(private), public_key(private_key(bytes(32)))
    cases = [
        ([ours], headers, body),
        ([other, ours], headers, body),
        ([other], headers, body),
        ([ours], headers, body + " "),
        ([ours], late, body),
        ([ours], {**headers, "webhook-id": "evt_2"}, body),
        ([ours], {**headers, "webhook-timestamp": "soon"}, body),
        ([ours], {**headers, "webhook-signature": headers["webhook-signature"].replace("v1a,", "v1,")}, body),
    ]

    assert in_node(tmp_path, code, call, cases) == [True, True, *[False] * 6]


def test_the_page_names_every_way_to_stand() -> None:
    table = PAGE.partition("| `status` | Means |")[2].partition("\n\n")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(get_args(Standing))
