"""A reviewer's care for candidates who are at work, and a platform's: over HTTP."""

from typing import Any

import httpx
import pytest

from assessor.domain.assessment import Status
from assessor.services.access import Scope
from assessor.simulation.playing import Player
from tests.web.desk import Desk, words_of
from tests.web.site import Platform, Site

REASON = "Types with one hand, so that everything takes longer."


async def asking_for_help(site: Site, desk: Desk, text: str = "Can I talk to a human?") -> Player:
    player = await site.playing(desk.platform.tenant)
    await site.services.conversing.settled(player.assessment_id)
    await site.services.conversing.receive(player.assessment_id, "message-help", text)
    await site.services.conversing.settled(player.assessment_id)
    return player


async def test_the_queue_names_the_need_and_can_be_narrowed_to_it(
    site: Site, desk: Desk, player: Player
) -> None:
    in_need = await asking_for_help(site, desk, "I feel like hurting myself")

    everything = words_of((await desk.browser.get("/review")).text)
    only_help = words_of((await desk.browser.get("/review?show=help")).text)

    assert "In distress" in everything
    assert everything.index(in_need.assessment_id) < everything.index(player.assessment_id)
    assert in_need.assessment_id in only_help
    assert player.assessment_id not in only_help


async def test_what_was_seen_to_is_gone_from_the_case_and_the_queue(site: Site, desk: Desk) -> None:
    player = await asking_for_help(site, desk)
    page = await desk.browser.get(f"/review/{player.assessment_id}")
    (asked,) = (await desk.load(player)).open_help

    answer = await desk.browser.post(
        f"/review/{player.assessment_id}/help-seen", data={"message": str(asked.message)}
    )
    after = await desk.browser.get(answer.headers["location"])

    assert "Asked to speak to a person" in words_of(page.text)
    assert f'name="message" value="{asked.message}"' in page.text
    assert answer.status_code == 303
    assert "you have seen to what the candidate asked for" in words_of(after.text)
    assert "Asked to speak to a person" not in words_of(after.text)
    assert player.assessment_id not in (await desk.browser.get("/review?show=help")).text


@pytest.mark.parametrize("message", ["", "x", "-1", "٣", "9" * 40])
async def test_a_message_number_that_is_none_names_the_field(site: Site, desk: Desk, message: str) -> None:
    player = await asking_for_help(site, desk)

    answer = await desk.browser.post(f"/review/{player.assessment_id}/help-seen", data={"message": message})

    assert answer.status_code == 422
    assert (await desk.load(player)).needs_help == "person"


async def test_a_reviewer_gives_time_and_sees_it(site: Site, desk: Desk) -> None:
    player = await site.playing(desk.platform.tenant)
    address = f"/review/{player.assessment_id}/time"

    answer = await desk.browser.post(
        address, data={"time": "1.5", "extra_break_minutes": "20", "reason": REASON}
    )
    page = words_of((await desk.browser.get(answer.headers["location"])).text)

    assert answer.status_code == 303
    assert "Granted. The candidate sees the new time." in page
    assert "90 minutes" in page
    assert "50 minutes" in page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"time": "1.5", "reason": ""}, "The reason is empty"),
        ({"time": "1.5", "reason": "so"}, "The reason is too short"),
        ({"time": "9", "reason": REASON}, "The working time is none of the listed ones"),
        ({"reason": REASON}, "The working time stays as it is"),
        ({"extra_break_minutes": "many", "reason": REASON}, "The extra break time is not a whole number"),
        ({"extra_break_minutes": "9999", "reason": REASON}, "The extra break time is not a whole number"),
    ],
)
async def test_a_form_that_cannot_be_taken_comes_back_as_it_was_filled_in(
    site: Site, desk: Desk, fields: dict[str, str], told: str
) -> None:
    player = await site.playing(desk.platform.tenant)

    page = await desk.browser.post(f"/review/{player.assessment_id}/time", data=fields)

    assert page.status_code == 422
    assert told in words_of(page.text)
    assert fields["reason"] in page.text
    assert (await desk.load(player)).accommodation.time_factor == 1


async def test_who_scores_does_not_see_what_was_granted(site: Site, desk: Desk) -> None:
    player = await site.playing(desk.platform.tenant)
    await desk.browser.post(
        f"/review/{player.assessment_id}/time", data={"time": "untimed", "reason": REASON}
    )
    await player.interview()
    await player.tasks()
    await player.submit()

    pages = [
        words_of((await desk.browser.get(f"/review/{player.assessment_id}{path}")).text)
        for path in ("", "/time")
    ]

    assert all("no limit" not in page and REASON not in page for page in pages)
    assert "is not shown any longer" in pages[1]


