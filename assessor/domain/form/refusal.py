"""Refusal: which demand of a plan a bank cannot satisfy, though it has items enough for each place."""

from dataclasses import replace
from itertools import chain

from assessor.domain.errors import FieldProblem
from assessor.domain.form.eligibility import REMEDY
from assessor.domain.form.filling import Filling, are_enemies
from assessor.domain.item import Item
from assessor.domain.track import FormPlan


def unfilled(plan: FormPlan, filling: Filling) -> FieldProblem:
    """Name the demand that stands in the way, and how much is missing.

    The first of those without which a form is found; all together when it takes more than one.
    """
    if replace(filling, keep_enemies_apart=False).found() is not None:
        places = sum(section.count for section in plan.sections)
        missing = max(1, places - _most_filled(filling))
        return _problem(f"items that must not meet (enemies) leave places empty; items missing: {missing}")
    if (found := replace(filling, coverage={}).found()) is not None:
        short = _uncovered(filling, list(chain.from_iterable(found)))
        return _problem(f"within its minutes and without enemies a form cannot cover {short}")
    if (found := replace(filling, minutes=float("inf")).found()) is not None:
        over = sum(item.minutes for item in chain.from_iterable(found)) - filling.minutes
        return _problem(
            f"{plan.minutes} minutes are too few, by {over:g} with the items that are wanted most; "
            "shorter items are missing"
        )
    return _problem("minutes, coverage and enemies cannot be kept together; none of them alone is at fault")


def _problem(text: str) -> FieldProblem:
    return FieldProblem("form", text, REMEDY)


def _uncovered(filling: Filling, items: list[Item]) -> str:
    missing = {
        name: least - sum(item.competency == name for item in items)
        for name, least in filling.coverage.items()
    }
    return ", ".join(f"{name} (items missing: {count})" for name, count in missing.items() if count > 0)


def _most_filled(filling: Filling) -> int:
    """Return how many places a draw fills that takes the items with the fewest enemies first."""
    everything = [item for places in filling.places for item in places.items]
    quarrels = {item.id: sum(are_enemies(item, [other]) for other in everything) for item in everything}
    drawn: list[Item] = []
    for places in filling.places:
        end = len(drawn) + places.count
        for item in sorted(places.items, key=lambda item: quarrels[item.id]):
            if len(drawn) < end and not are_enemies(item, drawn):
                drawn.append(item)
    return len(drawn)
