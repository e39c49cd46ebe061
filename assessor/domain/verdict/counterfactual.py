"""What would have changed a decision, in plain words: the same for candidate, reviewer and platform.

It names kinds of work and competencies, never an item or a criterion: beside an answer those would tell
a key.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import Field

from assessor.domain.form import Form
from assessor.domain.item import Category
from assessor.domain.policy import Policy
from assessor.domain.score import Score
from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.track import LEVELS, Track
from assessor.domain.value import Value
from assessor.domain.verdict.basis import basis_obstacles
from assessor.domain.verdict.reach import Places, Search, changed, would_qualify
from assessor.domain.verdict.rule import Decision, in_order

Kind = Literal["reached", "criteria", "ours", "person", "out_of_reach", "nothing"]

IN_WORDS: Final[Mapping[Category, str]] = MappingProxyType(
    {
        Category.INTERVIEW: "in the interview",
        Category.EVALUATION: "in evaluating responses",
        Category.RANKING: "in ranking responses",
        Category.RUBRIC_WRITING: "in writing a rubric",
        Category.SFT: "in writing an ideal response",
        Category.TRAJECTORY: "in reviewing an agent's work",
    }
)
_NUMBERS: Final = {1: "one", 2: "two", 3: "three"}


class Need(Value):
    """Criteria of one competency in one kind of work that would have had to be met in full."""

    competency: str
    category: Category
    criteria: Annotated[int, Field(ge=1)]
    unscored: Annotated[int, Field(ge=0)]
    """How many of them nobody has scored."""


class Counterfactual(Value):
    """What would have changed the decision."""

    kind: Kind
    """`reached`: it is qualified, by so many points. `criteria`: the `needs` would have been enough. `ours`:
    what nobody has scored yet decides. `person`: the scores are over the line, and a person has the word.
    `out_of_reach`: no change as small as is ever named. `nothing`: no score decided it."""
    needs: tuple[Need, ...] = ()
    points: float | None = None
    """With `reached`: how far the score lies above the cut; negative where a person decided otherwise."""
    text: str


def what_would_change(
    scores: Iterable[Score], track: Track, form: Form, policy: Policy, decision: Decision
) -> Counterfactual:
    """Return what would have changed a decision on these scores.

    Where criteria are named, scoring them as met in full makes a rule say qualified, or point to it where
    only a person may say it. The order of the scores does not matter.
    """
    counted = in_order(scores)
    if decision.decision == "inconclusive":
        return Counterfactual(kind="nothing", text="The attempt could not be judged, so no score decided it.")
    if decision.decision == "qualified":
        return _reached(track, decision)
    weak = basis_obstacles(counted, track, decision.basis.judges, decision.basis.keys, policy.least_basis)
    rule_decides = not weak and "qualified" in policy.rules_may_decide
    found = _above(counted, track, form, rule_decides=rule_decides)
    if decision.decided_by == "person":
        return found.changed(
            text=f"A person decided this, and gave a reason. By the scores alone: {found.text}"
        )
    return found


def _reached(track: Track, decision: Decision) -> Counterfactual:
    points = round(decision.score - THRESHOLDS.score_at_cut, 2)
    side = "above" if points >= 0 else "below"
    text = f"The score lies {abs(points):.0f} points {side} the line of {THRESHOLDS.score_at_cut:g}."
    if points < 0:
        text += " A person decided otherwise, and gave a reason."
    if higher := [one for one in track.higher_levels if _rank(one[0]) > _rank(decision.level)]:
        name, cut = higher[0]
        begins = track.score_of(cut.ability)
        text += f" The next level, {name}, begins at {begins:.0f}"
        text += "; the score is there, but not surely enough." if decision.score >= begins else "."
    return Counterfactual(kind="reached", points=points, text=text)


def _rank(level: str | None) -> int:
    return [None, *LEVELS].index(level)  # type: ignore[arg-type] # a level or none


def _above(scores: tuple[Score, ...], track: Track, form: Form, *, rule_decides: bool) -> Counterfactual:
    """Return what would bring the scores over the line."""
    if {place.item_id for place in form.items if place.is_scored} - {one.item_id for one in scores}:
        return Counterfactual(
            kind="ours", text="Some of the work has not been scored at all. That is ours to settle."
        )
    if would_qualify(scores, track, form):
        return Counterfactual(
            kind="person",
            text="The scores are over the line as they are; no other score would have changed this. "
            "What is missing is the word of a person.",
        )
    open_places = tuple(place for place, one in enumerate(scores) if one.is_open)
    if open_places and would_qualify(changed(scores, open_places), track, form):
        return _ours(scores, track, open_places, Search(scores, track, form, open_places).smallest())
    unmet = tuple(place for place, one in enumerate(scores) if one.value is None or one.value < 1)
    if (places := Search(scores, track, form, unmet).smallest()) is not None:
        return _criteria(scores, track, places, rule_decides=rule_decides)
    return Counterfactual(
        kind="out_of_reach",
        text="No small change would have: "
        f"more than {_NUMBERS[THRESHOLDS.named_changes]} further criteria would have had to be met in full."
        if would_qualify(changed(scores, unmet), track, form)
        else "No change of scores would have: even with everything met in full this form does not tell "
        "surely enough.",
    )


def _ours(
    scores: Sequence[Score], track: Track, open_places: Places, places: Places | None
) -> Counterfactual:
    count = len(open_places)
    waits = "one criterion has" if count == 1 else f"{count} criteria have"
    if places is None:
        rest = "Together they can still bring the score over the line."
        return Counterfactual(
            kind="ours", text=f"That is ours to settle: {waits} not been scored yet. {rest}"
        )
    needs = _needs(scores, places)
    return Counterfactual(
        kind="ours",
        needs=needs,
        text=f"That is ours to settle: {waits} not been scored yet. Meeting {_listed(needs, track)} would be "
        "enough for the line.",
    )


def _criteria(scores: Sequence[Score], track: Track, places: Places, *, rule_decides: bool) -> Counterfactual:
    needs = _needs(scores, places)
    enough = (
        "a rule would have said qualified"
        if rule_decides
        else "the scores would have pointed to qualified, which here a person confirms"
    )
    noun = "criterion" if len(places) == 1 else "criteria"
    text = f"With {_NUMBERS[len(places)]} more {noun} met in full, {enough}: {_listed(needs, track)}."
    if unscored := sum(one.unscored for one in needs):
        subject = f"{_NUMBERS[unscored].capitalize()} of these" if len(places) > 1 else "It"
        text += f" {subject} could not be scored, which is not held against anybody."
    return Counterfactual(kind="criteria", needs=needs, text=text)


def _needs(scores: Sequence[Score], places: Places) -> tuple[Need, ...]:
    kinds = Counter((scores[place].competency, scores[place].category) for place in places)
    unscored = Counter(
        (scores[place].competency, scores[place].category) for place in places if scores[place].value is None
    )
    return tuple(
        Need(competency=kind[0], category=kind[1], criteria=count, unscored=unscored[kind])
        for kind, count in sorted(kinds.items())
    )


def _listed(needs: Sequence[Need], track: Track) -> str:
    titles = {competency.id: competency.title for competency in track.competencies}
    *head, last = (
        f"{_NUMBERS[need.criteria]} of “{titles.get(need.competency, need.competency)}” "
        f"{IN_WORDS[need.category]}"
        for need in needs
    )
    return f"{', '.join(head)} and {last}" if head else last
