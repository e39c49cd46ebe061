"""The page on how groups fare: for one role, by groups that are large enough, and never unseen."""

import csv
from collections.abc import AsyncIterator
from io import StringIO

import httpx
import pytest

from assessor.adapters.clock import SystemClock
from assessor.domain.audit_log import Action
from assessor.domain.demographics import Sex
from assessor.domain.fairness import stage_rates
from assessor.domain.fairness.course import Course
from assessor.domain.roles import Role
from assessor.ports import ActFilter
from assessor.web.fairness import ratios
from assessor.web.pages import environment
from tests.services.decided import Town
from tests.web.desk import sign_in
from tests.web.site import Platform, Site

ALL = "/review/fairness?period=all"


@pytest.fixture
async def platform(site: Site) -> Platform:
    return await site.platform()


@pytest.fixture
def town(site: Site, platform: Platform) -> Town:
    return Town(site.services.store, SystemClock(), platform.tenant.id)


@pytest.fixture
async def browser(site: Site, platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    watcher = await site.reviewer(platform.tenant, Role.FAIRNESS)
    async with site.browser() as browser:
        await sign_in(browser, watcher.email)
        yield browser


async def decided(town: Town, sex: Sex, n: int, *, qualified: int) -> None:
    for number in range(n):
        decision = "qualified" if number < qualified else "not_qualified"
        await town.decided(70.0, decision, "person", sex=sex)


async def test_ratios_stand_beside_the_highest_rate_with_their_interval(
    town: Town, browser: httpx.AsyncClient
) -> None:
    await decided(town, Sex.MALE, 40, qualified=30)
    await decided(town, Sex.FEMALE, 40, qualified=12)

    page = await browser.get(ALL)

    assert "80 people" in page.text
    assert "0.40 (0.24 – 0.66)" in page.text
    assert "Qualified in the end: alert" in page.text
    assert 'class="bar-line"' in page.text


async def test_a_group_of_four_is_not_told_apart(town: Town, browser: httpx.AsyncClient) -> None:
    await decided(town, Sex.MALE, 12, qualified=6)
    await decided(town, Sex.FEMALE, 4, qualified=2)

    page = await browser.get(ALL)

    assert ">Male<" in page.text
    assert ">Female<" not in page.text


async def test_what_programs_played_is_apart_from_what_counts(town: Town, browser: httpx.AsyncClient) -> None:
    town.livemode = False
    await town.decided(simulated=True)

    pages = {kind: (await browser.get(f"{ALL}&kind={kind}")).text for kind in ("live", "test", "simulated")}

    assert {kind: "Nobody was invited" in page for kind, page in pages.items()} == {
        "live": True,
        "test": True,
        "simulated": False,
    }


async def test_every_look_and_every_export_is_on_record_with_who_and_what(
    site: Site, platform: Platform, town: Town, browser: httpx.AsyncClient
) -> None:
    await decided(town, Sex.MALE, 5, qualified=2)

    await browser.get(f"{ALL}&items=shown")
    file = await browser.post(
        "/review/fairness/ll144",
        data={"track": "python", "period": "all", "reason": "For the yearly audit, by Ms Ode."},
    )

    seen, taken = [
        (await site.services.store.recorded(ActFilter(platform.tenant.id, action=action)))[0]
        for action in (Action.FAIRNESS_SEEN, Action.LIST_EXPORTED)
    ]
    assert (seen.detail or {})["items"] is True
    assert seen.actor == taken.actor
    assert taken.reason == "For the yearly audit, by Ms Ode."
    rows = [*csv.DictReader(StringIO(file.text, newline=""))]
    assert [row["applicants"] for row in rows if (row["table"], row["sex"]) == ("sex", "Male")] == ["5"]


async def test_without_a_reason_nothing_is_handed_out_and_the_page_says_so(
    town: Town, browser: httpx.AsyncClient
) -> None:
    await town.decided()

    page = await browser.post("/review/fairness/ll144", data={"track": "python", "period": "all"})

    assert page.status_code == 422
    assert "Nothing was exported" in page.text
    assert "The reason is empty." in page.text


@pytest.mark.parametrize("query", ["period=7", "kind=secret", "track=none&period=all"])
async def test_what_there_is_not_is_refused(town: Town, browser: httpx.AsyncClient, query: str) -> None:
    await town.decided()

    page = await browser.get(f"/review/fairness?{query}")

    assert page.status_code == 422


async def test_nobody_who_scores_is_led_there(site: Site, platform: Platform) -> None:
    senior = await site.reviewer(platform.tenant, Role.SENIOR)
    async with site.browser() as browser:
        await sign_in(browser, senior.email)

        page = await browser.get("/review/quality")

    assert "/review/fairness" not in page.text


def test_the_chart_has_a_row_a_ratio_and_an_arrow_where_an_interval_goes_on() -> None:
    courses = [
        *[Course(final=number < 9, groups={"sex": "Male"}) for number in range(10)],
        *[Course(final=number < 5, groups={"sex": "Female"}) for number in range(6)],
        *[Course(final=number < 1, groups={"sex": "Another"}) for number in range(9)],
    ]
    found = stage_rates("final", "sex", courses)
    macros = environment("en").get_template("reviewer/charts.html").make_module({})

    chart = str(macros.ratios(ratios([found], "sex"), 0.8, "Ratios", 1.0))  # type: ignore[attr-defined]  # a macro of the file

    assert [chart.count(mark) for mark in ("<circle", 'class="interval"', "<path")] == [2, 2, 1]
