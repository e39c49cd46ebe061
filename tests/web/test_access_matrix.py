"""Every route of the API for platforms x who asks: nobody, a wrong key, a key without the scope, another
tenant, the other mode, and the right one. A route that is not in `CASES` fails the first test.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi.routing import APIRoute

from assessor.domain.errors import NotFound
from assessor.domain.notification import EventType, Notice
from assessor.domain.webhook import Endpoint
from assessor.services.admission import Scope
from assessor.settings import Settings
from assessor.web.app import create_app
from assessor.web.once import OnceRoute, calling_of
from assessor.web.verdicts import PolledRoute
from tests.adapters.test_uploads import documents
from tests.web.site import Platform, Site, serving

NOW = datetime.now(UTC)
NOBODY = "http://127.0.0.1:9/"
SECRET = "whsec_" + "0" * 32
LATER = (NOW + timedelta(days=90)).isoformat()
ORDER = {"candidate_ref": "{somebody}", "track": "python", "form": "short"}
OUTCOME = {
    "assessment_id": "{assessment_id}",
    "metric": "accept_rate",
    "value": 0.85,
    "observed_at": "2026-11-20T09:30:00Z",
}
_numbers = count(1)


class Case(NamedTuple):
    """How a route is asked rightly, and how it answers then."""

    status: int = 200
    body: dict[str, Any] | None = None
    query: str = ""


CASES: dict[tuple[str, str], Case] = {
    ("POST", "/v1/assessments"): Case(201, ORDER),
    ("GET", "/v1/assessments"): Case(),
    ("GET", "/v1/assessments/{assessment_id}"): Case(),
    ("PATCH", "/v1/assessments/{assessment_id}"): Case(body={"metadata": {"cohort": "autumn"}}),
    ("POST", "/v1/assessments/{assessment_id}/extend"): Case(409, {"expires_at": LATER}),
    ("POST", "/v1/assessments/{assessment_id}/invites"): Case(409),
    ("POST", "/v1/assessments/{assessment_id}/cancel"): Case(409),
    ("GET", "/v1/assessments/{assessment_id}/accommodations"): Case(),
    ("POST", "/v1/assessments/{assessment_id}/accommodations"): Case(409, {"time_factor": 1.5}),
    ("GET", "/v1/assessments/{assessment_id}/consents"): Case(),
    ("GET", "/v1/assessments/{assessment_id}/transcript"): Case(),
    ("GET", "/v1/assessments/{assessment_id}/verdict"): Case(),
    ("GET", "/v1/assessments/{assessment_id}/verdicts"): Case(),
    ("GET", "/v1/verdicts"): Case(),
    ("GET", "/v1/verdicts/{verdict_id}"): Case(),
    ("GET", "/v1/verdicts/{verdict_id}/explanation"): Case(),
    ("GET", "/v1/verdicts/{verdict_id}/report"): Case(),
    ("GET", "/v1/verdicts/{verdict_id}/badge"): Case(409),
    ("GET", "/v1/qualifications"): Case(query="?candidate=applicant-1&track=python"),
    ("POST", "/v1/qualifications/batch"): Case(body={"track": "python", "candidates": ["applicant-1"]}),
    ("GET", "/v1/events"): Case(),
    ("GET", "/v1/tracks"): Case(),
    ("GET", "/v1/tracks/{track_id}"): Case(),
    ("GET", "/v1/agreement"): Case(),
    ("GET", "/v1/pilot-stages"): Case(),
    ("GET", "/v1/feedback"): Case(query="?track=python"),
    ("GET", "/v1/usage"): Case(query="?since=2026-11-01&until=2026-11-30"),
    ("POST", "/v1/library"): Case(201, {"files": documents()}),
    ("GET", "/v1/library"): Case(),
    ("POST", "/v1/library/{version}/activate"): Case(),
    ("GET", "/v1/library/{version}/preview/{item}"): Case(),
    ("POST", "/v1/outcomes"): Case(201, OUTCOME),
    ("GET", "/v1/outcomes"): Case(),
    ("DELETE", "/v1/outcomes/{outcome_id}"): Case(204),
    ("POST", "/v1/webhook-endpoints"): Case(201, {"url": NOBODY}),
    ("GET", "/v1/webhook-endpoints"): Case(),
    ("GET", "/v1/webhook-endpoints/{endpoint_id}"): Case(),
    ("PATCH", "/v1/webhook-endpoints/{endpoint_id}"): Case(body={"description": "staging"}),
    ("DELETE", "/v1/webhook-endpoints/{endpoint_id}"): Case(204),
    ("POST", "/v1/webhook-endpoints/{endpoint_id}/test"): Case(202),
    ("POST", "/v1/webhook-endpoints/{endpoint_id}/rotate-secret"): Case(body={"overlap_hours": 24}),
    ("GET", "/v1/webhook-endpoints/{endpoint_id}/keys"): Case(),
    ("POST", "/v1/webhook-endpoints/{endpoint_id}/deliveries/redeliver-dead"): Case(202),
    ("GET", "/v1/webhook-endpoints/{endpoint_id}/deliveries"): Case(),
    ("POST", "/v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/redeliver"): Case(202),
}
TENANTS = frozenset({"version", "item"})
"""What belongs to a tenant in both modes: what is asked is the same in a test."""
OWNED = frozenset({"assessment_id", "verdict_id", "endpoint_id", "delivery_id", "outcome_id"})
EVERYBODYS = frozenset({"track_id"})
"""What an address names that belongs to no tenant."""

every_route = pytest.mark.parametrize(
    ("method", "path"), [pytest.param(*place, id=" ".join(place)) for place in CASES]
)


def routes(app: Any) -> dict[tuple[str, str], APIRoute]:
    found = [route for route in app.routes if getattr(route, "path", "").startswith("/v1/")]
    return {(method, route.path): route for route in found for method in route.methods or ()}


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("matrix")
    async with serving(folder, webhook_allow_loopback=True, api_wrong_keys_per_minute=10_000) as site:
        yield site


@dataclass(frozen=True)
class Home:
    """A platform with a test key, and what it has."""

    site: Site
    platform: Platform
    things: dict[str, str]

    def body(self, case: Case) -> dict[str, Any] | None:
        named = {"{assessment_id}": self.things["assessment_id"], "{somebody}": f"applicant-{next(_numbers)}"}
        return case.body and {name: named.get(str(value), value) for name, value in case.body.items()}

    def path(self, pattern: str, case: Case) -> str:
        return pattern.format(**self.things) + case.query

    async def key(self, *scopes: Scope, livemode: bool = False) -> str:
        return await self.site.key(self.platform.tenant, scopes, livemode=livemode)


@pytest.fixture(scope="module")
async def decided(site: Site) -> Home:
    platform = await site.platform()
    player = await site.submitted(platform.tenant)
    async with site.program(**platform.headers) as api:
        verdict = (await api.get(f"/v1/assessments/{player.assessment_id}/verdict")).json()
        library = (await api.post("/v1/library", json={"files": documents()})).json()
    things = {
        "assessment_id": player.assessment_id,
        "verdict_id": verdict["document"]["id"],
        "track_id": "python",
        "version": library["id"],
        "item": "four",
    }
    return Home(site, platform, things)


@pytest.fixture
async def home(site: Site, decided: Home) -> AsyncIterator[Home]:
    """With an endpoint of its own for each test, since one of the routes removes it."""
    name = f"whe_{next(_numbers)}"
    tenant = decided.platform.tenant.id
    endpoint = Endpoint(name, tenant, NOBODY, "", (), True, None, NOW, livemode=False)
    await site.services.store.add_endpoint(endpoint, SECRET, 1000)
    notice = Notice(f"evt_{name}", EventType.TEST, name, NOW, {})
    delivery = await site.services.store.enqueue(endpoint, notice, NOW)
    async with site.program(**decided.platform.headers) as api:
        outcome = OUTCOME | {"assessment_id": decided.things["assessment_id"], "work": name}
        posted = await api.post("/v1/outcomes", json=outcome)
    things = {
        "endpoint_id": name,
        "delivery_id": delivery.id,
        "outcome_id": posted.json()["data"][0]["id"],
    }
    yield replace(decided, things=decided.things | things)
    with suppress(NotFound):
        await site.services.store.remove_endpoint(tenant, name)


async def ask(home: Home, method: str, path: str, key: str | None) -> httpx.Response:
    case = CASES[method, path]
    headers = {"If-Match": "*"} if method == "PATCH" else {}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    async with home.site.program(**headers) as api:
        return await api.request(method, home.path(path, case), json=home.body(case))


def scope_of(home: Home, method: str, path: str) -> Scope:
    route = routes(home.site.app)[method, path]
    if isinstance(route, PolledRoute):
        return route.scope
    calling = calling_of(route)
    assert calling is not None
    return calling.scope


def names(method: str, path: str, things: Iterable[str]) -> bool:
    """Whether the address or the body names one of the things."""
    asked = path + str(CASES[method, path].body)
    return any(f"{{{thing}}}" in asked for thing in things)


def test_every_route_is_in_the_matrix(tmp_path: Any) -> None:
    found = routes(create_app(Settings(data_dir=tmp_path)))

    assert set(found) == set(CASES)


def test_every_route_is_of_a_kind_that_asks_who_calls(tmp_path: Any) -> None:
    found = routes(create_app(Settings(data_dir=tmp_path)))

    assert [place for place, route in found.items() if not isinstance(route, OnceRoute | PolledRoute)] == []
    unasked = [place for place, one in found.items() if isinstance(one, OnceRoute) and not calling_of(one)]
    assert unasked == []


def test_every_address_names_only_what_is_checked_for_its_owner() -> None:
    named = {part[1:-1] for _, path in CASES for part in path.split("/") if part.startswith("{")}

    # A delivery is looked up under its endpoint; verdicts and outcomes by queries that know tenant and mode.
    assert named - EVERYBODYS - TENANTS == OWNED


@every_route
async def test_nobody_is_let_in_without_a_key(home: Home, method: str, path: str) -> None:
    answer = await ask(home, method, path, None)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert "ratelimit" not in answer.headers


@every_route
async def test_the_visible_part_of_a_key_does_not_open_anything(home: Home, method: str, path: str) -> None:
    visible, _, secret = home.platform.key.partition(".")

    answer = await ask(home, method, path, f"{visible}.{secret[::-1]}")

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@every_route
async def test_every_other_scope_together_is_403_at_home(home: Home, method: str, path: str) -> None:
    needed = scope_of(home, method, path)

    answer = await ask(home, method, path, await home.key(*(set(Scope) - {needed})))

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@every_route
async def test_another_tenant_finds_nothing_here(home: Home, method: str, path: str) -> None:
    other = await home.site.platform()

    answer = await ask(home, method, path, other.key)

    if names(method, path, OWNED | TENANTS):
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    else:
        assert_unseen(home, answer)


@every_route
async def test_a_live_key_finds_nothing_of_test_mode(home: Home, method: str, path: str) -> None:
    live = await home.key(*Scope, livemode=True)

    answer = await ask(home, method, path, live)

    if names(method, path, OWNED):
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    elif not names(method, path, TENANTS):
        assert_unseen(home, answer)


@every_route
async def test_the_one_scope_that_is_named_is_enough(home: Home, method: str, path: str) -> None:
    key = await home.key(scope_of(home, method, path))

    answer = await ask(home, method, path, key)

    assert answer.status_code == CASES[method, path].status
    assert answer.headers["ratelimit"].startswith('"key";r=')


@every_route
async def test_the_document_tells_every_answer_of_the_matrix(home: Home, method: str, path: str) -> None:
    operation = home.site.app.openapi()["paths"][path][method.lower()]

    expected = {"401", "403", "422", "429", str(CASES[method, path].status)}
    assert expected | ({"404"} if names(method, path, OWNED | TENANTS) else set()) <= set(
        operation["responses"]
    )
    assert f"`{scope_of(home, method, path)}`" in operation["description"]


def assert_unseen(home: Home, answer: httpx.Response) -> None:
    shown = [thing for name, thing in home.things.items() if name in OWNED and thing in answer.text]
    assert answer.status_code < 300
    assert shown == []
