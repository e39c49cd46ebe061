"""The audit log's page: acts in words, filters, pages, and the check of the chain."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

import httpx
import pytest

from assessor.domain.audit_log import Act, Action
from assessor.domain.roles import Role
from assessor.ports import ActFilter, Reviewer
from assessor.web.audit_log import ACTION_WORDS, PAGE
from tests.web.desk import sign_in
from tests.web.site import Platform, Site

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Archive:
    """An auditor who is signed in, and the log that they read."""

    site: Site
    platform: Platform
    auditor: Reviewer
    browser: httpx.AsyncClient

    async def happened(self, action: Action, subject: str, reason: str = "", at: datetime = DAY) -> None:
        act = Act(self.platform.tenant.id, "olga", action, subject, reason)
        await self.site.services.store.record_act(act, at)

    async def page(self, query: str = "", status: int = 200) -> str:
        answer = await self.browser.get(f"/review/audit{query}")
        assert answer.status_code == status
        return unescape(answer.text)

    def tamper(self, statement: str) -> None:
        file = self.site.settings.database_url.removeprefix("sqlite:///")
        with sqlite3.connect(file) as connection:
            connection.execute(statement, (self.platform.tenant.id,))
        connection.close()


@pytest.fixture
async def archive(site: Site) -> AsyncIterator[Archive]:
    site.app.state.sign_in_throttle.forget()
    platform = await site.platform()
    auditor = await site.reviewer(platform.tenant, Role.AUDITOR)
    async with site.browser() as browser:
        await sign_in(browser, auditor.email)
        yield Archive(site, platform, auditor, browser)


def test_every_act_has_words() -> None:
    assert ACTION_WORDS.keys() == set(Action)
    assert len(set(ACTION_WORDS.values())) == len(Action)


async def test_acts_stand_in_words_with_who_and_why_and_nothing_in_them_runs(archive: Archive) -> None:
    await archive.happened(Action.PACKAGE_EXPORTED, "asm_1", "<script>alert(1)</script>")

    raw = (await archive.browser.get("/review/audit")).text

    table = raw.partition("<tbody>")[2]
    assert (
        table.index("exported an audit package") < table.index("signed in") < table.index("made an API key")
    )
    assert "Rita Reviewer" in table
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in table
    assert 'href="/review/audit"' in raw


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?who=olga", {"asm_1", "asm_2"}),
        ("?what=export.package", {"asm_1"}),
        ("?on=asm_2", {"asm_2"}),
        ("?from=2026-03-02", {"asm_2"}),
        ("?to=2026-03-01", {"asm_1"}),
        ("?from=2026-03-01&to=2026-03-02", {"asm_1", "asm_2"}),
        ("?who=olga&what=session.opened", set()),
    ],
)
async def test_filters_stand_in_the_address(archive: Archive, query: str, shown: set[str]) -> None:
    await archive.happened(Action.PACKAGE_EXPORTED, "asm_1")
    await archive.happened(Action.VERDICT_REVOKED, "asm_2", at=DAY.replace(day=2))

    table = (await archive.page(query)).partition("<tbody>")[2].partition("</tbody>")[0]

    assert {one for one in ("asm_1", "asm_2") if one in table} == shown


async def test_a_person_is_found_by_their_address(archive: Archive) -> None:
    await archive.happened(Action.PACKAGE_EXPORTED, "asm_1")

    page = await archive.page(f"?who={archive.auditor.email}")

    assert "signed in" in page.partition("<tbody>")[2]
    assert "asm_1" not in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?what=nothing", "What 'nothing' is no act. Choose one of the list."),
        ("?from=yesterday", "The first day 'yesterday' is no day. Write it like 2026-01-31."),
        ("?to=9999-12-31", "The last day '9999-12-31' is no day."),
        ("?from=2026-03-02&to=2026-03-01", "The last day is before the first day."),
        ("?before=x", "The page is none that the log has."),
    ],
)
async def test_a_bad_filter_is_named_with_the_way_out(archive: Archive, query: str, told: str) -> None:
    page = await archive.page(query, status=422)

    assert told in page
    assert "<tbody>" not in page


async def test_a_filter_that_is_too_long_is_refused(archive: Archive) -> None:
    assert "Nothing is shown" in await archive.page(f"?on={'x' * 201}", status=413)


async def test_pages_follow_each_other_and_keep_the_filters(archive: Archive) -> None:
    numbers = range(PAGE + 1)
    for number in numbers:
        await archive.happened(Action.LIST_EXPORTED, f"number-{number}-")

    first = await archive.page("?who=olga")
    link = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = unescape((await archive.browser.get(link)).text)

    assert "who=olga" in link
    assert [n for n in numbers if f"number-{n}-" in first] == [*numbers[1:]]
    assert [n for n in numbers if f"number-{n}-" in second] == [0]
    assert 'rel="next"' not in second
    assert 'href="/review/audit?who=olga"' in second


async def test_the_check_says_how_many_records_hold_and_is_recorded(archive: Archive) -> None:
    answer = await archive.browser.post("/review/audit/check")

    acts = await archive.site.services.store.recorded(ActFilter(archive.platform.tenant.id))
    assert f"The chain holds: {len(acts) - 1} records are as they were written." in answer.text
    assert (acts[0].actor, acts[0].action) == (archive.auditor.id, Action.CHAIN_CHECKED)
    assert acts[0].detail == {"records": len(acts) - 1, "holds": True}


async def test_the_check_names_the_first_bad_record(archive: Archive) -> None:
    await archive.happened(Action.PACKAGE_EXPORTED, "asm_1")
    archive.tamper("UPDATE audit_record SET actor = 'nobody' WHERE tenant_id = ? AND seq = 2")

    answer = await archive.browser.post("/review/audit/check")

    assert "The chain does not hold" in answer.text
    assert f"Record 2 of the audit log of {archive.platform.tenant.id} was changed or moved" in answer.text
    newest = (await archive.site.services.store.recorded(ActFilter(archive.platform.tenant.id)))[0]
    assert newest.detail == {"records": 0, "holds": False}


async def test_what_other_platforms_did_is_not_there(archive: Archive) -> None:
    other = await archive.site.platform()

    page = await archive.page("?what=api_key.made")

    assert other.key.partition(".")[0] not in page
    assert archive.platform.key.partition(".")[0] in page
    assert archive.platform.key.partition(".")[2] not in page
