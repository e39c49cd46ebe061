"""The capacity plan: what it computes from, what it simulates, and the page that it writes."""

import asyncio
import json
import re
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from assessor.adapters.jobs import AT_ONCE
from assessor.bootstrap import library
from assessor.domain.pilot import Assumptions as Pilot
from assessor.domain.pilot import forecast
from assessor.settings import Settings
from assessor.simulation.capacity import Assumptions, markdown_page, planned
from assessor.simulation.capacity.needs import CONNECTIONS, SLOTS
from assessor.simulation.capacity.peak import PERCENT_BY_HOUR, queued
from assessor.simulation.capacity.work import PRICES_FROM, measured

ROOT = Path(__file__).resolve().parents[2]
PRICE_MAP = "model_prices_and_context_window_backup.json"
APART = 0.4
"""Machines differ: the page of benchmarks is written anew on whatever runs them."""


def cells(section: str, row: str) -> dict[str, str]:
    """Return a row of a table of docs/benchmarks.md, by the table's headings."""
    (text,) = re.findall(
        rf"^## {section}:.*?(?=^## |\Z)", (ROOT / "docs/benchmarks.md").read_text(), re.MULTILINE | re.DOTALL
    )
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if "|" in line
    ]
    (found,) = [line for line in lines if row in " | ".join(line)]
    return dict(zip(lines[0], found, strict=True))


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_the_page_is_what_the_code_computes() -> None:
    assert (ROOT / "docs/capacity.md").read_text() == markdown_page()


@pytest.mark.parametrize(
    ("name", "section", "row", "column", "times"),
    [
        ("turn_cpu_ms", "B2", "**ours**, with litellm |", "CPU ms a turn", 1),
        ("web_mb", "B2", "**ours**, with litellm |", "MB after", 1),
        ("verdict_cpu_ms", "B1", "**ours, with litellm** |", "CPU ms a verdict", 1),
        ("worker_mb", "B1", "**ours, with litellm** |", "peak MB", 1),
        ("call_prompt_tokens", "B1", "**ours, with litellm** |", "prompt k-chars", 1000 / 40 / 4),
    ],
)
def test_what_is_called_measured_was_measured(
    name: str, section: str, row: str, column: str, times: float
) -> None:
    found = number(cells(section, row)[column]) * times

    assert measured(name) == pytest.approx(found, rel=APART)


def test_what_is_read_and_judged_is_what_the_library_asks_for() -> None:
    shelf = asyncio.run(library())
    assumed = Pilot(candidates=1000, candidates_per_week=100)
    families = forecast(shelf, shelf.track("python"), assumed, date(2026, 1, 5)).families

    criteria = sum(one.responses_per_candidate * one.criteria_per_response for one in families)

    assert measured("criteria") == pytest.approx(criteria, rel=0.2)


def test_places_and_connections_are_those_of_the_settings() -> None:
    default = {name: field.default for name, field in Settings.model_fields.items()}

    assert default["model_concurrency"] == AT_ONCE == SLOTS
    assert default["database_connections"] + default["jobs_database_connections"] + 1 == CONNECTIONS


def test_prices_are_those_of_the_model_that_is_named() -> None:
    found = find_spec("litellm")
    assert found
    assert found.origin
    # Reading the map takes no import of the package, which would take seconds.
    prices = json.loads((Path(found.origin).parent / PRICE_MAP).read_text())[PRICES_FROM]

    assert Assumptions().price_prompt == pytest.approx(prices["input_cost_per_token"] * 1e6)
    assert Assumptions().price_completion == pytest.approx(prices["output_cost_per_token"] * 1e6)


def test_a_day_has_all_its_candidates() -> None:
    assert sum(PERCENT_BY_HOUR) == 100
    assert len(PERCENT_BY_HOUR) == 24


def test_who_comes_first_goes_first_to_the_server_that_is_free() -> None:
    came, takes = np.array([0.0, 3.0, 1.0, 2.0]), np.array([10.0, 1.0, 2.0, 5.0])

    found = queued(came, takes, 2)

    # The first server has the one who came at 0 until 10; the second 1 to 3, 3 to 8, 8 to 9.
    assert found.waited.tolist() == [0.0, 0.0, 1.0, 5.0]
    assert found.lasting.tolist() == [10.0, 2.0, 5.0, 1.0]


def test_a_queue_waits_as_long_as_theory_says() -> None:
    chance, rate, busy = np.random.default_rng(1), 50.0, 0.7
    came = np.cumsum(chance.exponential(1 / rate, 170_000))

    waited = queued(came, chance.exponential(busy / rate, came.size), 1).waited

    # M/M/1: the mean wait is the service's mean times busy / (1 - busy).
    assert waited.mean() == pytest.approx(busy / rate * busy / (1 - busy), rel=0.1)


def test_the_same_seed_is_the_same_morning() -> None:
    assert planned(3000, seed=4) == planned(3000, seed=4)
    assert planned(3000, seed=4)["peak"] != planned(3000, seed=5)["peak"]


def test_fewer_machines_wait_longer_and_slower_models_need_more() -> None:
    roomy = planned(40_000, assumed=Assumptions(pages=10))
    tight = planned(40_000, assumed=Assumptions(pages=10, busy=1.5))
    slow = planned(40_000, assumed=Assumptions(pages=10, judge_call_seconds=24))

    assert tight["machines"]["cores"] < roomy["machines"]["cores"]
    assert tight["peak"]["scoring_s"]["p95"] > roomy["peak"]["scoring_s"]["p95"]
    assert slow["machines"]["worker_processes"] > roomy["machines"]["worker_processes"]
    assert slow["peak"]["handed_in_to_scored_s"]["p50"] > 3 * roomy["peak"]["handed_in_to_scored_s"]["p50"]


def test_a_database_is_divided_when_one_server_is_too_small() -> None:
    whole = planned(2000, assumed=Assumptions(days_kept=30))
    parted = planned(2000, assumed=Assumptions(database_gb=100))

    assert whole["database"]["shards"] == 1
    assert parted["database"]["shards"] == 3
    assert parted["database"]["bound_by"] == "size"


def test_money_follows_the_prices_that_are_given() -> None:
    free = planned(1000, assumed=Assumptions(price_prompt=0, price_completion=0))["model"]
    dear = planned(1000, assumed=Assumptions(price_prompt=3, price_completion=0))["model"]

    assert free["dollars_per_day"] == 0
    assert dear["dollars_per_day"] == pytest.approx(3 * dear["prompt_tokens_per_assessment"] / 1000, rel=0.01)
