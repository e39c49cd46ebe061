"""Signatures by Standard Webhooks, checked by other implementations than ours."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook

from assessor.adapters.standard_webhooks import private_key, public_key, raw_public_key, signatures

SHARED = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQh"
BODY = '{"größe": 1}'.encode()


def test_each_secret_gives_a_signature_of_its_kind_over_the_same_words() -> None:
    at = datetime.now(UTC).replace(microsecond=0)
    private = private_key(bytes(range(32)))

    shared, asymmetric = signatures([SHARED, private], "evt_1", at, BODY)

    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": f"{asymmetric} {shared}",
    }
    assert Webhook(SHARED).verify(BODY, headers) == {"größe": 1}
    version, _, signature = asymmetric.partition(",")
    words = f"evt_1.{int(at.timestamp())}.".encode() + BODY
    key = Ed25519PublicKey.from_public_bytes(raw_public_key(public_key(private)))
    key.verify(base64.b64decode(signature), words)
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(signature), words + b" ")
    assert version == "v1a"


def test_a_public_key_says_what_it_is_and_holds_nothing_that_signs() -> None:
    private = private_key(bytes(range(32)))

    public = public_key(private)

    assert public.startswith("whpk_")
    assert len(raw_public_key(public)) == 32
    assert private.removeprefix("whsk_") not in public
