"""Plays improper requests, and requests again: each has one effect at most, and none finds a fault."""

import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

import httpx

from tests.attacks.front import SECONDS, Front
from tests.attacks.gains import Fault, broken
from tests.attacks.payloads import MEGABYTE, Attack
from tests.attacks.stage import PASSWORD

AT_ONCE = 20
DOORS = (
    "/v1/assessments",
    "/v1/outcomes",
    "/v1/webhook-endpoints",
    "/v1/library",
    "/v1/qualifications/batch",
)
QUOTES = ("' OR '1'='1", "1; DROP TABLE assessments--", "\"'`;", "%27%20OR%201=1--", "') UNION SELECT 1--")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Play = Callable[[Front], Iterator[str]]


def malformed_of(attack: Attack) -> list[Play]:
    """Return what a payload describes; nothing for one that nobody here knows."""
    return [play for pattern, play in _PLAYS.items() if re.search(pattern, attack.payload)]


def play_malformed(front: Front, plays: list[Play]) -> list[Fault]:
    """Play each of them."""
    return [fault for play in plays for fault in broken(play(front))]


def _sends(*bodies: bytes) -> Play:
    """Return a play that sends these bodies to every door of the API, and as forms to pages."""

    def play(front: Front) -> Iterator[str]:
        for body in bodies:
            for door in DOORS:
                yield from _refused(front, door, body, {"Content-Type": "application/json"})
            with front.person() as person:
                answer = person.post("/review/login", content=b"email=" + body[:MEGABYTE], headers=FORM)
                if answer.status_code >= 500:
                    yield f"/review/login: {answer.status_code}"

    return play


def _refused(front: Front, door: str, body: bytes, headers: dict[str, str]) -> Iterator[str]:
    answer = front.mine.ask("POST", door, content=body, headers=headers)
    kind = answer.headers.get("content-type", "")
    if not 400 <= answer.status_code < 500 or not kind.startswith("application/problem+json"):
        yield f"POST {door} with {body[:40]!r}: {answer.status_code} {kind}"


def _quotes(front: Front) -> Iterator[str]:
    for quote in QUOTES:
        answers = [
            front.mine.ask("GET", f"/v1/assessments/{quote}"),
            front.mine.ask("GET", f"/v1/verdicts/{quote}"),
            *(
                front.mine.ask("GET", f"/v1/{list_of}", params={name: quote})
                for list_of in ("assessments", "verdicts", "events", "qualifications")
                for name in ("cursor", "candidate_ref", "track", "status", "candidate")
            ),
        ]
        for answer in answers:
            if answer.status_code >= 500 or front.theirs.told_in(answer.text):
                yield f"{answer.request.url.path}: {answer.status_code}"


def _letters(front: Front) -> Iterator[str]:
    """Two spellings of one address, each with a password of its own: neither opens the other's account."""
    spelled = {"ren\u00e9e@ours.example": PASSWORD, "rene\u0301e@ours.example": PASSWORD[::-1]}
    for email, password in spelled.items():
        front.add_account(front.mine, email, password)
    front.service.stop()
    front.service.start()  # which forgets how often this machine has tried to sign in
    for email, password in spelled.items():
        for tried, expected in ((password, 303), (password[::-1], 401)):
            with front.person() as person:
                answer = person.post("/review/login", data={"email": email, "password": tried})
            if answer.status_code != expected:
                yield f"signing in as {email!a}: {answer.status_code} instead of {expected}"
        ordered = front.mine.ask("POST", DOORS[0], json={"candidate_ref": email, "track": "python"})
        if ordered.status_code != 422:
            yield f"ordering for {email!a}: {ordered.status_code}"


def _large(front: Front) -> Iterator[str]:
    """Send too much, and tell another length than what is sent."""
    yield from _refused(front, DOORS[0], b" " * 20 * MEGABYTE, {"Content-Type": "application/json"})
    with socket.create_connection(("127.0.0.1", front.service.port), timeout=10) as sent:
        sent.sendall(b"POST /v1/assessments HTTP/1.1\r\nHost: here\r\nContent-Length: -1\r\n\r\n{}")
        if not sent.recv(100).startswith(b"HTTP/1.1 4"):
            yield "a negative length is taken"


