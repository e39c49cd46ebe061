"""Durable workflows on each kind of database, and what a killed process leaves to the living."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from assessor import tracing
from assessor.adapters.jobs import (
    MAX_STEP_ATTEMPTS,
    OF_ONE_PLATFORM,
    JsonSerializer,
    RecordedError,
    dbos_jobs,
    queued_jobs,
)
from assessor.adapters.logs import configure_logs
from assessor.ports import Steps
from tests.databases import Kind
from tests.patience import PATIENCE_SECONDS
from tests.traced import recorded, trace_of

WORKER = """
import asyncio, os, signal, sys
from assessor.adapters.jobs import dbos_jobs

async def noted(assessment_id, name):
    with open(sys.argv[2], "a") as file:
        file.write(name + "\\n")

async def scoring(steps, assessment_id):
    await steps.run("one", noted, assessment_id, "one")
    if sys.argv[3] == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    await steps.run("two", noted, assessment_id, "two")

async def main():
    async with dbos_jobs(sys.argv[1], "worker", scoring) as jobs:
        if sys.argv[3] == "die":
            await jobs.score("tenant", "asm_1", 1)
        for _ in range(100):
            await asyncio.sleep(0.1)
            if "two" in open(sys.argv[2]).read():
                return

asyncio.run(main())
"""


@pytest.fixture
def jobs_address(kind: Kind, empty_address: str, tmp_path: Path) -> str:
    return empty_address if kind == "postgresql" else f"sqlite:///{tmp_path / 'jobs.db'}"


async def until(done: asyncio.Event) -> None:
    await asyncio.wait_for(done.wait(), PATIENCE_SECONDS)


async def test_starting_a_round_twice_runs_it_once(jobs_address: str) -> None:
    runs: list[str] = []
    done = asyncio.Event()

    async def note(assessment_id: str) -> None:
        runs.append(assessment_id)

    async def scoring(steps: Steps, assessment_id: str) -> None:
        await steps.run("note", note, assessment_id)
        done.set()

    async with dbos_jobs(jobs_address, "worker", scoring) as jobs:
        await asyncio.gather(*(jobs.score("tenant", "asm_1", 1) for _ in range(5)))
        await until(done)
        done.clear()
        await jobs.score("tenant", "asm_1", 2)
        await until(done)

    assert runs == ["asm_1", "asm_1"]


async def test_a_job_goes_on_with_the_trace_of_who_handed_it_in_and_its_lines_say_what_it_is(
    jobs_address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    done = asyncio.Event()

    async def note(_assessment_id: str) -> None:
        structlog.get_logger().info("noted")
        done.set()

    async def scoring(steps: Steps, assessment_id: str) -> None:
        await steps.run("note it", note, assessment_id)

    configure_logs("INFO", for_machines=True)
    with recorded() as spans:
        async with dbos_jobs(jobs_address, "worker", scoring), queued_jobs(jobs_address) as queue:
            with tracing.span("handing in"):
                await queue.score("tenant", "asm_1", 1)
            await until(done)
    structlog.reset_defaults()

    (handed_in,), (job,), (step,) = map(spans.named, ("handing in", "job score", "step"))
    assert (job.parent and job.parent.span_id) == (handed_in.context and handed_in.context.span_id)
    assert step.parent == job.context
    assert dict(step.attributes or {}) == {"assessor.step": "note it"}
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "noted" in line]
    told = {name: line[name] for name in ("job", "assessment", "tenant", "trace")}
    assert told == {
        "job": "score:asm_1:1",
        "assessment": "asm_1",
        "tenant": "tenant",
        "trace": trace_of(handed_in),
    }


async def test_a_step_that_fails_is_tried_again(jobs_address: str) -> None:
    tries: list[int] = []
    done = asyncio.Event()

    async def shaky() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("a moment of no disk")
        return "stored"

    async def scoring(steps: Steps, _assessment_id: str) -> None:
        assert await steps.run("shaky", shaky) == "stored"
        done.set()

    async with dbos_jobs(jobs_address, "worker", scoring) as jobs:
        await jobs.score("tenant", "asm_1", 1)
        await until(done)

    assert len(tries) == 2


async def test_a_step_outlasts_a_restart_of_the_database(jobs_address: str) -> None:
    tries: list[int] = []
    done = asyncio.Event()

    async def refused() -> str:
        tries.append(1)
        if len(tries) <= MAX_STEP_ATTEMPTS:
            raise OperationalError("SELECT 1", {}, OSError("the server starts up"))
        return "stored"

    async def scoring(steps: Steps, _assessment_id: str) -> None:
        assert await steps.run("refused", refused) == "stored"
        done.set()

    async with dbos_jobs(jobs_address, "worker", scoring) as jobs:
        await jobs.score("tenant", "asm_1", 1)
        await until(done)

    assert len(tries) == MAX_STEP_ATTEMPTS + 1


def test_after_a_kill_between_steps_the_next_start_goes_on_without_repeating(
    jobs_address: str, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.touch()
    command = [sys.executable, "-c", WORKER, jobs_address, str(notes)]

    killed = subprocess.run([*command, "die"], check=False, timeout=60)
    subprocess.run([*command, "live"], check=True, timeout=60)

    assert killed.returncode == -signal.SIGKILL
    assert notes.read_text().split() == ["one", "two"]


async def test_a_living_worker_goes_on_where_another_was_killed_without_repeating(
    jobs_address: str, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.touch()
    done = asyncio.Event()
    command = [sys.executable, "-c", WORKER, jobs_address, str(notes), "die"]
    killed = await asyncio.to_thread(subprocess.run, command, check=False, timeout=60)

    async def noted(_assessment_id: str, name: str) -> None:
        with notes.open("a") as file:
            file.write(name + "\n")

    async def scoring(steps: Steps, assessment_id: str) -> None:
        await steps.run("one", noted, assessment_id, "one")
        await steps.run("two", noted, assessment_id, "two")
        done.set()

    async with dbos_jobs(jobs_address, "other", scoring) as jobs:
        left = await asyncio.to_thread(jobs.begun_by_others, frozenset({"other"}))
        running = await asyncio.to_thread(jobs.begun_by_others, frozenset({"other", "worker"}))
        await asyncio.to_thread(jobs.resume, left)
        await until(done)

    assert killed.returncode == -signal.SIGKILL
    assert (left, running) == (["score:asm_1:1"], [])
    assert notes.read_text().split() == ["one", "two"]


async def test_what_a_process_without_workers_hands_in_is_done_by_a_worker_once(jobs_address: str) -> None:
    runs: list[str] = []
    done = asyncio.Event()
    home = asyncio.get_running_loop()

    async def note(assessment_id: str) -> None:
        runs.append(assessment_id)
        assert asyncio.get_running_loop() is home, "what a service works with belongs to its own loop"
        done.set()

    async def scoring(steps: Steps, assessment_id: str) -> None:
        await steps.run("note", note, assessment_id)

    async with queued_jobs(jobs_address) as queue:
        await queue.score("tenant", "asm_1", 1)
        async with dbos_jobs(jobs_address, "worker", scoring) as jobs:
            await until(done)
            await queue.score("tenant", "asm_1", 1)
            await jobs.score("tenant", "asm_1", 1)
            done.clear()
            await queue.score("tenant", "asm_1", 2)
            await until(done)

    assert runs == ["asm_1", "asm_1"]


async def test_what_one_platform_handed_in_does_not_hold_up_what_another_hands_in_later(
    jobs_address: str,
) -> None:
    many, few = [f"asm_many{number}" for number in range(60)], [f"asm_few{number}" for number in range(10)]
    begun: list[str] = []
    few_are_done, all_are_done = asyncio.Event(), asyncio.Event()

    async def work(assessment_id: str) -> None:
        begun.append(assessment_id)
        if assessment_id in many:
            await few_are_done.wait()  # so nothing of the many ends before the last of the few
        elif few_are_begun(begun):
            few_are_done.set()
        if len(begun) == len(many) + len(few):
            all_are_done.set()

    def few_are_begun(ids: list[str]) -> bool:
        return set(few) <= set(ids)

    async def scoring(steps: Steps, assessment_id: str) -> None:
        await steps.run("work", work, assessment_id)

    async with queued_jobs(jobs_address) as queue:
        for assessment_id in many:
            await queue.score("large", assessment_id, 1)
        async with dbos_jobs(jobs_address, "worker", scoring) as jobs:
            for assessment_id in few:
                await jobs.score("small", assessment_id, 1)
            await until(few_are_done)
            before = len(set(begun) & set(many))
            await until(all_are_done)

    assert before <= OF_ONE_PLATFORM
    assert sorted(begun) == sorted([*many, *few])


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_the_engine_keeps_ids_and_no_text(jobs_address: str, tmp_path: Path) -> None:
    done = asyncio.Event()

    async def step(_assessment_id: str) -> None:
        done.set()

    async def scoring(steps: Steps, assessment_id: str) -> None:
        await steps.run("step", step, assessment_id)

    async with dbos_jobs(jobs_address, "worker", scoring) as jobs:
        await jobs.score("tenant", "asm_1", 1)
        await until(done)

    with sqlite3.connect(tmp_path / "jobs.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert '{"args": ["asm_1", "tenant", ""], "kwargs": {}}' in dump
    assert "pickle" not in dump


async def test_after_the_engine_has_stopped_the_loops_threads_still_work(jobs_address: str) -> None:
    done = asyncio.Event()

    async def scoring(_steps: Steps, _assessment_id: str) -> None:
        done.set()

    async with dbos_jobs(jobs_address, "worker", scoring) as jobs:
        await jobs.score("tenant", "asm_1", 1)
        await until(done)

    assert await asyncio.to_thread(str, 1) == "1"


def test_an_error_is_recorded_as_itself() -> None:
    serializer = JsonSerializer()

    read = serializer.deserialize(serializer.serialize(OSError("disk full")))

    assert isinstance(read, RecordedError)
    assert str(read) == "OSError: disk full"


def test_what_a_workflow_must_not_record_is_refused() -> None:
    with pytest.raises(TypeError, match="must not record"):
        JsonSerializer().serialize({"secret": Path(os.devnull)})


async def test_a_job_that_ended_with_a_fault_can_be_started_again(jobs_address: str) -> None:
    """As when the database was away for longer than a fault could wait to be recorded."""
    done, healthy = asyncio.Event(), False

    async def work() -> None:
        if not healthy:
            raise OSError("away")

    async def scoring(steps: Steps, _assessment_id: str) -> None:
        await steps.run("work", work)
        done.set()

    async with dbos_jobs(jobs_address, "worker", scoring) as jobs:
        await jobs.score("tenant", "asm_1", 1)
        async with asyncio.timeout(30):
            while not await jobs.forget_failed():  # noqa: ASYNC110 - a database tells no event
                await asyncio.sleep(0.1)
        healthy = True
        await jobs.score("tenant", "asm_1", 1)
        await until(done)
