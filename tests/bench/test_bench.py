"""The benchmarks still run. Nothing here asserts a time: a busy machine is no failure."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bench import growth, reads, start, turn
from tests.bench.process import Measured, module
from tests.bench.report import Report, at_least, at_most, document
from tests.bench.upstream import REPLY, TOKENS, Behaviour, PrefixCache, listening, pieces_of

PROMPT = {"messages": [{"role": "user", "content": "x" * 8000}]}


@pytest.mark.slow
def test_every_turn_of_the_smoke_run_is_worded_by_one_model_call(tmp_path: Path) -> None:
    report = turn.measure(tmp_path, smoke=True).as_json()

    (row,) = report["rows"]
    assert row["turns"] == row["model calls"] == turn.AT_ONCE * turn.QUESTIONS * turn.WORDED
    assert row["MB after"] > 0


@pytest.mark.slow
def test_growth_measures_bytes_that_a_conversation_adds(tmp_path: Path) -> None:
    report = growth.measure(tmp_path, smoke=True).as_json()

    (row,) = report["rows"]
    assert row["kB after 5"] > 0
    assert report["targets"] == []


@pytest.mark.slow
def test_reads_bring_the_same_bytes_as_the_bare_route_and_none_for_a_known_tag(tmp_path: Path) -> None:
    bare, *ours = reads.measure(tmp_path, smoke=True).as_json()["rows"]

    unchanged = {row["bytes"] for row in ours if "304" in row["route"]}
    assert {row["bytes"] for row in ours if "304" not in row["route"]} == {bare["bytes"]}
    assert bare["bytes"] > 1000
    assert unchanged == {0}


@pytest.mark.slow
def test_the_start_loads_nothing_that_only_later_work_needs(tmp_path: Path) -> None:
    report = start.measure(tmp_path, smoke=True).as_json()

    assert [row["server"] for row in report["rows"]] == [start.FIRST, start.LATER]
    assert start.loaded_early(tmp_path / "early") == set()


def test_a_process_that_does_not_start_is_an_error_with_its_log(tmp_path: Path) -> None:
    broken = Measured(module("tests.bench.nothing"), tmp_path, "http://127.0.0.1:9/")

    with pytest.raises(RuntimeError, match="did not start"), broken:
        pass


def test_the_reply_comes_in_sixty_pieces_that_make_it_up() -> None:
    pieces = pieces_of(REPLY)

    assert len(pieces) == TOKENS
    assert all(pieces)
    assert "".join(pieces) == REPLY


@pytest.mark.parametrize(
    ("warmed", "asked", "cached"),
    [
        ("a" * 8000, "a" * 8000, 1920),
        ("a" * 8000, "a" * 4096 + "b" * 4000, 1024),
        ("a" * 8000, "a" * 4000 + "b" * 4000, 0),  # fewer than 1,024 tokens in common
        ("a" * 3000, "a" * 3000, 0),
        ("", "a" * 8000, 0),
    ],
)
def test_a_prompt_is_cached_in_whole_blocks_from_1024_tokens_on(warmed: str, asked: str, cached: int) -> None:
    cache = PrefixCache()
    cache.warm(warmed)

    assert cache.cached_tokens(asked) == cached


async def test_a_prefix_is_warm_only_after_the_first_reply() -> None:
    async with listening(Behaviour(whole_ms=50)) as (port, provider), httpx.AsyncClient() as client:
        url = f"http://127.0.0.1:{port}/v1/chat/completions"
        at_once = await asyncio.gather(*(client.post(url, json=PROMPT) for _ in range(2)))
        later = await client.post(url, json=PROMPT)

    assert [_cached(answer) for answer in at_once] == [0, 0]
    assert _cached(later) == 1920
    assert provider.stats.requests == 3
    assert provider.stats.prompt_chars == 24_000
    assert provider.stats.uncached_chars == 24_000 - 1920 * 4
    assert provider.stats.connections == 2


async def test_faults_come_as_often_as_was_asked_for() -> None:
    async with listening(Behaviour(truncated=10, limited=10, reset=5)) as (port, _):
        seen = [await _outcome(f"http://127.0.0.1:{port}/v1/chat/completions") for _ in range(100)]

    assert {kind: seen.count(kind) for kind in sorted(set(seen))} == {
        "cut": 10,
        "limited": 10,
        "reset": 5,
        "whole": 75,
    }


def test_a_target_is_met_at_its_bound_and_the_page_says_so() -> None:
    targets = [at_most("CPU", 9.0, 9), at_most("MB", 131, 130), at_least("turns", 2.5, 2)]
    page = document([Report("x", "Title", ("a", "b"), [["one", 0.5]], targets)], ["Peer: 1.0"])

    assert [target.is_met for target in targets] == [True, False, True]
    assert "- MB: 131, target <= 130: NOT MET" in page
    assert "| one | 0.5 |" in page


def _cached(answer: httpx.Response) -> Any:
    return answer.json()["usage"]["prompt_tokens_details"]["cached_tokens"]


async def _outcome(url: str) -> str:
    async with httpx.AsyncClient() as client:
        try:
            answer = await client.post(url, json=PROMPT)
        except httpx.TransportError:
            return "reset"
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return "limited"
    return "whole" if answer.json()["choices"][0]["message"]["content"] == REPLY else "cut"
