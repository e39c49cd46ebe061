"""Candidates who come one after the other, and the platform that sends them."""

import itertools
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import httpx

from assessor.bootstrap import accessing
from assessor.domain.library import Library
from assessor.domain.policy import Grade, Policy
from assessor.services.access import Scope
from assessor.settings import Settings
from tests.torture.people import Acknowledged, GaveUp, Patience, Person, until

TENANT = "torture"


async def add_platform(settings: Settings) -> str:
    """Make a platform; return the secret of its key."""
    async with accessing(settings) as (access, _store):
        await access.add_tenant(TENANT, "Torture", Policy(least_basis=Grade.PROVISIONAL))
        return (await access.add_key(TENANT, tuple(Scope), livemode=False)).secret


async def add_endpoint(url: str, key: str, receiver: str) -> str:
    """Have the platform told of everything; return the secret that signs it."""
    headers = {"authorization": f"Bearer {key}", "idempotency-key": "endpoint"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=10) as client:
        made = await until(lambda: client.post("/v1/webhook-endpoints", json={"url": receiver}), {201})
    secret: str = made.json()["secret"]
    return secret


@dataclass
class Crowd:
    """Comes while trouble is made."""

    urls: Sequence[str]
    key: str
    library: Library
    patience: Patience = field(default_factory=lambda: Patience(calm_since=None))
    person: Callable[[Sequence[str], str, Library, str, Patience], Person] = Person
    finished: int = 0
    gave_up: list[str] = field(default_factory=list)
    """Names of those who could not go on although the service was up again."""
    acknowledged: list[Acknowledged] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def keep_coming(self) -> None:
        """Live one life after the other until there is calm."""
        while self.patience.calm_since is None:
            name = f"person-{next(self._numbers):06}"
            person = self.person(self.urls, self.key, self.library, name, self.patience)
            try:
                await person.live()
                self.finished += 1
            except GaveUp:
                self.gave_up.append(person.name)  # damage: the run goes on, and fails in the end
                traceback.print_exc(file=sys.stderr)
            finally:
                if person.acknowledged:
                    self.acknowledged.append(person.acknowledged)
