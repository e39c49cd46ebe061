"""Who takes part: candidates who answer some items better than others, and reviewers who err."""

import random
from dataclasses import dataclass
from typing import Any, Final

from assessor.domain.demographics import Declaration, Race, Sex
from assessor.domain.library import Library
from assessor.ports import Reviewer
from assessor.services.marking import Mark
from assessor.simulation.candidate import COMPETENT, EXPERT, WEAK, SimulatedCandidate
from assessor.simulation.seeding.plan import VARIES


@dataclass(frozen=True)
class Eye:
    """How a simulated reviewer errs. Both are shares of the criteria that they look at."""

    name: str
    overlooks: float
    """Of what is met."""
    imagines: float
    """Of what is not met."""


EYES: Final = (
    Eye("Simulated reviewer, careful", 0.02, 0.02),
    Eye("Simulated reviewer, usual", 0.06, 0.05),
    Eye("Simulated reviewer, hasty", 0.12, 0.12),
    Eye("Simulated reviewer, severe", 0.18, 0.02),
    Eye("Simulated reviewer, lenient", 0.02, 0.16),
)


@dataclass(frozen=True)
class Colleague:
    """A reviewer's account with the eye that looks through it."""

    account: Reviewer
    eye: Eye

    def mark(self, dice: random.Random, *, met: bool) -> Mark:
        """Return what they say of a criterion that is met, or is not."""
        errs = dice.random() < (self.eye.overlooks if met else self.eye.imagines)
        return Mark.MET if met is not errs else Mark.UNMET


class VariedCandidate:
    """Somebody around one level: a level better or worse at some items. Repeatable by the dice."""

    def __init__(self, library: Library, track: str, level: int, dice: random.Random) -> None:
        self._library = library
        self._track = track
        self._by_level = {one: SimulatedCandidate(library, track, one) for one in range(WEAK, EXPERT + 1)}
        self._level = level
        self._dice = dice
        self._levels: dict[str, int] = {}
        years = dice.randrange(1, 20)
        self._background = (
            f"I am a simulated candidate. I have worked for {years} years in the field of "
            f"{library.track(track).title}, and have reviewed model answers for one."
        )

    def answer(self, item_id: str | None) -> str:
        """Return the next thing to say to a question; None is the unscored opening."""
        return self._background if item_id is None else self._at(item_id).answer(item_id)

    def response(self, item_id: str) -> dict[str, Any]:
        """Return what is handed in for a task, without its category."""
        return self._at(item_id).response(item_id)

    def meets(self, item_id: str, criterion: str) -> bool:
        """Whether what was written meets a criterion; of what is scored by rule, by the level alone."""
        candidate = self._at(item_id)
        item = self._library.item(self._track, item_id)
        rubric = self._library.rubric(item.rubric) if item.rubric else None
        if rubric is None or all(one.id != criterion for one in rubric.criteria):
            return self._levels[item_id] >= COMPETENT
        return candidate.meets(item_id, criterion)

    def _at(self, item_id: str) -> SimulatedCandidate:
        if item_id not in self._levels:
            step = self._dice.choice((-1, 1)) if self._dice.random() < VARIES else 0
            self._levels[item_id] = min(EXPERT, max(WEAK, self._level + step))
        return self._by_level[self._levels[item_id]]


def declaration(dice: random.Random) -> Declaration:
    """Return what somebody says of themselves. It has nothing to do with how they answer."""
    sexes = {Sex.FEMALE: 0.48, Sex.MALE: 0.49, Sex.ANOTHER: 0.03}
    races = dict(zip(Race, (0.18, 0.45, 0.14, 0.01, 0.16, 0.01, 0.05), strict=True))
    sex = dice.choices(list(sexes), list(sexes.values()))[0]
    race = dice.choices(list(races), list(races.values()))[0]
    return Declaration(sex=sex, race=race)