def _other_body(front: Front) -> Iterator[str]:
    first = _ordered(front, "twice", "w7-same-key")
    second = _ordered(front, "another", "w7-same-key")
    if (first.status_code, second.status_code) != (201, 422):
        yield f"the same key with another body: {first.status_code}, {second.status_code}"
    yield from _counted(front, {"twice": 1, "another": 0})


def _at_once(front: Front) -> Iterator[str]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: _ordered(front, "at-once", "w7-at-once"), range(AT_ONCE)))
    statuses = Counter(answer.status_code for answer in answers)
    if not statuses[201] or set(statuses) - {201, 409}:  # 409: the first is under way
        yield f"{AT_ONCE} times at once: {dict(statuses)}"
    if len({answer.text for answer in answers if answer.status_code == 201}) != 1:
        yield "the same request was answered differently"
    yield from _counted(front, {"at-once": 1})


def _crash(front: Front) -> Iterator[str]:
    """Cut the power at the moment of an order, start again, and ask again: it is there once."""
    for number in range(3):
        reference, key = f"crashed-{number}", f"w7-crash-{number}"
        asking = threading.Thread(target=_unanswered, args=(front, reference, key))
        asking.start()
        asking.join(0.01 * number)  # in the middle of it, at the latest after it
        front.service.kill()
        asking.join()
        front.service.start()
        answers = [_patiently(front, reference, key) for _ in range(2)]
        if [one.status_code for one in answers] != [201, 201] or answers[0].text != answers[1].text:
            yield f"after a crash: {[one.status_code for one in answers]}"
        yield from _counted(front, {reference: 1})


def _unanswered(front: Front, reference: str, key: str) -> None:
    try:
        _ordered(front, reference, key)
    except httpx.TransportError:
        return  # as meant: the service is gone


def _patiently(front: Front, reference: str, key: str) -> httpx.Response:
    """Order until there is an answer: what a process left behind is free after a while, and says so."""
    until = time.monotonic() + SECONDS
    while (answer := _ordered(front, reference, key)).status_code == 409 and time.monotonic() < until:
        time.sleep(float(answer.headers["Retry-After"]))
    return answer


def _ordered(front: Front, reference: str, key: str) -> httpx.Response:
    body: dict[str, Any] = {"candidate_ref": reference, "track": "python", "form": "short"}
    return front.mine.ask("POST", DOORS[0], json=body, headers={"Idempotency-Key": key})


def _counted(front: Front, expected: Mapping[str, int]) -> Iterator[str]:
    with front.mine.client() as client:
        for reference, count in expected.items():
            if (there := len(list(client.assessments(candidate_ref=reference)))) != count:
                yield f"{there} assessments of {reference}"


_ORDER = '{"candidate_ref": "%s", "track": "python"}'
_PLAYS: Mapping[str, Play] = MappingProxyType(
    {
        r"\bNUL\b": _sends(b'{"candidate_ref": "a\x00b"}', (_ORDER % "a\\u0000b").encode(), b"\x00"),
        r"\bduplicate\b": _sends(b'{"candidate_ref": "a", "candidate_ref": "b", "track": "python"}'),
        r"\bnesting\b": _sends(b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000),
        r"\bsurrogate\b": _sends((_ORDER % "\\ud800").encode(), b'"\xed\xa0\x80"'),
        r"\bUTF-8\b": _sends(b'{"candidate_ref": "\xff"}', "{}".encode("utf-16")),
        r"\bdigits\b": _sends(b'{"a": ' + b"9" * 5000 + b"}", b'{"a": 1e999}', b'{"a": NaN}'),
        r"\bquote\b": _quotes,
        r"\bNFC\b": _letters,
        r"\blength\b": _large,
        r"other body|another body": _other_body,
        r"\bat once\b": _at_once,
        r"\bcrash\b": _crash,
    }
)
