"""The key that follows from a panel's ratings: what most of them say, and how they differ."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from statistics import fmean, pstdev
from typing import Final

from assessor.domain.item import (
    DimensionKey,
    ErrorClass,
    EvaluationItem,
    EvaluationKey,
    Issue,
    IssueTag,
    Item,
    Outcome,
    PairAgreement,
    RankingItem,
    RankingKey,
    RubricWritingItem,
    RubricWritingKey,
    SftItem,
    SftKey,
    StepKey,
    StepLabel,
    TrajectoryItem,
    TrajectoryKey,
)
from assessor.domain.panel.judging import ISSUES, NO_STEP, SCALE, issue_lines, issue_parts
from assessor.domain.panel.ratings import PanelRatings
from assessor.domain.value import FLOAT_PLACES

ALSO_FROM: Final = 0.25
"""What so many of the experts say counts as what careful people say as well."""

NAMED_FROM: Final = 0.5
"""A flaw is one when so many of the experts name it."""

ACCEPTED_FROM: Final = 4.0
"""Mean rating of 1 to 5 from which a reference answer is one to learn from."""

LEAST_TOLERANCE: Final = 0.3
"""Five experts who say the same do not make every other rating impossible."""


class PanelUndecided(Exception):
    """The ratings give no key. The message says why, for people."""


def keyed_by(item: Item, ratings: PanelRatings) -> Item:
    """Return the item with the key that the panel gives. Raises PanelUndecided.

    Rationales, notes, checks and what is not asked of a panel stay the author's.
    """
    given = ratings.answers
    match item:
        case EvaluationItem():
            return item.changed(key=_of_evaluation(item, given))
        case RankingItem():
            return item.changed(key=_of_ranking(item, given))
        case RubricWritingItem():
            return item.changed(key=_of_rubric_writing(item.key, given))
        case SftItem():
            return item.changed(key=_of_sft(item.key, given))
        case TrajectoryItem():
            return item.changed(key=_of_trajectory(item, given))
        case _:
            raise PanelUndecided("an item of this kind has no key")


Answers = dict[str, tuple[str, ...]]


def _of_evaluation(item: EvaluationItem, given: Answers) -> EvaluationKey:
    ratings = {name: _distribution(key, given[f"rating:{name}"]) for name, key in item.key.ratings.items()}
    return item.key.changed(source="panel", ratings=ratings, issues=_issues(item, given[ISSUES]))


def _distribution(key: DimensionKey, answers: Sequence[str]) -> DimensionKey:
    numbers = [int(answer) for answer in answers]
    return key.changed(
        rating=round(fmean(numbers), FLOAT_PLACES),
        tolerance=round(max(LEAST_TOLERANCE, pstdev(numbers)), FLOAT_PLACES),
        shares=tuple(round(answers.count(step) / len(answers), FLOAT_PLACES) for step in SCALE),
    )


def _issues(item: EvaluationItem, answers: Sequence[str]) -> tuple[Issue, ...]:
    """Return the flaws that at least half name: the author's where there is one of that kind."""
    named = [dict(map(issue_parts, reversed(issue_lines(answer)))) for answer in answers]
    kept: list[Issue] = []
    for tag in IssueTag:
        count = sum(tag in one for one in named)
        if count < NAMED_FROM * len(named):
            continue
        known = [issue for issue in item.key.issues if issue.tag is tag]
        words = next(one[tag] for one in named if tag in one)
        rationale = f"{count} of the {len(named)} experts of a panel name this flaw here."
        kept += known or [Issue(tag=tag, span=words, severity="major", rationale=rationale)]
    return tuple(kept)


