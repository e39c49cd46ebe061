"""Asking for accommodations on the page, and what the platform sees and answers."""

import re
from typing import Any

import httpx
import pytest

from assessor.domain.wishes import AtOnce
from tests.web.candidate.people import Candidate, invited, words
from tests.web.desk import sign_in
from tests.web.site import PILOT, Site

PAGE = "/assessment/accommodations"


async def answered(candidate: Candidate, **body: Any) -> httpx.Response:
    async with candidate.site.program(**candidate.platform.headers) as api:
        return await api.post(f"/v1/assessments/{candidate.id}/accommodations", json=body)


async def request_of(candidate: Candidate) -> dict[str, Any]:
    async with candidate.site.program(**candidate.platform.headers) as api:
        told = await api.get(f"/v1/assessments/{candidate.id}/accommodations")
    request: dict[str, Any] = told.json()["request"]
    return request


async def test_what_the_policy_gives_is_shown_at_once(working: Candidate) -> None:
    answer = await working.post(PAGE, time="extra_time_50", wish="breaks")
    page = words(await working.get(answer.headers["location"]))

    assert "All of it holds now." in page
    assert "Your working time is 90 minutes in all" in page
    assert "Your breaks may take 60 minutes in all" in page
    assert page.count("Holds now") == 2


async def test_the_rest_waits_and_the_candidate_goes_on(working: Candidate) -> None:
    item = f"/assessment/tasks/{await working.item('sft')}"

    answer = await working.post(PAGE, time="extra_time_100", note="One hand.", back=item)
    page = await working.get(answer.headers["location"])
    hub = await working.get("/assessment")
    task = await working.get(item)

    assert "Waits for" in words(page)
    assert f'href="{item}"' in page.text
    assert "Your request for accommodations waits" in words(hub)
    assert task.status_code == 200
    assert f"{PAGE}?back={item}" in task.text


async def test_the_platform_reads_the_request_and_its_answer_reaches_the_candidate(
    working: Candidate,
) -> None:
    await working.post(PAGE, wish="other", note="A quiet hour.")
    asked = await request_of(working)

    no = await answered(working, answer="declined", message="We can move it to next week.")
    page = words(await working.get(PAGE))

    assert (asked["wishes"], asked["waiting"], asked["note"]) == (["other"], ["other"], "A quiet hour.")
    assert no.status_code == 200
    assert (no.json()["request"]["answer"], no.json()["request"]["waiting"]) == ("declined", [])
    assert "We can move it to next week." in page
    assert "said no to what did not hold already" in page
    assert "has answered your request" in words(await working.get("/assessment"))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"answer": "declined"}, "message"),
        ({"message": "Hello"}, "message"),
        ({"answer": "perhaps"}, "answer"),
        ({"answer": "granted", "message": "x" * 501}, "message"),
    ],
)
async def test_an_answer_that_cannot_be_taken_names_the_field(
    working: Candidate, body: dict[str, Any], field: str
) -> None:
    await working.post(PAGE, wish="other", note="A quiet hour.")

    answer = await answered(working, **body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_an_answer_to_nothing_is_refused(working: Candidate) -> None:
    answer = await answered(working, answer="granted")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "answer")


async def test_it_is_asked_before_the_start_and_offered_in_every_task(
    candidate: Candidate, site: Site
) -> None:
    await candidate.post(f"{candidate.link}/start")
    notice = await candidate.get("/assessment/notice")

    await candidate.post(PAGE, time="extra_time_25")
    after = words(await candidate.get("/assessment/notice"))
    await candidate.begin()
    interview = await candidate.get("/assessment/interview")

    assert PAGE in notice.text
    assert "75 minutes" in after
    assert f"{PAGE}?back=/assessment/interview" in interview.text


async def test_larger_text_holds_on_every_page_of_the_candidates(working: Candidate) -> None:
    before = await working.get("/assessment")

    await working.post(PAGE, wish="larger_text")

    assert "data-text" not in before.text
    for path in ("/assessment", "/assessment/interview", PAGE):
        assert '<html lang="en" dir="ltr" data-text="large"' in (await working.get(path)).text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"wish": "other"}, "The box for your own words is empty."),
        ({"wish": "gold"}, "Your choice is none of the listed ones."),
        ({"time": "extra_time_9"}, "Your choice is none of the listed ones."),
        ({"wish": "breaks", "note": "x" * 1001}, "This was not stored"),
    ],
)
async def test_a_request_that_cannot_be_taken_comes_back_as_it_was_filled_in(
    working: Candidate, fields: dict[str, str], told: str
) -> None:
    page = await working.post(PAGE, **fields)

    assert page.status_code in {413, 422}
    assert told in words(page)
    if fields.get("wish") in {"other", "breaks"}:
        assert re.search(rf'value="{fields["wish"]}" checked', page.text)
    assert (await working.assessment()).asked is None


async def test_a_policy_that_gives_nothing_by_itself_says_so(site: Site, browser: httpx.AsyncClient) -> None:
    candidate = await invited(
        site, browser, policy=PILOT.changed(at_once=AtOnce(time_factor=1, extra_break_minutes=0))
    )
    await candidate.begin()

    await candidate.post(PAGE, time="extra_time_25")
    page = words(await candidate.get(PAGE))

    assert f"{candidate.platform.tenant.name} answers." in page
    assert (await candidate.assessment()).accommodation.time_factor == 1


async def test_a_reviewer_sees_the_request_answers_it_and_forgets_it_when_the_work_is_in(
    working: Candidate, site: Site
) -> None:
    await working.post(PAGE, wish="other", note="A quiet hour in the morning.")
    person = await site.reviewer(working.platform.tenant)
    site.app.state.sign_in_throttle.forget()
    async with site.browser() as desk:
        await sign_in(desk, person.email)
        queue = (await desk.get("/review?show=help")).text
        before = (await desk.get(f"/review/{working.id}/time")).text
        answer = await desk.post(
            f"/review/{working.id}/time",
            data={"answer": "granted", "message": "Come at eight.", "reason": "Noise in the office."},
        )
        after = (await desk.get(f"/review/{working.id}/time")).text
        await working.interview()
        await working.hand_in_everything()
        await working.post("/assessment/submit")
        closed = [(await desk.get(f"/review/{working.id}{path}")).text for path in ("", "/time")]

    assert "Waits for an accommodation" in queue
    assert "A quiet hour in the morning." in before
    assert answer.status_code == 303
    assert "Come at eight." in after
    assert not any("quiet hour" in page or "Come at eight" in page for page in closed)


async def test_once_it_is_handed_in_there_is_nothing_to_ask(working: Candidate) -> None:
    await working.interview()
    await working.hand_in_everything()
    await working.post("/assessment/submit")

    page = await working.get(PAGE)
    asked = await working.post(PAGE, wish="breaks")

    assert "nothing to change any more" in words(page)
    assert asked.status_code == 409
