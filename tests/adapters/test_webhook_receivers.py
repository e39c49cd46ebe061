"""Sending one webhook to a real server on this machine."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from standardwebhooks import WebhookVerificationError

from assessor.adapters.webhooks import HttpReceivers
from assessor.adapters.webhooks.receivers import MAX_RESPONSE_BYTES
from assessor.domain.errors import InvalidInput
from assessor.domain.webhook import Outcome, Reception
from tests.certificates import certificate
from tests.receiver import (
    Receiver,
    Reply,
    answer,
    dribble,
    flood,
    garbage,
    hang,
    hang_up,
    receiving,
)

SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQh"
BODY = '{"id":"evt_1","data":{"candidate_ref":"zoë"}}'.encode()
QUICK = 0.4
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


def receivers(resolve: Resolve | None = None, tls: ssl.SSLContext | None = None) -> HttpReceivers:
    known = {} if resolve is None else {"resolve": resolve}
    return HttpReceivers(allow_loopback=True, total_seconds=QUICK, tls=tls, **known)


async def send(url: str, by: HttpReceivers | None = None, at: datetime | None = None) -> Reception:
    return await (by or receivers()).send(url, [SECRET], "evt_1", at or datetime.now(UTC), BODY)


def leading_to(*turns: Sequence[str]) -> Resolve:
    """A name server that gives another answer each time, and stays with the last."""
    answers = list(turns)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    return resolve


async def test_the_receiver_gets_the_body_with_a_signature_that_the_reference_library_accepts(
    receiver: Receiver,
) -> None:
    reception = await send(receiver.url)

    (got,) = receiver.received
    assert reception.outcome is Outcome.ACCEPTED
    assert reception.http_status == 200
    assert 0 <= reception.latency_ms < QUICK * 1000
    assert got.body == BODY
    assert got.path == "/hooks?from=assessor"
    assert got.id == "evt_1"
    assert got.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.verified(SECRET)["id"] == "evt_1"


async def test_the_signature_holds_whatever_zone_the_clock_is_in(receiver: Receiver) -> None:
    await send(receiver.url, at=datetime.now(timezone(timedelta(hours=5, minutes=30))))

    assert receiver.received[0].verified(SECRET)


async def test_another_secret_does_not_verify_it(receiver: Receiver) -> None:
    await send(receiver.url)

    with pytest.raises(WebhookVerificationError):
        receiver.received[0].verified("whsec_YW5vdGhlci1zZWNyZXQtYW5vdGhlcg==")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.ACCEPTED), (204, Outcome.ACCEPTED), (299, Outcome.ACCEPTED),
        (400, Outcome.REJECTED), (404, Outcome.REJECTED), (410, Outcome.REJECTED), (429, Outcome.REJECTED),
        (500, Outcome.REJECTED), (503, Outcome.REJECTED), (304, Outcome.REDIRECTED),
    ],
)  # fmt: skip
async def test_the_status_says_how_it_went(receiver: Receiver, status: int, outcome: Outcome) -> None:
    receiver.will(answer(status, b""))

    reception = await send(receiver.url)

    assert (reception.outcome, reception.http_status) == (outcome, status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_wherever_it_leads(receiver: Receiver, status: int) -> None:
    async with receiving() as elsewhere:
        for location in (elsewhere.url, "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/"):
            receiver.will(answer(status, Location=location))
            reception = await send(receiver.url)
            assert (reception.outcome, reception.http_status) == (Outcome.REDIRECTED, status)

        assert elsewhere.received == []


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), (" 7 ", 7), ("0", 0), ("-5", None), ("soon", None), ("9" * 400, None), ("\u00b2", None),
     ("Wed, 21 Oct 2026 07:28:00 GMT", None)],
)  # fmt: skip
async def test_how_long_the_receiver_asks_to_wait_is_passed_on(
    receiver: Receiver, said: str, seconds: int | None
) -> None:
    receiver.will(answer(503, Retry_After=said))

    assert (await send(receiver.url)).retry_after == seconds


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"


@pytest.mark.parametrize(
    ("reply", "outcome", "status"),
    [
        (hang(), Outcome.TIMED_OUT, None),
        (dribble(b""), Outcome.TIMED_OUT, None),
        (dribble(b"HTTP/1.1 200 OK\r\nX-Slow: "), Outcome.TIMED_OUT, None),
        (hang_up(), Outcome.UNREACHABLE, None),
        (garbage(), Outcome.UNREACHABLE, None),
        # Who has sent the head of an answer has spoken; the body is thrown away anyway.
        (dribble(HEAD), Outcome.ACCEPTED, 200),
        (dribble(HEAD.replace(b"200 OK", b"500 No")), Outcome.REJECTED, 500),
    ],
    ids=["hangs", "no status line", "slow headers", "hangs up", "no HTTP", "slow body", "slow body of a 500"],
)
async def test_a_receiver_that_misbehaves_is_given_up_in_time(
    receiver: Receiver, reply: Reply, outcome: Outcome, status: int | None
) -> None:
    receiver.will(reply)
    begun = time.monotonic()

    reception = await send(receiver.url)

    assert (reception.outcome, reception.http_status) == (outcome, status)
    assert time.monotonic() - begun < QUICK + 0.5


async def test_of_an_endless_answer_64_kilobytes_are_read_at_most(receiver: Receiver) -> None:
    sent: list[int] = []
    receiver.will(flood(sent))

    reception = await send(receiver.url)

    buffers = 4_000_000  # what the kernel takes on both sides before anybody has to read
    assert reception.outcome is Outcome.ACCEPTED
    assert reception.latency_ms < QUICK * 1000
    assert sum(sent) < MAX_RESPONSE_BYTES + buffers


async def test_nobody_listening_is_unreachable(receiver: Receiver) -> None:
    async with receiving() as gone:
        pass

    assert (await send(gone.url)).outcome is Outcome.UNREACHABLE


async def test_a_name_that_is_not_known_is_refused_at_once_and_unreachable_later() -> None:
    async def nobody(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such name")

    by = HttpReceivers(resolve=nobody)

    with pytest.raises(InvalidInput, match="host name that is not known"):
        await by.check("https://nobody.example/")
    assert (await send("https://nobody.example/", by)).outcome is Outcome.UNREACHABLE


async def test_a_resolver_that_hangs_does_not_hold_anything_up() -> None:
    async def hanging(_host: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(30)
        return []

    by = HttpReceivers(resolve=hanging, total_seconds=0.1)

    with pytest.raises(InvalidInput, match="not known"):
        await by.check("https://slow.example/")
    assert (await send("https://slow.example/", by)).outcome is Outcome.TIMED_OUT


async def test_a_name_that_changes_its_mind_after_it_was_checked_gets_nothing(receiver: Receiver) -> None:
    resolve = leading_to(["93.184.215.14"], ["127.0.0.1"])
    by = HttpReceivers(resolve=resolve, total_seconds=QUICK)
    url = f"https://rebind.example:{receiver.port}/"
    await by.check(url)

    reception = await send(url, by)

    assert reception.outcome is Outcome.TARGET_REFUSED
    assert receiver.received == []


async def test_the_name_is_resolved_once_and_the_connection_goes_to_that_very_address(
    receiver: Receiver,
) -> None:
    asked: list[str] = []

    async def once(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    reception = await send(f"http://hooks.example:{receiver.port}/x", receivers(once))

    assert reception.outcome is Outcome.ACCEPTED
    assert asked == ["hooks.example"]
    assert receiver.received[0].headers["host"] == f"hooks.example:{receiver.port}"


async def test_when_one_address_of_a_name_is_down_the_next_is_tried(receiver: Receiver) -> None:
    resolve = leading_to(["127.0.0.2", "127.0.0.1"])

    reception = await send(f"http://hooks.example:{receiver.port}/x", receivers(resolve))

    assert reception.outcome is Outcome.ACCEPTED
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/",
        "https://[fd00:ec2::254]/",
        "http://0x7f000001/",
        "http://127.1:80",
        "nonsense",
    ],
)
async def test_a_target_that_must_not_be_sent_to_is_refused_at_the_attempt_too(url: str) -> None:
    assert (await send(url, HttpReceivers())).outcome is Outcome.TARGET_REFUSED


async def test_loopback_is_refused_unless_it_is_allowed(receiver: Receiver) -> None:
    reception = await send(receiver.url.replace("http:", "https:"), HttpReceivers())

    assert reception.outcome is Outcome.TARGET_REFUSED
    assert receiver.received == []


async def test_a_proxy_of_the_environment_is_not_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiving() as proxy:
        for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        await send(receiver.url)

        assert (len(receiver.received), proxy.received) == (1, [])


@pytest.mark.parametrize(
    ("names", "host", "outcome"),
    [
        (["hooks.example"], "hooks.example", Outcome.ACCEPTED),
        (["xn--mnchen-3ya.example"], "xn--mnchen-3ya.example", Outcome.ACCEPTED),
        (["127.0.0.1"], "127.0.0.1", Outcome.ACCEPTED),
        (["other.example"], "hooks.example", Outcome.UNREACHABLE),
        (["127.0.0.1"], "hooks.example", Outcome.UNREACHABLE),
    ],
)
async def test_the_certificate_has_to_be_that_of_the_name_not_of_the_address(
    tmp_path: Path, names: list[str], host: str, outcome: Outcome
) -> None:
    server, client = certificate(tmp_path, *names)
    asked: list[str] = []
    server.sni_callback = lambda _socket, name, _context: asked.append(name)

    async with receiving(tls=server) as receiver:
        reception = await send(
            f"https://{host}:{receiver.port}/hooks", receivers(leading_to(["127.0.0.1"]), client)
        )

    assert reception.outcome is outcome
    assert len(receiver.received) == (outcome is Outcome.ACCEPTED)
    assert asked == [host if not host[0].isdigit() else None]


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    server, _ = certificate(tmp_path, "hooks.example")

    async with receiving(tls=server) as receiver:
        by = receivers(leading_to(["127.0.0.1"]), ssl.create_default_context())
        reception = await send(f"https://hooks.example:{receiver.port}/", by)

    assert reception.outcome is Outcome.UNREACHABLE
    assert receiver.received == []


async def test_by_default_the_public_authorities_are_trusted() -> None:
    context = await HttpReceivers()._context()

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.get_ca_certs()
