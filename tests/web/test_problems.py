import inspect
import json
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI, Request
from structlog.testing import capture_logs

from assessor.domain import errors as e
from assessor.domain.errors import AssessorError
from assessor.web.edits import IfMatchMissing
from assessor.web.handlers import on_error
from assessor.web.problems import BY_ERROR, KINDS, kind_of, problem_of
from assessor.web.rates import RateLimited
from assessor.web.throttle import TooManyTries

EVERY_ERROR: list[tuple[AssessorError, int, str]] = [
    (AssessorError("words of a candidate"), 500, "unexpected"),
    (e.invalid("track", "'x' is not a track", "Use python."), 422, "invalid-input"),
    (e.Unauthenticated("Sign in."), 401, "unauthenticated"),
    (e.Forbidden("a scope"), 403, "forbidden"),
    (e.NotFound("assessment", "asm_1"), 404, "not-found"),
    (e.VerdictNotReady("assessment", "asm_1", "scoring", 5), 404, "verdict-not-ready"),
    (e.Conflict("Busy", "Try again."), 409, "conflict"),
    (e.IllegalTransition("Over", "Look at the result."), 409, "illegal-transition"),
    (e.StaleRevision("Saved elsewhere", "Choose.", 3, {"text": "theirs"}), 409, "stale-revision"),
    (e.SequenceTaken("Taken", "Try again."), 409, "sequence-taken"),
    (e.RetakeTooEarly(e.Because.UNDER_WAY, None, "asm_1"), 409, "retake-too-early"),
    (e.RequestUnderWay("Under way", "Send it again."), 409, "request-under-way"),
    (e.StaleEdit("Changed", "Read it again."), 412, "stale-edit"),
    (e.NotTrained("python"), 403, "not-trained"),
    (e.LeaseHeld("Rita", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)), 412, "lease-held"),
    (e.Gone("link", "was used", "Ask for another."), 410, "gone"),
    (e.Erased(), 410, "erased"),
    (e.TooLarge("message", 9000, 8000), 413, "too-large"),
    (e.LibraryInvalid([e.LibraryProblem("a.yaml", 3, "key", "a secret key")]), 503, "library-invalid"),
    (e.SettingsInvalid([e.SettingProblem("ASSESSOR_X", "is missing", "Set it")]), 500, "settings-invalid"),
    (e.DocumentRefused("the signature is of another key"), 500, "document-refused"),
    (e.StoreUnavailable(5), 503, "store-unavailable"),
    (e.ModelFault("timeout", "words of a candidate"), 502, "model-fault"),
    (e.IdentityFault("timeout"), 502, "identity-fault"),
    (TooManyTries(61), 429, "too-many-tries"),
    (RateLimited(2), 429, "rate-limited"),
    (IfMatchMissing(), 428, "if-match-required"),
]

FOR_PEOPLE_ALONE = {e.MovedOn, e.SignInRefused, e.AccountDisabled, e.AccountLocked}
"""Errors that end on a page of their own; no program meets them."""


def failing(app: FastAPI, error: Exception, path: str = "/v1/boom") -> None:
    async def boom() -> None:
        raise error

    app.add_api_route(path, boom)


@pytest.mark.parametrize(("error", "status", "code"), EVERY_ERROR, ids=lambda value: type(value).__name__)
async def test_each_error_has_its_status_and_its_stable_code(
    app: FastAPI, client: httpx.AsyncClient, error: AssessorError, status: int, code: str
) -> None:
    failing(app, error)

    answer = await client.get("/v1/boom")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"http://127.0.0.1:8000/problems/{code}"
    assert problem["status"] == status
    assert problem["instance"] == "/v1/boom"
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["title"]
    assert problem["detail"]


def test_the_table_names_every_error_of_the_domain() -> None:
    errors = {
        value for _, value in inspect.getmembers(e, inspect.isclass) if issubclass(value, AssessorError)
    }

    assert errors - FOR_PEOPLE_ALONE <= set(BY_ERROR)
    assert {type(error) for error, _, _ in EVERY_ERROR} == set(BY_ERROR)


def test_an_error_without_a_row_is_told_as_the_one_it_is_a_kind_of() -> None:
    class Reopened(e.Gone):
        pass

    assert kind_of(Reopened).code == "gone"


async def test_wrong_fields_are_listed_with_the_way_out(app: FastAPI, client: httpx.AsyncClient) -> None:
    failing(
        app, e.InvalidInput((e.FieldProblem("a", "is wrong", "Do b."), e.FieldProblem("c", "too", "Do d.")))
    )

    problem = (await client.get("/v1/boom")).json()

    assert problem["errors"] == [
        {"field": "a", "problem": "is wrong", "remedy": "Do b."},
        {"field": "c", "problem": "too", "remedy": "Do d."},
    ]


