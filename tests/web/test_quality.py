"""The page about quality: for whom, with what, and what it says when there is nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from assessor.adapters.clock import SystemClock
from assessor.domain.events import SecondLookCompared
from assessor.domain.item import Category
from assessor.domain.quality import QualityLevel
from assessor.domain.roles import Role
from assessor.ports import Sample
from assessor.services.agreeing import SPLITS, split
from assessor.services.log import AssessmentLog
from assessor.simulation.playing import Player
from assessor.web.pages import environment
from tests.domain.calibration.simulated import calibration
from tests.services.decided import Town
from tests.services.passed_on import passed_on
from tests.services.test_knowing import looked
from tests.web.desk import Desk, sign_in
from tests.web.site import Site


@asynccontextmanager
async def reading(site: Site, desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    senior = await site.reviewer(desk.platform.tenant, Role.SENIOR)
    async with site.browser() as browser:
        await sign_in(browser, senior.email)
        yield browser


async def test_without_data_the_page_says_what_is_missing(site: Site, desk: Desk) -> None:
    async with reading(site, desk) as browser:
        page = await browser.get("/review/quality")

    assert page.status_code == 200
    assert "No second look was finished in these days." in page.text
    assert "0 assessments are handed in and wait." in page.text


async def test_what_a_program_played_is_shown_apart_and_named(site: Site, desk: Desk, player: Player) -> None:
    async with reading(site, desk) as browser:
        live = await browser.get("/review/quality?kind=live")
        simulated = await browser.get("/review/quality?kind=simulated")

    assert "A program played these assessments." not in live.text
    assert "A program played these assessments." in simulated.text
    assert 'aria-label="Assessments ordered"' in simulated.text
    assert 'aria-label="Assessments ordered"' not in live.text


async def test_without_a_filter_it_opens_on_assessments_that_there_are(
    site: Site, desk: Desk, player: Player
) -> None:
    async with reading(site, desk) as browser:
        pages = [await browser.get(f"/review/quality{page}") for page in ("", "/agreement")]

    assert all('<option value="simulated" selected>' in page.text for page in pages)


async def test_the_figures_are_those_of_ones_own_platform(site: Site, desk: Desk) -> None:
    other = await site.platform()
    await site.playing(other.tenant)

    async with reading(site, desk) as browser:
        page = await browser.get("/review/quality?kind=simulated")

    assert 'aria-label="Assessments ordered"' not in page.text


@pytest.mark.parametrize(
    "address",
    [
        "?kind=secret",
        "/agreement?by=name",
        "/agreement?track=none",
        "/items?track=none",
        "/calibration?family=none",
    ],
)
async def test_a_filter_that_there_is_not_is_refused_with_those_that_there_are(
    site: Site, desk: Desk, address: str
) -> None:
    async with reading(site, desk) as browser:
        page = await browser.get(f"/review/quality{address}")

    assert page.status_code == 422
    assert "Use one of" in page.text or "Choose one of the list" in page.text


async def test_items_of_what_a_program_played_stand_with_their_exposure(
    site: Site, desk: Desk, player: Player
) -> None:
    async with reading(site, desk) as browser:
        live = await browser.get("/review/quality/items?track=python&kind=live")
        simulated = await browser.get("/review/quality/items?track=python&kind=simulated")

    assert "0 decided assessments were read" in live.text
    assert "1.00" in simulated.text
    assert "No item has 50 answers yet." in simulated.text


async def test_an_item_that_may_have_become_known_is_named_with_what_can_be_done(
    site: Site, desk: Desk
) -> None:
    services = site.services
    town = Town(services.store, SystemClock(), desk.platform.tenant.id)
    item = await passed_on(town, await services.content.library())

    while (await services.bank_surveys.of("python", Sample(tenant=town.tenant))).bank is None:
        """Each turn waits for the survey for a while."""

    async with reading(site, desk) as browser:
        page = await browser.get("/review/quality/items?track=python&kind=live")

    assert "Items that may have become known" in page.text
    assert f"assessor items retire python {item} --reason" in page.text
    assert "Scored higher since" in page.text


async def test_calibrations_are_drawn_with_the_drift_of_their_judge(site: Site, desk: Desk) -> None:
    async with reading(site, desk) as browser:
        before = await browser.get("/review/quality/calibration")
        await site.services.store.add_calibrations([calibration(id="cal_page")])
        await site.services.store.add_gold_errors("cal_page", [0.0, 1.0, 2.0], datetime.now(UTC))
        after = await browser.get("/review/quality/calibration?family=sft/semantics, en")

    assert "No judge was calibrated yet" in before.text
    assert "stands" in after.text
    assert 'class="course"' in after.text
    assert "After 3 gold responses" in after.text


async def test_agreement_is_split_by_what_the_address_says_and_people_go_by_name(
    site: Site, desk: Desk, player: Player
) -> None:
    log = AssessmentLog(site.services.store, SystemClock())
    eve = await site.reviewer(desk.platform.tenant, Role.REVIEWER)
    levels = tuple(_level(f"sft-{number}", reviewer=eve.id) for number in range(12))
    await log.change(player.assessment_id, lambda _a, _now: [SecondLookCompared(levels=levels)])

    async with reading(site, desk) as browser:
        by_reviewer = await browser.get("/review/quality/agreement?kind=simulated&by=reviewer")
        by_criterion = await browser.get("/review/quality/agreement?kind=simulated&by=criterion&track=python")
        live = await browser.get("/review/quality/agreement?kind=live&by=reviewer")

    assert eve.name in by_reviewer.text
    assert eve.id not in by_reviewer.text
    assert "1.00" in by_reviewer.text
    assert "writes/clear" in by_criterion.text
    assert "No second look was finished" in live.text


def _level(item_id: str, *, reviewer: str) -> QualityLevel:
    met = int(item_id[-1]) % 2
    return QualityLevel(
        item_id=item_id,
        category=Category.SFT,
        competency="communication",
        model="m1",
        calibration_id=None,
        person=4 * met,
        judge=4 * met,
        reviewer=reviewer,
        rubric="writes@1",
        language="en",
        marks={"clear": (met, met)},
    )


def test_a_chart_draws_what_there_is_and_leaves_out_what_there_is_not() -> None:
    looks = [looked(level, min(4, level + 1)) for level in range(5)] * 5
    macros = environment("en").get_template("reviewer/charts.html").make_module({})
    parts = split([*looks, looked(4, 4, model="m2")], SPLITS["model"]).parts
    weeks = [{"day": f"2026-11-{day:02}", "bias": bias} for day, bias in ((2, 1), (9, None), (16, -2))]

    rows = str(macros.intervals(parts, 0.7, "Kappa"))  # type: ignore[attr-defined]  # a macro of the file
    columns = str(macros.columns(weeks, "bias", "Drift"))  # type: ignore[attr-defined]  # likewise

    assert 'aria-label="Kappa"' in rows
    assert [rows.count(mark) for mark in ('class="name"', 'class="interval"', 'class="dot"')] == [2, 1, 1]
    assert columns.count('class="column"') == 2
    assert ["2026-11-02" in columns, "2026-11-09" in columns, "2026-11-16" in columns] == [True, False, True]
    assert "style=" not in rows + columns
