"""The torture's own ears: whatever goes wrong with a webhook is noticed."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from assessor.adapters.webhooks.receivers import signed_headers
from tests.receiver import Received, Receiver
from tests.torture.hearing import Hearing, Notification

SECRET = "whsec_" + base64.b64encode(bytes(24)).decode()
ANOTHER = "whsec_" + base64.b64encode(bytes(range(24))).decode()


def sent(event_id: str = "evt_1", sequence: int = 1, secret: str = SECRET, **data: Any) -> Received:
    """Make it when the test runs: a signature is good for five minutes."""
    told = {"assessment_id": "asm_1", "sequence": sequence, **data}
    event = {"id": event_id, "type": "assessor.verdict.issued", "data": {"verdict_id": "ver_1", **told}}
    body = json.dumps(event).encode()
    headers = signed_headers([secret], event_id, datetime.now(UTC), body)
    return Received("/", {name.lower(): value for name, value in headers.items()}, body)


@pytest.mark.parametrize(
    ("second", "unstable", "forged"),
    [
        ({}, 0, 0),
        ({"event_id": "evt_2", "sequence": 2}, 0, 0),
        ({"event_id": "evt_2"}, 1, 0),
        ({"sequence": 2}, 1, 0),
        ({"decision": "qualified"}, 1, 0),
        ({"secret": ANOTHER}, 0, 1),
    ],
    ids=["repeated", "two", "another id", "one id for two", "another body", "another's signature"],
)
def test_what_is_not_as_it_should_be_is_counted(second: dict[str, Any], unstable: int, forged: int) -> None:
    hearing = Hearing(Receiver(received=[sent(), sent(**second)]), SECRET)

    hearing.take_in()

    assert (hearing.unstable, hearing.forged, hearing.attempts) == (unstable, forged, 2)


def test_what_was_heard_is_named_by_its_place_in_the_log() -> None:
    hearing = Hearing(Receiver(received=[sent(), sent()]), SECRET)

    hearing.take_in()

    assert hearing.notifications == {Notification("asm_1", 1, "assessor.verdict.issued")}
    assert hearing.verdicts == {"ver_1"}
