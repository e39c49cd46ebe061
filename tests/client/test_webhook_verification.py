"""Webhooks, signed by the reference library of Standard Webhooks and verified by the client."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from assessor.client import WebhookRefused, verify_webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
EVENT = {
    "specversion": "1.0",
    "id": "evt_1",
    "source": "https://assess.example.org",
    "type": "assessor.verdict.issued",
    "subject": "asm_1",
    "time": "2026-11-22T08:59:59.000Z",
    "data": {"verdict_id": "ver_1", "decision": "qualified", "livemode": True},
}
BODY = json.dumps(EVENT).encode()


def signed(
    body: bytes = BODY, event_id: str = "evt_1", at: datetime = NOW, secret: str = SECRET
) -> dict[str, str]:
    return {
        "Webhook-Id": event_id,
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign(event_id, at, body.decode()),
    }


def test_a_genuine_webhook_is_its_event() -> None:
    event = verify_webhook(BODY, signed(), SECRET, now=NOW)

    assert (event.id, event.type) == ("evt_1", "assessor.verdict.issued")
    assert event.data["decision"] == "qualified"


def test_one_fitting_signature_among_several_is_enough_while_a_secret_changes() -> None:
    headers = signed()
    headers["Webhook-Signature"] = (
        f"v1a,xyz {signed(secret=OTHER)['Webhook-Signature']} " + headers["Webhook-Signature"]
    )

    assert verify_webhook(BODY, headers, SECRET, now=NOW).id == "evt_1"


def test_a_public_key_verifies_what_its_private_key_signed_and_nothing_else() -> None:
    private, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    headers = signed()
    message = f"evt_1.{headers['Webhook-Timestamp']}.".encode() + BODY
    signature = base64.b64encode(private.sign(message)).decode()
    public, foreign = (
        "whpk_" + base64.b64encode(key.public_key().public_bytes_raw()).decode() for key in (private, other)
    )
    headers["Webhook-Signature"] += f" v1a,{signature}"

    assert verify_webhook(BODY, headers, public, now=NOW).id == "evt_1"
    for key, changed in (
        (foreign, headers["Webhook-Signature"]),
        (public, signed()["Webhook-Signature"]),
        (public, f"v1,{signature}"),
        (public, "v1a,not base64"),
        (public, "v1a,AAAA"),
    ):
        with pytest.raises(WebhookRefused, match="does not fit"):
            verify_webhook(BODY, headers | {"Webhook-Signature": changed}, key, now=NOW)


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_clocks_may_differ_by_five_minutes(minutes: int) -> None:
    assert verify_webhook(BODY, signed(at=NOW + timedelta(minutes=minutes)), SECRET, now=NOW).id == "evt_1"


@pytest.mark.parametrize("seconds", [-301, 301, -86_400])
def test_what_is_older_or_later_is_refused(seconds: int) -> None:
    with pytest.raises(WebhookRefused, match="300 seconds"):
        verify_webhook(BODY, signed(at=NOW + timedelta(seconds=seconds)), SECRET, now=NOW)


@given(place=st.integers(0, len(BODY) - 1), bit=st.integers(0, 7))
def test_no_bit_of_the_body_can_be_changed(place: int, bit: int) -> None:
    changed = bytearray(BODY)
    changed[place] ^= 1 << bit

    with pytest.raises(WebhookRefused, match="does not fit"):
        verify_webhook(bytes(changed), signed(), SECRET, now=NOW)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Webhook-Id", "evt_2"),
        ("Webhook-Timestamp", str(int(NOW.timestamp()) + 1)),
        ("Webhook-Timestamp", "now"),
        ("Webhook-Timestamp", "1e9"),
        ("Webhook-Signature", ""),
        ("Webhook-Signature", "v1"),
        ("Webhook-Signature", "v1,"),
        ("Webhook-Signature", "v1,é"),
        ("Webhook-Signature", signed(secret=OTHER)["Webhook-Signature"]),
        ("Webhook-Signature", signed()["Webhook-Signature"].replace("v1,", "v2,")),
        ("Webhook-Signature", signed()["Webhook-Signature"].replace("v1,", "")),
    ],
)
def test_no_header_can_be_changed(name: str, value: str) -> None:
    with pytest.raises(WebhookRefused):
        verify_webhook(BODY, signed() | {name: value}, SECRET, now=NOW)


@pytest.mark.parametrize("name", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
def test_no_header_can_be_left_out(name: str) -> None:
    headers = {key: value for key, value in signed().items() if key != name}

    with pytest.raises(WebhookRefused, match=name.lower()):
        verify_webhook(BODY, headers, SECRET, now=NOW)


def test_what_is_signed_but_no_event_or_another_event_is_refused() -> None:
    other = json.dumps(EVENT | {"id": "evt_2"}).encode()

    for body in (b"[]", other):
        with pytest.raises(WebhookRefused):
            verify_webhook(body, signed(body), SECRET, now=NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!", "not a secret"])
def test_a_secret_that_is_none_is_a_fault_of_the_receiver(secret: str) -> None:
    with pytest.raises(ValueError, match="not a webhook secret"):
        verify_webhook(BODY, signed(), secret, now=NOW)
