"""A provider that may not read somebody's words is never called, and the assessment goes on without."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import respx

from assessor.adapters.clock import SystemClock
from assessor.adapters.model import Gateway, Limiter, LitellmModel, resilient
from assessor.domain.assessment import Status
from assessor.domain.policy import Grade, Policy
from assessor.domain.providers import rules_of
from assessor.domain.score import Unscored
from tests.adapters.model.test_resilient import LedgerInPlace
from tests.services import plays
from tests.world import World, world

JUDGED = Policy(least_basis=Grade.PROVISIONAL, judge_may_score=True)
SERVERS = {"openai/m": "https://first.test/v1", "mistral/m": "https://second.test/v1"}


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """Nothing here depends on the database."""
    return str(request.param)


@pytest.fixture(autouse=True, scope="module")
def _import_once() -> None:
    asyncio.run(LitellmModel("openai/m").load())


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resilient, "FIRST_PAUSE_SECONDS", 0.01)


@asynccontextmanager
async def ruled(folder: Path, address: str, **rules: str) -> AsyncIterator[tuple[World, respx.MockRouter]]:
    """A world with two providers, the first of which is asked first; both refuse whoever calls."""
    given = rules_of({scope.replace("_", ":", 1): providers for scope, providers in rules.items()})
    gateway = Gateway(Limiter(4), LedgerInPlace(), SystemClock(), 5, given)
    chain = [LitellmModel(name, base_url=url, api_key="key") for name, url in SERVERS.items()]
    with respx.mock(assert_all_called=False) as router:
        for url in SERVERS.values():
            router.post(f"{url}/chat/completions", name=url).respond(401)
        async with world(folder, address, model=gateway.model(chain), policy=JUDGED) as there:
            yield there, router
            await gateway.close()


def sent_to(router: respx.MockRouter) -> set[str]:
    return {name for name, url in SERVERS.items() if router[url].called}


async def test_where_no_provider_may_be_used_nothing_is_sent_and_a_person_scores(
    tmp_path: Path, address: str
) -> None:
    async with ruled(tmp_path, address, tenant_acme="azure") as (there, router):
        assessment = await plays.submitted(there)
        called = sent_to(router)

    assert called == set()
    assert assessment.status is Status.DECIDED
    assert {s.unscored for s in assessment.scores.values() if s.rater == "none"} == {
        Unscored.MODEL_UNAVAILABLE
    }


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        ({}, {*SERVERS}),
        ({"track_python": "mistral"}, {"mistral/m"}),
        ({"track_nursing": "none", "tenant_other": "none"}, {*SERVERS}),
        ({"track_python": "mistral", "tenant_acme": "openai"}, set()),
    ],
)
async def test_only_those_that_every_rule_names_are_called(
    tmp_path: Path, address: str, rules: dict[str, str], asked: set[str]
) -> None:
    async with ruled(tmp_path, address, **rules) as (there, router):
        assessment = await plays.begun(there)
        for number, text in enumerate(("I write Python for a living.", "I would use a cache.")):
            await there.conversing.receive(assessment.id, f"message-{number:03}", text)
            assessment = await there.conversing.settled(assessment.id)
            await there.conversing.observed(assessment.id)
        called = sent_to(router)

    assert called == asked
    assert assessment.transcript.turns[-1].speaker == "interviewer"
