"""What is sent again, and when: the plans themselves, without any I/O."""

from datetime import UTC, datetime
from typing import Any

import pytest

from assessor.client.errors import (
    Conflict,
    Forbidden,
    Gone,
    InvalidRequest,
    NotFound,
    Problem,
    RateLimited,
    ServiceFault,
    Unauthenticated,
    Unreachable,
    VerdictNotReady,
    problem_of,
)
from assessor.client.exchange import Failure, Pause, Reply, Request, Retries, exchange, retry_after

GET = Request("GET", "/v1/tracks")
BARE_POST = Request("POST", "/v1/assessments")
KEYED_POST = Request("POST", "/v1/assessments", headers={"Idempotency-Key": "k"})
PATCH = Request("PATCH", "/v1/webhook-endpoints/whe_1")
FINE = Reply(200, {}, b"{}")
LOST = Failure(TimeoutError("read"), arrived=True)
NEVER_SENT = Failure(ConnectionRefusedError("refused"), arrived=False)
STEADY = Retries(draw=lambda: 1.0)


def refusal(status: int, **headers: str) -> Reply:
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"")


def played(
    request: Request, *outcomes: Reply | Failure, retries: Retries = STEADY
) -> tuple[Any, list[float]]:
    """Answer a plan by a script; return how it ended and the pauses that it asked for."""
    plan, script, pauses = exchange(request, retries), iter(outcomes), []
    step = next(plan)
    try:
        while True:
            if isinstance(step, Pause):
                pauses.append(step.seconds)
                step = plan.send(None)
            else:
                assert step == request
                step = plan.send(next(script))
    except StopIteration as end:
        return end.value, pauses
    except (Problem, Unreachable) as error:
        return error, pauses


@pytest.mark.parametrize(
    ("request_", "outcome"),
    [
        (GET, refusal(500)),
        (GET, refusal(503)),
        (GET, refusal(429)),
        (GET, LOST),
        (GET, NEVER_SENT),
        (KEYED_POST, refusal(502)),
        (KEYED_POST, LOST),
        (Request("POST", "/v1/qualifications/batch", only_reads=True), LOST),
        (BARE_POST, NEVER_SENT),
        (BARE_POST, refusal(429)),
        (PATCH, NEVER_SENT),
    ],
)
def test_what_can_be_sent_twice_safely_is_sent_again(request_: Request, outcome: Reply | Failure) -> None:
    ended, pauses = played(request_, outcome, FINE)

    assert ended == FINE
    assert pauses == [0.5]


@pytest.mark.parametrize(
    ("request_", "outcome"),
    [
        (BARE_POST, LOST),
        (BARE_POST, refusal(500)),
        (PATCH, LOST),
        (GET, refusal(404)),
        (GET, refusal(401)),
        (KEYED_POST, refusal(409)),
        (KEYED_POST, refusal(422)),
    ],
)
def test_what_might_be_done_twice_or_cannot_help_is_not(request_: Request, outcome: Reply | Failure) -> None:
    ended, pauses = played(request_, outcome)

    assert isinstance(ended, Problem | Unreachable)
    assert pauses == []


def test_pauses_double_up_to_their_limit_and_then_the_last_refusal_is_told() -> None:
    retries = Retries(attempts=5, first_seconds=1, longest_seconds=3, draw=lambda: 1.0)

    ended, pauses = played(GET, *[refusal(503)] * 5, retries=retries)

    assert pauses == [1, 2, 3, 3]
    assert isinstance(ended, ServiceFault)


def test_jitter_takes_at_most_half_of_a_pause() -> None:
    _, shortest = played(GET, LOST, FINE, retries=Retries(draw=lambda: 0.0))

    assert shortest == [0.25]


def test_a_named_time_is_kept_to_and_one_too_long_is_told_instead() -> None:
    waited, pauses = played(GET, refusal(429, retry_after="7"), FINE)
    refused, none = played(GET, refusal(429, retry_after="3600"))

    assert (waited, pauses) == (FINE, [7.0])
    assert isinstance(refused, RateLimited)
    assert (refused.retry_after, none) == (3600.0, [])


def test_a_conflict_with_a_first_try_that_is_under_way_is_waited_out() -> None:
    waited, pauses = played(KEYED_POST, refusal(409, retry_after="1"), FINE)

    assert (waited, pauses) == (FINE, [1.0])


def test_without_any_answer_the_cause_is_named() -> None:
    ended, _ = played(GET, *[LOST] * 4)

    assert isinstance(ended, Unreachable)
    assert ended.__cause__ is LOST.error


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("5", 5.0),
        ("0", 0.0),
        ("Sun, 22 Nov 2026 09:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 08:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(told: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": told}, datetime(2026, 11, 22, 9, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b"{}", InvalidRequest),
        (401, b"{}", Unauthenticated),
        (403, b"{}", Forbidden),
        (404, b"{}", NotFound),
        (404, b'{"code": "verdict-not-ready"}', VerdictNotReady),
        (409, b"{}", Conflict),
        (410, b"{}", Gone),
        (412, b"{}", Conflict),
        (418, b"{}", Problem),
        (422, b"{}", InvalidRequest),
        (429, b"{}", RateLimited),
        (502, b"<html>Bad gateway</html>", ServiceFault),
        (500, b"[1]", ServiceFault),
        (500, b"\xff", ServiceFault),
    ],
)
def test_each_refusal_is_an_error_of_its_own_type(status: int, body: bytes, kind: type[Problem]) -> None:
    problem = problem_of(status, body, None)

    assert type(problem) is kind
    assert problem.status == status


def test_a_refusal_tells_its_type_its_page_and_each_field() -> None:
    body = (
        b'{"type": "https://assess.example.org/problems/invalid-input", "title": "Something is wrong",'
        b' "detail": "track: is not known", "code": "invalid-input", "request_id": "req_1",'
        b' "errors": [{"field": "track", "problem": "is not known", "remedy": "Use one of: python."}, 7]}'
    )

    problem = problem_of(422, body, None)

    assert str(problem) == "Something is wrong: track: is not known"
    assert problem.type.endswith("/problems/invalid-input")
    assert (problem.code, problem.request_id) == ("invalid-input", "req_1")
    assert [(one.field, one.problem, one.remedy) for one in problem.fields] == [
        ("track", "is not known", "Use one of: python.")
    ]