def _of_ranking(item: RankingItem, given: Answers) -> RankingKey:
    places = {response.id: _numbers(given[f"place:{response.id}"]) for response in item.responses}
    order = _groups(places)
    if len(order) == 1:
        raise PanelUndecided("the panel puts all responses in the same place")
    pairs = tuple(
        PairAgreement(pair=(first, second), agreement=_agreed(order, places, first, second))
        for first, second in combinations((name for group in order for name in group), 2)
    )
    overall = round(fmean(pair.agreement for pair in pairs), FLOAT_PLACES)
    return item.key.changed(source="panel", order=order, agreement=overall, pairs=pairs)


def _groups(places: dict[str, list[int]]) -> tuple[tuple[str, ...], ...]:
    """Order by the sum of places, the best first; equal sums are tied."""
    sums = {name: sum(own) for name, own in places.items()}
    return tuple(
        tuple(name for name in sorted(sums) if sums[name] == total) for total in sorted(set(sums.values()))
    )


def _agreed(order: Sequence[Sequence[str]], places: dict[str, list[int]], first: str, second: str) -> float:
    """Return which share of the experts place two responses as the order does, at least a half."""
    tied = any(first in group and second in group for group in order)
    both = list(zip(places[first], places[second], strict=True))
    share = sum(a == b if tied else (a < b) + (a == b) / 2 for a, b in both) / len(both)
    return max(0.5, round(share, FLOAT_PLACES))


def _of_rubric_writing(key: RubricWritingKey, given: Answers) -> RubricWritingKey:
    order = _groups({shown.id: _numbers(given[f"place:{shown.id}"]) for shown in key.hidden_responses})
    ranks = {name: rank for rank, group in enumerate(order, 1) for name in group}
    hidden = tuple(shown.changed(rank=ranks[shown.id]) for shown in key.hidden_responses)
    try:
        return key.changed(source="panel", hidden_responses=hidden)
    except ValueError:
        raise PanelUndecided("the panel's places leave too few ranks to find an order in") from None


def _of_sft(key: SftKey, given: Answers) -> SftKey:
    mean = fmean(_numbers(given["reference"]))
    if mean < ACCEPTED_FROM:
        reason = f"the panel rates the reference {mean:.1f} of 5, and accepts one from {ACCEPTED_FROM:g}"
        raise PanelUndecided(reason)
    return key.changed(source="panel")


def _of_trajectory(item: TrajectoryItem, given: Answers) -> TrajectoryKey:
    first = _most(given["first_error"], "on the first step that went wrong")
    kinds = given["error_class"]
    kind = _most(kinds, "on the kind of mistake")
    steps = {step.id: _step(item.key.steps[step.id], given[f"step:{step.id}"]) for step in item.steps}
    try:
        return item.changed(
            key=item.key.changed(
                source="panel",
                steps=steps,
                first_error=None if first == NO_STEP else first,
                error_class=ErrorClass(kind),
                also_class=tuple(map(ErrorClass, _also(kinds, kind))),
                outcome=Outcome(_most(given["outcome"], "on the outcome")),
            )
        ).key
    except ValueError:
        raise PanelUndecided(
            "the panel's kind of mistake and first wrong step contradict each other"
        ) from None


def _step(key: StepKey, answers: tuple[str, ...]) -> StepKey:
    """Return the label that most give; of several, the author's if it is one of them."""
    counts = Counter(answers)
    most = [name for name, count in counts.items() if count == max(counts.values())]
    label = key.label.value if key.label.value in most else min(most)
    return StepKey(label=StepLabel(label), also=tuple(map(StepLabel, _also(answers, label))))


def _most(answers: tuple[str, ...], about: str) -> str:
    (name, count), *others = Counter(answers).most_common()
    if others and others[0][1] == count:
        said = ", ".join(f"{one} ({times})" for one, times in Counter(answers).most_common())
        raise PanelUndecided(f"the panel is split {about}: {said}")
    return name


def _also(answers: Sequence[str], label: str) -> list[str]:
    counts = Counter(answers)
    return sorted(
        name for name, count in counts.items() if name != label and count >= ALSO_FROM * len(answers)
    )


def _numbers(answers: Sequence[str]) -> list[int]:
    return [int(answer) for answer in answers]
