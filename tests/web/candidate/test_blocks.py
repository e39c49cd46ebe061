"""A form that comes in blocks, as its candidate sees it."""

from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copytree

import pytest
import yaml

from assessor.adapters.content import FileContent
from assessor.adapters.shipped import shipped
from assessor.domain.assessment import Status
from tests.web.candidate.people import Candidate, invited, words
from tests.web.site import serving

LEAST = {"evaluation": 1, "ranking": 1, "trajectory": 1}


@pytest.fixture
async def candidate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Candidate]:
    """Somebody invited to a full form of python whose rule-scored tasks come in blocks."""
    banks, rubrics = tmp_path / "question_banks", tmp_path / "rubrics"
    copytree(shipped("question_banks") / "python", banks / "python")
    copytree(shipped("rubrics") / "python", rubrics / "python")
    file = banks / "python" / "track.yaml"
    track = yaml.safe_load(file.read_text())
    track["forms"]["full"]["sequential"] = True
    for section in track["forms"]["full"]["sections"]:
        if least := LEAST.get(section["category"]):
            section["least"] = least
    file.write_text(yaml.safe_dump(track))
    monkeypatch.setattr("assessor.bootstrap.parts.content", lambda: FileContent(banks, rubrics))
    async with serving(tmp_path / "site") as site, site.browser() as browser:
        yield await invited(site, browser, form="full")


async def test_the_candidate_sees_up_to_how_many_tasks_there_are_and_none_before_its_turn(
    candidate: Candidate,
) -> None:
    welcome = words(await candidate.get(candidate.link))
    await candidate.begin()
    form = (await candidate.assessment()).form
    later = [item_id for block in form.blocks[1:] for item_id in block]

    hub = await candidate.get("/assessment")
    refused = await candidate.get(f"/assessment/tasks/{later[0]}")

    assert "It may end before the last tasks." in welcome
    said = words(hub)
    assert "0 of up to 10 parts done" in said
    assert f"Up to {len(later)} more tasks may follow." in said
    assert "tells enough, to whichever side" in said
    assert not any(item_id in hub.text for item_id in later)
    assert refused.status_code == 409
    assert "This task comes later" in words(refused)
    assert "have not been opened yet" in words(await candidate.get("/assessment/submit"))


async def test_a_group_that_is_handed_in_is_final_and_the_page_says_the_same_whatever_the_answers_were(
    candidate: Candidate,
) -> None:
    await candidate.begin()
    first = (await candidate.assessment()).form.blocks[0]
    for item_id in first:
        page = await candidate.get(f"/assessment/tasks/{item_id}")
        assert "they are final and the next ones open" in words(page)
        await candidate.post(f"/assessment/tasks/{item_id}", **await candidate.good_answer(item_id))

    hub = words(await candidate.get("/assessment"))
    again = await candidate.get(f"/assessment/tasks/{first[0]}")

    assert hub.count("Handed in for good") == len(first)
    assert again.status_code == 409
    assert "This task was handed in for good" in words(again)
    assert (await candidate.assessment()).status is Status.IN_PROGRESS
