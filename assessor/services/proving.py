"""Proof of an erasure: what a candidate wrote is sampled, erased, and then looked for everywhere.

Of somebody whose key is gone already there is nothing to sample. Then the proof goes by ids: the ledger, what
the database still has of them, and whether a copy of a database has their key.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assessor.domain.value import strings_in
from assessor.ports import Content, DestroyedKeys, KeptAssessment, Needle, Remains, Searched, Store
from assessor.services.erasing import Erasing, Holding
from assessor.services.own_words import (
    ADDRESS,
    DRAFTS,
    LEAST_CHARS,
    MOST_SAMPLES,
    Sample,
    forms_of,
    forms_of_bytes,
    passages_of,
    spread,
    written_in,
)

KEY = "the wrapped data key"


@dataclass(frozen=True)
class Proof:
    """What was erased and looked for, and where it was found, which should be nowhere."""

    candidate_id: str
    by: Literal["words", "ids"]
    """`ids`: the key was gone before, and no words were left to look for."""
    samples: Mapping[str, int]
    """How many passages were looked for, by what kind of text they are from."""
    searched: tuple[Searched, ...]
    unsearched: tuple[str, ...]
    """Where something could lie that this cannot see."""
    noted_at: datetime | None
    """When the ledger of destroyed keys says the key was destroyed; None where it does not."""
    rows_left: Mapping[str, int]
    """Rows in the database, by table, that should be gone."""

    @property
    def found(self) -> tuple[Searched, ...]:
        """The places where something was found."""
        return tuple(one for one in self.searched if one.found)

    @property
    def unopened(self) -> tuple[Searched, ...]:
        """The places that could not be read as a whole."""
        return tuple(one for one in self.searched if one.unopened)

    @property
    def nothing_found(self) -> bool:
        """Whether nothing was found where it was looked for, and the ledger has them."""
        return not self.found and not self.rows_left and self.noted_at is not None


class Proving:
    """Erases and searches."""

    def __init__(
        self, store: Store, content: Content, erasing: Erasing, ledger: DestroyedKeys, remains: Remains
    ) -> None:
        self._store = store
        self._content = content
        self._erasing = erasing
        self._ledger = ledger
        self._remains = remains

    async def erase(self, found: Holding, *, before_term: bool = False) -> Proof:
        """Erase, and look for a sample of what was written, and for the key. Raises as `Erasing.erase`.

        Of somebody who was erased before, as where an older backup was restored, it deletes again what came
        back, and looks by ids.
        """
        key = await self._store.sealed_key(found.person.id)
        if key is None:
            await self._erasing.erase_again(found)
            await self._remains.compact()
            copies = await self._remains.copies_with_key(found.person.id)
            return await self._proof(found, "ids", (), copies)
        samples = await self._samples(found)
        await self._erasing.erase(found, before_term=before_term)
        await self._remains.compact()
        return await self._proof(found, "words", samples, await self._remains.search(_needles(key, samples)))

    async def _proof(
        self,
        found: Holding,
        by: Literal["words", "ids"],
        samples: tuple[Sample, ...],
        searched: tuple[Searched, ...],
    ) -> Proof:
        noted = (await asyncio.to_thread(self._ledger.noted)).get(found.person.id)
        return Proof(
            found.person.id,
            by,
            Counter(one.kind for one in samples),
            searched,
            self._remains.unsearched,
            noted.at if noted else None,
            await self._store.rows_left(found.person.id),
        )

    async def _samples(self, found: Holding) -> tuple[Sample, ...]:
        passages: dict[str, dict[str, None]] = {}
        for one in found.assessments:
            known = await self._known(one.track)
            for text in [text async for text in self._written(one)]:
                fresh = {part: None for part in _parts(text) if part not in known}
                passages.setdefault(text.kind, {}).update(fresh)
        return spread({kind: tuple(texts) for kind, texts in passages.items()}, MOST_SAMPLES)

    async def _written(self, one: KeptAssessment) -> AsyncIterator[Sample]:
        for event in await self._store.events(one.id):
            for text in written_in(event.fact):
                yield text
        for draft in await self._store.drafts(one.id):
            for words in strings_in(draft.payload):
                yield Sample(DRAFTS, words)
        if address := await self._store.mail_address(one.id):
            yield Sample(ADDRESS, address)

    async def _known(self, track: str) -> str:
        """Return all text of a track: what was copied out of a task stands in the task as well."""
        items = (await self._content.library(track)).items.get(track, {})
        return "\n".join(text for item in items.values() for text in strings_in(item.model_dump(mode="json")))


def _parts(text: Sample) -> Iterator[str]:
    """Yield what is looked for of a text: an address as a whole, anything else by its passages."""
    if text.kind != ADDRESS:
        yield from passages_of(text.text)
    elif len(text.text) >= LEAST_CHARS:
        yield text.text


def _needles(key: bytes, samples: tuple[Sample, ...]) -> list[Needle]:
    """Return everything to look for. No name says any of it."""
    return [Needle(KEY, form) for form in forms_of_bytes(key)] + [
        Needle(f"sample {number} ({sample.kind})", form)
        for number, sample in enumerate(samples, 1)
        for form in forms_of(sample.text)
    ]
