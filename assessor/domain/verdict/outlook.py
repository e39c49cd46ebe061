"""What the open criteria can still do to a decision, and whether scoring them has become optional.

A criterion that waits may turn out met, not met or impossible to assess, or it may be left open. Better
answers never lower a verdict, so a few corners bound everything in between: if the decision is the same
with all of them met, with none met, with nobody able to assess any, and as it stands, then no mixture of
these gives another one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final

from assessor.domain.score import Score, Unscored
from assessor.domain.verdict.reach import READER, supposed_met
from assessor.domain.verdict.reasons import ReasonCode
from assessor.domain.verdict.rule import Decision

Rule = Callable[[Sequence[Score]], Decision]
"""How scores are decided in one case: its track, form, policy and basis are fixed."""

TRIED_ONE_BY_ONE: Final = 3
"""Up to so many open criteria every assignment is tried. With more of them, while a review is not settled,
each may be the one that tips it; to rule one out takes a search that grows exponentially."""


class Standing(StrEnum):
    """What scores come to: what a rule says, or which way it points where only a person may say it."""

    QUALIFIED = "qualified"
    TOWARDS_QUALIFIED = "towards_qualified"
    BETWEEN = "between"
    TOWARDS_NOT_QUALIFIED = "towards_not_qualified"
    NOT_QUALIFIED = "not_qualified"
    INCONCLUSIVE = "inconclusive"

    @property
    def needs_person(self) -> bool:
        """Whether nothing is decided until a person does it."""
        return self in {Standing.TOWARDS_QUALIFIED, Standing.BETWEEN, Standing.TOWARDS_NOT_QUALIFIED}


@dataclass(frozen=True)
class Outlook:
    """Open criteria by whether they can still change the decision, each part in the order it was given."""

    decisive: tuple[Score, ...]
    optional: tuple[Score, ...]
    standing: Standing
    """Of the scores as they are."""

    @property
    def is_settled(self) -> bool:
        """Whether no further score changes the decision. What is left then is a person's word, or nothing."""
        return not self.decisive

    @property
    def waits_for_word(self) -> bool:
        """Whether all that is missing is that a person decides."""
        return self.is_settled and self.standing.needs_person


def outlook(scores: Sequence[Score], waiting: Sequence[Score], rule: Rule) -> Outlook:
    """Return what the waiting ones among the scores can still do under the rule."""
    standing = standing_of(rule(scores))
    possible = _Possible(tuple(scores), tuple(waiting), rule, standing)
    decisive = possible.decisive()
    optional = tuple(one for one in waiting if one not in decisive)
    return Outlook(decisive, optional, standing)


def standing_of(decision: Decision) -> Standing:
    """Return what a decision comes to, the proposal to a person included."""
    if decision.actor == "reviewer" and decision.decision == "qualified":
        return Standing.TOWARDS_QUALIFIED  # a faulty task was left out: it stands until a person has looked
    if decision.decision != "needs_review":
        return Standing(decision.decision)
    if ReasonCode.PROPOSED_QUALIFIED in decision.reasons:
        return Standing.TOWARDS_QUALIFIED
    if ReasonCode.PROPOSED_NOT_QUALIFIED in decision.reasons:
        return Standing.TOWARDS_NOT_QUALIFIED
    return Standing.BETWEEN


@dataclass(frozen=True)
class _Possible:
    """Everything that the waiting criteria may turn out to be."""

    scores: tuple[Score, ...]
    waiting: tuple[Score, ...]
    rule: Rule
    standing: Standing

    def decisive(self) -> tuple[Score, ...]:
        if not self.waiting or all(
            self._with(dict.fromkeys(map(_place, self.waiting), turned)) is self.standing
            for turned in (supposed_met, _unmet, _not_assessed)
        ):
            return ()
        if len(self.waiting) > TRIED_ONE_BY_ONE:
            return self.waiting
        outcomes = {turns: self._with(dict(zip(self._places, turns, strict=True))) for turns in self._turns()}
        return tuple(one for number, one in enumerate(self.waiting) if any(self._tips(number, outcomes)))

    def _tips(self, number: int, outcomes: Mapping["_Turns", Standing]) -> Iterator[bool]:
        """Yield for each assignment whether leaving this one open instead decides otherwise."""
        for turns, outcome in outcomes.items():
            yield outcome is not outcomes[(*turns[:number], _left, *turns[number + 1 :])]

    @property
    def _places(self) -> tuple[tuple[str, str], ...]:
        return tuple(map(_place, self.waiting))

    def _turns(self) -> Iterator["_Turns"]:
        return product((_left, _unmet, supposed_met, _not_assessed), repeat=len(self.waiting))

    def _with(self, turned: Mapping[tuple[str, str], "_Turn"]) -> Standing:
        changed = tuple(turned.get(_place(one), _left)(one) for one in self.scores)
        return standing_of(self.rule(changed))


_Turn = Callable[[Score], Score]
_Turns = tuple[_Turn, ...]


def _place(score: Score) -> tuple[str, str]:
    return score.item_id, score.criterion


def _left(score: Score) -> Score:
    return score


def _unmet(score: Score) -> Score:
    return score.changed(value=0.0, unscored=None, rater=READER)


def _not_assessed(score: Score) -> Score:
    return score.changed(value=None, unscored=Unscored.CANNOT_ASSESS, rater=READER)
