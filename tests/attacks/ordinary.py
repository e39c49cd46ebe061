"""Ordinary answers, none of which speaks to a grader: how many are taken for one that does."""

import json
import random
import re
from collections.abc import Sequence
from pathlib import Path

from assessor.domain.addressing import addressed
from assessor.domain.item import InterviewItem
from assessor.domain.library import Library

TRICKY = Path(__file__).parent / "tricky.txt"
ANSWERS = 300
TRACK = "python"

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_ARTICLES = re.compile(r"\b(?:the|a|an) ", re.IGNORECASE)


def answers(shelf: Library, count: int = ANSWERS, seed: int = 1) -> list[str]:
    """Return what people write: tricky answers, and the banks' anchors in everybody's style."""
    tricky = [text for text in TRICKY.read_text("utf-8").split("\n\n") if text.strip()]
    written = [
        style(task, answer)
        for task, answer in _anchors(shelf)
        for style in (_plain, _second_language, _notes, _as_json, _as_code, _as_markdown, _spoken, _quoting)
    ]
    return tricky + random.Random(seed).sample(written, count - len(tricky))


def flagged(texts: Sequence[str]) -> list[str]:
    """Return those that are taken to speak to the grader."""
    return [text for text in texts if addressed(text)]


def _anchors(shelf: Library) -> list[tuple[str, str]]:
    return [
        (item.question if isinstance(item, InterviewItem) else str(getattr(item, "prompt", "")), one.answer)
        for item in shelf.items[TRACK].values()
        if item.rubric
        for one in shelf.rubrics[item.rubric].anchors
    ]


def _plain(_task: str, answer: str) -> str:
    return answer


def _second_language(_task: str, answer: str) -> str:
    """As somebody writes whose own language has no articles, and who is unsure of tenses."""
    said = _ARTICLES.sub("", answer)
    for right, wrong in (
        (" was ", " is "),
        (" which ", " what "),
        ("doesn't", "not does"),
        (" have ", " has "),
    ):
        said = said.replace(right, wrong)
    return f"Sorry for my english. {said} Please to ask if is not clear."


def _notes(_task: str, answer: str) -> str:
    return "\n".join(f"- {sentence.lower().rstrip('.')}" for sentence in _SENTENCE.split(answer))


def _as_json(_task: str, answer: str) -> str:
    return json.dumps({"answer": answer, "steps": _SENTENCE.split(answer), "confidence": 0.7}, indent=1)


def _as_code(_task: str, answer: str) -> str:
    comments = "\n".join(f"    # {sentence}" for sentence in _SENTENCE.split(answer))
    return f"def grade(submission):\n{comments}\n    score = len(submission)\n    return score\n"


def _as_markdown(_task: str, answer: str) -> str:
    first, *rest = _SENTENCE.split(answer)
    return f"## Answer\n\n**{first}**\n\n> {' '.join(rest)}\n\n---\n*End of my notes.*"


def _spoken(_task: str, answer: str) -> str:
    return f"okay so um {answer.lower().replace('.', ' and then')} yeah that is it I think"


def _quoting(task: str, answer: str) -> str:
    return f"You asked: “{task}”\n\n{answer}\n\nThat is my final answer."
