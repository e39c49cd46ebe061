"""Plays forged verdicts: whoever verifies one takes none that was changed, and it opens no door."""

import base64
import json
from collections.abc import Iterator, Mapping

from joserfc import jws
from joserfc.jwk import OKPKey

from assessor.client import VerdictRefused, verify_verdict
from assessor.web.security import REVIEWER_COOKIE
from tests.attacks.front import Front, leak
from tests.attacks.gains import Fault, Gain

_LAX = jws.JWSRegistry(algorithms=["Ed25519"], strict_check_header=False)


def play_forged_verdicts(front: Front) -> Iterator[Fault]:
    """Change a signed verdict in every part, and use it for what it is not."""
    with front.mine.client() as client:
        token, jwks = client.verdict(front.mine.assessment).jws, client.jwks()
    head, document, signature = token.split(".")
    header = json.loads(_decoded(head))
    other = _encoded(_decoded(document).replace(b'"qualified"', b'"not_qualified"'))
    key = OKPKey.generate_key("Ed25519")
    forged = {
        "another aud": f"{_encoded(json.dumps(header | {'aud': 'theirs'}).encode())}.{document}.{signature}",
        "another document": f"{head}.{other}.{signature}",
        "alg none": f"{_encoded(json.dumps(header | {'alg': 'none'}).encode())}.{document}.",
        "a key of one's own": jws.serialize_compact(header, _decoded(document), key, registry=_LAX),
    }
    for name, one in forged.items():
        if _verifies(one, jwks, None):
            yield Fault(Gain.FLIPPED, f"a verdict with {name} is believed")
    if _verifies(token, jwks, "theirs"):
        yield Fault(Gain.FLIPPED, "a verdict of another platform is believed")
    if not _verifies(token, jwks, front.mine.tenant):
        yield Fault(Gain.BROKEN, "a genuine verdict is not believed")
    if front.mine.ask("GET", "/v1/assessments", key=token).status_code != 401:
        yield leak("a verdict opens the API")
    with front.person() as person:
        person.cookies.set(REVIEWER_COOKIE, token)
        if person.get("/review").status_code == 200:
            yield leak("a verdict opens the reviewers' pages")


def _verifies(token: str, jwks: Mapping[str, object], tenant: str | None) -> bool:
    try:
        verify_verdict(token, jwks, tenant=tenant, demonstration=True)
    except VerdictRefused:
        return False
    return True


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
