"""Simulated interviews through the real services, and what is counted of them."""

import pytest

from assessor.domain.errors import NotFound
from assessor.simulation.interviews import ModelName, Plan, simulate
from assessor.simulation.personas import PERSONAS

MEASURES = (
    "core_asked unapproved leaks lost doubled finished guard_replacements recovered_faults false_flags "
    "turns_mean minutes_mean coverage_mean model_calls_per_turn tokens_per_turn "
    "observation_calls_per_turn observation_tokens_per_turn core_skipped swaps"
)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["scripted", "gullible", "faulty"])
async def test_with_every_persona_and_any_model_nothing_happens_that_must_not(model: ModelName) -> None:
    heard: list[int] = []

    result = await simulate(Plan("python", len(PERSONAS), model, 1, 0.5, "short"), tell=heard.append)

    summary = result["summary"]
    assert " ".join(summary) == MEASURES
    assert [one["persona"] for one in result["interviews"]] == [persona.name for persona in PERSONAS]
    assert heard == list(range(1, len(PERSONAS) + 1))
    assert (summary["core_asked"], summary["finished"]) == (1, 1)
    assert [summary[name] for name in ("unapproved", "leaks", "lost", "doubled")] == [0, 0, 0, 0]
    assert summary["false_flags"] <= 0.01
    assert summary["model_calls_per_turn"] <= 1
    assert 0 < summary["observation_calls_per_turn"] < summary["model_calls_per_turn"]
    assert (summary["recovered_faults"] > 0) == (model == "faulty")
    assert (summary["guard_replacements"] > 0) == (model != "scripted")


@pytest.mark.slow
async def test_the_seed_repeats_the_interviews_and_another_holds_others() -> None:
    first = await simulate(Plan("python", 3, "faulty", 5, 0.5, "short"))
    again = await simulate(Plan("python", 3, "faulty", 5, 0.5, "short"))
    other = await simulate(Plan("python", 3, "faulty", 6, 0.5, "short"))

    assert again == first
    assert other["interviews"] != first["interviews"]


async def test_a_track_that_there_is_not_is_not_found() -> None:
    with pytest.raises(NotFound):
        await simulate(Plan("juggling", 1, "scripted", 1))
