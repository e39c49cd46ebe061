"""Listing, following, extending and annotating assessments."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from assessor.domain.errors import InvalidInput
from assessor.web.orders import require_safe_link
from tests.web.site import Site

HERE = "/v1/assessments"
ORDER = {"candidate_ref": "applicant-1", "track": "python", "form": "short"}


@pytest.fixture
async def api(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    platform = await site.platform()
    async with site.program(**platform.headers) as client:
        yield client


async def ordered(api: httpx.AsyncClient, **changed: Any) -> dict[str, Any]:
    answer = await api.post(HERE, json=ORDER | changed)
    made: dict[str, Any] = answer.raise_for_status().json()
    return made


async def listed(api: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await api.get(HERE, params=query)
    return [row["id"] for row in answer.raise_for_status().json()["data"]]


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def test_pages_follow_each_other_without_gap_or_repeat_whatever_is_ordered_meanwhile(
    api: httpx.AsyncClient,
) -> None:
    made = [(await ordered(api, candidate_ref=f"applicant-{number}"))["id"] for number in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}

    while True:
        page = (await api.get(HERE, params={"limit": "2", **cursor})).raise_for_status().json()
        seen += [row["id"] for row in page["data"]]
        await ordered(api, candidate_ref=f"meanwhile-{len(seen)}")
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert seen == made[::-1]


async def test_a_last_page_that_is_just_full_says_that_it_is_the_last(api: httpx.AsyncClient) -> None:
    await ordered(api)

    page = (await api.get(HERE, params={"limit": 1})).json()

    assert (len(page["data"]), page["next_cursor"]) == (1, None)


async def test_each_filter_lets_through_what_it_names(api: httpx.AsyncClient) -> None:
    first = await ordered(api, candidate_ref="a")
    second = await ordered(api, candidate_ref="b", track="finance", form="full")
    await api.post(f"{HERE}/{first['id']}/cancel")

    found = {
        "candidate": await listed(api, candidate_ref="a"),
        "track": await listed(api, track="finance"),
        "status": await listed(api, status="cancelled"),
        "from": await listed(api, created_from=second["created_at"]),
        "before": await listed(api, created_before=second["created_at"]),
        "both": await listed(api, candidate_ref="a", track="finance"),
    }

    assert found == {
        "candidate": [first["id"]],
        "track": [second["id"]],
        "status": [first["id"]],
        "from": [second["id"]],
        "before": [first["id"]],
        "both": [],
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"cursor": "made-up"}, "cursor"),
        ({"cursor": "bnVsbA"}, "cursor"),
        ({"cursor": "WyIyMDI2LTExLTIyIiwgImEiXQ"}, "cursor"),
        ({"cursor": "naïve"}, "cursor"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"status": "lost"}, "status"),
        ({"created_from": "2026-11-22T10:00:00"}, "created_from"),
        ({"created_from": "0.5"}, "created_from"),
        ({"created_before": "2026-11-22"}, "created_before"),
    ],
)
async def test_a_query_that_cannot_be_answered_is_named(
    api: httpx.AsyncClient, query: dict[str, str], field: str
) -> None:
    answer = await api.get(HERE, params=query)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_notes_come_back_and_can_be_replaced(api: httpx.AsyncClient) -> None:
    made = await ordered(api, metadata={"cohort": "autumn", "batch": "7"})
    here = f"{HERE}/{made['id']}"

    changed = await api.patch(here, json={"metadata": {"cohort": "winter"}}, headers={"If-Match": "*"})

    assert made["metadata"] == {"cohort": "autumn", "batch": "7"}
    assert changed.json()["metadata"] == {"cohort": "winter"}
    assert (await api.get(here)).json() == changed.json()


async def test_an_edit_on_top_of_an_older_state_is_412_and_changes_nothing(api: httpx.AsyncClient) -> None:
    here = f"{HERE}/{(await ordered(api))['id']}"
    etag = (await api.get(here)).headers["etag"]
    body = {"metadata": {"by": "one"}}

    first = await api.patch(here, json=body, headers={"If-Match": etag})
    second = await api.patch(here, json={"metadata": {"by": "two"}}, headers={"If-Match": etag})
    third = await api.patch(
        here, json={"metadata": {"by": "three"}}, headers={"If-Match": first.headers["etag"]}
    )

    assert first.status_code == 200
    assert (second.status_code, second.json()["code"]) == (412, "stale-edit")
    assert third.json()["metadata"] == {"by": "three"}


async def test_an_edit_that_does_not_say_what_it_was_made_on_is_428_and_changes_nothing(
    api: httpx.AsyncClient,
) -> None:
    made = await ordered(api, metadata={"cohort": "autumn"})
    here = f"{HERE}/{made['id']}"

    refused = await api.patch(here, json={"metadata": {}})
    after = (await api.get(here)).json()

    assert (refused.status_code, refused.json()["code"]) == (428, "if-match-required")
    assert "`If-Match: *`" in refused.json()["detail"]
    assert after["metadata"] == {"cohort": "autumn"}


@pytest.mark.parametrize(
    ("if_match", "status"),
    [("*", 200), ('"another", {tag}', 200), ("W/{tag}", 412), ('"another"', 412), ("", 428)],
)
async def test_an_edit_may_name_several_states_or_any_and_never_a_weak_one(
    api: httpx.AsyncClient, if_match: str, status: int
) -> None:
    here = f"{HERE}/{(await ordered(api))['id']}"
    tag = (await api.get(here)).headers["etag"]

    answer = await api.patch(here, json={"metadata": {}}, headers={"If-Match": if_match.format(tag=tag)})

    assert answer.status_code == status


async def test_what_has_not_changed_is_not_sent_again(api: httpx.AsyncClient) -> None:
    here = f"{HERE}/{(await ordered(api))['id']}"
    etag = (await api.get(here)).headers["etag"]

    known = await api.get(here, headers={"If-None-Match": etag})
    await api.post(f"{here}/cancel")
    changed = await api.get(here, headers={"If-None-Match": etag})

    assert (known.status_code, known.content) == (304, b"")
    assert changed.json()["status"] == "cancelled"


@pytest.mark.parametrize(
    "metadata",
    [
        {f"k{number}": "v" for number in range(21)},
        {"": "v"},
        {"k" * 41: "v"},
        {"with space": "v"},
        {"k": "v" * 501},
        {"k": 7},
        {"k": None},
    ],
)
async def test_notes_are_up_to_20_short_strings(api: httpx.AsyncClient, metadata: dict[str, Any]) -> None:
    answer = await api.post(HERE, json=ORDER | {"metadata": metadata})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("metadata")


async def test_an_order_may_say_by_when_it_has_to_be_begun(api: httpx.AsyncClient) -> None:
    until = in_days(3)

    by_time = await ordered(api, expires_at=until)
    by_days = await ordered(api, candidate_ref="applicant-2", expires_in_days=2)

    assert datetime.fromisoformat(by_time["expires_at"]) == datetime.fromisoformat(until)
    left = datetime.fromisoformat(by_days["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=1.9) < left <= timedelta(days=2)


@pytest.mark.parametrize(
    "terms",
    [
        {"expires_at": in_days(-1)},
        {"expires_at": in_days(400)},
        {"expires_at": "2026-12-24T12:00:00"},
        {"expires_at": "soon"},
        {"expires_at": 1_798_000_000},
        {"expires_in_days": 0},
        {"expires_in_days": 367},
        {"expires_at": in_days(1), "expires_in_days": 1},
    ],
)
async def test_an_expiry_that_cannot_be_is_refused(api: httpx.AsyncClient, terms: dict[str, Any]) -> None:
    answer = await api.post(HERE, json=ORDER | terms)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("expires_")


async def test_extending_moves_the_end_and_keeps_the_link(site: Site, api: httpx.AsyncClient) -> None:
    made = await ordered(api, expires_in_days=1)
    until = in_days(30)

    extended = await api.post(f"{HERE}/{made['id']}/extend", json={"expires_at": until})
    again = await api.post(f"{HERE}/{made['id']}/extend", json={"expires_at": until})

    assert (extended.status_code, again.status_code) == (200, 200)
    assert datetime.fromisoformat(extended.json()["expires_at"]) == datetime.fromisoformat(until)
    token = made["invite_url"].rsplit("/", 1)[-1]
    _, expires_at, _ = await site.services.store.invite(_hashed(token))
    assert expires_at == datetime.fromisoformat(until)


def _hashed(token: str) -> str:
    from assessor.services.tokens import hash_token

    return hash_token(token)


async def test_extending_never_shortens_and_ends_with_the_beginning(api: httpx.AsyncClient) -> None:
    made = await ordered(api, expires_in_days=10)
    here = f"{HERE}/{made['id']}"

    earlier = await api.post(f"{here}/extend", json={"expires_at": in_days(5)})
    await api.post(f"{here}/cancel")
    over = await api.post(f"{here}/extend", json={"expires_at": in_days(20)})

    assert (earlier.status_code, earlier.json()["errors"][0]["field"]) == (422, "expires_at")
    assert (over.status_code, over.json()["code"]) == (409, "illegal-transition")


SAFE = ["https://example.com", "https://example.com/done?id=1", "https://example.com:8443/a"]
UNSAFE = [
    "http://example.com/",
    "//example.com/",
    "/done",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://",
    "https://user@example.com/",
    "https://example.com@evil.example/",
    "https://example.com\\@evil.example/",
    "https://[::1/",
    "https://example.com:port/",
    "https://exämple.com/",
    "https://example.com/ a",
    'https://example.com/"',
    "ftp://example.com/",
]


@pytest.mark.parametrize("url", [*SAFE, "http://127.0.0.1:8000/done", "http://localhost/"])
def test_a_link_back_may_lead_to_https_and_in_development_to_this_machine(url: str) -> None:
    require_safe_link(url, loopback=True)


@pytest.mark.parametrize("url", [*UNSAFE, "http://127.0.0.1:8000/done"])
def test_a_link_back_to_anything_else_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="redirect_url"):
        require_safe_link(url, loopback=False)


async def test_the_candidate_is_offered_the_way_back_at_the_end(site: Site) -> None:
    platform = await site.platform()
    async with site.program(**platform.headers) as api:
        made = await ordered(api, redirect_url="https://example.com/done?a=1&b=2")
        async with site.browser() as browser:
            before = await browser.get(made["invite_url"])
            await api.post(f"{HERE}/{made['id']}/cancel")
            after = await browser.get(made["invite_url"])

    assert "https://example.com/done" not in before.text
    assert 'href="https://example.com/done?a=1&amp;b=2" rel="noopener noreferrer"' in after.text
    assert "Go back to example.com" in after.text


async def test_a_track_tells_what_a_platform_has_to_know(api: httpx.AsyncClient) -> None:
    track = (await api.get("/v1/tracks/python")).json()
    listed_tracks = (await api.get("/v1/tracks")).json()["data"]

    assert track in listed_tracks
    form = track["forms"]["full"]
    assert form["minutes"] == track["minutes"]["full"]
    assert form["minutes"] <= form["time_limit_minutes"]
    assert {section["category"] for section in form["sections"]} >= {"interview", "ranking"}
    assert all(section["ai_policies"] for section in form["sections"])
    assert "cut" not in str(track)
    assert (await api.get("/v1/tracks/astrology")).status_code == 404
