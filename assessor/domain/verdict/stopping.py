"""Whether a sequential form may end: a look at what rules score, which decides nothing else.

What a reader has to score is unknown until the work was submitted, so it is left out: the interval stays as
wide as that leaves it. The verdict is made later, from everything.
"""

from collections.abc import Iterable

from assessor.domain import ability
from assessor.domain.score import Score
from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.track import Track
from assessor.domain.verdict.rule import in_order, weights_of


def probability_by_rules(scores: Iterable[Score], track: Track) -> float:
    """Return P(ability >= cut) by what rules scored. The order of the scores does not matter."""
    counted = [one for one in in_order(scores) if one.rater_kind == "rule" and one.value is not None]
    return ability.estimate(ability.observe(counted, weights_of(track)), track.cut.ability).probability


def is_clear(probability: float) -> bool:
    """Whether more tasks would hardly change it, to whichever side."""
    return probability >= THRESHOLDS.qualified or probability <= THRESHOLDS.not_qualified
