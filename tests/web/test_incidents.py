"""Taking an incident out as one file, from the reviewer's pages."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest

from assessor.bootstrap import checking_incidents
from assessor.domain.audit_log import Action
from assessor.ports import ActFilter
from assessor.simulation.playing import Player
from tests.web.desk import Desk

PAGE = "/review/exports/incident"
FORM = {
    "from": "2026-01-01",
    "to": "2999-01-01",
    "what": "The judge gave credit for a note to it.",
    "done": "The judge was stopped.",
    "reason": "Notified to the authority.",
}


async def test_an_incident_comes_as_a_file_that_verifies_with_who_and_why_on_record(
    desk: Desk, player: Player
) -> None:
    page = await desk.browser.get(PAGE)
    file = await desk.browser.post(PAGE, data=FORM)

    acts = await desk.site.services.store.recorded(
        ActFilter(desk.platform.tenant.id, action=Action.INCIDENT_EXPORTED)
    )
    with ZipFile(BytesIO(file.content)) as archive:
        affected = [json.loads(line) for line in archive.read("affected.jsonl").splitlines()]
    assert page.status_code == 200
    assert (file.status_code, file.headers["content-type"]) == (200, "application/zip")
    assert [one["assessment_id"] for one in affected] == [player.assessment_id]
    assert checking_incidents(demonstration=True).check(file.content).is_sound
    assert [(act.actor, act.reason) for act in acts] == [(desk.person.id, FORM["reason"])]


async def test_of_another_track_nothing_is_affected(desk: Desk, player: Player) -> None:
    file = await desk.browser.post(PAGE, data=FORM | {"track": "nursing"})

    with ZipFile(BytesIO(file.content)) as archive:
        assert archive.read("affected.jsonl") == b""


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"from": ""}, "The first day is empty."),
        ({"to": "tomorrow"}, "The last day 'tomorrow' is no day."),
        ({"to": "2025-01-01"}, "The last day is not after the beginning."),
        ({"what": ""}, "What happened is empty."),
        ({"done": "short"}, "What was done is too short."),
        ({"reason": ""}, "The reason is empty."),
    ],
)
async def test_what_is_wrong_is_named_and_what_was_typed_stays(
    desk: Desk, changed: dict[str, str], told: str
) -> None:
    page = await desk.browser.post(PAGE, data=FORM | {"track": "my-track"} | changed)

    assert page.status_code == 422
    assert told in page.text.replace("&#39;", "'")
    assert 'value="my-track"' in page.text
