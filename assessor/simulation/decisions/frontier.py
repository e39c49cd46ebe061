"""The frontier: ways to end a sequential test, by who is referred and who is decided wrongly."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import numpy as np

from assessor.simulation.decisions import measures, world
from assessor.simulation.decisions.plan import sequential_test
from assessor.simulation.decisions.scenario import SCENARIOS
from assessor.simulation.decisions.sequential import Stopping

CHOSEN = "chosen"
POINTS: Mapping[str, Stopping] = MappingProxyType(
    {
        CHOSEN: Stopping(),
        "one by one": Stopping(block=1),
        "blocks of 3": Stopping(block=3, least=6),
        "blocks of 5": Stopping(block=5),
        "at least 10 items": Stopping(least=10),
        "more hope": Stopping(hope=0.02),
        "less hope, 40 items": Stopping(hope=0.1, most=40),
        "little hope, 30 items": Stopping(hope=0.2, most=30),
        "no early referral, 8 to 30 items": Stopping(least=8, most=30, block=1, hope=0),
        "no early referral, 5 to 30 items": Stopping(most=30, block=1, hope=0),
        "no early referral, 5 to 60 items": Stopping(block=1, hope=0),
        "pool of 20 %": Stopping(share=0.2),
        "pool of 100 %": Stopping(share=1.0),
        "certainty .97": Stopping(certainty=0.97),
        "certainty .93": Stopping(certainty=0.93),
        "certainty .90": Stopping(certainty=0.90),
    }
)
"""By what is different from the chosen way. The last two decide on less than the service ever does."""


def compare(n: int, seeds: Iterable[int], tell: Callable[[], None] = lambda: None) -> list[dict[str, Any]]:
    """Test the same people in each way: the mean over the seeds, and every seed."""
    scenario = SCENARIOS["baseline"]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in POINTS}
    for seed in seeds:
        for name, stopping in POINTS.items():
            dice = np.random.default_rng(seed)
            items = world.reference_items(dice, scenario)
            people = world.draw_people(dice, n, scenario)
            sat = sequential_test(items, people, scenario, stopping, f"{seed}/1", dice)
            numbers = measures.summary(people.theta, world.REFERENCE_CUT, sat)
            found[name].append({"seed": seed, **numbers})
            tell()
    return [
        {
            "name": name,
            "stopping": asdict(POINTS[name]),
            "summary": measures.mean_of([{k: v for k, v in one.items() if k != "seed"} for one in own]),
            "seeds": own,
        }
        for name, own in found.items()
    ]
