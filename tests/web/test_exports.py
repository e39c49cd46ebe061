"""Taking the list of decisions out, from the reviewer's pages."""

import csv
from html import unescape
from io import BytesIO, StringIO

import pytest
from pypdf import PdfReader

from assessor.domain.audit_log import Action
from assessor.ports import ActFilter
from assessor.simulation.playing import Player, begin
from tests.attacks.looking import formulas
from tests.web.desk import Desk

FORM = {"format": "csv", "reason": "The yearly report to the board."}


async def test_the_list_comes_as_a_file_with_who_and_why_on_record(desk: Desk, player: Player) -> None:
    page = await desk.browser.get("/review/exports")
    file = await desk.browser.post("/review/exports", data=FORM)

    rows = [*csv.DictReader(StringIO(file.text, newline=""))]
    acts = await desk.site.services.store.recorded(
        ActFilter(desk.platform.tenant.id, action=Action.LIST_EXPORTED)
    )
    assert 'href="/review/exports"' in page.text
    assert (file.status_code, file.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert file.headers["content-disposition"] == 'attachment; filename="decisions.csv"'
    assert [row["assessment_id"] for row in rows] == [player.assessment_id]
    assert [(act.actor, act.reason) for act in acts] == [(desk.person.id, FORM["reason"])]


async def test_no_reference_of_a_platform_is_calculated(desk: Desk) -> None:
    services, tenant = desk.site.services, desk.platform.tenant
    player = await begin(services, tenant, "=HYPERLINK(A1)", "short", "python", 2)
    await player.interview()
    await player.tasks()
    await player.submit()

    file = await desk.browser.post("/review/exports", data=FORM)

    assert "'=HYPERLINK(A1)" in file.text
    assert formulas(file.text) == []


async def test_as_a_pdf_it_is_a_file_to_print(desk: Desk, player: Player) -> None:
    file = await desk.browser.post("/review/exports", data=FORM | {"format": "pdf"})

    (page,) = PdfReader(BytesIO(file.content)).pages
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["content-disposition"] == 'attachment; filename="decisions.pdf"'
    assert player.assessment_id in page.extract_text().replace("\n", "")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"reason": ""}, "The reason is empty."),
        ({"reason": "short"}, "The reason is too short."),
        ({"format": "xlsx"}, "The format 'xlsx' is none. Use one of: csv, jsonl, pdf."),
        ({"from": "tomorrow"}, "The first day 'tomorrow' is no day."),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "The last day is before the first day."),
    ],
)
async def test_what_is_wrong_is_named_and_what_was_typed_stays(
    desk: Desk, changed: dict[str, str], told: str
) -> None:
    page = await desk.browser.post("/review/exports", data=FORM | {"track": "my-track"} | changed)

    assert page.status_code == 422
    assert told in unescape(page.text)
    assert 'value="my-track"' in page.text
