"""How one is scored: one list of rules, on the candidate's page, the reviewer's and in the API's document."""

import httpx
import pytest
from fastapi import FastAPI

from assessor.domain.assessment import Status
from assessor.domain.policy import Policy
from assessor.domain.verdict import stated_rules
from assessor.simulation.playing import Player
from tests.web.candidate.people import Candidate, words
from tests.web.desk import Desk
from tests.web.site import PILOT, Site


async def test_anybody_may_read_how_one_is_scored_on_a_track(site: Site, browser: httpx.AsyncClient) -> None:
    track = (await site.services.content.library()).track("python")

    page = await browser.get("/how-you-are-scored/python")

    assert page.status_code == 200
    said = words(page)
    for rule in stated_rules(Policy(), track):
        assert rule.text in said
    assert track.cut.rationale.strip() in said
    assert "a platform has chosen nothing else" in said


async def test_the_page_leads_back_to_where_one_stands(candidate: Candidate) -> None:
    invited = await candidate.get(f"{candidate.link}/how-you-are-scored")
    await candidate.begin()
    at_work = await candidate.get("/assessment/how-you-are-scored")
    await candidate.interview()
    await candidate.post("/assessment/submit")
    afterwards = await candidate.get("/assessment/how-you-are-scored")

    assert f'<a class="button plain" href="{candidate.link}">Back to the welcome page</a>' in invited.text
    assert '<a class="button plain" href="/assessment">Back to the parts</a>' in at_work.text
    assert '<a class="button plain" href="/assessment/result">Back to your result</a>' in afterwards.text


async def test_the_page_tells_each_level_with_its_line_and_why_it_lies_there(
    site: Site, browser: httpx.AsyncClient
) -> None:
    track = (await site.services.content.library()).track("python")

    said = words(await browser.get("/how-you-are-scored/python"))

    assert track.higher_levels
    for name, cut in track.higher_levels:
        assert f"The level “{name}” begins at {track.score_of(cut.ability):.0f} points." in said
        assert cut.rationale.strip() in said


async def test_no_ability_scale_and_no_weight_is_told(browser: httpx.AsyncClient) -> None:
    said = words(await browser.get("/how-you-are-scored/nursing"))

    assert "logit" not in said
    assert "weight" not in said


@pytest.mark.parametrize("track", ["none-such", "..", "python%2F..%2Fnursing"])
async def test_a_track_that_there_is_not_is_not_found(browser: httpx.AsyncClient, track: str) -> None:
    assert (await browser.get(f"/how-you-are-scored/{track}")).status_code == 404


async def test_the_invited_read_their_own_terms_before_they_begin(candidate: Candidate) -> None:
    welcome = await candidate.get(candidate.link)

    page = await candidate.get(f"{candidate.link}/how-you-are-scored")

    assert f'href="{candidate.link}/how-you-are-scored"' in welcome.text
    said = words(page)
    for rule in stated_rules(PILOT):
        assert rule.text in said
    assert (await candidate.assessment()).status is Status.ORDERED


async def test_a_candidate_reads_their_own_terms_at_any_time(working: Candidate) -> None:
    hub = await working.get("/assessment")

    page = await working.get("/assessment/how-you-are-scored")

    assert 'href="/assessment/how-you-are-scored"' in hub.text
    assert "These are the rules that hold for you." in words(page)


async def test_without_an_invitation_nobody_reads_the_terms_of_one(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/assessment/how-you-are-scored")).status_code == 401
    assert (await browser.get("/c/0000/how-you-are-scored")).status_code == 410


async def test_a_reviewer_reads_the_rules_of_the_case(desk: Desk, player: Player) -> None:
    assessment = await desk.load(player)

    said = words(await desk.browser.get(f"/review/{player.assessment_id}"))

    for rule in stated_rules(assessment.policy):
        assert rule.text in said


def test_the_api_document_states_the_same_rules_and_describes_the_verdict(app: FastAPI) -> None:
    document = app.openapi()

    (verdicts,) = (tag for tag in document["tags"] if tag["name"] == "verdicts")
    for rule in stated_rules():
        assert f"- `{rule.id}`: {rule.text}" in verdicts["description"]
    fields = document["components"]["schemas"]["VerdictDocument"]["properties"]
    assert "at least 0.95" in fields["level"]["description"]
    assert "the cut at 60" in fields["score"]["description"]
    assert "Counterfactual" in document["components"]["schemas"]


async def test_a_platform_learns_which_levels_there_are_and_where_the_rules_are(site: Site) -> None:
    platform = await site.platform()
    async with site.program(**platform.headers) as program:
        tracks = (await program.get("/v1/tracks")).json()["data"]

        pages = [await program.get(track["rules_url"]) for track in tracks]

    assert {tuple(track["levels"]) for track in tracks} == {("entry", "specialist")}
    assert {page.status_code for page in pages} == {200}
