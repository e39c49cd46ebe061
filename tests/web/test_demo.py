import json
import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest

from assessor.simulation.demonstration import (
    COLLEAGUE_EMAIL,
    KEY_FILE,
    NOT_QUALIFIED,
    REVIEWER_EMAIL,
    TENANT,
    TRACK,
    prepare,
)
from assessor.web import demo
from tests.web.site import Site


@pytest.fixture(scope="module")
async def prepared(demonstration: Site) -> Site:
    await prepare(demonstration.services, lambda _words: None)
    return demonstration


@pytest.fixture
async def visitor(prepared: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with prepared.browser() as client:
        yield client


def test_the_pages_and_the_simulation_mean_the_same_platform_and_people() -> None:
    assert (demo.TENANT, demo.TRACK, demo.REVIEWER_EMAIL, demo.COLLEAGUE_EMAIL, demo.KEY_FILE) == (
        TENANT, TRACK, REVIEWER_EMAIL, COLLEAGUE_EMAIL, KEY_FILE,
    )  # fmt: skip
    assert demo.NOT_QUALIFIED == NOT_QUALIFIED


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/demo"),
        ("POST", "/demo/candidate"),
        ("POST", "/demo/result"),
        ("POST", "/demo/reviewer"),
        ("POST", "/demo/colleague"),
        ("GET", "/demo/platform"),
        ("GET", "/demo/platform/verdict"),
    ],
)
async def test_outside_the_demonstration_there_are_no_such_doors(
    app_without_demo: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await app_without_demo.request(method, path, headers={"Origin": "http://127.0.0.1:8000"})

    assert answer.status_code == 404


@pytest.fixture
def app_without_demo(client: httpx.AsyncClient) -> httpx.AsyncClient:
    return client


async def test_one_address_leads_to_three_doors_marked_as_a_demonstration(visitor: httpx.AsyncClient) -> None:
    led = await visitor.get("/")
    page = unescape((await visitor.get(led.headers["location"])).text)

    assert "1 interview question and 4 tasks." in page
    doors = ("Enter as a candidate", "Enter as a reviewer", "Enter as their colleague", "Enter as a platform")
    for words in (*doors, "DEMO"):
        assert words in page
    assert "No model: authored questions and rule-chosen probes." in page


async def test_the_four_simulated_cases_wait_and_say_in_plain_words_how_they_ended(
    visitor: httpx.AsyncClient,
) -> None:
    page = unescape((await visitor.get("/demo")).text)

    finished = page.partition("played by a simulation")[2].partition("</ul>")[0]
    for reference in (
        "simulated-qualified",
        "simulated-near-the-cut",
        NOT_QUALIFIED,
        "simulated-fault-of-ours",
    ):
        assert finished.count(f"<strong>{reference}") == 1
    assert "the attempt was given back" in page


async def test_the_candidates_door_orders_the_short_form_and_opens_its_invitation(
    prepared: Site, visitor: httpx.AsyncClient
) -> None:
    answer = await visitor.post("/demo/candidate")
    page = await visitor.get(answer.headers["location"])

    assert answer.status_code == 303
    assert re.fullmatch(r"/c/[0-9a-f]{48}", answer.headers["location"])
    assert page.status_code == 200
    newest = (await prepared.services.ordering.recent(TENANT))[0]
    assessment = await prepared.services.ordering.get(TENANT, newest.id)
    assert (newest.livemode, newest.simulated, assessment.form.name) == (False, False, "short")


async def test_a_result_that_was_not_hoped_for_can_be_read_and_appealed_and_the_colleague_answers(
    prepared: Site, visitor: httpx.AsyncClient
) -> None:
    led = await visitor.post("/demo/result")
    result = unescape((await visitor.get(led.headers["location"])).text)
    form = unescape((await visitor.get("/assessment/appeal")).text)
    names = ("appeal_id", "criteria", "ground")
    fields = {name: re.findall(rf'name="{name}" value="([^"]+)"', form)[0] for name in names}
    sent = await visitor.post("/assessment/appeal", data=fields)
    await visitor.post("/demo/colleague")
    queue = unescape((await visitor.get("/review?reason=appeal")).text)

    assert "A person decided: not qualified" in result
    assert "Nothing here counts for anyone" in result
    assert sent.status_code == 303
    assert NOT_QUALIFIED in queue


async def test_the_reviewers_door_opens_the_queue_without_a_password(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/demo/reviewer")
    page = await visitor.get(answer.headers["location"])

    assert (answer.status_code, answer.headers["location"]) == (303, "/review")
    assert page.status_code == 200
    assert "What waits for a person" in page.text


async def test_the_second_reviewer_may_answer_appeals_of_what_the_first_scored(
    prepared: Site, visitor: httpx.AsyncClient
) -> None:
    recent = await prepared.services.ordering.recent(TENANT)
    case = next(row for row in recent if row.candidate_ref == "simulated-qualified")
    first = await prepared.services.store.reviewer_by_email(REVIEWER_EMAIL)
    assert first is not None

    answer = await visitor.post("/demo/colleague")
    page = await visitor.get(answer.headers["location"])

    impartial = await prepared.services.leasing.impartial(first, case.id)
    assert [one.email for one in impartial] == [COLLEAGUE_EMAIL]
    assert (answer.status_code, answer.headers["location"]) == (303, "/review")
    assert "One person alone" not in page.text


async def test_another_site_opens_no_door(prepared: Site) -> None:
    async with prepared.program(Origin="https://evil.example") as other:
        answers = [await other.post(path) for path in ("/demo/candidate", "/demo/reviewer")]

    assert [answer.status_code for answer in answers] == [403, 403]


async def test_the_platforms_door_shows_the_newest_assessment_that_a_person_began(
    prepared: Site, visitor: httpx.AsyncClient
) -> None:
    await visitor.post("/demo/candidate")
    newest = (await prepared.services.ordering.recent(TENANT))[0]

    page = unescape((await visitor.get("/demo/platform")).text)

    assert f"/v1/assessments/{newest.id}/verdict" in page
    assert "verdict-not-ready" in page
    assert f'data-verdict="/demo/platform/verdict?assessment={newest.id}"' in page


async def test_the_shown_verdict_is_what_the_shown_command_reads(
    prepared: Site, visitor: httpx.AsyncClient
) -> None:
    row = next(
        row
        for row in await prepared.services.ordering.recent(TENANT)
        if row.candidate_ref == "simulated-qualified"
    )

    page = unescape((await visitor.get("/demo/platform", params={"assessment": row.id})).text)
    live = await visitor.get("/demo/platform/verdict", params={"assessment": row.id})

    command = re.search(r"curl -s -H 'Authorization: Bearer ([^']+)' (http\S+)<", page)
    assert command is not None
    async with prepared.program(Authorization=f"Bearer {command[1]}") as platform:
        read = await platform.get(command[2])
    assert read.content == live.content
    shown = re.search(r"<pre[^>]*data-verdict[^>]*>(.*?)</pre>", page, re.DOTALL)
    assert shown is not None
    assert json.loads(shown[1]) == read.json()
    assert "assessor verify-verdict verdict.jws --jwks" in page
    assert "--demonstration" in page


async def test_an_assessment_of_nobody_is_not_shown(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/demo/platform/verdict", params={"assessment": "asm_made-up"})

    assert answer.status_code == 404
