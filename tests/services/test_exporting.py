"""Exports: what a list holds, and that who took it and why is on record before the first byte."""

import csv
import json
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from pypdf import PdfReader

from assessor.adapters.pdf import Pdf
from assessor.domain.audit_log import Action
from assessor.domain.errors import AssessorError, InvalidInput, NotFound
from assessor.domain.verdict import read_verdict
from assessor.ports import ActFilter
from assessor.services.auditing import Auditing
from assessor.services.exporting import COLUMNS, Exporting, Wanted
from tests.services import plays
from tests.world import World

REASON = "The yearly report to the board."


async def exported(world: World, wanted: Wanted, reason: str = REASON, tenant: str = "acme") -> str:
    return (await file_of(world, wanted, reason, tenant)).decode()


async def file_of(world: World, wanted: Wanted, reason: str = REASON, tenant: str = "acme") -> bytes:
    exporting = Exporting(world.store, Auditing(world.store, world.clock), Pdf(), page=1)
    pieces = await exporting.decisions(tenant, wanted, by="olga", reason=reason)
    return b"".join([piece async for piece in pieces])


async def acts(world: World) -> list[tuple[str, str | None, Any]]:
    found = await world.store.recorded(ActFilter("acme", action=Action.LIST_EXPORTED))
    return [(one.actor, one.reason, one.detail) for one in found]


async def test_both_formats_hold_a_row_for_each_decided_assessment(world: World) -> None:
    assessment = await plays.submitted(world)
    await plays.reviewed(world, assessment, await plays.reviewer(world))
    await plays.submitted(world, livemode=True)

    sheet = [*csv.DictReader(StringIO(await exported(world, Wanted("csv")), newline=""))]
    lines = [json.loads(line) for line in (await exported(world, Wanted("jsonl"))).splitlines()]

    first, second = await world.store.verdicts(assessment.id)
    assert second.superseded_by is None
    mine = next(line for line in lines if line["assessment_id"] == assessment.id)
    assert [*mine] == [*sheet[0]] == [*COLUMNS]
    assert mine["verdict_id"] == second.id != first.id
    assert mine["composite"] == read_verdict(second.document).score
    assert [row["assessment_id"] for row in sheet] == [line["assessment_id"] for line in lines]
    assert len({row["assessment_id"] for row in sheet}) == len(sheet) == 2
    assert [float(row["composite"]) for row in sheet] == [line["composite"] for line in lines]


async def test_in_print_stand_the_same_decisions_with_who_and_why(world: World) -> None:
    assessment = await plays.submitted(world)

    pages = PdfReader(BytesIO(await file_of(world, Wanted("pdf")))).pages

    text = "".join(page.extract_text() for page in pages)
    assert "Decisions of acme" in text
    assert f"Taken by olga. {REASON}" in text
    assert "1 decisions; times are UTC." in text
    assert assessment.id in text.replace("\n", "")
    assert len(await acts(world)) == 1


async def test_what_is_too_long_to_be_printed_is_refused_with_the_way_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessor.services.exporting.MOST_PRINTED", 0)
    await plays.submitted(world)

    with pytest.raises(InvalidInput, match="Take fewer days or one track, or another format"):
        await exported(world, Wanted("pdf"))


async def test_who_and_why_is_on_record_before_anything_is_read(world: World) -> None:
    exporting = Exporting(world.store, Auditing(world.store, world.clock), Pdf())
    since = world.clock.now()

    pieces = await exporting.decisions("acme", Wanted("csv", "python", since), by="olga", reason=REASON)

    detail = {"list": "decisions", "format": "csv", "track": "python", "from": since.isoformat()}
    assert await acts(world) == [("olga", REASON, detail)]
    assert (await anext(pieces)).startswith(b'"assessment_id","candidate_ref"')


@pytest.mark.parametrize(
    ("wanted", "reason", "tenant", "refusal"),
    [
        (Wanted("xlsx"), REASON, "acme", InvalidInput),
        (Wanted("csv"), "short", "acme", InvalidInput),
        (Wanted("csv", "\x00"), REASON, "acme", InvalidInput),
        (Wanted("csv"), REASON, "nobody", NotFound),
    ],
    ids=["format", "reason", "track", "tenant"],
)
async def test_what_is_refused_is_not_recorded(
    world: World, wanted: Wanted, reason: str, tenant: str, refusal: type[AssessorError]
) -> None:
    with pytest.raises(refusal):
        await exported(world, wanted, reason, tenant)

    assert await acts(world) == []


async def test_days_and_track_narrow_it_down(world: World) -> None:
    assessment = await plays.submitted(world)
    at = read_verdict((await world.store.verdicts(assessment.id))[0].document).issued_at
    moment = timedelta(microseconds=1)

    counts = [
        len((await exported(world, wanted)).splitlines())
        for wanted in (
            Wanted("jsonl", assessment.ordered.track),
            Wanted("jsonl", "another"),
            Wanted("jsonl", since=at, before=at + moment),
            Wanted("jsonl", since=at + moment),
            Wanted("jsonl", before=at),
        )
    ]

    assert counts == [1, 0, 1, 0, 0]
    with pytest.raises(InvalidInput, match="first day"):
        await exported(world, Wanted("csv", since=at, before=at))
