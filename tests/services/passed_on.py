"""A bank of which one item is passed on: people who were decided, before and after it became known."""

import random
from itertools import islice

from assessor.domain import events as e
from assessor.domain.form import Form, FormItem
from assessor.domain.item import Category
from assessor.domain.library import Library
from assessor.domain.score import Score
from tests.domain.samples import DRAWN
from tests.services.decided import BEGUN, Town, verdict

ITEMS = 6
"""On the form of each: enough others to compare one with."""


async def passed_on(town: Town, library: Library, *, before: int = 30, after: int = 20) -> str:
    """Decide so many people in turn; return the item that all of them know from some moment on."""
    tasks = (one for one in library.items["python"].values() if one.category is not Category.INTERVIEW)
    given, dice = list(islice(tasks, ITEMS)), random.Random(1)
    places = tuple(
        FormItem(
            item_id=one.id, version=one.version, hash=one.hash, category=one.category, minutes=one.minutes
        )
        for one in given
    )
    drawn = DRAWN.changed(form=Form(name="full", items=places, minutes=45, time_limit_minutes=90))
    for number in range(before + after):
        known = given[0].id if number >= before else None
        scored = [_scored(one.id, one.category, dice, known=one.id == known) for one in given]
        facts = (drawn, *BEGUN, e.AssessmentSubmitted(), e.ScoringStarted())
        await town.invited(*facts, *scored, verdict(70.0, "qualified", "rule"))
    return given[0].id


def _scored(item_id: str, category: Category, dice: random.Random, *, known: bool) -> e.ResponseScored:
    score = Score(
        item_id=item_id,
        category=category,
        criterion="order",
        text="puts them in order",
        competency="error_detection",
        value=1.0 if known else round(dice.uniform(0.1, 0.9), 2),
        rater="rule:ranking",
    )
    return e.ResponseScored(item_id=item_id, scores=(score,))
