"""What tests of the web do again and again: platforms, people, and assessments at some point."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from assessor.adapters.store import migrate
from assessor.bootstrap import Services
from assessor.domain.policy import Grade, Policy
from assessor.domain.roles import Role
from assessor.ports import Reviewer, Tenant
from assessor.services.access import Scope
from assessor.settings import Settings
from assessor.simulation.outcomes import simulating
from assessor.simulation.playing import Player, begin
from assessor.web.app import create_app

PASSWORD = "a long enough password"
ORIGIN = "http://127.0.0.1:8000"
PILOT = Policy(least_basis=Grade.PROVISIONAL)
MIDDLING = 2

_numbers = count(1)


def asking(app: FastAPI, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url=ORIGIN,
        headers=headers,
        event_hooks={"request": [_with_idempotency_key]},
    )


async def _with_idempotency_key(request: httpx.Request) -> None:
    """Give a POST of the API a key of its own, unless the test chose one."""
    if request.method == "POST" and request.url.path.startswith("/v1/"):
        request.headers.setdefault("Idempotency-Key", secrets.token_hex(8))


@dataclass(frozen=True)
class Platform:
    """A tenant with a key."""

    tenant: Tenant
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@dataclass(frozen=True)
class Site:
    """A served application."""

    app: FastAPI
    settings: Settings
    services: Services
    orders: "count[int]" = field(default_factory=lambda: count(1))

    def browser(self) -> httpx.AsyncClient:
        return asking(self.app, Accept="text/html", Origin=ORIGIN)

    def program(self, **headers: str) -> httpx.AsyncClient:
        return asking(self.app, **headers)

    async def platform(
        self, scopes: tuple[Scope, ...] = tuple(Scope), *, livemode: bool = False, policy: Policy = PILOT
    ) -> Platform:
        name = f"platform-{next(_numbers)}"
        tenant = await self.services.access.add_tenant(name, name, policy)
        return Platform(tenant, await self.key(tenant, scopes, livemode=livemode))

    async def key(self, tenant: Tenant, scopes: tuple[Scope, ...], *, livemode: bool = False) -> str:
        return (await self.services.access.add_key(tenant.id, scopes, livemode=livemode)).secret

    async def reviewer(
        self, tenant: Tenant, *roles: Role, name: str = "Rita Reviewer", trained: bool = True
    ) -> Reviewer:
        """Add somebody who may score at once, unless the test is about training."""
        email = f"reviewer-{next(_numbers)}@{tenant.id}.example"
        held = roles or (Role.REVIEWER, Role.SENIOR)
        person = await self.services.access.add_reviewer(tenant.id, email, name, PASSWORD, held)
        if trained:
            # Past the service, whose act would stand in every audit log that a test looks at.
            shared = await self.services.content.library()
            libraries = dict.fromkeys(shared.tracks.keys() - shared.owners.keys(), shared)
            waivers = self.services.training.waivers(person, libraries, "tests", "Trained elsewhere.")
            await self.services.store.grant_training(waivers)
        return person

    async def playing(self, tenant: Tenant, level: int = MIDDLING) -> Player:
        reference = f"candidate-{next(self.orders)}"
        return await begin(self.services, tenant, reference, "short", "python", level)

    async def submitted(self, tenant: Tenant, level: int = MIDDLING) -> Player:
        """Play a whole short form, up to its first verdict."""
        player = await self.playing(tenant, level)
        await player.interview()
        await player.tasks()
        await player.submit()
        return player


@asynccontextmanager
async def serving(folder: Path, *, demonstration: bool = False, **chosen: Any) -> AsyncIterator[Site]:
    # No known cases by chance: a test that is about them asks for them.
    settings = Settings(data_dir=folder, demonstration=demonstration, **{"known_case_share": 0.0, **chosen})
    migrate(settings.database_url)
    app = create_app(settings, simulating=simulating)
    async with app.router.lifespan_context(app):
        yield Site(app, settings, app.state.services)
