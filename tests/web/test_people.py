"""Administrators: inviting people, changing what they may do, locks, and the end of an account."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape

import httpx
import pytest

from assessor.domain.audit_log import Action
from assessor.domain.roles import Role
from assessor.ports import ActFilter, Reviewer
from assessor.services.access import LOCK_AFTER
from assessor.services.people import Duties
from tests.web.desk import sign_in, signed_in_before
from tests.web.site import PASSWORD, Platform, Site


@dataclass(frozen=True)
class Office:
    """An administrator who is signed in."""

    site: Site
    platform: Platform
    admin: Reviewer
    browser: httpx.AsyncClient

    async def invite(self, email: str, *roles: str, **fields: str) -> httpx.Response:
        form = {"email": email, "name": "Ana", "roles": list(roles), **fields}
        return await self.browser.post("/review/people", data=form)

    async def does(self, what: str, person: Reviewer, **form: object) -> httpx.Response:
        return await self.browser.post(f"/review/people/{person.id}/{what}", data=form)

    async def person(self, email: str) -> Reviewer:
        found = await self.site.services.store.reviewer_by_email(email)
        assert found is not None
        return found


@pytest.fixture
async def office(site: Site) -> AsyncIterator[Office]:
    site.app.state.sign_in_throttle.forget()
    platform = await site.platform()
    admin = await site.reviewer(platform.tenant, Role.ADMIN)
    async with site.browser() as browser:
        await sign_in(browser, admin.email)
        yield Office(site, platform, admin, browser)


def link_of(page: httpx.Response) -> str:
    found = re.search(r"/review/join/[0-9a-f]+", page.text)
    assert found is not None
    return found[0]


async def test_whoever_is_invited_sets_a_password_by_the_link_once(office: Office) -> None:
    email = f"ana@{office.platform.tenant.id}.example"

    link = link_of(await office.invite(email, "reviewer", "auditor", tracks="python", languages="en"))
    async with office.site.browser() as browser:
        asked = await browser.get(link)
        short = await browser.post(link, data={"password": "short"})
        joined = await browser.post(link, data={"password": PASSWORD})
        queue = await browser.get("/review")
        again = await browser.get(link)

    person = await office.person(email)
    assert "Welcome, Ana" in asked.text
    assert (short.status_code, joined.status_code, queue.status_code, again.status_code) == (
        422,
        303,
        200,
        410,
    )
    assert "At least 12 characters" in short.text
    assert person.roles == (Role.REVIEWER, Role.AUDITOR)
    assert (person.tracks, person.languages) == (("python",), ("en",))


async def test_nobody_signs_in_before_they_have_set_a_password(office: Office) -> None:
    email = f"early@{office.platform.tenant.id}.example"
    await office.invite(email, "reviewer")

    async with office.site.browser() as browser:
        answers = [await sign_in(browser, email, password) for password in ("", PASSWORD)]

    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.parametrize(
    ("email", "roles", "told"),
    [
        ("no address", ["reviewer"], "is not an e-mail address"),
        ("new@example.org", [], "The roles are missing"),
        ("", ["emperor"], "The roles are missing"),
        ("taken", ["reviewer"], "The address has an account already"),
    ],
)
async def test_an_invitation_that_cannot_be_is_told_by_its_field(
    office: Office, email: str, roles: list[str], told: str
) -> None:
    page = await office.invite(office.admin.email if email == "taken" else email, *roles)

    assert page.status_code == 422
    assert told in unescape(page.text)
    assert "/review/join/" not in page.text


async def test_a_name_that_is_too_long_is_told_by_its_field(office: Office) -> None:
    page = await office.invite("new@example.org", "reviewer", name="a" * 201)

    assert page.status_code == 422
    assert "The name is longer than 200 characters" in unescape(page.text)


async def test_what_administrators_do_stands_in_the_audit_log(office: Office) -> None:
    person = await office.site.reviewer(office.platform.tenant, Role.REVIEWER)
    await office.does("duties", person, roles=["senior"])
    for what in ("link", "disable", "enable", "unlock"):
        await office.does(what, person)

    mine = ActFilter(office.platform.tenant.id, subject=person.id)
    acts = (await office.site.services.store.recorded(mine))[::-1]
    assert {act.actor for act in acts} == {office.admin.id}
    assert [act.action for act in acts] == [
        Action.ROLES_CHANGED,
        Action.REVIEWER_LINKED,
        Action.REVIEWER_REMOVED,
        Action.REVIEWER_ADDED,
        Action.REVIEWER_UNLOCKED,
    ]
    assert acts[0].detail == {"roles": "senior", "tracks": "", "languages": ""}


async def test_signing_in_and_out_and_wrong_passwords_stand_in_the_audit_log(office: Office) -> None:
    person = await office.site.reviewer(office.platform.tenant, Role.REVIEWER)
    async with office.site.browser() as browser:
        await sign_in(browser, person.email, "wrong")
        await sign_in(browser, person.email)
        await browser.post("/review/logout")

    acts = await office.site.services.store.recorded(ActFilter(office.platform.tenant.id, actor=person.id))
    assert [act.action for act in acts] == [Action.SIGNED_OUT, Action.SIGNED_IN, Action.SIGN_IN_REFUSED]


async def test_a_change_of_roles_holds_from_the_next_page_on(office: Office) -> None:
    person = await office.site.reviewer(office.platform.tenant, Role.REVIEWER)
    async with office.site.browser() as browser:
        await sign_in(browser, person.email)
        before = await browser.get("/review/people")
        await office.does("duties", person, roles=["reviewer", "admin"])
        after = await browser.get("/review/people")

    assert (before.status_code, after.status_code) == (403, 200)


async def test_a_disabled_account_is_signed_out_at_once_and_can_be_enabled_again(office: Office) -> None:
    person = await office.site.reviewer(office.platform.tenant, Role.REVIEWER)
    async with office.site.browser() as browser:
        await sign_in(browser, person.email)
        await office.does("disable", person)
        signed_out = await browser.get("/review")
        refused = await sign_in(browser, person.email)
        await office.does("enable", person)
        let_in = await sign_in(browser, person.email)

    assert (signed_out.status_code, refused.status_code, let_in.status_code) == (303, 403, 303)
    assert "This account is disabled" in refused.text


async def test_what_was_open_before_an_account_was_disabled_stays_closed(office: Office) -> None:
    person = await office.site.reviewer(office.platform.tenant, Role.REVIEWER)
    async with office.site.browser() as browser:
        await sign_in(browser, person.email)
        await office.does("disable", person)
        await office.does("enable", person)
        page = await browser.get("/review")

    assert page.headers["Location"].startswith("/review/login")


@pytest.mark.parametrize("way", ["disable", "duties"])
async def test_the_only_administrator_stays_one(office: Office, way: str) -> None:
    page = await office.does(way, office.admin, roles=["reviewer"])

    assert page.status_code == 409
    assert "is the only administrator" in page.text
    assert (await office.browser.get("/review/people")).status_code == 200


@pytest.mark.parametrize("way", ["disable", "duties"])
async def test_an_account_that_runs_nothing_can_end_where_there_is_no_administrator(
    office: Office, way: str
) -> None:
    people, tenant = office.site.services.people, (await office.site.platform()).tenant
    person = await office.site.reviewer(tenant, Role.AUDITOR)

    if way == "disable":
        after = await people.disable("operator", tenant.id, person.id)
    else:
        after = await people.change("operator", tenant.id, person.id, Duties((Role.REVIEWER,)))

    assert after.disabled_at if way == "disable" else after.roles == (Role.REVIEWER,)


async def test_people_of_another_platform_are_not_there(office: Office) -> None:
    other = await office.site.reviewer((await office.site.platform()).tenant, Role.REVIEWER)

    ways = ("duties", "link", "disable", "enable", "unlock")
    answers = [await office.does(way, other, roles=["admin"]) for way in ways]
    page = await office.browser.get("/review/people")

    assert [answer.status_code for answer in answers] == [404] * len(ways)
    assert other.email not in page.text


@pytest.mark.parametrize("account", ["known", "unknown"])
async def test_too_many_wrong_passwords_lock_and_tell_nothing_of_whether_there_is_an_account(
    office: Office, account: str
) -> None:
    person = await office.site.reviewer(office.platform.tenant, Role.REVIEWER)
    email = person.email if account == "known" else f"nobody@{office.platform.tenant.id}.example"
    async with office.site.browser() as browser:
        tries = [await sign_in(browser, email, f"wrong {number}") for number in range(LOCK_AFTER)]
        right = await sign_in(browser, email)

    assert [answer.status_code for answer in (*tries, right)] == [401] * (LOCK_AFTER - 1) + [403, 403]
    assert "ask an administrator to unlock it" in right.text


async def test_an_administrator_sees_a_lock_and_lifts_it(office: Office) -> None:
    person = await office.site.reviewer(office.platform.tenant, Role.REVIEWER)
    async with office.site.browser() as browser:
        for number in range(LOCK_AFTER):
            await sign_in(browser, person.email, f"wrong {number}")
        seen = await office.browser.get("/review/people")
        await office.does("unlock", person)
        let_in = await sign_in(browser, person.email)

    assert "Locked after too many wrong passwords" in seen.text
    assert let_in.status_code == 303


async def test_a_right_password_between_wrong_ones_begins_the_count_anew(office: Office) -> None:
    person = await office.site.reviewer(office.platform.tenant, Role.REVIEWER)
    async with office.site.browser() as browser:
        for number in range(LOCK_AFTER - 1):
            await sign_in(browser, person.email, f"wrong {number}")
        await sign_in(browser, person.email)
        again = [await sign_in(browser, person.email, f"wrong {number}") for number in range(LOCK_AFTER - 1)]

    assert {answer.status_code for answer in again} == {401}


@pytest.mark.parametrize(("minutes", "opens", "sends"), [(14, 200, 303), (16, 303, 303), (31, 303, 303)])
async def test_administrators_show_again_who_they_are_when_that_is_long_ago(
    office: Office, minutes: int, opens: int, sends: int
) -> None:
    person = await office.site.reviewer(office.platform.tenant, Role.REVIEWER)
    async with await signed_in_before(office.site, office.admin, minutes) as browser:
        opened = await browser.get("/review/people")
        sent = await browser.post(f"/review/people/{person.id}/disable")
        queue = await browser.get("/review")

    changed = (await office.site.services.store.reviewer(person.id)).disabled_at
    assert (opened.status_code, sent.status_code, queue.status_code) == (opens, sends, 200)
    assert bool(changed) is (minutes < 30)
    if opens == 303:
        assert opened.headers["Location"] == "/review/login?next=%2Freview%2Fpeople&again=1"
        asked = await office.browser.get(opened.headers["Location"])
        assert "asks you to sign in once more" in asked.text
        office.site.app.state.sign_in_throttle.forget()
        back = await sign_in(office.browser, office.admin.email, next="/review/people")
        assert back.headers["Location"] == "/review/people"
        assert (await office.browser.get("/review/people")).status_code == 200
