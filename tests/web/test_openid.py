"""Signing in by a real OpenID provider on this machine: who is let in, and what is not believed."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from assessor.domain.policy import Policy
from assessor.domain.roles import Role
from assessor.ports import Reviewer
from assessor.services.people import Duties
from tests.openid_server import CLIENT, SECRET, Provider, new_key, provider_running
from tests.web.site import Site, serving

TENANT = "acme"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with provider_running() as running:
        yield running


def settings_for(provider: Provider, **others: Any) -> dict[str, Any]:
    return {
        "openid_issuer": provider.url,
        "openid_client_id": CLIENT,
        "openid_client_secret": SECRET,
        "openid_tenant": TENANT,
        **others,
    }


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> AsyncIterator[Site]:
    async with serving(tmp_path_factory.mktemp("site"), **settings_for(provider)) as site:
        await site.services.access.add_tenant(TENANT, "Acme", Policy())
        yield site


async def invited(site: Site, email: str, *roles: Role) -> Reviewer:
    duties = Duties(roles or (Role.REVIEWER,))
    return (await site.services.people.invite("operator", TENANT, email, "Invited", duties))[0]


async def sent_back(browser: httpx.AsyncClient) -> str:
    """Go to the provider and return the address that it sends the browser back to."""
    left = await browser.get("/review/openid")
    assert left.status_code == 303
    async with httpx.AsyncClient() as outside:
        back = await outside.get(left.headers["location"])
    assert back.status_code == 302
    return back.headers["location"]


async def signed_in(browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.get(await sent_back(browser))


async def test_the_sign_in_page_leads_to_the_provider_with_all_that_protects_the_flow(site: Site) -> None:
    async with site.browser() as browser:
        page = await browser.get("/review/login")
        left = await browser.get("/review/openid")

    asked = parse_qs(urlsplit(left.headers["location"]).query)
    assert 'href="/review/openid"' in page.text
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert asked["redirect_uri"] == [f"{site.settings.public_url}/review/openid/callback"]
    assert "HttpOnly" in left.headers["set-cookie"]


async def test_somebody_who_was_invited_comes_in_and_is_known_by_the_provider_from_then_on(
    site: Site, provider: Provider
) -> None:
    person = await invited(site, "ana@acme.example", Role.SENIOR)
    provider.signs_in("subject-ana", "Ana@Acme.example")
    async with site.browser() as browser:
        first = await signed_in(browser)
        queue = await browser.get("/review")
    provider.signs_in("subject-ana", "another@acme.example")
    async with site.browser() as browser:
        again = await signed_in(browser)

    kept = await site.services.store.reviewer(person.id)
    assert (first.status_code, queue.status_code, again.status_code) == (303, 200, 303)
    assert (kept.issuer, kept.subject) == (provider.url, "subject-ana")
    assert kept.roles == (Role.SENIOR,)
    assert await site.services.store.reviewer_by_email("another@acme.example") is None


@pytest.mark.parametrize(
    ("subject", "email", "claims"),
    [
        ("stranger", "stranger@acme.example", {}),
        ("unverified", "unverified@acme.example", {"email_verified": False}),
        ("nameless", None, {}),
        ("thief", "linked@acme.example", {}),
        ("elsewhere", "elsewhere@other.example", {}),
    ],
)
async def test_whom_nobody_invited_stays_out(
    site: Site, provider: Provider, subject: str, email: str | None, claims: dict[str, object]
) -> None:
    store = site.services.store
    if subject == "unverified" and await store.reviewer_by_email("unverified@acme.example") is None:
        await invited(site, "unverified@acme.example")
    if subject == "thief":
        await invited(site, "linked@acme.example")
        provider.signs_in("rightful", email)
        async with site.browser() as browser:
            await signed_in(browser)
    if subject == "elsewhere":
        other = await site.platform()
        await site.services.people.invite(
            "operator", other.tenant.id, str(email), "Else", Duties((Role.REVIEWER,))
        )
    provider.signs_in(subject, email, **claims)

    async with site.browser() as browser:
        answer = await signed_in(browser)
        queue = await browser.get("/review")

    assert answer.status_code == 403
    assert "Your organisation&#39;s sign-in signed you in, but" in answer.text
    assert queue.status_code == 303


def another_key(provider: Provider) -> None:
    provider.shown, provider.key = [provider.key], new_key("another")


def forged_key(provider: Provider) -> None:
    provider.shown, provider.key = [provider.key], new_key(provider.key.kid or "")


def unsigned(provider: Provider) -> None:
    provider.algorithm = "none"


def saying(**claims: object) -> Callable[[Provider], None]:
    def say(provider: Provider) -> None:
        provider.claims = dict(claims)

    return say


@pytest.mark.parametrize(
    "forged",
    [
        saying(iss="https://evil.example"),
        saying(aud="another client"),
        saying(aud=[CLIENT, "another"], azp="another"),
        saying(nonce="of another sign-in"),
        saying(nonce=None),
        saying(exp=1_000_000_000),
        saying(exp=None),
        saying(sub=None),
        another_key,
        forged_key,
        unsigned,
    ],
    ids=[
        "issuer",
        "audience",
        "party",
        "nonce",
        "no nonce",
        "old",
        "endless",
        "nobody",
        "key",
        "same name",
        "unsigned",
    ],
)
async def test_a_token_that_is_not_ours_or_not_fresh_or_not_signed_is_not_believed(
    site: Site, provider: Provider, forged: Callable[[Provider], None]
) -> None:
    if await site.services.store.reviewer_by_email("eve@acme.example") is None:
        await invited(site, "eve@acme.example")
    provider.signs_in("eve", "eve@acme.example")
    async with site.browser() as browser:
        back, key = await sent_back(browser), provider.key
        forged(provider)
        answer = await browser.get(back)
        provider.key = key

    assert answer.status_code == 403
    assert "must not be relied on" in answer.text
    assert "assessor_reviewer" not in answer.headers.get("set-cookie", "")


async def test_a_new_key_of_the_provider_is_fetched_when_a_token_names_it(
    site: Site, provider: Provider
) -> None:
    await invited(site, "kay@acme.example")
    provider.signs_in("kay", "kay@acme.example")
    provider.key = new_key("rolled")

    async with site.browser() as browser:
        answer = await signed_in(browser)

    assert answer.status_code == 303


async def test_a_code_works_once_and_only_in_the_browser_that_left_for_it(
    site: Site, provider: Provider
) -> None:
    await invited(site, "bea@acme.example")
    provider.signs_in("bea", "bea@acme.example")
    async with site.browser() as mine, site.browser() as another:
        back = await sent_back(mine)
        stolen = await another.get(back)
        await another.get("/review/openid")  # a flow of their own does not help
        swapped = await another.get(back)
        first = await mine.get(back)
        second = await mine.get(back)

    assert [one.status_code for one in (stolen, swapped, first, second)] == [403, 403, 303, 403]


async def test_what_the_provider_refuses_is_told(site: Site) -> None:
    async with site.browser() as browser:
        await browser.get("/review/openid")
        answer = await browser.get("/review/openid/callback?error=access_denied&state=x")

    assert answer.status_code == 403
    assert "did not sign you in" in answer.text


async def test_a_disabled_account_stays_out(site: Site, provider: Provider) -> None:
    person = await invited(site, "dora@acme.example")
    provider.signs_in("dora", "dora@acme.example")
    await site.services.people.disable("operator", TENANT, person.id)

    async with site.browser() as browser:
        answer = await signed_in(browser)

    assert answer.status_code == 403
    assert "This account is disabled" in answer.text


async def test_roles_follow_a_claim_and_accounts_are_made_where_that_is_set_up(
    provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chosen = settings_for(
        provider,
        openid_admits="anybody",
        openid_roles_claim="groups",
        openid_roles={"seniors": "senior", "auditors": "auditor"},
    )
    async with serving(tmp_path_factory.mktemp("open"), **chosen) as site:
        await site.services.access.add_tenant(TENANT, "Acme", Policy())
        provider.signs_in("finn", "finn@acme.example", groups=["auditors", "staff"])
        async with site.browser() as browser:
            first = await signed_in(browser)
        before = await site.services.store.reviewer_by_email("finn@acme.example")
        provider.signs_in("finn", "finn@acme.example", groups="seniors")
        async with site.browser() as browser:
            await signed_in(browser)
        after = await site.services.store.reviewer_by_email("finn@acme.example")
        provider.signs_in("gus", "gus@acme.example", groups=["staff"])
        async with site.browser() as browser:
            refused = await signed_in(browser)

    assert first.status_code == 303
    assert before is not None
    assert before.roles == (Role.AUDITOR,)
    assert after is not None
    assert after.roles == (Role.SENIOR,)
    assert refused.status_code == 403
    assert "gives you no role" in refused.text


async def test_a_provider_that_is_down_is_told_and_passwords_still_work(
    provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with serving(tmp_path_factory.mktemp("down"), **settings_for(provider)) as site:
        provider.is_down = True
        async with site.browser() as browser:
            answer = await browser.get("/review/openid")
        provider.is_down = False

    assert answer.status_code == 502
    assert "could not be reached" in answer.text
    assert 'name="password"' in answer.text