async def test_a_verdict_that_is_not_ready_says_where_it_stands_and_when_to_ask_again(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    failing(app, e.VerdictNotReady("assessment", "asm_1", "scoring", 5))

    answer = await client.get("/v1/boom")

    assert answer.headers["retry-after"] == "5"
    assert answer.json()["assessment_status"] == "scoring"


async def test_a_draft_that_was_saved_elsewhere_comes_with_what_is_stored(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    failing(app, e.StaleRevision("Saved elsewhere", "Choose.", 3, {"text": "theirs"}))

    problem = (await client.get("/v1/boom")).json()

    assert problem["stored"] == {"revision": 3, "payload": {"text": "theirs"}}


async def test_who_is_unknown_is_told_how_to_authenticate(app: FastAPI, client: httpx.AsyncClient) -> None:
    failing(app, e.Unauthenticated("Send a key."))

    answer = await client.get("/v1/boom")

    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("error", [RuntimeError, ZeroDivisionError, AssessorError, KeyError])
async def test_a_fault_of_ours_tells_and_logs_no_words_of_anyone(
    app: FastAPI, client: httpx.AsyncClient, error: Callable[[str], Exception]
) -> None:
    failing(app, error("my own secret words"))

    with capture_logs() as logs:
        answer = await client.get("/v1/boom")

    assert answer.status_code == 500
    assert answer.json()["code"] == "unexpected"
    assert "kept" in answer.json()["detail"]
    for told in (answer.text, json.dumps(logs, default=str)):
        assert "my own secret words" not in told
        assert "Traceback" not in told
    assert logs[0]["route"] == "/v1/boom"
    assert any("boom" in frame for frame in logs[0]["frames"])


async def test_the_log_of_a_fault_has_the_pattern_of_an_address_and_not_its_token(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    async def boom(token: str) -> None:
        raise RuntimeError(token)

    app.add_api_route("/x/{token}", boom)

    with capture_logs() as logs:
        await client.get("/x/a-secret-token")

    assert "a-secret-token" not in json.dumps(logs, default=str)
    assert logs[0]["route"] == "/x/{token}"


async def test_an_exception_that_no_handler_foresees_travels_on() -> None:
    request = Request({"type": "http", "path": "/", "headers": []})

    with pytest.raises(LookupError):
        await on_error(request, LookupError("unforeseen"))


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "unknown-address"),
        ("GET", "/v1/nowhere", 404, "unknown-address"),
        ("GET", "/static/nothing.css", 404, "unknown-address"),
        ("GET", "/static/../pages.py", 404, "unknown-address"),
        ("GET", "/healthz/", 404, "unknown-address"),
        ("PUT", "/v1/assessments", 405, "method-not-allowed"),
        ("DELETE", "/v1/tracks", 405, "method-not-allowed"),
    ],
)
async def test_unknown_addresses_and_methods_are_problems_too(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("path", "media_type"), [("/nowhere", "text/html"), ("/v1/nowhere", "application/problem+json")]
)
async def test_somebody_who_follows_a_link_reads_a_page_and_the_api_speaks_json(
    client: httpx.AsyncClient, path: str, media_type: str
) -> None:
    answer = await client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith(media_type)
    assert "No such page" in answer.text


async def test_a_page_about_a_problem_escapes_what_it_repeats(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    failing(app, e.invalid("<script>", "<img src=x>", "<b>"), path="/boom")

    answer = await client.get("/boom", headers={"Accept": "text/html"})

    assert answer.status_code == 422
    assert "<img src=x>" not in answer.text
    assert "<script>" not in answer.text
    assert "&lt;img src=x&gt;" in answer.text


@pytest.mark.parametrize("code", sorted(KINDS))
async def test_the_type_of_each_problem_leads_to_a_page_that_explains_it(
    client: httpx.AsyncClient, code: str
) -> None:
    answer = await client.get(f"/problems/{code}")

    assert answer.status_code == 200
    assert f"<h1>{KINDS[code].title}</h1>" in answer.text


async def test_there_is_no_page_for_a_problem_that_does_not_exist(client: httpx.AsyncClient) -> None:
    answer = await client.get("/problems/made-up")

    assert answer.status_code == 404


def test_the_openapi_document_describes_problems_for_every_operation_of_the_api(app: FastAPI) -> None:
    document = app.openapi()

    operations = [
        operation
        for path, methods in document["paths"].items()
        if path.startswith("/v1/")
        for operation in methods.values()
    ]
    assert operations
    for operation in operations:
        problems = {
            status
            for status, response in operation["responses"].items()
            if "application/problem+json" in response.get("content", {})
        }
        assert {"401", "403", "422"} <= problems
        assert operation["description"]
        assert operation["tags"]
    assert document["openapi"].startswith("3.1")
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert document["components"]["schemas"]["Problem"]


def test_details_of_our_own_faults_are_the_general_words() -> None:
    told = problem_of(e.ModelFault("timeout", "provider said: my secret"))

    assert "my secret" not in told.detail
