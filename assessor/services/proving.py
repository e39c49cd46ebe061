"""Proof of an erasure: what a candidate wrote is sampled, erased, and then looked for everywhere."""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assessor.domain import events as e
from assessor.domain.errors import Conflict
from assessor.domain.response import own_texts
from assessor.domain.value import strings_in
from assessor.ports import Content, Needle, Remains, Searched, Store
from assessor.services.erasing import Erasing, Holding

LEAST_CHARS: Final = 16
"""Shorter words stand in many places by chance."""
MOST_CHARS: Final = 48
MOST_SAMPLES: Final = 24


@dataclass(frozen=True)
class Proof:
    """What was erased and looked for, and where it was found, which should be nowhere."""

    candidate_id: str
    samples: int
    searched: tuple[Searched, ...]

    @property
    def found(self) -> tuple[Searched, ...]:
        """The places where something was found."""
        return tuple(one for one in self.searched if one.found)


class Proving:
    """Erases and searches."""

    def __init__(self, store: Store, content: Content, erasing: Erasing, remains: Remains) -> None:
        self._store = store
        self._content = content
        self._erasing = erasing
        self._remains = remains

    async def erase(self, found: Holding, *, before_term: bool = False) -> Proof:
        """Erase, and look for a sample of what was written, and for the key.

        Raises Conflict when nothing is left to take a sample of, and as `Erasing.erase`.
        """
        key = await self._store.sealed_key(found.person.id)
        if key is None:
            raise Conflict(
                "This candidate was erased already, so there is nothing left to look for",
                "Leave --prove out; the erasure stands.",
            )
        samples = await self._samples(found)
        await self._erasing.erase(found, before_term=before_term)
        await self._remains.compact()
        needles = [Needle("the wrapped data key", key)]
        needles += [
            Needle(f"sample {number}", form)
            for number, text in enumerate(samples, 1)
            for form in forms_of(text)
        ]
        return Proof(found.person.id, len(samples), await self._remains.search(needles))

    async def _samples(self, found: Holding) -> tuple[str, ...]:
        passages: list[str] = []
        for one in found.assessments:
            own = [text for event in await self._store.events(one.id) for text in _own(event.fact)]
            drafts = [
                text for draft in await self._store.drafts(one.id) for text in strings_in(draft.payload)
            ]
            known = await self._known(one.track)
            passages += [part for text in [*own, *drafts] for part in passages_of(text) if part not in known]
        return _spread(list(dict.fromkeys(passages)), MOST_SAMPLES)

    async def _known(self, track: str) -> str:
        """Return all text of a track: what was copied out of a task stands in the task as well."""
        items = (await self._content.library(track)).items.get(track, {})
        return "\n".join(text for item in items.values() for text in strings_in(item.model_dump(mode="json")))


def _own(fact: e.Fact) -> Iterable[str]:
    match fact:
        case e.CandidateMessage() | e.AnswerCorrected():
            return (fact.text,)
        case e.ResponseHandedIn():
            return own_texts(fact.response).values()
        case e.ModelReplied():
            return (fact.reply,)
        case _:
            return ()


def passages_of(text: str) -> Iterator[str]:
    """Yield passages that are long enough to be nobody else's: the beginning of each line and sentence."""
    for part in re.split(r"(?<=[.!?])\s+|\n+", text):
        passage = part.strip()[:MOST_CHARS].strip()
        if len(passage) >= LEAST_CHARS:
            yield passage


def forms_of(text: str) -> tuple[bytes, ...]:
    """Return how a text may be written down: as it is, in JSON, in HTML, in UTF-16 and in base64."""
    plain = text.encode("utf-8", "surrogatepass")
    written = [
        plain,
        json.dumps(text)[1:-1].encode(),
        html.escape(text).encode("utf-8", "surrogatepass"),
        text.encode("utf-16-le", "surrogatepass"),
        # Three ways, by where in a group of three bytes the text begins; the rims depend on what is beside.
        *(base64.b64encode(plain[skip:])[: (len(plain) - skip) // 3 * 4] for skip in range(3)),
    ]
    return tuple(dict.fromkeys(written))


def _spread(passages: Sequence[str], most: int) -> tuple[str, ...]:
    """Return at most so many, from the first to the last."""
    step = max(1, -(-len(passages) // most))
    return tuple(passages[::step])
