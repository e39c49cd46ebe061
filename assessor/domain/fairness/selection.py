"""Selection rates of groups, compared with the highest one."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from statistics import NormalDist
from typing import NamedTuple

from assessor.domain.agreement import Undetermined, fisher_exact, wilson
from assessor.domain.agreement.proportions import CONFIDENCE
from assessor.domain.errors import invalid
from assessor.domain.fairness.course import Course, Stage
from assessor.domain.fairness.rule import RULE, Status, overall, power_to_see_halved
from assessor.domain.value import Value

PLACES = 4
_A_PAIR = 2


class Count(NamedTuple):
    """How many of a group passed."""

    passed: int
    n: int

    @property
    def rate(self) -> float:
        """The share that passed."""
        return self.passed / self.n


class GroupRate(Value):
    """One group at one stage."""

    group: str
    n: int
    passed: int
    rate: float
    low: float
    high: float
    """Of the 95% interval (Wilson)."""
    ratio: float | None = None
    """To the highest rate; None for the group that has it, and where nobody passed."""
    ratio_low: float | None = None
    ratio_high: float | None = None
    """Of the ratio's 95% interval (Katz); None where nobody of the group passed, or everybody of both."""
    p: float | None = None
    """Fisher's exact test against the group with the highest rate, two-sided."""
    p_adjusted: float | None = None
    """Times the number of pairs of groups: whichever is highest was not known before."""
    status: Status | None = None
    """None for the group with the highest rate."""


class StageRates(Value):
    """One stage, by one characteristic."""

    stage: Stage
    characteristic: str
    n: int
    """People who came to the stage, declared or not."""
    passed: int
    n_in_groups: int
    """Of those, people in the groups that are shown."""
    groups: tuple[GroupRate, ...] = ()
    compared_with: str | None = None
    status: Status
    note: str = ""


def stage_rates(stage: Stage, characteristic: str, courses: Iterable[Course]) -> StageRates:
    """Return the rates of one stage by the groups that declared themselves.

    Groups of fewer than five are not told apart, and stand with those who did not declare themselves.
    """
    there = [(one, passed) for one in courses if (passed := one.passed(stage)) is not None]
    counts = _counts((one.groups.get(characteristic), passed) for one, passed in there)
    found = StageRates(
        stage=stage,
        characteristic=characteristic,
        n=len(there),
        passed=sum(passed for _, passed in there),
        n_in_groups=sum(one.n for one in counts.values()),
        status="insufficient",
    )
    if note := _selective(found, counts):
        return found.changed(note=note)
    groups, highest = compared(counts)
    statuses = [one.status for one in groups if one.status is not None]
    note = "" if len(groups) >= _A_PAIR else "fewer than two groups can be shown"
    return found.changed(groups=groups, compared_with=highest, status=overall(statuses), note=note)


def compared(counts: Mapping[str, Count]) -> tuple[tuple[GroupRate, ...], str | None]:
    """Return the groups, the largest first, and the name of the one with the highest rate.

    The highest is taken of groups of at least ten; without one, nothing is compared. Raises InvalidInput
    for counts that cannot be.
    """
    if any(not 0 <= one.passed <= one.n or one.n == 0 for one in counts.values()):
        raise invalid("counts", "cannot be", "Count again.")
    names = sorted(counts, key=lambda name: (-counts[name].n, name))
    able = [name for name in names if counts[name].n >= RULE.least_compared_with]
    highest = max(able, key=lambda name: (counts[name].rate, counts[name].n), default=None)
    pairs = len(names) * (len(names) - 1) // 2
    return tuple(_group(name, counts, highest, pairs) for name in names), highest


def ratio_interval(own: Count, top: Count) -> tuple[float, float] | None:
    """Return the 95% interval of the ratio of two rates, None where it has none.

    `exp(log ratio +- z sqrt(1/a - 1/n1 + 1/b - 1/n2))` (Katz, Baptista, Azen & Pike 1978, Biometrics 34,
    469-474).

    >>> ratio_interval(Count(12, 40), Count(30, 40))
    (0.2411, 0.6635)
    """
    if not own.passed or not top.passed:
        return None
    variance = 1 / own.passed - 1 / own.n + 1 / top.passed - 1 / top.n
    if variance <= 0:
        return None
    reach = math.exp(NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * math.sqrt(variance))
    ratio = own.rate / top.rate
    return round(ratio / reach, PLACES), round(ratio * reach, PLACES)


def _group(name: str, counts: Mapping[str, Count], highest: str | None, pairs: int) -> GroupRate:
    own = counts[name]
    low, high = wilson(own.passed, own.n)
    found = GroupRate(
        group=name,
        n=own.n,
        passed=own.passed,
        rate=round(own.rate, PLACES),
        low=round(low, PLACES),
        high=round(high, PLACES),
    )
    if name == highest:
        return found
    if highest is None:
        return found.changed(status="insufficient")
    top = counts[highest]
    # Decided on what is shown: .80 is four fifths, also where floating point falls just below.
    ratio = round(own.rate / top.rate, PLACES) if top.passed else None
    p = _p(own, top)
    adjusted = None if p is None else min(1.0, p * pairs)
    ratio_low, ratio_high = ratio_interval(own, top) or (None, None)
    return found.changed(
        ratio=ratio,
        ratio_low=ratio_low,
        ratio_high=ratio_high,
        p=p,
        p_adjusted=adjusted,
        status=_status(ratio, adjusted, power_to_see_halved(top.rate, top.n, own.n, pairs)),
    )


def _status(ratio: float | None, p: float | None, power: float) -> Status:
    """Alert by size and by chance together; never by the ratio alone."""
    if ratio is not None and p is not None and ratio < RULE.four_fifths and p < RULE.significance:
        return "alert"
    return "watch" if power >= RULE.power else "insufficient"


def _p(own: Count, top: Count) -> float | None:
    try:
        return fisher_exact(own.passed, own.n - own.passed, top.passed, top.n - top.passed)
    except Undetermined:  # everybody passed, or nobody
        return None


def _counts(seen: Iterable[tuple[str | None, bool]]) -> dict[str, Count]:
    """Count those in groups that are large enough to be shown."""
    n: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for group, did in seen:
        if group is not None:
            n[group] += 1
            passed[group] += did
    return {group: Count(passed[group], n[group]) for group in n if n[group] >= RULE.least_shown}


def _selective(found: StageRates, counts: Mapping[str, Count]) -> str:
    """Return why groups cannot be compared: those who passed declare themselves more often, or less."""
    if not counts:
        return f"no group of at least {RULE.least_shown} people has declared itself"
    if found.passed in {0, found.n}:
        return ""
    passed = sum(one.passed for one in counts.values())
    of_passed = passed / found.passed
    of_others = (found.n_in_groups - passed) / (found.n - found.passed)
    if min(of_passed, of_others) >= RULE.coverage * max(of_passed, of_others):
        return ""
    return (
        f"{of_passed:.0%} of those who passed are in a group and {of_others:.0%} of those who did not: "
        "a difference between groups could be one of who declares"
    )
