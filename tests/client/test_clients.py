"""Both clients over a played network: the same calls, the same requests, the same answers."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import respx

from assessor.client import (
    AsyncClient,
    Client,
    InvalidRequest,
    Retries,
    UnexpectedAnswer,
    VerdictNotReady,
    WaitedTooLong,
)
from tests.client.documents import ASSESSMENT, ORDERED, served, verdict

BASE = "https://assess.example.org"
AT_ONCE = Retries(first_seconds=0, longest_seconds=0)


class Caller:
    """One of the two clients, called alike."""

    def __init__(self, client: Client | AsyncClient) -> None:
        self.client = client

    async def __call__(self, name: str, *args: Any, **kwargs: Any) -> Any:
        given = getattr(self.client, name)(*args, **kwargs)
        return given if isinstance(self.client, Client) else await given

    async def all(self, name: str, *args: Any, **kwargs: Any) -> list[Any]:
        given = getattr(self.client, name)(*args, **kwargs)
        return list(given) if isinstance(self.client, Client) else [one async for one in given]


@pytest.fixture(params=["blocking", "asynchronous"])
async def call(request: pytest.FixtureRequest) -> AsyncIterator[Caller]:
    if request.param == "blocking":
        with Client(BASE, "sk_test", retries=AT_ONCE) as client:
            yield Caller(client)
    else:
        async with AsyncClient(BASE, "sk_test", retries=AT_ONCE) as client:
            yield Caller(client)


@respx.mock
async def test_an_order_carries_the_key_and_an_idempotency_key_that_stays_over_retries(call: Caller) -> None:
    route = respx.post(f"{BASE}/v1/assessments")
    route.side_effect = [httpx.ConnectTimeout("late"), httpx.Response(503), httpx.Response(201, json=ORDERED)]

    ordered = await call("order_assessment", "applicant-4711", "python", time_factor=1.5)

    assert ordered.invite_url == ORDERED["invite_url"]
    sent = [one.request for one in route.calls]
    assert len({one.headers["Idempotency-Key"] for one in sent}) == 1
    assert {one.headers["Authorization"] for one in sent} == {"Bearer sk_test"}
    assert json.loads(sent[-1].content) == {
        "candidate_ref": "applicant-4711",
        "track": "python",
        "form": "full",
        "language": "en",
        "time_factor": 1.5,
    }


@respx.mock
async def test_two_orders_have_keys_of_their_own_and_a_chosen_one_is_sent(call: Caller) -> None:
    route = respx.post(f"{BASE}/v1/assessments").respond(201, json=ORDERED)

    for key in (None, None, "application-42"):
        await call("order_assessment", "applicant-4711", "python", idempotency_key=key)

    keys = [one.request.headers["Idempotency-Key"] for one in route.calls]
    assert len(set(keys)) == 3
    assert keys[2] == "application-42"


@respx.mock
async def test_a_list_is_followed_page_by_page_to_its_end(call: Caller) -> None:
    pages = {
        None: {"object": "list", "data": [ASSESSMENT | {"id": "asm_1"}], "next_cursor": "c1"},
        "c1": {"object": "list", "data": [], "next_cursor": "c2"},
        "c2": {"object": "list", "data": [ASSESSMENT | {"id": "asm_2"}], "next_cursor": None},
    }

    def page(request: httpx.Request) -> httpx.Response:
        assert request.url.params["status"] == "decided"
        return httpx.Response(200, json=pages[request.url.params.get("cursor")])

    respx.get(f"{BASE}/v1/assessments").mock(side_effect=page)

    found = await call.all("assessments", status="decided")

    assert [one.id for one in found] == ["asm_1", "asm_2"]


LINE = {
    name: verdict()[name]
    for name in ("id", "livemode", "assessment_id", "candidate_ref", "decision", "issued_at", "valid_until")
} | {
    "object": "verdict_summary",
    "track": "python",
    "status": "issued",
    "links": {"self": "/v1/verdicts/ver_1"},
}
QUALIFIED = {
    "object": "qualification",
    "candidate_ref": "applicant-4711",
    "track": "python",
    "livemode": True,
    "qualified": True,
    "status": "qualified",
    "reason": "A verdict says so that holds now.",
    "verdict": LINE,
}


@respx.mock
async def test_whether_somebody_is_qualified_is_one_question_and_for_many_one_too(call: Caller) -> None:
    one = respx.get(f"{BASE}/v1/qualifications").respond(json=QUALIFIED)
    batch = respx.post(f"{BASE}/v1/qualifications/batch")
    batch.side_effect = [httpx.ReadTimeout("late"), httpx.Response(200, json={"data": [QUALIFIED]})]

    found = await call("qualification", "applicant-4711", "python")
    (same,) = await call("qualifications", ["applicant-4711"], "python")

    assert found == same
    assert found.qualified
    assert found.verdict.decision == "qualified"
    assert dict(one.calls.last.request.url.params) == {"candidate": "applicant-4711", "track": "python"}
    assert json.loads(batch.calls.last.request.content) == {
        "track": "python",
        "candidates": ["applicant-4711"],
    }


@respx.mock
async def test_verdicts_are_listed_until_there_are_no_more(call: Caller) -> None:
    page = {"object": "list", "data": [LINE], "has_more": False, "next_cursor": "c1"}
    respx.get(f"{BASE}/v1/verdicts", params={"decision": "qualified"}).respond(json=page)

    assert [one.id for one in await call.all("verdicts", decision="qualified")] == ["ver_1"]


@respx.mock
async def test_events_are_asked_for_from_the_place_that_was_kept(call: Caller) -> None:
    event = {
        "specversion": "1.0",
        "id": "evt_1",
        "source": BASE,
        "type": "assessor.verdict.issued",
        "subject": "asm_1",
        "time": "2026-11-22T08:59:59.000Z",
        "datacontenttype": "application/json",
        "data": {"verdict_id": "ver_1"},
    }
    page = {"object": "list", "data": [event], "has_more": False, "next_cursor": "18"}
    respx.get(f"{BASE}/v1/events", params={"cursor": "17"}).respond(json=page)

    found = await call("events", "17")

    assert [one.id for one in found.events] == ["evt_1"]
    assert found.next_cursor == "18"


@respx.mock
async def test_a_list_that_leads_to_itself_is_not_followed_for_ever(call: Caller) -> None:
    respx.get(f"{BASE}/v1/tracks").respond(json={"data": [], "next_cursor": "c1"})

    with pytest.raises(UnexpectedAnswer, match="does not go on"):
        await call.all("tracks")


@respx.mock
async def test_waiting_goes_on_past_no_verdict_and_a_review_and_asks_by_its_tag(call: Caller) -> None:
    not_yet = {"code": "verdict-not-ready", "assessment_status": "scoring"}
    route = respx.get(f"{BASE}/v1/assessments/asm_1/verdict")
    route.side_effect = [
        httpx.Response(404, json=not_yet, headers={"Retry-After": "0"}),
        httpx.Response(200, json=served(verdict(decision="needs_review")), headers={"ETag": '"1"'}),
        httpx.Response(304, headers={"ETag": '"1"'}),
        httpx.Response(200, json=served(verdict(decision="qualified")), headers={"ETag": '"2"'}),
    ]

    found = await call("wait_for_verdict", "asm_1", ask_again_seconds=0)

    assert found.document.is_qualified
    tags = [one.request.headers.get("If-None-Match") for one in route.calls]
    assert tags == [None, None, '"1"', '"1"']


@respx.mock
async def test_waiting_for_any_verdict_takes_the_one_that_a_person_still_looks_at(call: Caller) -> None:
    respx.get(f"{BASE}/v1/assessments/asm_1/verdict").respond(json=served(verdict(decision="needs_review")))

    found = await call("wait_for_verdict", "asm_1", final=False)

    assert not found.document.is_final


@respx.mock
async def test_waiting_ends_in_time_and_at_once_where_no_verdict_will_come(call: Caller) -> None:
    route = respx.get(f"{BASE}/v1/assessments/asm_1/verdict")
    route.respond(404, json={"code": "verdict-not-ready"}, headers={"Retry-After": "300"})
    with pytest.raises(WaitedTooLong, match="after 10 s"):
        await call("wait_for_verdict", "asm_1", timeout_seconds=10)

    route.respond(404, json={"code": "verdict-not-ready", "assessment_status": "cancelled"})
    with pytest.raises(VerdictNotReady) as over:
        await call("wait_for_verdict", "asm_1")

    assert over.value.assessment_status == "cancelled"


@respx.mock
async def test_a_wrong_field_is_named_with_its_remedy(call: Caller) -> None:
    errors = [{"field": "track", "problem": "'pyton' is not a track", "remedy": "Use one of: python."}]
    respx.post(f"{BASE}/v1/assessments").respond(422, json={"code": "invalid-input", "errors": errors})

    with pytest.raises(InvalidRequest) as refused:
        await call("order_assessment", "applicant-4711", "pyton")

    assert refused.value.fields[0].remedy == "Use one of: python."


@respx.mock
async def test_a_redirect_never_gets_the_key(call: Caller) -> None:
    elsewhere = respx.get("https://elsewhere.example/").respond(200)
    respx.get(f"{BASE}/v1/assessments/asm_1").respond(302, headers={"Location": "https://elsewhere.example/"})

    with pytest.raises(UnexpectedAnswer):
        await call("assessment", "asm_1")

    assert not elsewhere.called


@respx.mock
async def test_an_id_cannot_lead_to_another_address(call: Caller) -> None:
    route = respx.get(url__regex=r".*").respond(json=ASSESSMENT)

    await call("assessment", "../tracks?x=1")

    assert route.calls[0].request.url.raw_path == b"/v1/assessments/..%2Ftracks%3Fx%3D1"


@respx.mock
async def test_fields_and_words_of_later_versions_are_no_error(call: Caller) -> None:
    later = ASSESSMENT | {"status": "resting", "mood": "calm"}
    respx.get(f"{BASE}/v1/assessments/asm_1").respond(json=later)

    assert (await call("assessment", "asm_1")).status == "resting"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"id": 7}', b"\xff"])
@respx.mock
async def test_an_answer_that_is_none_is_told_without_its_content(call: Caller, body: bytes) -> None:
    respx.get(f"{BASE}/v1/assessments/asm_1").respond(content=body)

    with pytest.raises(UnexpectedAnswer, match=r"^Assessment: "):
        await call("assessment", "asm_1")


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://assess.example.org/", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://assess.example.org", False),
        ("http://localhost.example.org", False),
        ("assess.example.org", False),
        ("ftp://127.0.0.1", False),
    ],
)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_key_never_travels_in_the_clear(kind: Any, url: str, *, fine: bool) -> None:
    if fine:
        assert "sk_test" not in repr(kind(url, "sk_test", http=httpx.Client()))
    else:
        with pytest.raises(ValueError, match="in the clear"):
            kind(url, "sk_test")
