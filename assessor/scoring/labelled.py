"""Responses that people labelled, as a judge gets them: as work on an item, without anybody's name."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from assessor.domain.calibration import Label
from assessor.domain.errors import invalid
from assessor.domain.evidence import OwnText
from assessor.domain.item import Category, Item
from assessor.domain.response import (
    Response,
    RubricRow,
    RubricWritingResponse,
    SftResponse,
    own_texts,
    parse_response,
)
from assessor.domain.rubric import Rubric
from assessor.domain.transcript import Turn
from assessor.domain.value import content_hash
from assessor.scoring.screening import words
from assessor.scoring.work import Work

_ASKED, _ANSWERED = 1, 2
_ROW = re.compile(r"^\s*\d+\.\s*\[weight\s+(\d+)\]\s*(\S.*?)\s*$")
"""How the rubrics' own examples write a candidate's criterion: `1. [weight 20] Names the file.`"""


@dataclass(frozen=True)
class Labelled:
    """One response with what people said of each criterion. `item` is in the response's language.

    `reference` is what its words are compared with where no model is asked; empty where there is none.
    """

    id: str
    item: Item
    rubric: Rubric
    language: str
    text: str
    labels: Mapping[str, tuple[Label, ...]]
    reference: str = ""

    @property
    def work(self) -> Work:
        """The work as every rater gets it. Raises InvalidInput for a text that is no response to the item."""
        return work_on(self.item, self.rubric, self.text)

    @property
    def hash(self) -> str:
        """Of the response with its labels: what was measured on what."""
        labels = {name: list(given) for name, given in sorted(self.labels.items())}
        return content_hash([self.item.hash, self.rubric.hash, self.language, self.text, labels])


def response_id(item: Item, language: str, text: str) -> str:
    """Return the name of a response: the same words to the same item are the same response."""
    return content_hash([item.id, language, text])


def work_on(item: Item, rubric: Rubric, text: str) -> Work:
    """Return a text as work on an item.

    Interviews and ideal responses are plain text, and so is a rubric as `1. [weight 20] ...` in lines; any
    other category takes the JSON that a candidate's form sends. Raises InvalidInput for anything else.
    """
    if item.category is Category.INTERVIEW:
        turns = (
            Turn(seq=_ASKED, speaker="interviewer", text=item.question, item_id=item.id, kind="core"),
            Turn(seq=_ANSWERED, speaker="candidate", text=text, item_id=item.id),
        )
        own: tuple[OwnText, ...] = (OwnText(event_seq=_ANSWERED, text=text),)
        return Work(item=item, rubric=rubric, response=None, texts=own, turns=turns)
    response = _response(item, text)
    own = tuple(
        OwnText(event_seq=_ANSWERED, path=path, text=part) for path, part in own_texts(response).items()
    )
    return Work(item=item, rubric=rubric, response=response, texts=own)


def word_recall(text: str, reference: str) -> float | None:
    """Return the share of the reference's different words that a text uses; None without a reference."""
    wanted = set(words(reference))
    return round(len(wanted & set(words(text))) / len(wanted), 6) if wanted else None


def _response(item: Item, text: str) -> Response:
    if item.category is Category.SFT:
        return SftResponse(text=text)
    if item.category is Category.RUBRIC_WRITING and (rows := _rows(text)):
        return RubricWritingResponse(rows=rows)
    try:
        payload = json.loads(text)
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise invalid(
            "response",
            f"is no response to {item.id}",
            f"Give the JSON that the form of a task of the kind {item.category} sends.",
        )
    return parse_response(item, payload)


def _rows(text: str) -> tuple[RubricRow, ...]:
    """Read a rubric in lines; nothing where one of them is not a criterion."""
    lines = [line for line in text.splitlines() if line.strip()]
    found = [match for line in lines if (match := _ROW.match(line))]
    if not found or len(found) != len(lines):
        return ()
    return tuple(RubricRow(criterion=match[2], weight=int(match[1])) for match in found)
