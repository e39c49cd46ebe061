"""Stripe Identity over HTTP: what is sent, what is read, and which reports are believed."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from assessor.adapters.identity import StripeIdentity
from assessor.adapters.identity.signature import require_signed
from assessor.domain.errors import IdentityFault, InvalidInput, Unauthenticated

SECRET = "whsec_of_the_test"
KEY = "rk_live_of_the_test"
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SESSIONS = "https://api.stripe.com/v1/identity/verification_sessions"
BACK = "https://assess.example.org/assessment/identity"
DATE = {"Date": "Sat, 21 Nov 2026 09:30:00 GMT"}


@pytest.fixture
async def stripe() -> AsyncIterator[StripeIdentity]:
    async with StripeIdentity(KEY, SECRET, pause_seconds=0) as stripe:
        yield stripe


def session(**changed: Any) -> dict[str, Any]:
    """A session as Stripe writes it, with what we have no use for."""
    return {
        "id": "vs_1NuN4zLkdIwHu7ixleE6HvkI",
        "object": "identity.verification_session",
        "client_secret": "vs_secret_of_the_candidate",
        "created": 1_795_253_400,
        "last_error": None,
        "last_verification_report": None,
        "livemode": True,
        "metadata": {"assessment_id": "asm_1"},
        "options": {},
        "status": "requires_input",
        "type": "document",
        "url": "https://verify.stripe.com/start/live_abc",
    } | changed


def event(kind: str, *, created: datetime = NOW, **changed: Any) -> bytes:
    status = "requires_input" if kind == "created" else kind
    found = session(status=status, url=None, client_secret=None) | changed
    body = {
        "id": "evt_1",
        "object": "event",
        "api_version": "2024-06-20",
        "created": int(created.timestamp()),
        "data": {"object": found},
        "livemode": True,
        "type": f"identity.verification_session.{kind}",
    }
    return json.dumps(body).encode()


def signed(body: bytes, at: datetime = NOW, secret: str = SECRET) -> str:
    sent_at = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={sent_at},v1={digest}"


@respx.mock
async def test_a_session_is_opened_with_the_assessments_id_and_nothing_else_of_ours(
    stripe: StripeIdentity,
) -> None:
    route = respx.post(SESSIONS).respond(json=session())

    opened = await stripe.begin("asm_1", BACK)

    sent = route.calls.last.request
    assert parse_qs(sent.content.decode()) == {
        "type": ["document"],
        "metadata[assessment_id]": ["asm_1"],
        "return_url": [BACK],
    }
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert (opened.reference, opened.level) == ("vs_1NuN4zLkdIwHu7ixleE6HvkI", "low")
    assert opened.url == "https://verify.stripe.com/start/live_abc"


@respx.mock
async def test_comparing_the_face_makes_it_surer() -> None:
    route = respx.post(SESSIONS).respond(json=session())

    async with StripeIdentity(KEY, SECRET, compares_face=True) as stripe:
        opened = await stripe.begin("asm_1", BACK)

    assert b"require_matching_selfie%5D=true" in route.calls.last.request.content
    assert opened.level == "substantial"


@pytest.mark.parametrize(
    ("key", "livemode"),
    [("sk_live_x", True), ("rk_live_x", True), ("sk_test_x", False), ("rk_test_x", False), ("x", False)],
)
async def test_only_a_live_key_vouches_for_anybody(key: str, *, livemode: bool) -> None:
    async with StripeIdentity(key, SECRET) as stripe:
        assert stripe.livemode is livemode


@pytest.mark.parametrize(
    ("found", "outcome", "failure", "leads_on"),
    [
        (session(), None, None, True),
        (session(status="processing"), "processing", None, False),
        (session(status="verified"), "verified", None, False),
        (session(status="canceled"), "cancelled", "stopped", False),
        (
            session(last_error={"code": "document_expired", "reason": "It ran out."}),
            "failed",
            "expired",
            True,
        ),
        (session(last_error={"code": "selfie_face_mismatch"}), "failed", "face", True),
        (session(last_error={"code": "consent_declined"}), "failed", "declined", True),
        (session(last_error={"code": "something_new"}), "failed", "other", True),
    ],
)
@respx.mock
async def test_asking_tells_how_a_session_stands_by_stripes_clock(
    stripe: StripeIdentity, found: dict[str, Any], outcome: Any, failure: Any, *, leads_on: bool
) -> None:
    respx.get(f"{SESSIONS}/vs_1").respond(json=found, headers=DATE)

    looked = await stripe.look("asm_1", "vs_1")

    assert (looked.url is not None) is leads_on
    if outcome is None:
        assert looked.report is None
    else:
        assert looked.report is not None
        assert (looked.report.outcome, looked.report.failure) == (outcome, failure)
        assert looked.report.at == NOW


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([httpx.ConnectTimeout("slow")] * 2, "timeout"),
        ([httpx.ReadTimeout("slow")] * 2, "timeout"),
        ([httpx.ConnectError("gone")] * 2, "unavailable"),
        ([httpx.Response(503)] * 2, "unavailable"),
        ([httpx.Response(429)] * 2, "unavailable"),
        ([httpx.Response(500)], "unavailable"),
        ([httpx.Response(401, json={"error": {"message": f"Invalid key {KEY}"}})], "refused"),
        ([httpx.Response(302, headers={"Location": "https://elsewhere.example"})], "refused"),
        ([httpx.Response(200, text="<html>")], "invalid_reply"),
        ([httpx.Response(200, json=session(url=None))], "invalid_reply"),
        ([httpx.Response(200, json=session(url="http://verify.stripe.com/x"))], "invalid_reply"),
        ([httpx.Response(200, json=session(url="javascript:alert(1)"))], "invalid_reply"),
        ([httpx.Response(200, json=session(url="https://a@b.example/"))], "invalid_reply"),
        ([httpx.Response(200, json=session(status="new_status"))], "invalid_reply"),
    ],
)
@respx.mock
async def test_whatever_goes_wrong_is_a_fault_with_a_stable_name_and_no_secret(
    stripe: StripeIdentity, answers: list[Any], kind: str
) -> None:
    route = respx.post(SESSIONS).mock(side_effect=answers)

    with capture_logs() as logs, pytest.raises(IdentityFault) as fault:
        await stripe.begin("asm_1", BACK)

    assert fault.value.kind == kind
    assert route.call_count == len(answers)
    assert KEY not in f"{fault.value}{logs}{stripe!r}"


@respx.mock
async def test_what_passes_by_itself_is_asked_once_more_under_the_same_key(stripe: StripeIdentity) -> None:
    answers: list[Any] = [httpx.ReadTimeout("slow"), httpx.Response(200, json=session())]
    route = respx.post(SESSIONS).mock(side_effect=answers)

    opened = await stripe.begin("asm_1", BACK)

    keys = {call.request.headers["idempotency-key"] for call in route.calls}
    assert opened.reference == session()["id"]
    assert (route.call_count, len(keys)) == (2, 1)


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("verified", "verified"),
        ("processing", "processing"),
        ("canceled", "cancelled"),
    ],
)
async def test_an_event_is_read_for_its_outcome_alone(
    stripe: StripeIdentity, kind: str, outcome: str
) -> None:
    body = event(kind, verified_outputs={"first_name": "Jenny", "dob": {"year": 1990}})

    report = stripe.read(body, signed(body), NOW)

    assert report is not None
    assert (report.assessment_id, report.outcome, report.at) == ("asm_1", outcome, NOW)
    assert "Jenny" not in report.model_dump_json()


async def test_a_failed_check_says_why_as_coarsely_as_a_candidate_needs(stripe: StripeIdentity) -> None:
    error = {"code": "document_unverified_other", "reason": "The document of Jenny Rosen is invalid."}
    body = event("requires_input", last_error=error)

    report = stripe.read(body, signed(body), NOW)

    assert report is not None
    assert (report.outcome, report.failure) == ("failed", "unreadable")
    assert "Jenny" not in report.model_dump_json()


@pytest.mark.parametrize(
    "body",
    [
        event("created"),
        event("redacted"),
        event("verified", metadata={}),
        event("verified", metadata={"order": "of somebody else"}),
        event("requires_input"),
        b'{"type": "charge.succeeded", "data": {"object": {"amount": 5}}}',
        b"{}",
    ],
)
async def test_other_events_say_nothing_to_us(stripe: StripeIdentity, body: bytes) -> None:
    assert stripe.read(body, signed(body), NOW) is None


@pytest.mark.parametrize(
    "body",
    [b'{"type": "identity.verification_session.verified"}', b"[]", b"no json", event("verified", id="")],
)
async def test_what_is_signed_and_cannot_be_read_is_refused_as_such(
    stripe: StripeIdentity, body: bytes
) -> None:
    with pytest.raises(InvalidInput):
        stripe.read(body, signed(body), NOW)


BODY = event("verified")
GOOD = signed(BODY)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=,v1=",
        GOOD.partition(",")[0],
        GOOD.partition(",")[2],
        GOOD.replace("v1=", "v0="),
        GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"),
        GOOD.replace("t=", "t=1"),
        f"{GOOD},t=1",
        GOOD.upper(),
        signed(BODY, secret="whsec_of_another"),
        signed(BODY.replace(b"asm_1", b"asm_2")),
        "t=" + "9" * 40 + ",v1=x",
        "t=१२३,v1=é",
        "," * 100_000,
    ],
)
async def test_a_signature_that_does_not_hold_is_refused(stripe: StripeIdentity, header: str) -> None:
    with pytest.raises(Unauthenticated):
        stripe.read(BODY, header, NOW)


@given(place=st.integers(0, len(BODY) - 1), bit=st.integers(0, 7))
def test_a_body_of_which_one_bit_was_changed_is_refused(place: int, bit: int) -> None:
    changed = bytearray(BODY)
    changed[place] ^= 1 << bit

    with pytest.raises(Unauthenticated):
        require_signed(bytes(changed), GOOD, SECRET, NOW)


@pytest.mark.parametrize(
    ("seconds", "is_taken"),
    [(0, True), (299, True), (-299, True), (301, False), (-301, False), (86_400, False)],
)
async def test_clocks_may_differ_by_five_minutes(
    stripe: StripeIdentity, seconds: int, *, is_taken: bool
) -> None:
    now = NOW + timedelta(seconds=seconds)

    if is_taken:
        assert stripe.read(BODY, GOOD, now) is not None
    else:
        with pytest.raises(Unauthenticated, match="five minutes"):
            stripe.read(BODY, GOOD, now)


async def test_while_a_secret_is_replaced_either_signature_is_enough(stripe: StripeIdentity) -> None:
    other = signed(BODY, secret="whsec_of_tomorrow").partition(",")[2]

    assert stripe.read(BODY, f"{GOOD},{other}", NOW) is not None
    assert stripe.read(BODY, f"{GOOD.partition(',')[0]},{other},{GOOD.partition(',')[2]}", NOW) is not None
