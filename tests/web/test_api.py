import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from assessor.adapters.signing import verify
from assessor.services.access import Scope
from assessor.services.order import Order
from tests.web.site import Platform, Site, serving

ORDER = {"candidate_ref": "applicant-1", "track": "python", "form": "short"}
ORDERED = {
    "id", "object", "status", "candidate_ref", "track", "form", "language", "livemode", "created_at",
    "expires_at", "opens_at", "compensation", "metadata", "redirect_url",
    "callback_endpoint", "simulate", "invite_url",
}  # fmt: skip
READS = ["", "/verdict", "/verdicts", "/transcript"]
WRITES = ["/invites", "/cancel"]


@pytest.fixture
async def platform(site: Site) -> Platform:
    return await site.platform()


@pytest.fixture
async def api(site: Site, platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    async with site.program(**platform.headers) as client:
        yield client


@pytest.fixture(scope="module")
async def decided(site: Site) -> tuple[Platform, str]:
    """A platform, and an assessment of theirs with a verdict that waits for a person."""
    platform = await site.platform()
    player = await site.submitted(platform.tenant)
    return platform, player.assessment_id


async def ordered(api: httpx.AsyncClient, key: str = "order-1", **changed: Any) -> httpx.Response:
    return await api.post("/v1/assessments", json=ORDER | changed, headers={"Idempotency-Key": key})


async def test_an_order_returns_the_assessment_and_its_invite_link(
    site: Site, api: httpx.AsyncClient
) -> None:
    answer = await ordered(api)

    assert answer.status_code == 201
    made = answer.json()
    assert set(made) == ORDERED
    assert made["status"] == "ordered"
    assert made["object"] == "assessment"
    assert made["form"] == "short"
    assert made["language"] == "en"
    assert made["livemode"] is False
    assert (made["metadata"], made["redirect_url"], made["simulate"]) == ({}, None, None)
    assert made["invite_url"].startswith(f"{site.settings.public_url}/c/")
    assert answer.headers["location"] == f"/v1/assessments/{made['id']}"


@pytest.mark.parametrize("livemode", [True, False])
async def test_whether_it_counts_is_a_property_of_the_key(site: Site, *, livemode: bool) -> None:
    platform = await site.platform(livemode=livemode)

    async with site.program(**platform.headers) as api:
        answer = await ordered(api)

    assert answer.json()["livemode"] is livemode


async def test_the_full_form_is_drawn_when_none_is_named(api: httpx.AsyncClient) -> None:
    terms = {"candidate_ref": "applicant-1", "track": "python"}

    answer = await api.post("/v1/assessments", json=terms, headers={"Idempotency-Key": "k"})

    assert answer.json()["form"] == "full"


async def test_the_same_key_and_body_give_the_same_bytes_and_order_nothing_new(
    api: httpx.AsyncClient,
) -> None:
    first = await ordered(api)
    written_otherwise = json.dumps(dict(reversed(ORDER.items())), indent=2)
    again = await api.post(
        "/v1/assessments",
        content=written_otherwise,
        headers={"Idempotency-Key": "order-1", "Content-Type": "application/json"},
    )

    assert (again.status_code, again.content) == (201, first.content)
    assert len((await api.get("/v1/assessments")).json()["data"]) == 1


@pytest.mark.parametrize("changed", [{"candidate_ref": "another"}, {"form": "full"}, {"time_factor": 1.5}])
async def test_the_same_key_with_another_body_is_refused(
    api: httpx.AsyncClient, changed: dict[str, Any]
) -> None:
    await ordered(api)

    answer = await ordered(api, **changed)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_two_platforms_may_use_the_same_key(site: Site, api: httpx.AsyncClient) -> None:
    other = await site.platform()
    mine = await ordered(api)

    async with site.program(**other.headers) as theirs:
        answer = await ordered(theirs)

    assert answer.status_code == 201
    assert answer.json()["id"] != mine.json()["id"]


async def test_fifty_orders_at_once_with_one_key_make_one_assessment(api: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(ordered(api) for _ in range(50)))

    made = {answer.content for answer in answers if answer.status_code == 201}
    early = [answer for answer in answers if answer.status_code != 201]
    assert len(made) == 1
    assert {(answer.status_code, answer.json()["code"]) for answer in early} <= {(409, "request-under-way")}
    assert all(answer.headers["retry-after"] == "1" for answer in early)
    assert (await ordered(api)).content in made
    assert len((await api.get("/v1/assessments")).json()["data"]) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"candidate_ref": ""}, "candidate_ref"),
        ({"candidate_ref": "with space"}, "candidate_ref"),
        ({"candidate_ref": "x" * 129}, "candidate_ref"),
        ({"candidate_ref": "naïve"}, "candidate_ref"),
        ({"candidate_ref": 7}, "candidate_ref"),
        ({"candidate_ref": None}, "candidate_ref"),
        ({"track": "astrology"}, "track"),
        ({"track": "../python"}, "track"),
        ({"form": "endless"}, "form"),
        ({"language": "de"}, "language"),
        ({"language": "english"}, "language"),
        ({"time_factor": 0.5}, "time_factor"),
        ({"time_factor": 5}, "time_factor"),
        ({"time_factor": "1.5"}, "time_factor"),
        ({"time_factor": True}, "time_factor"),
        ({"livemode": True}, "livemode"),
        ({"tenant": "another"}, "tenant"),
    ],
)
async def test_each_field_that_cannot_be_ordered_is_named_with_the_way_out(
    api: httpx.AsyncClient, changed: dict[str, Any], field: str
) -> None:
    answer = await ordered(api, **changed)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")
    (problem,) = answer.json()["errors"]
    assert problem["field"] == field
    assert problem["problem"]
    assert problem["remedy"]
    assert (await api.get("/v1/assessments")).json()["data"] == []


