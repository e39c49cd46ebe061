import base64
import itertools
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Response
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr

from assessor.settings import Settings
from assessor.web.app import create_app
from assessor.web.security import (
    CANDIDATE_COOKIE,
    REVIEWER_COOKIE,
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
        ({"Origin": ORIGIN}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
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
