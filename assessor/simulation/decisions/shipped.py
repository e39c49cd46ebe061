"""Decisions on the forms of a track, with the parameters that its authors gave.

Forms are drawn, criteria expected and abilities estimated by the code that does it for real people;
only the answers are drawn from the measurement model. Everything that the model reckons with is in
the world too: an error in each authored difficulty, an effect of each response, raters who misread.
What a scenario adds comes on top, and the model does not know of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from assessor.domain import ability
from assessor.domain.form import draw_items, is_repeat
from assessor.domain.item import Item
from assessor.domain.library import Library
from assessor.domain.score import Score
from assessor.domain.track import Track
from assessor.domain.verdict import THRESHOLDS
from assessor.scoring import Work, rate_by_rule
from assessor.scoring.rater import criteria_of
from assessor.simulation.decisions.scenario import Scenario
from assessor.simulation.decisions.sequential import NOT_QUALIFIED, QUALIFIED, REFERRED, Sitting
from assessor.simulation.decisions.world import HARDER, LEAKED_RIGHT, People

READER = "person:simulated"


@dataclass
class Room:
    """Where the people of one simulation are assessed. True errors of the bank are drawn once."""

    library: Library
    track: Track
    form: str
    people: People
    scenario: Scenario
    dice: np.random.Generator
    _expected: dict[str, tuple[Score, ...]] = field(default_factory=dict)

    @cached_property
    def items(self) -> list[str]:
        """All items of the track, by id."""
        return sorted(self.library.items[self.track.id])

    @cached_property
    def error(self) -> dict[str, float]:
        """By how much each item is truly harder than its author says."""
        sd = float(np.hypot(ability.DIFFICULTY_SD, self.scenario.difficulty_error))
        return dict(zip(self.items, self.dice.normal(0, sd, len(self.items)).tolist(), strict=True))

    @cached_property
    def leaked(self) -> frozenset[str]:
        """The items that are known outside."""
        return self._share_of_items(self.scenario.leaked_items)

    @cached_property
    def biased(self) -> frozenset[str]:
        """The items that are harder for the smaller group."""
        return self._share_of_items(self.scenario.biased_items)

    def sit(self, key: str) -> Sitting:
        """Assess everybody on forms of their own, drawn with the key."""
        cut = self.track.cut.ability
        number = {name: place for place, name in enumerate(self.items)}
        exposed = np.zeros(len(self.items), dtype=int)
        found, used = [], []
        for person in range(len(self.people)):
            drawn = draw_items(self.library, self.track, self.form, f"{key}/{person}")
            found.append(ability.estimate(self.work_of(person, drawn), cut))
            used.append(len(drawn))
            for item in drawn:
                exposed[number[item.id]] += 1
        probability = np.array([estimate.probability for estimate in found])
        outcome = np.where(probability >= THRESHOLDS.qualified, QUALIFIED, REFERRED)
        outcome = np.where(probability <= THRESHOLDS.not_qualified, NOT_QUALIFIED, outcome)
        low, high = np.array([(estimate.low, estimate.high) for estimate in found]).T
        covered = (low <= self.people.theta) & (self.people.theta <= high)
        return Sitting(outcome, np.array(used), exposed, covered)

    def work_of(self, person: int, drawn: Sequence[Item]) -> list[ability.Observation]:
        """Return what raters see of one person's work on these items."""
        weights = {competency.id: competency.weight for competency in self.track.competencies}
        scored = [item.id for item in drawn if not is_repeat(item)]
        expected = [score for item_id in scored for score in self._scores(item_id)]
        late = set(scored[len(scored) * 2 // 3 :]) if self.people.is_speeded[person] else set()
        effects = self.dice.normal(
            0, float(np.hypot(ability.RESPONSE_SD, self.scenario.response_sd)), len(scored)
        )
        ease = {
            name: float(self.people.theta[person] + effect - self._harder(name, person))
            for name, effect in zip(scored, effects, strict=True)
        }
        return [
            self._seen(person, observation, ease[observation.response], is_late=observation.response in late)
            for observation in ability.observe(expected, weights)
        ]

    def _seen(
        self,
        person: int,
        expected: ability.Observation,
        place: float,
        *,
        is_late: bool,
    ) -> ability.Observation:
        z = expected.discrimination * (place + self._kindness(person, expected) - expected.difficulty)
        met = float(1 / (1 + np.exp(-z)))
        if expected.response in self.leaked and self.people.knows_leaked[person]:
            met = max(met, LEAKED_RIGHT)
        if is_late:
            met /= 2
        read = expected.misreading + (1 - 2 * expected.misreading) * met
        return ability.Observation(
            response=expected.response,
            difficulty=expected.difficulty,
            discrimination=expected.discrimination,
            weight=expected.weight,
            value=float(self.dice.random() < read),
            misreading=expected.misreading,
            shared_sd=expected.shared_sd,
        )

    def _kindness(self, person: int, expected: ability.Observation) -> float:
        """Return by how much a reader is too kind. A rule is as it is."""
        if expected.misreading == ability.MISREADING["rule"]:
            return 0.0
        return self.scenario.lenient + self.scenario.drift * person / len(self.people)

    def _harder(self, item_id: str, person: int) -> float:
        is_unfair = item_id in self.biased and self.people.in_smaller_group[person]
        return self.error[item_id] + (HARDER if is_unfair else 0.0)

    def _scores(self, item_id: str) -> tuple[Score, ...]:
        """Return the scores that an item is going to have; their values do not count."""
        if item_id not in self._expected:
            self._expected[item_id] = _scores_of(self.library.item(self.track.id, item_id), self.library)
        return self._expected[item_id]

    def _share_of_items(self, share: float) -> frozenset[str]:
        chosen = self.dice.permutation(len(self.items))[: round(share * len(self.items))]
        return frozenset(self.items[place] for place in chosen)


def _scores_of(item: Item, library: Library) -> tuple[Score, ...]:
    """Let the rules score an empty answer: that names every measure and criterion there is."""
    work = Work(
        item=item, rubric=library.rubric(item.rubric) if item.rubric else None, response=None, texts=()
    )
    read = {criterion.id for criterion in criteria_of(work)}
    return tuple(
        score.changed(rater=READER) if score.criterion in read else score for score in rate_by_rule(work)
    )
