"""People and judges that are drawn: each reads an ability with noise of its own, and has its leniency."""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from assessor.domain.agreement import Measure
from assessor.domain.calibration import Agreement, Baseline, Calibration, Case, Drift, Family, Mark
from assessor.domain.item import Category
from assessor.domain.policy import Grade

HURDLES = (-1.2, -0.4, 0.4, 1.2)
"""How much ability each of four criteria takes."""
NOISE = 0.4


def cases(
    n: int,
    *,
    seed: int,
    leniency: float = 0.0,
    noise: float = NOISE,
    twice: float = 0.2,
    recall_noise: float = 1.5,
) -> list[Case]:
    """So many responses; a share `twice` of them labelled by two people."""
    draw = np.random.default_rng(seed)
    found = []
    for number in range(n):
        ability = draw.normal()
        people = 2 if draw.random() < twice else 1

        def label(hurdle: float, spread: float = NOISE, shift: float = 0.0, of: float = ability) -> int:
            return int(of + shift + draw.normal() * spread > hurdle)

        marks = tuple(
            Mark(
                criterion=f"rubric/c{place}",
                weight=1.0,
                people=tuple(label(hurdle) for _ in range(people)),
                judge=label(hurdle, noise, leniency),
            )
            for place, hurdle in enumerate(HURDLES)
        )
        found.append(Case(f"r{number}", marks, recall=float(ability + draw.normal() * recall_noise)))
    return found


def measure(value: float | None = 0.8, n: int = 250, **rest: Any) -> Measure:
    return Measure(value=value, n=n, **rest)


def agreement(**changes: Any) -> Agreement:
    names = ("qwk", "kappa", "alpha", "ac2", "tpr", "tnr")
    basics = {name: measure() for name in names} | {"smd": measure(0.02)}
    return Agreement.model_validate({"responses": 250, "labels": 900, "abstained": 9, **basics, **changes})


def baseline(qwk: float | None = 0.4) -> Baseline:
    return Baseline(qwk=measure(qwk), correlation=measure(0.4), judge_correlation=measure(0.8))


def calibration(**changes: Any) -> Calibration:
    basics: dict[str, Any] = {
        "id": "cal_1",
        "model": "m1",
        "prompts_hash": "sha256:cd",
        "family": Family(category=Category.SFT, competency="semantics"),
        "language": "en",
        "source": "labels",
        "measured_at": datetime(2026, 11, 1, tzinfo=UTC),
        "grade": Grade.CALIBRATED,
        "obstacles": (),
        "agreement": agreement(),
        "people": measure(0.82, 50),
        "baseline": baseline(),
        "criteria": {"rubric/c0": agreement()},
        "drift": Drift(mean=0.0, deviation=0.7, size=0.5, size_deviation=0.5),
        "rubrics_hash": "sha256:1",
        "labels_hash": "sha256:2",
    }
    return Calibration(**(basics | changes))
