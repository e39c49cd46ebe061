"""A qualification that the candidate shows to others."""

import asyncio
import re

import pytest

from assessor.services.marking import Mark
from tests.patience import PATIENCE_SECONDS
from tests.web.candidate.people import Candidate, words
from tests.web.site import Site

PAGE = "/assessment/share"
WHY = "Every step is explained well."


@pytest.fixture
async def qualified(site: Site, working: Candidate) -> Candidate:
    """A candidate whom a person found qualified."""
    await working.interview()
    await working.hand_in_everything()
    await working.post("/assessment/submit")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await working.assessment()).verdict is None:  # noqa: ASYNC110 - a worker writes it
            await asyncio.sleep(0.05)
    reviewing, person = site.services.reviewing, await site.reviewer(working.platform.tenant)
    for score in (await working.assessment()).open_scores:
        await reviewing.score(person, working.id, score.item_id, score.criterion, Mark.MET, WHY)
    if (await working.assessment()).decision == "needs_review":
        await reviewing.decide(person, working.id, "qualified", WHY)
    assert (await working.assessment()).decision == "qualified"
    return working


async def test_without_a_qualification_there_is_nothing_to_share(working: Candidate) -> None:
    answer = await working.get(PAGE)

    assert (answer.status_code, answer.headers["location"]) == (303, "/assessment/result")


async def test_a_link_shows_others_no_more_than_was_said_until_it_is_taken_back(
    site: Site, qualified: Candidate
) -> None:
    offered = await qualified.get(PAGE)
    made = await qualified.post(PAGE, days="7")
    (address,) = re.findall(r"http://\S+(/s/[0-9a-f]{48})", made.text)
    async with site.browser() as visitor, site.program() as program:
        page = await visitor.get(address)
        told = (await program.get(address)).json()
        (share,) = (await qualified.assessment()).shares
        ended = await qualified.post(f"{PAGE}/end", share=share)
        gone = await program.get(address)

    order = (await qualified.assessment()).ordered
    assert f'href="{PAGE}"' in (await qualified.get("/assessment/result")).text
    assert "They do not see your name or reference, your score" in words(offered)
    assert "Qualified" in words(page)
    assert (told["holds"], told["decision"], told["track"]["id"]) == (True, "qualified", order.track)
    assert order.candidate_ref not in page.text + str(told)
    assert not {"score", "candidate_ref", "interval"} & told.keys()
    assert (ended.status_code, gone.status_code) == (303, 410)
    assert address not in (await qualified.get(PAGE)).text


async def test_only_an_offered_time_is_taken(qualified: Candidate) -> None:
    refused = await qualified.post(PAGE, days="3650")

    assert refused.status_code == 422
    assert not (await qualified.assessment()).shares
