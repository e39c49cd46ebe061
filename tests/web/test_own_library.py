"""Platforms' own tasks over HTTP: uploaded, looked at, activated, ordered, and nobody else's."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from assessor.services.access import Scope
from assessor.simulation.playing import begin
from tests.adapters.test_uploads import documents, files, packed
from tests.web.site import Platform, Site

HERE = "/v1/library"


@pytest.fixture
async def platform(site: Site) -> Platform:
    return await site.platform()


@pytest.fixture
async def api(site: Site, platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    async with site.program(**platform.headers) as api:
        yield api


async def uploaded(api: httpx.AsyncClient, sent: Any = None, **query: Any) -> httpx.Response:
    return await api.post(HERE, json={"files": sent or documents()}, params=query)


async def ordered(api: httpx.AsyncClient, track: str, key: str = "k") -> httpx.Response:
    body = {"candidate_ref": f"applicant-{key}", "track": track}
    return await api.post("/v1/assessments", json=body, headers={"Idempotency-Key": key})


async def test_a_platform_orders_its_own_track_once_it_is_activated(api: httpx.AsyncClient) -> None:
    stored = (await uploaded(api)).json()
    before = await ordered(api, "logic", "before")
    active = (await api.post(f"{HERE}/{stored['id']}/activate")).json()
    after = await ordered(api, "logic", "after")

    assert (before.status_code, after.status_code) == (422, 201)
    assert stored["activated_at"] is None
    assert active["activated_at"] is not None
    assert after.json()["track"] == stored["track_id"]
    tracks = {one["id"] for one in (await api.get("/v1/tracks")).json()["data"]}
    assert {stored["track_id"], "python"} <= tracks


async def test_a_candidate_is_assessed_with_it(api: httpx.AsyncClient, site: Site) -> None:
    stored = (await uploaded(api)).json()
    await api.post(f"{HERE}/{stored['id']}/activate")
    made = (await ordered(api, "logic")).json()

    async with site.browser() as browser:
        entered = await browser.get(made["invite_url"])

        rules = await browser.get(f"{made['invite_url']}/how-you-are-scored")
        from_outside = await browser.get(f"/how-you-are-scored/{stored['track_id']}")

    assert (entered.status_code, rules.status_code) == (200, 200)
    assert "Logic" in entered.text
    assert from_outside.status_code == 404


async def test_an_assessment_with_it_ends_in_a_verdict_that_names_the_version(
    api: httpx.AsyncClient, site: Site, platform: Platform
) -> None:
    stored = (await uploaded(api)).json()
    await api.post(f"{HERE}/{stored['id']}/activate")
    player = await begin(site.services, platform.tenant, "candidate-own", "full", "logic", 4)

    await player.interview()
    await player.tasks()
    await player.submit()

    answer = await api.get(f"/v1/assessments/{player.assessment_id}/verdict")
    shown = answer.json()["document"]
    assert shown["track"]["id"] == stored["track_id"]
    assert shown["basis"]["keys"] == "authored"


async def test_the_same_files_are_the_same_version_and_others_another_one(api: httpx.AsyncClient) -> None:
    first, again = (await uploaded(api)).json(), (await uploaded(api)).json()
    changed = documents()
    changed["track.yaml"]["summary"] += " Now better."
    other = (await uploaded(api, changed)).json()

    assert first["id"] == again["id"]
    assert other["id"] != first["id"]
    assert other["track_id"] != first["track_id"]
    listed = (await api.get(HERE)).json()["data"]
    assert {one["id"] for one in listed} == {first["id"], other["id"]}


async def test_orders_get_the_version_that_was_activated_last(api: httpx.AsyncClient) -> None:
    old = (await uploaded(api)).json()
    changed = documents()
    changed["track.yaml"]["summary"] += " Now better."
    new = (await uploaded(api, changed)).json()

    got = []
    for number, version in enumerate((old, new, old)):
        await api.post(f"{HERE}/{version['id']}/activate")
        got.append((await ordered(api, "logic", f"k{number}")).json()["track"])

    assert got == [old["track_id"], new["track_id"], old["track_id"]]


async def test_a_zip_holds_the_same_files(api: httpx.AsyncClient) -> None:
    archive = packed(dict(files())).getvalue()

    first = await api.post(HERE, content=archive, headers={"Content-Type": "application/zip"})
    second = await uploaded(api, files())

    assert (first.status_code, first.json()["id"]) == (201, second.json()["id"])


async def test_a_dry_run_stores_nothing(api: httpx.AsyncClient) -> None:
    answer = await uploaded(api, dry_run=True)

    assert (answer.status_code, answer.json()["stored"]) == (201, False)
    assert answer.json()["items"] == {"interview": 2, "ranking": 1, "sft": 1}
    assert (await api.get(HERE)).json()["data"] == []


async def test_a_preview_shows_what_candidates_see_and_nothing_of_the_key(api: httpx.AsyncClient) -> None:
    stored = (await uploaded(api)).json()

    page = await api.get(f"{HERE}/{stored['id']}/preview/four")
    missing = await api.get(f"{HERE}/{stored['id']}/preview/five")

    assert page.headers["content-type"].startswith("text/html")
    assert "Explain it." in page.text
    assert "It is like this." not in page.text
    assert missing.status_code == 404


async def test_mistakes_are_told_by_file_line_and_field(api: httpx.AsyncClient) -> None:
    changed = documents()
    changed["ranking.yaml"]["items"][0]["colour"] = "red"
    changed["sft.yaml"]["items"][0].pop("key")

    refused = await uploaded(api, changed)

    assert refused.status_code == 422
    told = {one["field"]: one["problem"] for one in refused.json()["errors"]}
    assert any(field.startswith("ranking.yaml, line ") and "colour" in field for field in told)
    assert any("work has to be paid" in problem for problem in told.values())


async def test_a_name_that_everybody_can_order_is_taken(api: httpx.AsyncClient) -> None:
    changed = documents()
    changed["track.yaml"]["id"] = "python"

    refused = await uploaded(api, changed)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "track.yaml, id")


@pytest.mark.parametrize(
    "body",
    [{}, {"files": []}, {"files": {"track.yaml": 7}}, {"files": {"../../etc/passwd": "x"}}, {"file": {}}, []],
    ids=str,
)
async def test_what_is_no_set_of_files_is_refused(api: httpx.AsyncClient, body: Any) -> None:
    refused = await api.post(HERE, json=body)

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-input")


async def test_an_archive_that_is_none_is_refused(api: httpx.AsyncClient) -> None:
    bomb = packed({"track.yaml": b"\0" * 5_000_000}).getvalue()

    answers = [
        await api.post(HERE, content=body, headers={"Content-Type": "application/zip"})
        for body in (bomb, b"GIF89a/*", b"PK\x03\x04")
    ]

    assert [one.status_code for one in answers] == [422, 422, 422]


async def test_another_platform_sees_nothing_of_it(site: Site, api: httpx.AsyncClient) -> None:
    stored = (await uploaded(api)).json()
    await api.post(f"{HERE}/{stored['id']}/activate")
    other = await site.platform()

    async with site.program(**other.headers) as elsewhere:
        seen = [
            await elsewhere.get(f"{HERE}/{stored['id']}/preview/four"),
            await elsewhere.post(f"{HERE}/{stored['id']}/activate"),
        ]
        listed = (await elsewhere.get(HERE)).json()["data"]
        tracks = (await elsewhere.get("/v1/tracks")).text + (await elsewhere.get("/v1/pilot-stages")).text
        orders = [await ordered(elsewhere, name, name) for name in ("logic", stored["track_id"])]

    assert [one.status_code for one in seen] == [404, 404]
    assert listed == []
    assert "logic_" not in tracks
    assert [one.status_code for one in orders] == [422, 422]
    assert stored["track_id"] not in orders[0].json()["errors"][0]["remedy"]


async def test_two_platforms_may_use_the_same_names(site: Site, api: httpx.AsyncClient) -> None:
    other = await site.platform()

    first = (await uploaded(api)).json()
    async with site.program(**other.headers) as elsewhere:
        second = (await uploaded(elsewhere)).json()

    assert first["id"] != second["id"]
    assert first["track_id"] != second["track_id"]


async def test_a_key_needs_the_scope(site: Site, platform: Platform) -> None:
    scopes = (Scope.LIBRARY_READ,)
    made = await site.services.access.add_key(platform.tenant.id, scopes, livemode=False)

    async with site.program(Authorization=f"Bearer {made.secret}") as reader:
        answers = [await uploaded(reader), await reader.get(HERE)]

    assert [one.status_code for one in answers] == [403, 200]
