"""A simulation of decisions: which people, which bank, and what is printed of it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from assessor.domain.errors import invalid
from assessor.domain.library import Library
from assessor.simulation.decisions import measures, world
from assessor.simulation.decisions.scenario import SCENARIOS, Scenario
from assessor.simulation.decisions.sequential import Sitting, Stopping, given_items, orders, sit
from assessor.simulation.decisions.shipped import Room

REFERENCE = "reference"
Tell = Callable[[], None]


@dataclass(frozen=True)
class Plan:
    """What to simulate. Scenarios are played with the first of the seeds; the baseline with all."""

    bank: str = REFERENCE
    """`reference`, or the id of a track."""
    n: int = 3000
    seed: int = 1
    seeds: int = 1
    """So many, one after the other, beginning with `seed`."""
    form: str = "full"
    """Of a track."""
    scenarios: tuple[str, ...] = tuple(SCENARIOS)
    stopping: Stopping = field(default_factory=Stopping)
    library: Library | None = None
    """For a track."""

    def __post_init__(self) -> None:
        if self.bank != REFERENCE and (self.library is None or self.bank not in self.library.tracks):
            known = (REFERENCE, *sorted(self.library.tracks if self.library else ()))
            raise invalid("--bank", f"{self.bank!r} is none", f"Use one of: {', '.join(known)}.")
        if self.library is not None:
            forms = self.library.track(self.bank).forms
            if self.form not in forms:
                raise invalid("--form", f"{self.form!r} is none", f"Use one of: {', '.join(forms)}.")
        if unknown := sorted(set(self.scenarios) - set(SCENARIOS)):
            raise invalid(
                "--scenario", f"{', '.join(unknown)} is none", f"Use one of: {', '.join(SCENARIOS)}."
            )

    @property
    def runs(self) -> int:
        """How many simulations that is."""
        return self.seeds + len([name for name in self.scenarios if name != "baseline"])


@dataclass(frozen=True)
class Outcomes:
    """What came of everybody, of one seed and scenario."""

    summary: measures.Numbers
    groups: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """Return it for printing."""
        return {**self.summary, "groups": self.groups}


def simulate(plan: Plan, tell: Tell = lambda: None) -> dict[str, Any]:
    """Run the plan. `tell` hears after each simulation."""
    seeds, scenarios = [], {}
    for seed in range(plan.seed, plan.seed + plan.seeds):
        found = _run(plan, seed, SCENARIOS["baseline"])
        seeds.append({"seed": seed, **found.document()})
        if seed == plan.seed:
            scenarios["baseline"] = found.document()
        tell()
    for name in plan.scenarios:
        if name not in scenarios:
            scenarios[name] = _run(plan, plan.seed, SCENARIOS[name]).document()
            tell()
    return {
        "summary": measures.mean_of(
            [{k: v for k, v in one.items() if k not in ("seed", "groups")} for one in seeds]
        ),
        "bank": plan.bank,
        "n": plan.n,
        **({"stopping": asdict(plan.stopping)} if plan.bank == REFERENCE else {"form": plan.form}),
        "seeds": seeds,
        "scenarios": {
            name: {"says": SCENARIOS[name].says, **scenarios[name]}
            for name in scenarios
            if name in plan.scenarios
        },
    }


def _run(plan: Plan, seed: int, scenario: Scenario) -> Outcomes:
    if plan.library is None:
        return _on_reference(plan, seed, scenario)
    return _on_track(plan, plan.library, seed, scenario)


def _on_reference(plan: Plan, seed: int, scenario: Scenario) -> Outcomes:
    dice = np.random.default_rng(seed)
    items = world.reference_items(dice, scenario)
    people = world.draw_people(dice, plan.n, scenario)
    first, second = (
        sequential_test(items, people, scenario, plan.stopping, f"{seed}/{sitting}", dice)
        for sitting in (1, 2)
    )
    return _outcomes(people, world.REFERENCE_CUT, first, second)


def sequential_test(
    items: world.Items,
    people: world.People,
    scenario: Scenario,
    stopping: Stopping,
    key: str,
    dice: np.random.Generator,
) -> Sitting:
    """Test everybody once, with pools that the key draws."""
    told = items.told_at(world.REFERENCE_CUT)
    given = given_items(orders(key, items.ids, len(people)), told, stopping)
    answers = world.answer(dice, items, people, given, scenario)
    return sit(items, people.theta, given, answers, told, world.REFERENCE_CUT, stopping)


def _on_track(plan: Plan, library: Library, seed: int, scenario: Scenario) -> Outcomes:
    dice = np.random.default_rng(seed)
    people = world.draw_people(dice, plan.n, scenario)
    track = library.track(plan.bank)
    room = Room(library, track, plan.form, people, scenario, dice)
    first, second = (room.sit(f"{seed}/{sitting}") for sitting in (1, 2))
    return _outcomes(people, track.cut.ability, first, second)


def _outcomes(people: world.People, cut: float, first: Sitting, second: Sitting) -> Outcomes:
    numbers = measures.summary(people.theta, cut, first)
    numbers |= measures.consistency(first.outcome, second.outcome)
    return Outcomes(numbers, measures.by_group(first.outcome, people.in_smaller_group))
