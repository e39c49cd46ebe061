"""What a candidate's rubric does: applied to hidden responses of known order, criterion by criterion.

Whoever applies it brings back a table of verdicts; everything that follows from the table is arithmetic.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import combinations
from statistics import fmean
from typing import Literal

from assessor.domain.item import HiddenResponse, RubricWritingItem
from assessor.domain.response import RubricWritingResponse
from assessor.domain.rubric import Rubric
from assessor.domain.score import Unscored
from assessor.scoring.correlation import tau_b
from assessor.scoring.work import Finding, Measure

ORDER, DISCRIMINATION, COVERAGE = "applied:order", "applied:discrimination", "applied:coverage"

LINT_SHARE = 0.1
"""Of the item's weight: form is necessary, and says little about what the rubric looks for."""

APPLIED_SHARES: Mapping[str, float] = {ORDER: 0.2, DISCRIMINATION: 0.1, COVERAGE: 0.2}
"""Of the item's weight. What a rubric does counts as much as how it reads and is made; discrimination
follows from order for the most part, so it counts half."""

EXTREME_SHARE = 0.27
"""Of the hidden responses in each of the two groups that discrimination compares (Kelley 1939)."""

MOST_ABSTENTIONS = 0.5
"""Share of the table beyond which it says more about whoever applied the rubric than about the rubric."""

WELL, IN_PART = 0.75, 0.4
"""Values from which on a reason speaks so. For people only: they decide nothing."""

Applied = Literal["met", "unmet", "cannot_assess"]

Table = Sequence[Mapping[str, Applied]]
"""One row a criterion, in the order in which the candidate wrote them: verdicts by hidden response."""

Rows = tuple[int, ...]
"""Places of a candidate's criteria, from 0."""

_TEXTS = {
    ORDER: "The rubric puts responses of known quality in the right order",
    DISCRIMINATION: "The rubric gives good responses clearly more than poor ones",
    COVERAGE: "Its criteria tell apart the responses that have what matters from the others",
}

_REASONS: Mapping[str, tuple[str, str, str]] = {
    ORDER: (
        "Your rubric puts responses whose quality we know in the right order.",
        "Your rubric puts responses whose quality we know partly in the right order.",
        "Your rubric hardly puts responses whose quality we know in the right order.",
    ),
    DISCRIMINATION: (
        "With your rubric, good responses earn clearly more than poor ones.",
        "With your rubric, good responses earn somewhat more than poor ones.",
        "With your rubric, good responses earn hardly more than poor ones.",
    ),
    COVERAGE: (
        "Your criteria find the responses that have what matters in this task.",
        "Your criteria find some of what matters in this task, and miss some.",
        "Your criteria find little of what matters in this task.",
    ),
}
"""Well, in part, hardly. None tells a number or a response: the next candidate gets the same ones."""


def applied_measures(_item: RubricWritingItem, rubric: Rubric | None) -> tuple[Measure, ...]:
    """Return what is measured of a rubric once it has been applied. `rubric` is what its text is read by."""
    whole = whole_weight(rubric)
    return tuple(Measure(name, text, whole * APPLIED_SHARES[name]) for name, text in _TEXTS.items())


def whole_weight(rubric: Rubric | None) -> float:
    """Return the weight of everything that an item is scored by, of which readers of its text have a part."""
    by_readers = sum(criterion.weight for criterion in rubric.criteria) if rubric else 1.0
    return by_readers / (1 - LINT_SHARE - sum(APPLIED_SHARES.values()))


def applied_findings(
    item: RubricWritingItem, response: RubricWritingResponse, table: Table
) -> Mapping[str, Finding]:
    """Return the three findings, each in [0, 1]; unscored when most of the table could not be assessed.

    An abstention counts as not met and keeps its weight, so it never raises a total.
    """
    hidden = item.key.hidden_responses
    cells = [row.get(shown.id, "cannot_assess") for row in table for shown in hidden]
    if not cells or cells.count("cannot_assess") > MOST_ABSTENTIONS * len(cells):
        return applied_unscored(
            Unscored.CANNOT_ASSESS, "Your rubric could not be applied; a person looks at it."
        )
    totals = totals_of(item, response, table)
    values = {
        ORDER: order_found(hidden, totals),
        DISCRIMINATION: discrimination(hidden, totals),
        COVERAGE: coverage(item, table),
    }
    return {name: Finding(value, _how_well(name, value)) for name, value in values.items()}


def applied_unscored(why: Unscored, reason: str) -> Mapping[str, Finding]:
    """Return every finding as unscored."""
    return {name: Finding(None, reason, why) for name in _TEXTS}


def totals_of(item: RubricWritingItem, response: RubricWritingResponse, table: Table) -> Mapping[str, float]:
    """Return what each hidden response earns, by its id, in [0, 1]."""
    weights = [row.weight for row in response.rows]
    return {shown.id: total(weights, table, shown.id) for shown in item.key.hidden_responses}


