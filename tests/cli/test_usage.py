import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assessor.adapters.store import SqlStore
from assessor.adapters.vault import Vault
from assessor.ports import ModelCall
from tests.cli.conftest import Run


def record(folder: Path, *calls: ModelCall) -> None:
    async def write() -> None:
        store = SqlStore(f"sqlite:///{folder / 'var' / 'assessor.db'}", Vault(bytes(32)))
        for call in calls:
            await store.record(call)
        await store.close()

    asyncio.run(write())


def call(model: str, cost: int | None, outcome: str = "ok") -> ModelCall:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return ModelCall(at, None, None, "turn", model, outcome, 100, 40, 10, cost, 500, 1)


def test_usage_adds_up_calls_tokens_and_dollars(run: Run, tmp_path: Path) -> None:
    run("migrate")
    record(tmp_path, call("a", 1_250_000), call("a", None, "timeout"), call("b", 3))

    usage = json.loads(run("usage", "--json").stdout)

    assert usage["total"] == {
        "calls": 3,
        "failed": 1,
        "prompt_tokens": 300,
        "cached_tokens": 120,
        "completion_tokens": 30,
        "cost_usd": 1.250003,
        "unpriced": 1,
    }
    assert {model: sums["cost_usd"] for model, sums in usage["model"].items()} == {"a": 1.25, "b": 0.000003}
    assert usage["purpose"]["turn"]["calls"] == 3
    assert usage["assessment"]["none"]["calls"] == 3


def test_usage_is_a_table_for_people(run: Run, tmp_path: Path) -> None:
    run("migrate")
    record(tmp_path, call("anthropic/m", 1_250_000))

    shown = run("usage", COLUMNS="200").stdout

    assert "Model calls by model" in shown
    assert "anthropic/m" in shown
    assert "1.250000" in shown


def test_before_any_call_there_is_nothing_to_add_up(run: Run) -> None:
    run("migrate")

    assert "none yet" in run("usage").stdout


@pytest.mark.parametrize(
    "command", [("interview",), ("serve", "--port", "0"), ("demo", "--headless"), ("worker",)]
)
def test_a_model_file_that_is_missing_stops_the_start_with_the_way_out(
    run: Run, command: tuple[str, ...]
) -> None:
    refused = run(*command, ASSESSOR_MODEL="local:no-such.gguf")

    assert refused.returncode == 1
    assert "ASSESSOR_MODEL: names a file that cannot be read" in refused.stderr
    assert "Traceback" not in refused.stderr