async def test_everything_that_is_missing_is_named_at_once(api: httpx.AsyncClient) -> None:
    answer = await api.post("/v1/assessments", json={}, headers={"Idempotency-Key": ""})

    assert answer.status_code == 422
    assert {problem["field"] for problem in answer.json()["errors"]} == {
        "Idempotency-Key", "candidate_ref", "track",
    }  # fmt: skip


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there", "naïve".encode().decode("latin-1")])
async def test_an_idempotency_key_is_1_to_200_printable_characters(api: httpx.AsyncClient, key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]

    answer = await api.post("/v1/assessments", json=ORDER, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "7", "", "{"])
async def test_a_body_that_is_no_order_is_refused(api: httpx.AsyncClient, body: str) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}

    answer = await api.post("/v1/assessments", content=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")


async def test_an_assessment_can_be_followed_without_showing_its_link_again(api: httpx.AsyncClient) -> None:
    made = (await ordered(api)).json()

    answer = await api.get(f"/v1/assessments/{made['id']}")

    assert answer.status_code == 200
    shown = answer.json()
    assert "invite_url" not in shown
    assert shown["status"] == "ordered"
    assert shown["decision"] is None
    assert shown["deadline"] is None
    assert shown["submitted_at"] is None
    assert shown["open_criteria"] == 0
    assert shown["links"]["verdict"] == f"/v1/assessments/{made['id']}/verdict"


async def test_the_newest_assessment_stands_first(api: httpx.AsyncClient) -> None:
    made = [
        (await ordered(api, f"key-{number}", candidate_ref=f"c-{number}")).json()["id"] for number in range(3)
    ]

    listed = (await api.get("/v1/assessments")).json()

    assert [row["id"] for row in listed["data"]] == made[::-1]


async def test_a_new_link_replaces_the_old_one(site: Site, api: httpx.AsyncClient) -> None:
    made = (await ordered(api)).json()

    answer = await api.post(f"/v1/assessments/{made['id']}/invites")

    assert answer.status_code == 201
    assert answer.json()["assessment_id"] == made["id"]
    async with site.browser() as browser:
        old = await browser.get(made["invite_url"])
        new = await browser.get(answer.json()["invite_url"])
    assert (old.status_code, new.status_code) == (410, 200)


async def test_cancelling_twice_is_once_and_a_cancelled_one_gets_no_link(api: httpx.AsyncClient) -> None:
    here = f"/v1/assessments/{(await ordered(api)).json()['id']}"

    answers = [await api.post(f"{here}/cancel") for _ in range(2)]
    refused = await api.post(f"{here}/invites")

    assert [answer.json()["status"] for answer in answers] == ["cancelled", "cancelled"]
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal-transition")


async def test_before_there_is_a_verdict_its_address_says_when_to_ask_again(api: httpx.AsyncClient) -> None:
    made = (await ordered(api)).json()

    answer = await api.get(f"/v1/assessments/{made['id']}/verdict")

    assert (answer.status_code, answer.json()["code"]) == (404, "verdict-not-ready")
    assert answer.json()["assessment_status"] == "ordered"
    assert int(answer.headers["retry-after"]) > 0


async def test_the_verdict_is_served_with_the_very_bytes_that_were_signed(
    site: Site, decided: tuple[Platform, str]
) -> None:
    platform, assessment_id = decided

    async with site.program(**platform.headers) as api:
        answer = await api.get(f"/v1/assessments/{assessment_id}/verdict")
        jwks = (await api.get("/.well-known/jwks.json")).json()

    served = answer.json()
    assert list(served) == ["status", "superseded_by", "revoked_at", "reason", "document", "jws"]
    assert (served["status"], served["superseded_by"]) == ("issued", None)
    signed = verify(served["jws"], jwks, demonstration=True)
    assert signed in answer.content
    assert json.loads(signed) == served["document"]
    assert served["document"]["assessment_id"] == assessment_id
    assert served["document"]["livemode"] is False


async def test_a_verdict_that_has_not_changed_is_not_sent_again(
    site: Site, decided: tuple[Platform, str]
) -> None:
    platform, assessment_id = decided
    address = f"/v1/assessments/{assessment_id}/verdict"

    async with site.program(**platform.headers) as api:
        first = await api.get(address)
        known = await api.get(address, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        unknown = await api.get(address, headers={"If-None-Match": '"other"'})

    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["etag"] == first.headers["etag"]
    assert (unknown.status_code, unknown.content) == (200, first.content)


async def test_the_signed_form_alone_is_there_for_who_asks_for_it(
    site: Site, decided: tuple[Platform, str]
) -> None:
    platform, assessment_id = decided
    address = f"/v1/assessments/{assessment_id}/verdict"

    async with site.program(**platform.headers) as api:
        answer = await api.get(address, headers={"Accept": "application/jose"})
        both = await api.get(address)

    assert answer.headers["content-type"] == "application/jose"
    assert answer.text == both.json()["jws"]
    assert answer.headers["etag"] != both.headers["etag"]


async def test_a_superseded_verdict_stays_readable_and_names_its_successor(site: Site) -> None:
    platform = await site.platform()
    player = await site.submitted(platform.tenant)
    await player.review(await site.reviewer(platform.tenant))

    async with site.program(**platform.headers) as api:
        history = (await api.get(f"/v1/assessments/{player.assessment_id}/verdicts")).json()["data"]
        live = (await api.get(f"/v1/assessments/{player.assessment_id}/verdict")).json()

    assert [verdict["status"] for verdict in history] == ["superseded", "issued"]
    assert history[0]["superseded_by"] == history[1]["document"]["id"]
    assert history[1]["document"]["supersedes"] == history[0]["document"]["id"]
    assert history[1] == live


async def test_a_verdict_is_read_by_its_id_as_well(site: Site, decided: tuple[Platform, str]) -> None:
    platform, assessment_id = decided

    async with site.program(**platform.headers) as api:
        live = await api.get(f"/v1/assessments/{assessment_id}/verdict")
        address = f"/v1/verdicts/{live.json()['document']['id']}"
        answer = await api.get(address)
        again = await api.get(address, headers={"If-None-Match": answer.headers["etag"]})
        signed = await api.get(address, headers={"Accept": "application/jose"})

    assert (answer.status_code, answer.content) == (200, live.content)
    assert (again.status_code, again.content) == (304, b"")
    assert signed.text == live.json()["jws"]


async def test_who_holds_a_superseded_verdict_learns_by_its_id_that_it_is(site: Site) -> None:
    platform = await site.platform()
    player = await site.submitted(platform.tenant)
    async with site.program(**platform.headers) as api:
        held = await api.get(f"/v1/assessments/{player.assessment_id}/verdict")
        address, tag = f"/v1/verdicts/{held.json()['document']['id']}", held.headers["etag"]
        await player.review(await site.reviewer(platform.tenant))

        answer = await api.get(address, headers={"If-None-Match": tag})
        live = (await api.get(f"/v1/assessments/{player.assessment_id}/verdict")).json()

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["superseded_by"]) == ("superseded", live["document"]["id"])
    assert answer.json()["document"] == held.json()["document"]


@pytest.mark.parametrize("way", ["assessment", "verdict"])
async def test_a_revoked_key_reads_nothing_from_the_next_request_on(
    site: Site, decided: tuple[Platform, str], way: str
) -> None:
    platform, assessment_id = decided
    key = await site.key(platform.tenant, (Scope.VERDICTS_READ,))
    async with site.program(Authorization=f"Bearer {key}") as api:
        before = await api.get(f"/v1/assessments/{assessment_id}/verdict")
        verdict_id = before.json()["document"]["id"]
        addresses = {"assessment": str(before.url), "verdict": f"/v1/verdicts/{verdict_id}"}
        assert (await api.get(addresses[way])).status_code == 200
        await site.services.access.revoke_key(key.partition(".")[0])

        after = await api.get(addresses[way], headers={"If-None-Match": before.headers["etag"]})

    assert after.status_code == 401


@pytest.mark.parametrize("whose", ["another's", "nobody's"])
async def test_another_platforms_verdict_is_404_by_its_id_as_one_that_there_is_not(
    site: Site, decided: tuple[Platform, str], whose: str
) -> None:
    platform, assessment_id = decided
    stranger = await site.platform()
    async with site.program(**platform.headers) as api:
        read = (await api.get(f"/v1/assessments/{assessment_id}/verdict")).json()
    verdict_id = read["document"]["id"] if whose == "another's" else "ver_made-up"

    async with site.program(**stranger.headers) as api:
        answer = await api.get(f"/v1/verdicts/{verdict_id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_a_verdict_is_not_read_by_its_id_without_the_scope(
    site: Site, decided: tuple[Platform, str]
) -> None:
    platform, assessment_id = decided
    async with site.program(**platform.headers) as api:
        read = (await api.get(f"/v1/assessments/{assessment_id}/verdict")).json()
    lacking = await site.key(platform.tenant, tuple(set(Scope) - {Scope.VERDICTS_READ}))

    async with site.program(Authorization=f"Bearer {lacking}") as api:
        answer = await api.get(f"/v1/verdicts/{read['document']['id']}")

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_the_transcript_holds_what_the_evidence_points_to(
    site: Site, decided: tuple[Platform, str]
) -> None:
    platform, assessment_id = decided

    async with site.program(**platform.headers) as api:
        transcript = (await api.get(f"/v1/assessments/{assessment_id}/transcript")).json()

    assert transcript["assessment_id"] == assessment_id
    assert {turn["speaker"] for turn in transcript["turns"]} == {"interviewer", "candidate"}
    assert all(response["event_seq"] > 0 for response in transcript["responses"])


async def test_tracks_say_what_is_measured_and_nothing_of_cuts_or_weights(api: httpx.AsyncClient) -> None:
    answer = await api.get("/v1/tracks")

    tracks = {track["id"]: track for track in answer.json()["data"]}
    assert set(tracks) >= {"python", "nursing", "finance"}
    assert tracks["python"]["minutes"] == {"full": 45, "short": 8}
    for track in tracks.values():
        assert track["languages"] == ["en"]
        assert all({"id", "title", "description"} == set(one) for one in track["competencies"])
    assert '"cut"' not in answer.text
    assert '"weight"' not in answer.text


async def test_the_public_keys_are_there_for_anybody_and_may_be_kept(site: Site) -> None:
    async with site.program() as anybody:
        answer = await anybody.get("/.well-known/jwks.json")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert all("d" not in key for key in answer.json()["keys"])


BAD_KEYS: list[dict[str, str]] = [
    {},
    {"Authorization": "Bearer "},
    {"Authorization": "Bearer made-up"},
    {"Authorization": "Bearer ak_live_made.up"},
    {"Authorization": "Basic YTpi"},
    {"Cookie": "assessor_reviewer=made-up"},
]


@pytest.mark.parametrize("headers", BAD_KEYS, ids=str)
@pytest.mark.parametrize(
    "path",
    ["/v1/assessments", "/v1/tracks", "/v1/assessments/asm_made-up/verdict", "/v1/verdicts/ver_made-up"],
)
async def test_without_a_valid_key_nothing_is_told(site: Site, headers: dict[str, str], path: str) -> None:
    async with site.program() as anybody:
        answer = await anybody.get(path, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_key_with_one_changed_character_is_no_key(site: Site, platform: Platform) -> None:
    changed = platform.key[:-1] + ("0" if platform.key[-1] != "0" else "1")

    async with site.program(Authorization=f"Bearer {changed}") as api:
        answer = await api.get("/v1/tracks")

    assert answer.status_code == 401


async def test_an_order_without_a_key_is_401_even_when_its_body_is_wrong(site: Site) -> None:
    async with site.program() as anybody:
        answer = await anybody.post("/v1/assessments", json={"wrong": 1})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "needs"),
    [("POST", "/v1/assessments", Scope.ASSESSMENTS_WRITE), ("GET", "/v1/assessments", Scope.ASSESSMENTS_READ)]
    + [("POST", f"/v1/assessments/ID{end}", Scope.ASSESSMENTS_WRITE) for end in WRITES]
    + [
        ("GET", "/v1/assessments/ID", Scope.ASSESSMENTS_READ),
        ("GET", "/v1/assessments/ID/transcript", Scope.TRANSCRIPTS_READ),
        ("GET", "/v1/assessments/ID/verdict", Scope.VERDICTS_READ),
        ("GET", "/v1/assessments/ID/verdicts", Scope.VERDICTS_READ),
        ("GET", "/v1/tracks", Scope.TRACKS_READ),
    ],
)
async def test_a_key_without_the_scope_is_403_at_home_and_nothing_happens(
    site: Site, platform: Platform, method: str, path: str, needs: Scope
) -> None:
    made = await site.services.ordering.order(platform.tenant, Order("applicant-1", "python", "short"))
    lacking = await site.key(platform.tenant, tuple(scope for scope in Scope if scope is not needs))
    address = path.replace("ID", made.assessment.id)

    async with site.program(Authorization=f"Bearer {lacking}") as api:
        body = ORDER if method == "POST" else None
        answer = await api.request(method, address, json=body, headers={"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert needs.value in answer.json()["detail"]
    after = await site.services.ordering.get(platform.tenant.id, made.assessment.id)
    assert after.seq == made.assessment.seq
    assert len(await site.services.ordering.recent(platform.tenant.id)) == 1


@pytest.mark.parametrize(
    ("method", "end"), [("GET", end) for end in READS] + [("POST", end) for end in WRITES]
)
async def test_another_platforms_assessment_looks_like_one_that_does_not_exist(
    site: Site, api: httpx.AsyncClient, decided: tuple[Platform, str], method: str, end: str
) -> None:
    _, theirs = decided
    nobodys = "asm_" + "0" * 26

    answers = [await api.request(method, f"/v1/assessments/{id_}{end}") for id_ in (theirs, nobodys)]

    told = [
        {name: value for name, value in answer.json().items() if name not in ("request_id", "instance")}
        for answer in answers
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert json.dumps(told[0]).replace(theirs, nobodys) == json.dumps(told[1])
    assert told[0]["code"] == "not-found"


async def test_ready_means_that_the_database_and_the_library_answer(site: Site) -> None:
    async with site.program() as anybody:
        answers = [await anybody.get(path) for path in ("/healthz", "/readyz")]

    assert [answer.json() for answer in answers] == [{"status": "alive"}, {"status": "ready"}]


async def test_a_service_whose_schema_is_another_is_alive_and_not_ready(tmp_path: Path) -> None:
    async with serving(tmp_path) as site, site.program() as anybody:
        with closing(sqlite3.connect(tmp_path / "assessor.db")) as database:
            database.execute("update alembic_version set version_num = 'another'")
            database.commit()

        alive, ready = [await anybody.get(path) for path in ("/healthz", "/readyz")]

    assert alive.status_code == 200
    assert (ready.status_code, ready.json()["code"]) == (503, "not-ready")
    assert ready.headers["retry-after"]
