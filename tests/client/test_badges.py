"""A badge as others check it: by PyJWT and the code of docs/badges.md, over HTTP, with none of ours."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pytest

from assessor.bootstrap import Services
from assessor.ports import Tenant
from assessor.services.order import Order
from assessor.settings import Settings
from assessor.simulation.candidate import EXPERT, SimulatedCandidate
from assessor.simulation.playing import Player
from assessor.web.serving import free_port, serving
from tests.client.pages import python_of
from tests.web.site import PASSWORD, PILOT

REASON = "Every part that was looked at is on the level of an expert."
Check = Callable[[str, str], dict[str, Any]]


@dataclass(frozen=True)
class Issued:
    """A served service, and what it issued."""

    services: Services
    url: str
    tenant: Tenant
    live: str
    test: str
    revoked: str


@pytest.fixture(scope="module")
async def issued(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Issued]:
    folder: Path = tmp_path_factory.mktemp("issuer")
    settings = Settings(data_dir=folder, port=free_port("127.0.0.1"), log_level="WARNING")
    async with serving(settings) as server:
        services = server.services
        tenant = await services.access.add_tenant("acme", "Acme Data", PILOT)
        await services.access.add_reviewer(tenant.id, "reviewer@acme.example", "Rita Reviewer", PASSWORD)
        live, test, revoked = [
            await _badge(services, tenant, f"person-{number}", livemode=livemode)
            for number, livemode in enumerate((True, False, True))
        ]
        found = await services.store.live_verdict(_claims(revoked)["id"].split("/")[-2])
        assert found is not None
        await services.revoking.revoke(found.id, "rita", "Somebody else sat the assessment.")
        yield Issued(services, settings.public_url, tenant, live, test, revoked)


async def _badge(services: Services, tenant: Tenant, reference: str, *, livemode: bool) -> str:
    """Order an assessment, be a good candidate, have a person decide, and take the badge."""
    order = Order(candidate_ref=reference, track="python", form="short", livemode=livemode)
    ordered = await services.ordering.order(tenant, order)
    assessment, _session = await services.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])
    await services.conversing.begin(assessment.id)
    candidate = SimulatedCandidate(await services.content.library("python"), "python", EXPERT)
    player = Player(services, assessment.id, candidate)
    await player.interview()
    await player.tasks()
    await player.submit()
    reviewer = await services.store.reviewer_by_email("reviewer@acme.example")
    assert reviewer is not None
    if (await player.review(reviewer)).needs_person:
        await services.reviewing.decide(reviewer, assessment.id, "qualified", REASON)
    return await services.badges.of_assessment(assessment.id)


def _claims(badge: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(badge.split(".")[1] + "=="))
    return found


@pytest.fixture(scope="module")
def check() -> Check:
    """What the page tells others to run."""
    (code,) = python_of("badges.md")
    names: dict[str, Any] = {}
    exec(compile(code, "docs/badges.md", "exec"), names)  # noqa: S102 - running the page is the test
    found: Check = names["check"]
    return found


async def test_a_badge_that_holds_is_accepted_and_says_what_was_achieved(
    issued: Issued, check: Check
) -> None:
    claims = await asyncio.to_thread(check, issued.live, issued.url)

    assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert claims["credentialSubject"]["achievement"]["id"] == f"{issued.url}/badges/achievements/python"


async def test_the_published_key_set_verifies_it_too(issued: Issued) -> None:
    client = jwt.PyJWKClient(f"{issued.url}/.well-known/jwks.json")
    wanted = jwt.get_unverified_header(issued.live)["kid"].rsplit("/", 1)[-1]

    keys = await asyncio.to_thread(client.get_signing_keys)
    (key,) = [one for one in keys if one.key_id == wanted]

    assert jwt.decode(issued.live, key.key, algorithms=["EdDSA"])["iss"] == f"{issued.url}/badges/issuer"


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forgeries(badge: str, key: dict[str, Any]) -> dict[str, str]:
    """Return what must be refused, each by what it is."""
    head, body, signature = badge.split(".")
    header = jwt.get_unverified_header(badge)
    later = _part(_claims(badge) | {"exp": 9_999_999_999})
    confused = f"{_part(header | {'alg': 'HS256'})}.{body}"
    code = hmac.new(key["x"].encode(), confused.encode(), hashlib.sha256).digest()
    return {
        "prolonged": f"{head}.{later}.{signature}",
        "unsigned": f"{_part(header | {'alg': 'none'})}.{body}.",
        "signed with the public key": f"{confused}.{base64.urlsafe_b64encode(code).rstrip(b'=').decode()}",
        "with a key from elsewhere": f"{_part(header | {'kid': 'https://evil.example/key'})}.{body}.{signature}",
    }


async def test_what_was_changed_forged_revoked_or_made_in_test_mode_is_refused(
    issued: Issued, check: Check
) -> None:
    (key, *_) = issued.services.delivering.jwks()["keys"]
    refused = forgeries(issued.live, key) | {"revoked": issued.revoked, "a test": issued.test}

    taken = []
    for what, badge in refused.items():
        try:
            await asyncio.to_thread(check, badge, issued.url)
            taken.append(what)
        except jwt.InvalidTokenError:
            continue

    assert taken == []
