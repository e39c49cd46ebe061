"""Guessing keys: tokens that are none, how often one may try, and who is not held up by it."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from assessor.services.access import Scope
from tests.web.site import ORIGIN, Platform, Site, serving

LIMIT = 3


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with serving(tmp_path_factory.mktemp("site"), api_wrong_keys_per_minute=LIMIT) as site:
        yield site


@pytest.fixture
async def platform(site: Site) -> Platform:
    site.app.state.wrong_keys.forget()
    return await site.platform(livemode=True)


def from_address(site: Site, address: str, key: str | None = None) -> httpx.AsyncClient:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    transport = httpx.ASGITransport(site.app, client=(address, 4711))
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


READS = ["/v1/tracks", "/v1/verdicts/ver_none", "/v1/assessments/asm_none/verdict"]


@pytest.mark.parametrize("path", READS)
async def test_after_so_many_wrong_keys_an_address_has_to_wait(
    site: Site, platform: Platform, path: str
) -> None:
    async with from_address(site, "192.0.2.1") as guessing:
        answers = [
            await guessing.get(path, headers={"Authorization": f"Bearer ak_live_{number}.made-up"})
            for number in range(LIMIT + 2)
        ]

    assert [answer.status_code for answer in answers] == [401] * LIMIT + [429] * 2
    assert answers[-1].json()["code"] == "too-many-tries"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60


async def guessed(site: Site, address: str) -> None:
    async with from_address(site, address, "ak_live_none.made-up") as guessing:
        for _ in range(LIMIT):
            await guessing.get("/v1/tracks")


async def test_whoever_guesses_locks_out_neither_other_addresses_nor_keys_that_were_let_in_before(
    site: Site, platform: Platform
) -> None:
    new = await site.key(platform.tenant, tuple(Scope))
    async with from_address(site, "192.0.2.2", platform.key) as colleague:
        before = await colleague.get("/v1/tracks")
        await guessed(site, "192.0.2.2")
        beside = await colleague.get("/v1/tracks")
    async with from_address(site, "192.0.2.2", new) as unknown:
        late = await unknown.get("/v1/tracks")
    async with from_address(site, "192.0.2.3", new) as elsewhere:
        other = await elsewhere.get("/v1/tracks")

    assert [answer.status_code for answer in (before, beside, late, other)] == [200, 200, 429, 200]


async def test_the_visible_part_of_a_known_key_is_no_way_to_go_on_guessing(
    site: Site, platform: Platform
) -> None:
    visible = platform.key.partition(".")[0]
    async with from_address(site, "192.0.2.4", platform.key) as colleague:
        await colleague.get("/v1/tracks")
    await guessed(site, "192.0.2.4")

    async with from_address(site, "192.0.2.4", f"{visible}.made-up") as guessing:
        answer = await guessing.get("/v1/tracks")

    assert answer.status_code == 429


async def test_after_the_wait_keys_are_read_again(
    site: Site, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    await guessed(site, "192.0.2.5")

    monkeypatch.setattr(site.app.state.wrong_keys, "now", lambda: 10**9)
    async with from_address(site, "192.0.2.5", platform.key) as colleague:
        answer = await colleague.get("/v1/tracks")

    assert answer.status_code == 200


async def test_without_any_key_there_is_401_however_often_one_asks(site: Site, platform: Platform) -> None:
    async with from_address(site, "192.0.2.6") as nobody:
        answers = [await nobody.get("/v1/tracks") for _ in range(LIMIT + 2)]

    assert {answer.status_code for answer in answers} == {401}


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(site: Site, tenant: str) -> str:
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part({'sub': tenant, 'aud': tenant})}."


def signed_with_the_public_key(site: Site, tenant: str) -> str:
    public = site.services.delivering.jwks()["keys"][0]
    text = f"{part({'alg': 'HS256', 'kid': public['kid']})}.{part({'sub': tenant, 'aud': tenant})}"
    code = hmac.new(public["x"].encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(code).rstrip(b'=').decode()}"


def of_our_own_signature(site: Site, tenant: str) -> str:
    """A verdict is signed by us for this very tenant, and is no key nevertheless."""
    return site.services.scoring._signer.sign(
        b"{}", livemode=True, audience=tenant, jti="ver_1", issued_at=datetime.now(UTC)
    )


@pytest.mark.parametrize("token", [unsigned, signed_with_the_public_key, of_our_own_signature])
@pytest.mark.parametrize("path", READS)
async def test_a_token_is_never_taken_for_a_key(
    site: Site, platform: Platform, token: object, path: str
) -> None:
    assert callable(token)
    async with from_address(site, "192.0.2.7", token(site, platform.tenant.id)) as forger:
        answer = await forger.get(path)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("path", READS)
async def test_an_expired_and_a_revoked_key_open_nothing(
    site: Site, platform: Platform, path: str, tmp_path: Path
) -> None:
    access = site.services.access
    expired = (await access.add_key(platform.tenant.id, tuple(Scope), livemode=True, days=-1)).secret
    revoked = await access.add_key(platform.tenant.id, tuple(Scope), livemode=True)
    await access.revoke_key(revoked.key.id)

    answers = []
    for key in (expired, revoked.secret):
        async with from_address(site, "192.0.2.8", key) as program:
            answers.append(await program.get(path))

    assert [answer.status_code for answer in answers] == [401, 401]
    assert "expired" in answers[0].json()["detail"]
