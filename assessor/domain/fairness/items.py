"""Whether an item is harder for one group than for another of equal ability."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from assessor.domain.agreement import Dif, Stratum, Undetermined, mantel_haenszel
from assessor.domain.fairness.rule import RULE
from assessor.domain.value import Value


class ItemAnswer(NamedTuple):
    """How one person did on one item."""

    item_id: str
    right: bool
    score: float
    """Of the whole assessment, as the measure of ability."""
    groups: Mapping[str, str]


class ItemDifference(Value):
    """One item between the largest group and another one."""

    item_id: str
    characteristic: str
    reference: str
    """The largest group."""
    focal: str
    n_reference: int
    n_focal: int
    status: Literal["measured", "insufficient", "undetermined"]
    dif: Dif | None = None
    """A odds ratio above 1, and a delta below 0: harder for the focal group."""
    note: str = ""


def item_differences(characteristic: str, answers: Iterable[ItemAnswer]) -> tuple[ItemDifference, ...]:
    """Return every item with every pair of the largest group and another one, both of at least five."""
    by_item: defaultdict[str, list[ItemAnswer]] = defaultdict(list)
    for one in answers:
        if characteristic in one.groups:
            by_item[one.item_id].append(one)
    return tuple(
        difference for item_id in sorted(by_item) for difference in _of(characteristic, by_item[item_id])
    )


def _of(characteristic: str, answers: Sequence[ItemAnswer]) -> Iterable[ItemDifference]:
    sizes = Counter(one.groups[characteristic] for one in answers)
    names = sorted(
        (name for name, n in sizes.items() if n >= RULE.least_shown), key=lambda name: (-sizes[name], name)
    )
    for focal in names[1:]:
        found = ItemDifference(
            item_id=answers[0].item_id,
            characteristic=characteristic,
            reference=names[0],
            focal=focal,
            n_reference=sizes[names[0]],
            n_focal=sizes[focal],
            status="insufficient",
            note=f"each group needs {RULE.least_answers} answers",
        )
        if sizes[focal] >= RULE.least_answers:
            pair = [one for one in answers if one.groups[characteristic] in {names[0], focal}]
            found = _measured(found, pair)
        yield found


def _measured(found: ItemDifference, answers: Sequence[ItemAnswer]) -> ItemDifference:
    try:
        dif = mantel_haenszel(_strata(found, answers))
    except Undetermined as why:
        return found.changed(status="undetermined", note=str(why))
    return found.changed(status="measured", dif=dif, note="")


def _strata(found: ItemDifference, answers: Sequence[ItemAnswer]) -> list[Stratum]:
    """Divide people into bands of equal ability, of about the same number each."""
    scores = sorted(one.score for one in answers)
    bounds = [scores[len(scores) * band // RULE.bands] for band in range(1, RULE.bands)]
    counts: defaultdict[int, Counter[tuple[bool, bool]]] = defaultdict(Counter)
    for one in answers:
        is_reference = one.groups[found.characteristic] == found.reference
        counts[bisect_right(bounds, one.score)][is_reference, one.right] += 1
    return [
        Stratum(band[True, True], band[True, False], band[False, True], band[False, False])
        for band in counts.values()
    ]