async def test_another_platforms_candidate_is_not_there(site: Site, desk: Desk) -> None:
    other = await site.playing((await site.platform()).tenant)
    address = f"/review/{other.assessment_id}"

    answers = [
        await desk.browser.get(f"{address}/time"),
        await desk.browser.post(f"{address}/time", data={"time": "2", "reason": REASON}),
        await desk.browser.post(f"{address}/help-seen", data={"message": "9"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_nobody_grants_without_signing_in(site: Site, desk: Desk) -> None:
    player = await site.playing(desk.platform.tenant)

    async with site.browser() as stranger:
        answer = await stranger.post(
            f"/review/{player.assessment_id}/time", data={"time": "2", "reason": REASON}
        )

    assert answer.headers["location"].startswith("/review/login")
    assert (await desk.load(player)).accommodation.time_factor == 1


# The platform's API


async def post(site: Site, platform: Platform, assessment_id: str, body: Any) -> httpx.Response:
    async with site.program(**platform.headers) as api:
        return await api.post(f"/v1/assessments/{assessment_id}/accommodations", json=body)


async def test_a_platform_grants_time_in_mid_course_and_granting_again_changes_nothing(site: Site) -> None:
    platform = await site.platform()
    player = await site.playing(platform.tenant)

    first, again = [await post(site, platform, player.assessment_id, {"time_factor": 1.5}) for _ in range(2)]

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.json() | {"deadline": ""} == {
        "object": "accommodation", "assessment_id": player.assessment_id, "status": "in_progress",
        "time_factor": 1.5, "untimed": False, "extra_break_minutes": 0, "minutes": 90, "break_minutes": 30,
        "deadline": "", "request": None,
    }  # fmt: skip
    async with site.program(**platform.headers) as api:
        read = await api.get(f"/v1/assessments/{player.assessment_id}/accommodations")
    assert read.json() == first.json()


async def test_without_a_limit_there_is_no_deadline(site: Site) -> None:
    platform = await site.platform()
    player = await site.playing(platform.tenant)

    answer = await post(site, platform, player.assessment_id, {"untimed": True, "reason": "Agreed."})

    told = answer.json()
    assert [told[name] for name in ("untimed", "minutes", "break_minutes", "deadline")] == [True, *[None] * 3]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"time_factor": 0.5}, "time_factor"),
        ({"time_factor": 5}, "time_factor"),
        ({"time_factor": "1.5"}, "time_factor"),
        ({"untimed": "yes"}, "untimed"),
        ({"extra_break_minutes": -1}, "extra_break_minutes"),
        ({"extra_break_minutes": 481}, "extra_break_minutes"),
        ({"extra_break_minutes": 1.5}, "extra_break_minutes"),
        ({"reason": "x" * 2001}, "reason"),
        ({"reason": "\x00", "time_factor": 2}, "reason"),
        ({"faster": True}, "faster"),
        ({}, "time_factor"),
        ({"time_factor": 1}, "time_factor"),
    ],
)
async def test_a_grant_that_cannot_be_taken_names_the_field_and_the_way_out(
    site: Site, body: dict[str, Any], field: str
) -> None:
    platform = await site.platform()
    player = await site.playing(platform.tenant)
    if body == {"time_factor": 1}:
        await post(site, platform, player.assessment_id, {"time_factor": 1.25})

    answer = await post(site, platform, player.assessment_id, body)

    assert answer.status_code == 422
    (problem,) = answer.json()["errors"]
    assert (problem["field"], bool(problem["remedy"])) == (field, True)


async def test_what_is_handed_in_cannot_be_given_more_time(site: Site) -> None:
    platform = await site.platform()
    player = await site.submitted(platform.tenant)

    answer = await post(site, platform, player.assessment_id, {"time_factor": 2})

    assert (answer.status_code, answer.json()["code"]) == (409, "illegal-transition")


async def test_a_grant_needs_the_scope_and_the_tenant(site: Site) -> None:
    platform, other = await site.platform(), await site.platform()
    player = await site.playing(platform.tenant)
    reading = Platform(platform.tenant, await site.key(platform.tenant, (Scope.ASSESSMENTS_READ,)))
    nobody = Platform(platform.tenant, "key_1.wrong")

    answers = [
        await post(site, caller, player.assessment_id, {"untimed": True})
        for caller in (reading, other, nobody)
    ]

    assert [answer.status_code for answer in answers] == [403, 404, 401]


async def test_a_platform_can_order_without_a_limit_and_read_of_breaks_and_needs(site: Site) -> None:
    platform = await site.platform()
    async with site.program(**platform.headers) as api:
        order = {"candidate_ref": "c-untimed", "track": "python", "form": "short", "untimed": True}
        ordered = await api.post("/v1/assessments", json=order, headers={"Idempotency-Key": "untimed"})
        terms = await api.get(f"/v1/assessments/{ordered.json()['id']}/accommodations")
        player = await site.playing(platform.tenant)
        await site.services.pausing.pause(player.assessment_id)
        row = await api.get(f"/v1/assessments/{player.assessment_id}")

    assert terms.json()["minutes"] is None
    assert (row.json()["status"], row.json()["deadline"]) == (Status.PAUSED, None)
    assert row.json()["paused_until"] is not None
    assert row.json()["needs_help"] is None
