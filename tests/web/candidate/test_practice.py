"""A practice turn and a check of the device: by the link and once let in, kept nowhere."""

import json
import re

import httpx
import pytest

from tests.web.candidate.people import JSON, Candidate, words

CMID = "practice-0001"
ANSWER = "An editor that shows what a refactoring would change."


@pytest.fixture(params=["link", "session"])
async def base(request: pytest.FixtureRequest, candidate: Candidate) -> str:
    if request.param == "link":
        return candidate.link
    await candidate.post(f"{candidate.link}/start")
    return "/assessment"


def events(answer: httpx.Response) -> list[tuple[str, object]]:
    found = re.findall(r"event: (\w+)\ndata: (.*)", answer.text)
    return [(kind, json.loads(data)) for kind, data in found]


async def test_without_scripts_the_answer_and_the_reply_are_on_the_next_page(
    candidate: Candidate, base: str
) -> None:
    asked = await candidate.get(f"{base}/practice")
    page = await candidate.post(f"{base}/practice", cmid=CMID, text=ANSWER)

    assert "This is only practice." in words(asked)
    assert "Which tool do you use" in words(asked)
    assert (page.status_code, ANSWER in words(page)) == (200, True)
    assert "Thank you. In the interview I would now ask" in words(page)


async def test_nothing_of_it_is_kept(candidate: Candidate, base: str) -> None:
    before = await candidate.assessment()

    await candidate.post(f"{base}/practice", cmid=CMID, text=ANSWER)
    await candidate.browser.post(f"{base}/practice", data={"cmid": CMID, "text": ANSWER}, headers=JSON)
    again = await candidate.get(f"{base}/practice")

    assert (await candidate.assessment()).seq == before.seq
    assert ANSWER not in again.text


async def test_with_scripts_the_reply_comes_as_in_the_interview(
    candidate: Candidate, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessor.web.candidate.practice.SECONDS_A_WORD", 0)

    sent = await candidate.browser.post(f"{base}/practice", data={"cmid": CMID, "text": ANSWER}, headers=JSON)
    heard = events(await candidate.get(f"{base}/practice/stream", Accept="text/event-stream"))

    assert (sent.status_code, sent.json()) == (202, {"cmid": CMID})
    kinds = [kind for kind, _ in heard]
    assert kinds[:2] + kinds[-2:] == ["state", "start", "done", "end"]
    said = "".join(str(data) for kind, data in heard if kind == "tok")
    assert said == dict(heard)["done"]["text"]  # type: ignore[index]  # it is an object


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"text": " "}, 422), ({"text": "x" * 20_000}, 413), ({"text": ANSWER, "cmid": "<x>"}, 422)],
)
async def test_what_the_interview_would_refuse_is_refused_here_and_stays_in_the_box(
    candidate: Candidate, base: str, fields: dict[str, str], status: int
) -> None:
    page = await candidate.post(f"{base}/practice", **{"cmid": CMID} | fields)

    assert page.status_code == status
    assert "<x>" not in page.text
    if fields["text"].strip():
        assert fields["text"][:100] in page.text


async def test_the_check_says_what_each_thing_is_for_without_scripts_too(
    candidate: Candidate, base: str
) -> None:
    page = words(await candidate.get(f"{base}/device"))

    assert "It is off. Everything works without it" in page
    assert page.count("Not checked") == 5
    assert "no result keeps you from taking part" in page


async def test_the_check_gets_one_event_with_the_time_here(candidate: Candidate, base: str) -> None:
    (beat,) = events(await candidate.get(f"{base}/device/stream", Accept="text/event-stream"))

    assert beat[0] == "beat"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]{12}\+00:00", beat[1]["at"])  # type: ignore[index]  # it is an object


@pytest.mark.parametrize("path", ["practice", "device", "practice/stream", "device/stream"])
async def test_strangers_have_nothing_to_practise_on(browser: httpx.AsyncClient, path: str) -> None:
    answers = [await browser.get(f"{base}/{path}") for base in ("/c/0000", "/assessment")]

    assert [answer.status_code for answer in answers] == [410, 401]
