import base64
import itertools
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI, Response
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr

from assessor.settings import Settings
from assessor.web.app import create_app
from assessor.web.security import (
    CANDIDATE_COOKIE,
    REVIEWER_COOKIE,
    OriginCheck,
    SecurityHeaders,
    clear_session_cookie,
    set_session_cookie,
)
from tests.web.site import ORIGIN, Site, asking

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def production(folder: Path) -> Settings:
    return Settings(
        environment="production",
        data_dir=folder,
        public_url="https://assess.example.org",
        master_key=SecretStr(base64.b64encode(bytes(32)).decode()),
        signing_key_file=folder / "signing.jwk",
    )


def every_address(app: FastAPI) -> list[tuple[str, str]]:
    """Every method and path that the application has a route for, with made-up parameters."""
    found = []
    for route in iter_route_contexts(app.routes):
        path, methods = getattr(route, "path", None), getattr(route, "methods", None)
        if path:
            filled = "/".join("made-up" if part.startswith("{") else part for part in path.split("/"))
            found += [(method, filled) for method in sorted(methods or {"GET"})]
    return found


async def test_every_route_answers_with_the_headers_that_protect_it(demonstration: Site) -> None:
    addresses = [*every_address(demonstration.app), ("GET", "/nowhere"), ("GET", "/static/style.css")]
    answers = []

    async with demonstration.browser() as browser:
        for method, path in addresses:
            answers.append(await browser.request(method, path))

    assert len(addresses) > 40
    for answer in answers:
        told = f"{answer.request.method} {answer.request.url.path}"
        assert answer.status_code < 500, told
        assert answer.headers["content-security-policy"] == POLICY, told
        assert answer.headers["x-content-type-options"] == "nosniff", told
        assert answer.headers["referrer-policy"] == "same-origin", told
        assert answer.headers["x-request-id"].startswith("req_"), told
        assert "strict-transport-security" not in answer.headers, told


