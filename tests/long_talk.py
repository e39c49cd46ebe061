"""A conversation of far more turns than anybody has, for the pages that have to stay light all the same."""

import random
from collections.abc import Iterator
from typing import Final

from assessor.adapters.clock import SystemClock
from assessor.domain import events as e
from assessor.domain.item import Category
from assessor.ports import Store
from assessor.services.log import AssessmentLog

TURNS: Final = 200
WORDS: Final = 90
_LETTERS: Final = "etaoinshrdlucmfwypvbgkjqxz"


def spoken(number: int) -> str:
    """Return as much as people write, of words that pack no better than theirs do."""
    chance = random.Random(number)
    lengths = [chance.randint(2, 9) for _ in range(WORDS)]
    return " ".join("".join(chance.choices(_LETTERS, k=length)) for length in lengths)


async def talk_at_length(store: Store, assessment_id: str) -> str:
    """Let interviewer and candidate go on about the first question; return its id."""
    log = AssessmentLog(store, SystemClock())
    form = (await log.latest(assessment_id)).form
    item_id = form.of(Category.INTERVIEW)[0].item_id
    said = tuple(_turns(item_id))
    await log.change(assessment_id, lambda _assessment, _now: said)
    return item_id


def _turns(item_id: str) -> Iterator[e.Fact]:
    for turn in range(0, TURNS, 2):
        yield e.InterviewerMessage(
            run=f"run-{turn}", kind="probe", item_id=item_id, text=spoken(turn), source="model"
        )
        yield e.CandidateMessage(message_id=f"message-{turn:04}", item_id=item_id, text=spoken(turn + 1))
