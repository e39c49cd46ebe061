"""docs/webhooks.md: its receiver is run here, against what the service signs and what attackers send."""

import base64
import hmac
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assessor.adapters.webhooks.receivers import signed_headers as signed
from assessor.domain.notification import MEANINGS, EventType, Notice, cloud_event
from assessor.domain.webhook import RETRY_SECONDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text()
SECRET = "whsec_" + base64.b64encode(b"a secret of 24 bytes, yes").decode()
Receive = Callable[[dict[str, str], bytes], int]


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as database:
        yield database


@pytest.fixture
def receive(database: sqlite3.Connection) -> Receive:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(example, "docs/webhooks.md", "exec"), names)  # noqa: S102 - running the page is the test
    database.executescript(names["TABLES"])

    def receive(headers: dict[str, str], body: bytes) -> int:
        status: int = names["receive"](database, SECRET, headers, body)
        return status

    return receive


def verdict(sequence: int = 58, decision: str = "qualified", *, livemode: bool = True) -> tuple[str, bytes]:
    """Return id and body of a verdict's event."""
    data = {
        "assessment_id": "asm_1", "sequence": sequence, "verdict_id": f"ver_{sequence}",
        "decision": decision, "livemode": livemode,
    }  # fmt: skip
    notice = Notice(f"evt_{sequence}", EventType.VERDICT_ISSUED, "asm_1", datetime.now(UTC), data)
    return notice.id, cloud_event(notice, "https://assess.example.org")


def request(message: tuple[str, bytes], age: timedelta = timedelta(0)) -> tuple[dict[str, str], bytes]:
    message_id, body = message
    return signed([SECRET], message_id, datetime.now(UTC) - age, body), body


def decisions(database: sqlite3.Connection) -> list[Any]:
    return database.execute("select verdict_id, decision from decision").fetchall()


def test_a_genuine_event_is_taken(receive: Receive, database: sqlite3.Connection) -> None:
    assert receive(*request(verdict())) == 204
    assert decisions(database) == [("ver_58", "qualified")]


def test_the_same_event_again_is_taken_and_changes_nothing(
    receive: Receive, database: sqlite3.Connection
) -> None:
    headers, body = request(verdict())
    receive(headers, body)
    database.execute("delete from decision")

    replayed = receive(headers, body)
    retried = receive(*request(verdict()))

    assert (replayed, retried) == (204, 204)
    assert decisions(database) == []


@pytest.mark.parametrize("order", [[58, 71], [71, 58]], ids=["in order", "the newer one first"])
def test_the_newest_verdict_wins_in_whatever_order_they_come(
    receive: Receive, database: sqlite3.Connection, order: list[int]
) -> None:
    for sequence in order:
        receive(*request(verdict(sequence, "qualified" if sequence == 71 else "needs_review")))

    assert decisions(database) == [("ver_71", "qualified")]


def test_a_verdict_of_a_test_order_decides_nothing(receive: Receive, database: sqlite3.Connection) -> None:
    assert receive(*request(verdict(livemode=False))) == 204
    assert decisions(database) == []


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(minutes=4, seconds=50), 204),
        (timedelta(minutes=6), 400),
        (timedelta(days=3), 400),
        (-timedelta(minutes=4, seconds=50), 204),
        (-timedelta(minutes=6), 400),
    ],
)
def test_only_five_minutes_on_either_side_are_genuine(
    receive: Receive, database: sqlite3.Connection, age: timedelta, status: int
) -> None:
    assert receive(*request(verdict(), age)) == status
    assert len(decisions(database)) == (status == 204)


def hmac_of(headers: dict[str, str], body: bytes, algorithm: str = "sha256") -> str:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return base64.b64encode(hmac.new(key, text, algorithm).digest()).decode()


def renamed(version: str) -> Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]]:
    def change(headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
        return {**headers, "webhook-signature": f"{version},{hmac_of(headers, body)}"}, body

    return change


def without(name: str) -> Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]]:
    return lambda headers, body: ({key: value for key, value in headers.items() if key != name}, body)


def with_header(name: str, value: str) -> Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]]:
    return lambda headers, body: ({**headers, name: value}, body)


@pytest.mark.parametrize(
    "change",
    [
        lambda headers, body: (headers, json.dumps(json.loads(body), indent=2).encode()),
        lambda headers, body: (headers, json.dumps(json.loads(body)).encode()),
        lambda headers, body: (headers, body.replace(b"not_qualified", b"qualified")),
        lambda headers, body: (headers, body + b"\n"),
        lambda headers, _body: (headers, b""),
        lambda headers, body: (headers, b"\xff" + body),
        with_header("webhook-id", "evt_another"),
        with_header("webhook-timestamp", str(int(datetime.now(UTC).timestamp()) + 1)),
        with_header("webhook-timestamp", "nan"),
        with_header("webhook-timestamp", "1e400"),
        with_header("webhook-timestamp", "soon"),
        with_header("webhook-signature", "v1,"),
        with_header("webhook-signature", "v1"),
        with_header("webhook-signature", ","),
        with_header("webhook-signature", "v1,not base64 at all"),
        with_header("webhook-signature", "v1,na\u00efve"),
        without("webhook-id"),
        without("webhook-timestamp"),
        without("webhook-signature"),
        renamed("v1a"),
        renamed("v2"),
        renamed("v0"),
        renamed("V1"),
        lambda headers, body: (
            {**headers, "webhook-signature": "v1," + hmac_of(headers, body, "sha1")},
            body,
        ),
        lambda _headers, body: (
            signed(["whsec_YW5vdGhlci1zZWNyZXQtYW5vdGhlcg=="], "evt_58", datetime.now(UTC), body), body
        ),
    ],
    ids=[
        "re-serialised with spaces", "re-serialised", "another decision", "one byte more", "no body",
        "no UTF-8", "another id", "another time", "time that is no number", "time without end",
        "time in words", "empty signature", "version alone", "a comma", "signature that is no base64",
        "signature beyond ASCII", "no id", "no time", "no signature", "version v1a", "version v2",
        "version v0", "version in capitals", "weaker hash", "another secret",
    ],
)  # fmt: skip
def test_what_is_not_genuine_is_refused(
    receive: Receive,
    database: sqlite3.Connection,
    change: Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]],
) -> None:
    headers, body = request(verdict(decision="not_qualified"))

    assert receive(*change(headers, body)) == 400
    assert decisions(database) == []
    assert receive(headers, body) == 204


def test_of_several_signatures_one_genuine_one_is_enough(receive: Receive) -> None:
    headers, body = request(verdict())

    rotated = {**headers, "webhook-signature": f"v2,xx v1,AAAA {headers['webhook-signature']}"}

    assert receive(rotated, body) == 204


def test_the_page_names_every_type_with_its_meaning() -> None:
    rows = re.findall(r"^\| `(assessor\.[a-z.]+)` \| (.+) \|$", PAGE, re.MULTILINE)

    assert dict(rows) == {public.value: meaning for public, meaning in MEANINGS.items()}


def test_the_page_tells_the_schedule_as_it_is() -> None:
    hours = [seconds / 3600 for seconds in RETRY_SECONDS[3:]]

    assert RETRY_SECONDS[:3] == (5, 300, 1800)
    assert hours == [2, 5, 10, 14, 20, 20]
    assert "5 seconds, 5 minutes, 30 minutes, 2, 5, 10, 14, 20 and 20 hours" in " ".join(PAGE.split())
