"""`pilot` from a terminal."""

import json

import pytest

from tests.cli.conftest import Run


def test_a_pilot_is_forecast_from_the_tracks_own_forms(run: Run) -> None:
    planned = run("pilot", "plan", "--candidates", "200", "--begins", "2026-12-01", "--json")

    found = json.loads(planned.stdout)
    assert planned.returncode == 0, planned.stderr
    assert found["assumptions"]["minutes_per_criterion"] == 1.5
    assert found["reviewer_hours"] == pytest.approx(found["labels"] * 1.5 / 60, abs=0.01)
    assert {"interview/critical_thinking", "sft/communication"} <= {
        one["family"] for one in found["families"]
    }
    reaching = [one for one in found["families"] if one["reaches"]]
    short = [one for one in found["families"] if not one["reaches"]]
    assert all(one["responses"] >= found["responses_needed"] for one in reaching)
    assert all(one["candidates_missing"] == one["candidates_needed"] - 200 > 0 for one in short)
    assert found["ready_on"] == max(one["ready_on"] for one in found["families"])

    shown = run("pilot", "plan", "--candidates", "200", "--minutes-per-criterion", "3", COLUMNS="200").stdout
    assert "hours of reviewers" in shown
    assert "at 3 minutes a criterion" in shown


def test_a_stage_is_set_shown_and_automatic_is_refused_with_what_is_missing(run: Run) -> None:
    run("keys", "add", "--tenant", "acme", "--test")
    place = ("pilot", "set", "--tenant", "acme", "--track", "python")

    done = run(*place, "--stage", "shadow", "--reason", "We begin beside our own.", "--by", "rita")
    refused = run(
        *place,
        "--region",
        "eu",
        "--stage",
        "automatic",
        "--reason",
        "Let us try it.",
        ASSESSOR_MODEL="openai/m",
    )
    wrong = run(*place, "--stage", "autopilot", "--reason", "Let us try it.")
    shown = json.loads(run("pilot", "show", "--tenant", "acme", "--json").stdout)["pilots"]

    assert done.stdout == "python of acme is at shadow.\n"
    assert refused.returncode == wrong.returncode == 1
    assert "sft/communication has no calibration of this judge" in refused.stderr
    assert "Use one of: shadow, calibration, assisted, automatic." in wrong.stderr
    assert [(one["stage"], one["by"], one["region"]) for one in shown] == [("shadow", "rita", None)]
    assert "shadow" in run("pilot", "show", "--history", COLUMNS="200").stdout
