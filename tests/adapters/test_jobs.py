import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from assessor.adapters.jobs import JsonSerializer, RecordedError, dbos_jobs
from assessor.ports import Steps

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
            await jobs.score("asm_1", 1)
        for _ in range(100):
            await asyncio.sleep(0.1)
            if "two" in open(sys.argv[2]).read():
                return

asyncio.run(main())
"""


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'jobs.db'}"


async def until(done: asyncio.Event) -> None:
    await asyncio.wait_for(done.wait(), 20)


async def test_starting_a_round_twice_runs_it_once(tmp_path: Path) -> None:
    runs: list[str] = []
    done = asyncio.Event()

    async def note(assessment_id: str) -> None:
        runs.append(assessment_id)

    async def scoring(steps: Steps, assessment_id: str) -> None:
        await steps.run("note", note, assessment_id)
        done.set()

    async with dbos_jobs(address(tmp_path), "worker", scoring) as jobs:
        await asyncio.gather(*(jobs.score("asm_1", 1) for _ in range(5)))
        await until(done)
        done.clear()
        await jobs.score("asm_1", 2)
        await until(done)

    assert runs == ["asm_1", "asm_1"]


async def test_a_step_that_fails_is_tried_again(tmp_path: Path) -> None:
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

    async with dbos_jobs(address(tmp_path), "worker", scoring) as jobs:
        await jobs.score("asm_1", 1)
        await until(done)

    assert len(tries) == 2


def test_after_a_kill_between_steps_the_next_start_goes_on_without_repeating(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.touch()
    command = [sys.executable, "-c", WORKER, address(tmp_path), str(notes)]

    killed = subprocess.run([*command, "die"], check=False, timeout=60)
    subprocess.run([*command, "live"], check=True, timeout=60)

    assert killed.returncode == -signal.SIGKILL
    assert notes.read_text().split() == ["one", "two"]


async def test_the_engine_keeps_ids_and_no_text(tmp_path: Path) -> None:
    done = asyncio.Event()

    async def step(_assessment_id: str) -> None:
        done.set()

    async def scoring(steps: Steps, assessment_id: str) -> None:
        await steps.run("step", step, assessment_id)

    async with dbos_jobs(address(tmp_path), "worker", scoring) as jobs:
        await jobs.score("asm_1", 1)
        await until(done)

    with sqlite3.connect(tmp_path / "jobs.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert '{"args": ["asm_1"], "kwargs": {}}' in dump
    assert "pickle" not in dump


async def test_after_the_engine_has_stopped_the_loops_threads_still_work(tmp_path: Path) -> None:
    done = asyncio.Event()

    async def scoring(_steps: Steps, _assessment_id: str) -> None:
        done.set()

    async with dbos_jobs(address(tmp_path), "worker", scoring) as jobs:
        await jobs.score("asm_1", 1)
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
