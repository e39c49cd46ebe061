"""Workers as processes: two names, one queue, and a kill in the middle of scoring."""

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assessor.bootstrap import Services, running
from assessor.domain import events as e
from assessor.domain.assessment import Status
from assessor.domain.policy import Grade, Policy
from assessor.ports import Store
from assessor.services.access import Scope
from assessor.simulation.candidate import EXPERT, SimulatedCandidate
from assessor.simulation.forms import FormBrowser
from assessor.simulation.headless import Platform, Run
from assessor.simulation.playing import Player, begin
from tests.workers.installation import START_SECONDS, Installation, installation

PILOT = Policy(least_basis=Grade.PROVISIONAL)
POLL_SECONDS = 0.05

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.fixture
def installed(tmp_path: Path, address: str) -> Iterator[Installation]:
    with installation(tmp_path / "data", address) as installed:
        yield installed


async def handed_in(services: Services, reference: str = "ref") -> Player:
    """A short form that is complete and not submitted."""
    tenant = await services.access.add_tenant(f"tenant-{reference}", "Acme", PILOT)
    player = await begin(services, tenant, reference, "short", "python", EXPERT)
    await player.interview()
    await player.tasks()
    return player


async def until_ready(url: str) -> None:
    """Wait until a server can serve."""
    async with httpx.AsyncClient() as client, asyncio.timeout(START_SECONDS):
        while True:
            try:
                if (await client.get(f"{url}/readyz")).is_success:
                    return
            except httpx.TransportError:
                await asyncio.sleep(POLL_SECONDS)


async def until_submitted(services: Services, assessment_id: str) -> None:
    """Wait until an assessment waits for its scoring."""
    async with asyncio.timeout(START_SECONDS):
        while assessment_id not in await services.store.unscored():  # noqa: ASYNC110 - a database tells no event
            await asyncio.sleep(POLL_SECONDS)


async def assert_scored_once(store: Store, assessment_id: str) -> None:
    """Nothing is missing, and nothing is there twice."""
    log = [event.fact for event in await store.events(assessment_id)]
    drawn = next(fact for fact in log if isinstance(fact, e.FormDrawn))
    scored = [fact.item_id for fact in log if isinstance(fact, e.ResponseScored)]
    assert scored == [place.item_id for place in drawn.form.items]
    assert Counter(fact.type for fact in log)["scoring.started"] == 1
    assert Counter(fact.type for fact in log)["fault.recorded"] == 0
    assert [verdict.status for verdict in await store.verdicts(assessment_id)] == ["issued"]
    assert await store.verify_chain(assessment_id) == len(log)


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_when_a_worker_is_killed_in_mid_scoring_the_other_finishes_without_repeating(
    installed: Installation,
) -> None:
    workers = [await asyncio.to_thread(installed.doomed_worker, name) for name in ("one", "two")]
    async with running(installed.settings(), works=False) as services:
        player = await handed_in(services)
        installed.token.touch()

        scored = await player.submit()

        assert scored.status is Status.DECIDED
        statuses = {worker.running.poll() for worker in workers}
        assert statuses == {-signal.SIGKILL, None}, "exactly one was killed"
        assert not installed.token.exists()
        await assert_scored_once(services.store, player.assessment_id)
    (survivor,) = [worker for worker in workers if worker.running.poll() is None]
    assert "adopted a dead worker's work" in survivor.log.read_text()


async def test_after_a_kill_in_mid_scoring_the_next_process_of_that_name_goes_on_at_once(
    installed: Installation,
) -> None:
    worker = await asyncio.to_thread(installed.doomed_worker, "one")
    async with running(installed.settings(), works=False) as services:
        player = await handed_in(services)
        installed.token.touch()
        submitting = asyncio.create_task(player.submit())
        assert await asyncio.to_thread(worker.ended) == -signal.SIGKILL

        await asyncio.to_thread(installed.worker, "one")

        assert (await submitting).status is Status.DECIDED
        await assert_scored_once(services.store, player.assessment_id)


async def test_a_server_without_a_worker_leaves_scoring_to_one(installed: Installation) -> None:
    server = installed.start("serve", "--no-worker")
    url = f"http://127.0.0.1:{installed.port}"
    await until_ready(url)
    async with running(installed.settings(), works=False) as services:
        tenant = await services.access.add_tenant("acme", "Acme", PILOT)
        key = await services.access.add_key(tenant.id, tuple(Scope), livemode=False)
        candidate = SimulatedCandidate(await services.content.library(), "python", EXPERT)
        async with FormBrowser(url) as browser, Platform(url, key.secret) as platform:
            assessment_id, link = await platform.order()
            run = Run(browser, platform, await services.content.library(), candidate, assessment_id)
            await run.open(link)
            await run.interview()
            await run.tasks()
            submitting = asyncio.create_task(run.submit())
            await until_submitted(services, assessment_id)
            assert await services.store.workers() == (), "a server that does not work is no worker"
            assert not submitting.done()

            worker = await asyncio.to_thread(installed.worker, "one")
            await submitting

        await assert_scored_once(services.store, assessment_id)
        assert [one.executor_id for one in await services.store.workers()] == ["one"]
        assert await asyncio.to_thread(worker.stop) == 0
        assert "Finishing what was begun" in worker.log.read_text()
        assert await services.store.workers() == (), "a worker that was stopped has left"
    await asyncio.to_thread(server.stop)


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_a_second_worker_of_one_name_is_refused_while_the_first_works_on(
    installed: Installation,
) -> None:
    first = await asyncio.to_thread(installed.worker, "one")

    second = installed.start("worker", executor_id="one")

    assert await asyncio.to_thread(second.ended) == 1
    said = second.log.read_text()
    assert f"error: Process {first.running.pid} on " in said
    assert "ASSESSOR_EXECUTOR_ID of its own" in said
    assert "Traceback" not in said
    assert first.running.poll() is None
