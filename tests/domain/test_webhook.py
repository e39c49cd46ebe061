"""What follows from an attempt to deliver."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assessor.domain.notification import EventType, Notice
from assessor.domain.webhook import (
    LONGEST_RETRY_AFTER,
    RETRY_SECONDS,
    Delivery,
    DeliveryStatus,
    Endpoint,
    Outcome,
    Pause,
    Reception,
    delivery_id,
    paused_notice,
    settle,
)

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SCHEDULE = (5, 60, 600)
ENDPOINT = Endpoint("whe_1", "acme", "https://hooks.example.com", "", (), True, None, NOW)


def got(status: int | None, outcome: Outcome = Outcome.REJECTED, retry_after: int | None = None) -> Reception:
    return Reception(outcome, status, 12, retry_after)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_what_was_accepted_is_delivered(status: int) -> None:
    settled = settle(got(status, Outcome.ACCEPTED), 2, SCHEDULE, NOW)

    assert (settled.status, settled.next_at) == (DeliveryStatus.DELIVERED, None)


@pytest.mark.parametrize(
    "reception",
    [
        got(400), got(404), got(429), got(500), got(503), got(301, Outcome.REDIRECTED),
        *(got(None, outcome) for outcome in (Outcome.TIMED_OUT, Outcome.UNREACHABLE, Outcome.TARGET_REFUSED)),
    ],
    ids=lambda reception: f"{reception.outcome} {reception.http_status}",
)  # fmt: skip
@pytest.mark.parametrize(("retries", "pause"), [(0, 5), (1, 60), (2, 600)])
def test_any_failure_is_tried_again_by_the_schedule(reception: Reception, retries: int, pause: int) -> None:
    settled = settle(reception, retries, SCHEDULE, NOW)

    assert settled.status is DeliveryStatus.PENDING
    assert settled.next_at == NOW + timedelta(seconds=pause)


def test_after_the_last_pause_it_is_given_up() -> None:
    settled = settle(got(500), len(SCHEDULE), SCHEDULE, NOW)

    assert (settled.status, settled.next_at, settled.gone) == (DeliveryStatus.DEAD, None, False)


def test_a_receiver_that_is_gone_is_not_asked_again() -> None:
    settled = settle(got(410), 0, SCHEDULE, NOW)

    assert (settled.status, settled.gone) == (DeliveryStatus.DEAD, True)


@pytest.mark.parametrize(
    ("asked", "pause"), [(0, 5), (3, 5), (120, 120), (LONGEST_RETRY_AFTER * 9, LONGEST_RETRY_AFTER)]
)
def test_a_receiver_may_ask_for_patience_within_a_day(asked: int, pause: int) -> None:
    settled = settle(got(503, retry_after=asked), 0, SCHEDULE, NOW)

    assert settled.next_at == NOW + timedelta(seconds=pause)


def test_the_schedule_gives_up_just_before_three_days() -> None:
    total = timedelta(seconds=sum(RETRY_SECONDS))

    assert timedelta(days=2, hours=20) < total < timedelta(days=3)
    assert list(RETRY_SECONDS) == sorted(RETRY_SECONDS)


@pytest.mark.parametrize(
    ("endpoint", "wanted"),
    [
        (ENDPOINT, True),
        (replace(ENDPOINT, event_types=(EventType.VERDICT_ISSUED,)), True),
        (replace(ENDPOINT, event_types=(EventType.ASSESSMENT_CREATED,)), False),
        (replace(ENDPOINT, enabled=False), False),
        (replace(ENDPOINT, paused=Pause.FAILING), True),
    ],
    ids=["no filter", "in the filter", "not in the filter", "disabled", "paused, to be sent later"],
)
def test_which_endpoint_wants_a_verdict(endpoint: Endpoint, *, wanted: bool) -> None:
    assert endpoint.wants(EventType.VERDICT_ISSUED) is wanted


def test_an_event_has_one_delivery_to_an_endpoint() -> None:
    assert delivery_id("evt_1", "whe_1") == delivery_id("evt_1", "whe_1")
    assert (
        len({delivery_id("evt_1", "whe_1"), delivery_id("evt_2", "whe_1"), delivery_id("evt_1", "whe_2")})
        == 3
    )


def test_a_platform_is_told_which_endpoint_takes_nothing_any_more_and_why() -> None:
    notice = Notice("evt_1", EventType.VERDICT_ISSUED, "as_1", NOW, {})
    delivery = Delivery("whd_1", "whe_1", notice, DeliveryStatus.DEAD, 9, None, NOW)

    told = paused_notice(delivery, Pause.GONE, NOW)

    assert (told.type, told.subject, told.at) == (EventType.ENDPOINT_PAUSED, "whe_1", NOW)
    assert told.data == {"endpoint_id": "whe_1", "delivery_id": "whd_1", "why": "gone"}
    assert told.id.startswith("evt_")
    assert told == paused_notice(delivery, Pause.GONE, NOW)
    others = [
        paused_notice(replace(delivery, id="whd_2"), Pause.GONE, NOW),
        paused_notice(delivery, Pause.GONE, NOW + timedelta(days=1)),
    ]
    assert len({told.id, *(one.id for one in others)}) == 3
