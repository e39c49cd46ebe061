"""What a candidate wrote, by kind: cut into passages that can be looked for, in every way they may stand."""

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assessor.domain import events as e
from assessor.domain.response import own_texts

LEAST_CHARS: Final = 16
"""Shorter words stand in many places by chance."""
MOST_CHARS: Final = 48
MOST_SAMPLES: Final = 32

DRAFTS: Final = "drafts"
ADDRESS: Final = "mail address"
"""Kinds that stand beside the log."""


@dataclass(frozen=True)
class Sample:
    """A passage of a candidate's, and what kind of text it is from."""

    kind: str
    text: str


def written_in(fact: e.Fact) -> Iterator[Sample]:
    """Yield the texts of a fact that are the candidate's own, or quote them."""
    match fact:
        case e.CandidateMessage() | e.AnswerCorrected():
            yield Sample("conversation", fact.text)
        case e.WordsRedacted():
            for left in fact.left:
                yield from written_in(left.fact)
        case e.ResponseHandedIn():
            yield from (Sample("answers", text) for text in own_texts(fact.response).values())
        case e.ModelReplied():
            yield Sample("replies of models", fact.reply)
        case e.AccommodationRequested():
            yield Sample("accommodation notes", fact.note)
        case e.SignalReplied():
            yield Sample("replies to findings", fact.text)
        case e.AppealFiled():
            yield Sample("appeals", fact.note)
        case e.FollowUpAnswered():
            yield Sample("follow-up answers", fact.text)
        case _:
            return


def passages_of(text: str) -> Iterator[str]:
    """Yield passages that are long enough to be nobody else's: the beginning of each line and sentence."""
    for part in re.split(r"(?<=[.!?])\s+|\n+", text):
        passage = part.strip()[:MOST_CHARS].strip()
        if len(passage) >= LEAST_CHARS:
            yield passage


def forms_of(text: str) -> tuple[bytes, ...]:
    """Return how a text may be written down: as it is, in JSON, in HTML, in UTF-16, in base64 and in hex."""
    plain = text.encode("utf-8", "surrogatepass")
    written = [
        json.dumps(text)[1:-1].encode(),
        html.escape(text).encode("utf-8", "surrogatepass"),
        text.encode("utf-16-le", "surrogatepass"),
        *forms_of_bytes(plain),
    ]
    return tuple(dict.fromkeys(written))


def forms_of_bytes(plain: bytes) -> tuple[bytes, ...]:
    """Return how bytes may be written down: as they are, in hex as dumps of databases do, and in base64."""
    # Three ways, by where in a group of three bytes they begin; the rims depend on what is beside.
    groups = (base64.b64encode(plain[skip:])[: (len(plain) - skip) // 3 * 4] for skip in range(3))
    return (plain, plain.hex().encode(), *groups)


def spread(passages: Mapping[str, Sequence[str]], most: int) -> tuple[Sample, ...]:
    """Return at most so many, the same number of each kind where there are enough, from first to last."""
    counts = dict.fromkeys(passages, 0)
    while sum(counts.values()) < most:
        short = [kind for kind, texts in passages.items() if counts[kind] < len(texts)]
        if not short:
            break
        for kind in short[: most - sum(counts.values())]:
            counts[kind] += 1
    return tuple(
        Sample(kind, texts[place * len(texts) // counts[kind]])
        for kind, texts in passages.items()
        for place in range(counts[kind])
    )
