"""The two voluntary questions: after submitting, without scripts, and of no effect."""

import re

import httpx
import pytest

from assessor.domain.assessment import Status
from assessor.domain.demographics import Declaration, Race, Sex
from tests.web.candidate.people import Candidate, words
from tests.web.desk import Desk, sign_in
from tests.web.site import Site

PAGE = "/assessment/about-you"


@pytest.fixture
async def submitted(working: Candidate) -> Candidate:
    await working.interview()
    await working.post("/assessment/submit")
    return working


async def declared(candidate: Candidate) -> Declaration | None:
    found = await candidate.site.services.declaring.look(candidate.id)
    return found.declaration if found else None


async def test_before_submitting_nobody_is_asked(working: Candidate) -> None:
    page = await working.get(PAGE)
    refused = await working.post(PAGE, sex="female")

    assert (page.status_code, page.headers["location"]) == (303, "/assessment")
    assert refused.status_code == 409
    assert "These questions come after the assessment" in words(refused)


async def test_the_result_leads_there_and_the_page_says_what_it_is_for(submitted: Candidate) -> None:
    result = await submitted.get("/assessment/result")
    page = await submitted.get(PAGE)

    assert f'href="{PAGE}"' in result.text
    said = words(page)
    assert "changes nothing about your result" in said
    assert "Nobody who scores or decides sees them, and no AI does" in said
    assert said.count("I prefer not to say") == 2
    assert "checked" not in page.text
    assert "Skip this" in said
    assert "Delete my answers" not in said


async def test_answers_are_kept_shown_changed_and_deleted(submitted: Candidate) -> None:
    kept = await submitted.post(PAGE, sex="female", race="two_or_more_races")
    first = await declared(submitted)
    shown = await submitted.get(kept.headers["location"])
    await submitted.post(PAGE, sex="prefer_not", race="asian")
    second = await declared(submitted)
    gone = await submitted.post(f"{PAGE}/delete")
    after = await submitted.get(gone.headers["location"])

    assert first == Declaration(sex=Sex.FEMALE, race=Race.SEVERAL)
    assert "Thank you. Your answers are saved" in words(shown)
    assert re.findall(r'value="(\w+)" checked', shown.text) == ["female", "two_or_more_races"]
    assert second == Declaration(race=Race.ASIAN)
    assert "Your answers are deleted" in words(after)
    assert await declared(submitted) is None


async def test_what_is_none_of_the_answers_changes_nothing(submitted: Candidate) -> None:
    await submitted.post(PAGE, sex="male")

    refused = await submitted.post(PAGE, sex="female", race="martian")

    assert refused.status_code == 422
    assert "nothing was saved" in words(refused)
    assert await declared(submitted) == Declaration(sex=Sex.MALE)


async def test_a_word_of_thanks_is_not_said_for_what_is_not_there(submitted: Candidate) -> None:
    page = await submitted.get(f"{PAGE}?done=kept")

    assert "Thank you" not in words(page)


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/delete"])
async def test_another_site_cannot_answer_for_somebody(submitted: Candidate, path: str) -> None:
    await submitted.post(PAGE, sex="male")

    refused = await submitted.browser.post(
        path, data={"sex": "female"}, headers={"Origin": "https://elsewhere.example"}
    )

    assert refused.status_code == 403
    assert await declared(submitted) == Declaration(sex=Sex.MALE)


async def test_without_a_session_nothing_is_shown(site: Site, submitted: Candidate) -> None:
    async with site.browser() as stranger:
        page = await stranger.get(PAGE)

    assert page.status_code == 401


async def test_neither_reviewers_nor_the_platform_see_what_somebody_said(
    site: Site, submitted: Candidate
) -> None:
    await submitted.post(PAGE, sex="another", race="native_hawaiian_or_pacific_islander")
    site.app.state.sign_in_throttle.forget()
    person = await site.reviewer(submitted.platform.tenant)

    async with site.browser() as browser:
        await sign_in(browser, person.email)
        desk = Desk(site, submitted.platform, person, browser)
        case = await desk.browser.get(f"/review/{submitted.id}")
    async with site.program(**submitted.platform.headers) as api:
        answers: list[httpx.Response] = [
            await api.get(f"/v1/assessments/{submitted.id}{path}") for path in ("", "/transcript")
        ]

    assert case.status_code == 200
    assert all(answer.status_code == 200 for answer in answers)
    assert not [one for one in (case, *answers) if "acific" in one.text or "on-binary" in one.text]
    assert (await submitted.assessment()).status in {Status.SUBMITTED, Status.SCORING, Status.DECIDED}