async def test_every_problem_has_the_headers_too_even_one_that_nobody_foresaw(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    async def boom() -> None:
        raise RuntimeError

    app.add_api_route("/boom", boom)

    answer = await client.get("/boom")

    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == POLICY


async def test_outside_development_browsers_are_told_to_come_by_https_only(tmp_path: Path) -> None:
    async with asking(create_app(production(tmp_path))) as client:
        answer = await client.get("/healthz")

    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")


async def test_pages_are_not_kept_by_browsers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/review/login")

    assert answer.headers["cache-control"] == "no-store"


async def test_a_file_named_with_its_hash_is_kept_for_a_year_and_any_other_is_asked_for_again(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/review/login")
    named = page.text.partition('href="/static/style.css')[2].partition('"')[0]

    by_hash = await client.get(f"/static/style.css{named}")
    by_old_hash = await client.get("/static/style.css?v=0000000000")
    again = await client.get("/static/style.css", headers={"If-None-Match": by_hash.headers["etag"]})

    assert "immutable" in by_hash.headers["cache-control"]
    assert by_old_hash.headers["cache-control"] == "public, no-cache"
    assert again.status_code == 304


async def test_each_request_has_an_id_of_its_own(client: httpx.AsyncClient) -> None:
    answers = [await client.get("/healthz", headers={"X-Request-Id": "mine"}) for _ in range(3)]

    assert len({answer.headers["x-request-id"] for answer in answers} - {"mine"}) == 3


async def test_what_a_route_says_of_itself_is_kept_and_what_it_may_not_say_is_replaced(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    stricter = "default-src 'none'"

    async def printed() -> Response:
        return Response(
            headers={
                "Content-Security-Policy": stricter,
                "Referrer-Policy": "unsafe-url",
                "X-Request-Id": "made-up",
                "Cache-Control": "public",
                "X-Own": "kept",
            }
        )

    app.add_api_route("/printed", printed)

    answer = await client.get("/printed")

    assert answer.headers.get_list("content-security-policy") == [stricter]
    assert answer.headers.get_list("referrer-policy") == ["same-origin"]
    assert answer.headers.get_list("cache-control") == ["public"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-own"] == "kept"
    (request_id,) = answer.headers.get_list("x-request-id")
    assert request_id.startswith("req_")


async def asked_with(
    app: FastAPI, client: httpx.AsyncClient, **headers: str
) -> tuple[httpx.Response, dict[str, Any]]:
    """Return an answer, and what the lines of the log said of its request."""

    async def seen() -> dict[str, Any]:
        structlog.contextvars.bind_contextvars(found_out="meanwhile")
        return dict(structlog.contextvars.get_contextvars())

    app.add_api_route("/seen", seen)
    answer = await client.get("/seen", headers=headers)
    return answer, answer.json()


async def test_lines_of_the_log_carry_the_id_that_the_caller_is_told(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    answer, seen = await asked_with(app, client)

    assert seen["request"] == answer.headers["x-request-id"]
    assert "callers_request" not in seen


@pytest.mark.parametrize("theirs", ["a", "A.b_c-9", "x" * 64])
async def test_an_id_of_the_callers_own_stands_in_the_log_as_well(
    app: FastAPI, client: httpx.AsyncClient, theirs: str
) -> None:
    _, seen = await asked_with(app, client, **{"X-Request-Id": theirs})

    assert seen["callers_request"] == theirs


@pytest.mark.parametrize("theirs", ["x" * 65, "a b", "a=b", "a\tb"])
async def test_what_could_spoil_the_log_is_not_repeated(
    app: FastAPI, client: httpx.AsyncClient, theirs: str
) -> None:
    _, seen = await asked_with(app, client, **{"X-Request-Id": theirs})

    assert "callers_request" not in seen


async def test_nothing_of_a_request_is_left_for_the_lines_of_what_comes_after(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    with structlog.contextvars.bound_contextvars(process="web-1"):
        _, seen = await asked_with(app, client)
        left = dict(structlog.contextvars.get_contextvars())

    assert (seen["process"], seen["found_out"]) == ("web-1", "meanwhile")
    assert left == {"process": "web-1"}


OURS: list[dict[str, str]] = [
    {"Origin": ORIGIN},
    {"Origin": "http://localhost:8000", "Host": "localhost:8000"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
]
FOREIGN: list[dict[str, str]] = [
    {},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1:8000.evil.example"},
    {"Origin": "http://127.0.0.1:9000"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "none"},
]


@pytest.fixture
def changeable(app: FastAPI) -> None:
    async def change() -> dict[str, str]:
        return {"changed": "yes"}

    for path in ("/change", "/v1/change"):
        app.add_api_route(path, change, methods=["POST", "PUT", "PATCH", "DELETE"])
    app.add_api_route("/events", change, methods=["GET"])


@pytest.mark.parametrize(
    ("method", "headers"), list(itertools.product(["POST", "PUT", "PATCH", "DELETE"], OURS)), ids=str
)
async def test_what_our_own_pages_send_is_taken(
    changeable: None, client: httpx.AsyncClient, method: str, headers: dict[str, str]
) -> None:
    answer = await client.request(method, "/change", headers=headers)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "headers"), list(itertools.product(["POST", "PUT", "PATCH", "DELETE"], FOREIGN)), ids=str
)
async def test_what_another_site_makes_a_browser_send_is_refused(
    changeable: None, client: httpx.AsyncClient, method: str, headers: dict[str, str]
) -> None:
    answer = await client.request(method, "/change", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "cross-origin")
    assert answer.json()["detail"].startswith("The request does not come from a page of this service")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_whoever_only_reads_may_come_from_anywhere(
    app: FastAPI, client: httpx.AsyncClient, method: str, headers: dict[str, str]
) -> None:
    async def read() -> Response:
        return Response()

    app.add_api_route("/read", read, methods=["GET", "HEAD", "OPTIONS", "TRACE"])

    answer = await client.request(method, "/read", headers=headers)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "cookie", "passes"),
    [
        ("/hooks/stripe-identity", False, True),
        ("/hooks/stripe-identity", True, False),
        ("/hooks/other", False, False),
        ("/reminders/some-token", False, True),
        ("/reminders/some-token", True, True),
        ("/remindersome", False, False),
        ("/c/reminders/", False, False),
    ],
)
async def test_what_is_signed_comes_from_no_page_of_ours(
    path: str,
    cookie: bool,  # noqa: FBT001 - a parameter of the test
    passes: bool,  # noqa: FBT001 - the same
) -> None:
    app = FastAPI()
    app.state.public_url = ORIGIN
    app.add_middleware(OriginCheck, public_url=ORIGIN)
    app.add_middleware(SecurityHeaders, hsts=False)

    async def changed() -> Response:
        return Response()

    app.add_api_route(path, changed, methods=["POST"])
    headers = {"Cookie": "assessor_candidate=x"} if cookie else {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        answer = await client.post(path, headers=headers)

    assert (answer.status_code == 200) is passes


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer key"}, 200),
        ({"Authorization": "Bearer key", "Cookie": "assessor_reviewer=x"}, 200),
        ({}, 200),
        ({"Cookie": "assessor_reviewer=x"}, 403),
        ({"Cookie": "assessor_reviewer=x", "Origin": ORIGIN}, 200),
    ],
)
async def test_a_call_of_the_api_needs_no_origin_unless_a_cookie_could_speak_for_it(
    changeable: None, client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await client.post("/v1/change", headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": ORIGIN}, 200),
        ({"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, 403),
    ],
)
async def test_an_event_stream_is_not_read_by_another_site(
    changeable: None, client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await client.get("/events", headers={"Accept": "text/event-stream", **headers})

    assert answer.status_code == status


@pytest.mark.parametrize("name", [CANDIDATE_COOKIE, REVIEWER_COOKIE])
def test_a_session_cookie_is_out_of_reach_for_scripts_and_other_sites(tmp_path: Path, name: str) -> None:
    flags: dict[str, Any] = {}
    for settings in (Settings(data_dir=tmp_path), production(tmp_path)):
        response = Response()

        set_session_cookie(response, name, "secret", settings)

        cookie = response.headers["set-cookie"]
        assert cookie.startswith(f"{name}=secret;")
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie
        flags[settings.environment] = "Secure" in cookie
    assert flags == {"development": False, "production": True}


def test_a_cookie_is_cleared_with_the_flags_it_was_set_with(tmp_path: Path) -> None:
    response = Response()

    clear_session_cookie(response, REVIEWER_COOKIE, production(tmp_path))

    cookie = response.headers["set-cookie"]
    assert "Max-Age=0" in cookie
    assert "Secure" in cookie
