"""Taking an assessment out as an audit package, from the reviewer's pages."""

import httpx
import pytest

from assessor.bootstrap import checking_packages
from assessor.simulation.playing import Player
from tests.web.desk import Desk

REASON = "The regulator asked for this case."


def address(player: Player) -> str:
    return f"/review/{player.assessment_id}/export"


async def posted(desk: Desk, player: Player, reason: str) -> httpx.Response:
    return await desk.browser.post(address(player), data={"reason": reason})


async def test_a_case_leads_to_its_export_and_the_file_that_comes_is_sound(
    desk: Desk, player: Player
) -> None:
    case = await desk.browser.get(f"/review/{player.assessment_id}")
    page = await desk.browser.get(address(player))
    file = await posted(desk, player, REASON)

    assert f'href="{address(player)}"' in case.text
    assert 'name="reason"' in page.text
    assert (file.status_code, file.headers["content-type"]) == (200, "application/zip")
    assert f'filename="{player.assessment_id}.audit.zip"' in file.headers["content-disposition"]
    found = await checking_packages(demonstration=True).check(file.content)
    assert (found.assessment_id, found.findings) == (player.assessment_id, ())


@pytest.mark.parametrize("reason", ["", "short", "x" * 501])
async def test_without_a_sentence_of_reason_nothing_is_exported(
    desk: Desk, player: Player, reason: str
) -> None:
    page = await posted(desk, player, reason)

    assert page.status_code in {413, 422}
    assert page.headers["content-type"].startswith("text/html")
    assert "Nothing was exported" in page.text


async def test_another_platform_s_assessment_is_not_there(desk: Desk) -> None:
    unknown = "/review/asm_00000000000000000000000000/export"

    assert (await desk.browser.get(unknown)).status_code == 404
    assert (await desk.browser.post(unknown, data={"reason": REASON})).status_code == 404
