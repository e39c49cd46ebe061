"""A simulated candidate: what somebody at one level says and hands in, made from the bank by rule.

It knows the keys and anchors, which is why it can only ever play where `livemode` is false.
"""

import re
from typing import Any

from assessor.domain.item import (
    ErrorClass,
    EvaluationItem,
    Outcome,
    RankingItem,
    RubricWritingItem,
    SftItem,
    StepLabel,
    TrajectoryItem,
)
from assessor.domain.library import Library
from assessor.domain.response import WEIGHT_SUM
from assessor.domain.rubric import Anchor, Rubric
from assessor.scoring.applied_rubric import APPLIED_SHARES

EXPERT, COMPETENT, MIDDLING, WEAK = 4, 3, 2, 1
MIDPOINT = 3

BACKGROUND = (
    "I am a simulated candidate. I have worked with Python for eight years, mostly on services and data "
    "pipelines, and I have reviewed model answers for one year."
)
NOTHING_TO_ADD = "I have nothing to add to that; what I said is the whole of it as I remember it."


class SimulatedCandidate:
    """Somebody whose answers reach one anchor level (0 to 4) everywhere. Deterministic."""

    def __init__(self, library: Library, track: str, level: int) -> None:
        self._library = library
        self._track = track
        self._level = level
        self._said: dict[str, int] = {}

    def answer(self, item_id: str | None) -> str:
        """Return the next thing to say to a question; None is the unscored opening."""
        if item_id is None:
            return BACKGROUND
        parts = _halves(self._anchor(item_id).answer)
        said = self._said.get(item_id, 0)
        self._said[item_id] = said + 1
        return parts[said] if said < len(parts) else NOTHING_TO_ADD

    def response(self, item_id: str) -> dict[str, Any]:
        """Return what is handed in for a task, without its category."""
        item = self._library.item(self._track, item_id)
        match item:
            case EvaluationItem():
                return _evaluation(item, self._level)
            case RankingItem():
                return _ranking(item, self._level)
            case RubricWritingItem():
                return _rubric(item, self._level)
            case SftItem():
                return {"text": item.key.reference if self._level == EXPERT else self._anchor(item.id).answer}
            case TrajectoryItem():
                return _trajectory(item, self._level)
        raise ValueError(f"{item_id} is answered in conversation")

    def meets(self, item_id: str, criterion: str) -> bool:
        """Whether a careful person would say that what was written meets a criterion."""
        if criterion in APPLIED_SHARES:
            return self._level >= COMPETENT
        return criterion in self._anchor(item_id).met

    def _anchor(self, item_id: str) -> Anchor:
        item = self._library.item(self._track, item_id)
        return _anchor_at(self._library.rubric(item.rubric or item.id), self._level)


def _anchor_at(rubric: Rubric, level: int) -> Anchor:
    """Return the anchor of a level, or the nearest one below it."""
    return max(
        (anchor for anchor in rubric.anchors if anchor.level <= level), key=lambda anchor: anchor.level
    )


def _halves(answer: str) -> list[str]:
    """Split an answer after about half of its sentences: nobody says all at once."""
    sentences = re.split(r"(?<=[.!?])\s+", answer.strip())
    middle = (len(sentences) + 1) // 2
    return [part for part in (" ".join(sentences[:middle]), " ".join(sentences[middle:])) if part]


def _evaluation(item: EvaluationItem, level: int) -> dict[str, Any]:
    steps_off = {EXPERT: 0, COMPETENT: 0, MIDDLING: 1}.get(level, 3)
    ratings = {}
    for name, key in item.key.ratings.items():
        expected = round(key.rating)
        ratings[name] = expected - steps_off if expected > MIDPOINT else expected + steps_off
        ratings[name] = min(5, max(1, ratings[name]))
    found = item.key.issues[: {EXPERT: None, COMPETENT: None, MIDDLING: 1}.get(level, 0)]
    return {
        "ratings": ratings,
        "issues": [{"tag": issue.tag.value, "quote": issue.span} for issue in found],
        "justification": "I read the response against the request, and checked what it claims.",
    }


def _ranking(item: RankingItem, level: int) -> dict[str, Any]:
    order = [list(group) for group in item.key.order]
    if level == MIDDLING:
        order[-2:] = order[-2:][::-1]
    elif level < MIDDLING:
        order.reverse()
    return {"order": order, "justification": "I put correctness first, then how well it can be used."}


def _rubric(item: RubricWritingItem, level: int) -> dict[str, Any]:
    texts = [must_have.text for must_have in item.key.must_haves]
    texts = texts[: item.max_criteria] if level >= COMPETENT else texts[:1]
    fillers = ["The answer is good.", "The answer is nice to read.", "The answer is long enough."]
    texts += fillers[: max(0, item.min_criteria - len(texts))]
    share, rest = divmod(WEIGHT_SUM, len(texts))
    return {
        "rows": [
            {"criterion": text, "levels": "met / not met", "weight": share + (rest if place == 0 else 0)}
            for place, text in enumerate(texts)
        ]
    }


def _trajectory(item: TrajectoryItem, level: int) -> dict[str, Any]:
    key = item.key
    if level < MIDDLING:
        return {
            "labels": {step.id: StepLabel.GOOD.value for step in item.steps},
            "first_error": None,
            "error_class": ErrorClass.NONE.value,
            "outcome": Outcome.SUCCESS.value,
            "fix": "",
        }
    return {
        "labels": {name: step.label.value for name, step in key.steps.items()},
        "first_error": key.first_error,
        "error_class": key.error_class.value,
        "outcome": (key.outcome if level >= COMPETENT else Outcome.PARTIAL).value,
        "fix": key.fix,
    }
