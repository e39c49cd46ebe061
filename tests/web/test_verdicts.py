"""Verdicts in lists, qualifications, explanations and reports, over HTTP."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from assessor.services.access import Scope
from tests.web.site import Platform, Site


@dataclass(frozen=True)
class Decided:
    """A platform, and an assessment of theirs with a verdict."""

    platform: Platform
    assessment_id: str
    candidate_ref: str
    verdict_id: str


@pytest.fixture(scope="module")
async def decided(site: Site) -> Decided:
    platform = await site.platform(livemode=False)  # what is played counts for nothing
    player = await site.submitted(platform.tenant)
    async with site.program(**platform.headers) as api:
        document = (await api.get(f"/v1/assessments/{player.assessment_id}/verdict")).json()["document"]
    return Decided(platform, player.assessment_id, document["candidate_ref"], document["id"])


@pytest.fixture
async def api(site: Site, decided: Decided) -> AsyncIterator[httpx.AsyncClient]:
    async with site.program(**decided.platform.headers) as client:
        yield client


async def ids(api: httpx.AsyncClient, **params: Any) -> list[str]:
    answer = await api.get("/v1/verdicts", params=params)
    assert answer.status_code == 200, answer.text
    return [line["id"] for line in answer.json()["data"]]


async def test_a_listed_verdict_says_in_a_line_what_the_document_says(
    api: httpx.AsyncClient, decided: Decided
) -> None:
    (line,) = (await api.get("/v1/verdicts")).json()["data"]
    served = (await api.get(line["links"]["self"])).json()

    same = ("id", "assessment_id", "livemode", "candidate_ref", "decision", "level")
    assert {name: line[name] for name in same} == {name: served["document"][name] for name in same}
    assert line["track"] == served["document"]["track"]["id"]
    assert (line["status"], line["superseded_by"], line["revoked_at"]) == ("issued", None, None)


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, 1),
        ({"candidate_ref": "nobody"}, 0),
        ({"track": "python"}, 1),
        ({"track": "nursing"}, 0),
        ({"decision": "needs_review"}, 1),
        ({"decision": "qualified"}, 0),
        ({"track": "python", "decision": "needs_review"}, 1),
        ({"issued_from": "2020-01-01T00:00:00Z"}, 1),
        ({"issued_from": "2100-01-01T00:00:00Z"}, 0),
        ({"issued_before": "2100-01-01T00:00:00+02:00"}, 1),
        ({"issued_before": "2020-01-01T00:00:00Z"}, 0),
    ],
)
async def test_filters_let_through_what_they_name(
    api: httpx.AsyncClient, params: dict[str, str], found: int
) -> None:
    assert len(await ids(api, **params)) == found


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"decision": "hired"}, "decision"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"cursor": "not a place"}, "cursor"),
        ({"cursor": base64.urlsafe_b64encode(b"2026-01-01/x").decode()}, "cursor"),
        ({"cursor": base64.urlsafe_b64encode(b"\xff").decode()}, "cursor"),
        ({"issued_from": "yesterday"}, "issued_from"),
        ({"issued_from": "2026-01-01T00:00:00"}, "issued_from"),
        ({"track": "../python"}, "track"),
        ({"candidate_ref": "with space"}, "candidate_ref"),
    ],
)
async def test_what_cannot_be_filtered_by_is_named(
    api: httpx.AsyncClient, params: dict[str, Any], field: str
) -> None:
    refused = await api.get("/v1/verdicts", params=params)

    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json()["errors"]] == [field]


async def test_pages_go_on_where_the_one_before_ended(site: Site) -> None:
    platform = await site.platform(livemode=False)
    for _ in range(3):
        await site.submitted(platform.tenant)

    async with site.program(**platform.headers) as api:
        first = (await api.get("/v1/verdicts", params={"limit": 2})).json()
        last = (await api.get("/v1/verdicts", params={"limit": 2, "cursor": first["next_cursor"]})).json()
        everything = await ids(api)

    assert (first["has_more"], last["has_more"], last["next_cursor"]) == (True, False, None)
    assert [line["id"] for line in first["data"] + last["data"]] == everything


@pytest.mark.parametrize(
    "path",
    ["", "/{verdict}/explanation", "/{verdict}/report"],
)
async def test_another_platform_sees_nothing_and_a_key_without_the_scope_is_refused(
    site: Site, decided: Decided, path: str
) -> None:
    other = await site.platform()
    narrow = await site.key(decided.platform.tenant, (Scope.ASSESSMENTS_READ,))
    address = f"/v1/verdicts{path.format(verdict=decided.verdict_id)}"

    async with site.program(**other.headers) as theirs:
        foreign = await theirs.get(address)
    async with site.program(Authorization=f"Bearer {narrow}") as less:
        refused = await less.get(address)
    async with site.program() as anybody:
        unknown = await anybody.get(address)

    assert foreign.status_code == (404 if path else 200)
    assert path or foreign.json()["data"] == []
    assert (refused.status_code, unknown.status_code) == (403, 401)


async def test_a_live_key_is_not_told_of_what_does_not_count(site: Site, decided: Decided) -> None:
    key = await site.key(decided.platform.tenant, tuple(Scope), livemode=True)

    async with site.program(Authorization=f"Bearer {key}") as api:
        listed = await ids(api)
        asked = {"candidate": decided.candidate_ref, "track": "python"}
        answer = (await api.get("/v1/qualifications", params=asked)).json()

    assert listed == []
    assert (answer["livemode"], answer["status"], answer["verdict"]) == (True, "none", None)


async def test_a_qualification_is_one_answer_with_what_it_rests_on(
    api: httpx.AsyncClient, decided: Decided
) -> None:
    asked = {"candidate": decided.candidate_ref, "track": "python"}

    answer = await api.get("/v1/qualifications", params=asked)
    again = await api.get(
        "/v1/qualifications", params=asked, headers={"If-None-Match": answer.headers["etag"]}
    )

    found = answer.json()
    assert (found["qualified"], found["status"]) == (False, "needs_review")
    assert found["verdict"]["id"] == decided.verdict_id
    assert (again.status_code, again.content) == (304, b"")
    assert not answer.headers["etag"].startswith("W/")


async def test_a_track_that_there_never_was_is_a_mistake_and_no_answer(api: httpx.AsyncClient) -> None:
    unknown = await api.get("/v1/qualifications", params={"candidate": "somebody", "track": "pyhton"})
    missing = await api.get("/v1/qualifications", params={"candidate": "somebody"})

    assert [one.status_code for one in (unknown, missing)] == [422, 422]
    assert [one.json()["errors"][0]["field"] for one in (unknown, missing)] == ["track", "track"]


async def test_a_hundred_candidates_are_answered_in_the_order_in_which_they_were_asked(
    api: httpx.AsyncClient, decided: Decided
) -> None:
    asked = [f"nobody-{number}" for number in range(99)]
    asked.insert(50, decided.candidate_ref)

    answer = await api.post("/v1/qualifications/batch", json={"track": "python", "candidates": asked})

    found = answer.json()["data"]
    assert [one["candidate_ref"] for one in found] == asked
    assert {one["status"] for one in found} == {"none", "needs_review"}
    assert found[50]["verdict"]["id"] == decided.verdict_id


@pytest.mark.parametrize(
    "body",
    [
        {"track": "python", "candidates": []},
        {"track": "python", "candidates": ["x"] * 101},
        {"track": "python", "candidates": ["with space"]},
        {"track": "python", "candidates": "x"},
        {"track": "pyhton", "candidates": ["x"]},
        {"candidates": ["x"]},
        {"track": "python", "candidates": ["x"], "livemode": True},
    ],
)
async def test_a_batch_that_cannot_be_answered_is_refused(
    api: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    assert (await api.post("/v1/qualifications/batch", json=body)).status_code == 422


async def test_an_explanation_says_each_competency_in_words_and_quotes_nobody(
    site: Site, api: httpx.AsyncClient, decided: Decided
) -> None:
    document = (await api.get(f"/v1/verdicts/{decided.verdict_id}")).json()["document"]

    found = (await api.get(f"/v1/verdicts/{decided.verdict_id}/explanation")).json()

    assert [one["id"] for one in found["competencies"]] == [one["id"] for one in document["competencies"]]
    titles = {
        one.id: one.title for one in (await site.services.content.library()).track("python").competencies
    }
    assert all(one["title"] == titles[one["id"]] and one["text"] for one in found["competencies"])
    assert found["reasons"] == document["reasons"]
    assert found["evidence"] == document["evidence"]
    assert found["transcript"] == f"/v1/assessments/{decided.assessment_id}/transcript"


async def test_a_report_runs_no_script_and_its_policy_lets_in_its_own_style_alone(
    api: httpx.AsyncClient, decided: Decided
) -> None:
    page = await api.get(f"/v1/verdicts/{decided.verdict_id}/report")

    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert page.headers.get_list("content-security-policy") == [policy]
    assert "script" not in policy
    assert not re.search(r"<script|<link|<img|\son\w+=|style=|src=", page.text)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert decided.verdict_id in page.text
    assert decided.candidate_ref in page.text