def total(weights: Sequence[float], table: Table, response_id: str) -> float:
    """Return the share of the rubric's weight that a hidden response earns, in [0, 1]."""
    pairs = zip(weights, table, strict=True)
    return sum(weight for weight, row in pairs if row.get(response_id) == "met") / sum(weights)


def order_found(hidden: Sequence[HiddenResponse], totals: Mapping[str, float]) -> float:
    """Return Kendall's tau-b of the totals with the panel's order; at most chance is 0."""
    better = {shown.id: -shown.rank for shown in hidden}
    return max(0.0, tau_b(better, {name: round(value, 9) for name, value in totals.items()}))


def discrimination(hidden: Sequence[HiddenResponse], totals: Mapping[str, float]) -> float:
    """Return how much more the best responses earn than the poorest, on average; 0 when not more.

    The upper-lower index D: the mean of the upper 27% less that of the lower 27% (Kelley 1939, The
    selection of upper and lower groups for the validation of test items), here of hidden responses
    by the panel's ranks, those tied with the last of a group included.
    """
    return max(0.0, round(_upper_less_lower(hidden, totals), 9))  # what addition leaves over is no difference


def coverage(item: RubricWritingItem, table: Table) -> float:
    """Return how well the must-haves are looked for, each by a criterion of its own, in [0, 1].

    A criterion looks for a must-have as far as it separates the hidden responses that show it from
    those that do not: `J = share met where shown - share met where not shown`, at least 0 (Youden
    1950, Index for rating diagnostic tests). Each criterion stands for at most one must-have, in the
    pairing with the greatest sum: one criterion "is good" for everything does not cover everything.
    The value is that sum over the number of must-haves; a further criterion never lowers it.
    """
    return _best_pairing(item, table)[0] / len(item.key.must_haves)


def rows_that_found(
    item: RubricWritingItem, response: RubricWritingResponse, table: Table
) -> Mapping[str, Rows]:
    """Return for each finding the criteria that it rests on, the one that did most first.

    For order those that are met by the better one of two responses more often than by the poorer one;
    where none alone is, and only all together find an order, those that are at least once. For
    coverage those that are paired, in the order of their must-haves.
    """
    hidden, weights = item.key.hidden_responses, [row.weight for row in response.rows]
    met = [{shown.id: float(row.get(shown.id) == "met") for shown in hidden} for row in table]

    def by(worth: Callable[[Mapping[str, float]], float]) -> Rows:
        return _first_by(weight * worth(row) for weight, row in zip(weights, met, strict=True))

    return {
        ORDER: by(lambda row: sum(_steps(hidden, row))) or by(lambda row: _steps(hidden, row).count(1)),
        DISCRIMINATION: by(lambda row: _upper_less_lower(hidden, row)),
        COVERAGE: _best_pairing(item, table)[1],
    }


def _first_by(worths: Iterable[float]) -> Rows:
    """Return the places of what is worth anything, the greatest first."""
    placed = sorted((-worth, place) for place, worth in enumerate(worths) if worth > 0)
    return tuple(place for _, place in placed)


def _steps(hidden: Sequence[HiddenResponse], met: Mapping[str, float]) -> list[int]:
    """Return for each two of different rank 1 where only the better one is met, -1 where only the other."""
    by_rank = sorted(hidden, key=lambda shown: shown.rank)
    return [round(met[a.id] - met[b.id]) for a, b in combinations(by_rank, 2) if a.rank != b.rank]


def _upper_less_lower(hidden: Sequence[HiddenResponse], earned: Mapping[str, float]) -> float:
    ranks = sorted(shown.rank for shown in hidden)
    count = max(1, round(EXTREME_SHARE * len(ranks)))
    upper = [earned[shown.id] for shown in hidden if shown.rank <= ranks[count - 1]]
    lower = [earned[shown.id] for shown in hidden if shown.rank >= ranks[-count]]
    return fmean(upper) - fmean(lower)


def _best_pairing(item: RubricWritingItem, table: Table) -> tuple[float, Rows]:
    """Return the greatest sum of J, and the criteria that it is of in the order of the must-haves."""
    names = tuple(must.id for must in item.key.must_haves)
    found = [[_youden(item.key.hidden_responses, row, name) for row in table] for name in names]

    @cache
    def best(must: int, free: frozenset[int]) -> tuple[float, Rows]:
        if must == len(names):
            return 0.0, ()
        options = [best(must + 1, free)]
        for row in sorted(free):
            if found[must][row] > 0:
                rest, rows = best(must + 1, free - {row})
                options.append((found[must][row] + rest, (row, *rows)))
        return max(options, key=lambda option: option[0])

    return best(0, frozenset(range(len(table))))


def _youden(hidden: Sequence[HiddenResponse], row: Mapping[str, Applied], must_have: str) -> float:
    shown = [row.get(response.id) == "met" for response in hidden if must_have in response.shows]
    others = [row.get(response.id) == "met" for response in hidden if must_have not in response.shows]
    return max(0.0, fmean(shown) - fmean(others))


def _how_well(name: str, value: float) -> str:
    well, in_part, hardly = _REASONS[name]
    return well if value >= WELL else in_part if value >= IN_PART else hardly
