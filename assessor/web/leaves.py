"""The work of a case in pages, so that a long transcript stays light to load and to read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from starlette.datastructures import FormData

from assessor.domain.transcript import Correction, Turn
from assessor.services.reviewing import CaseItem
from assessor.web.casework import mark_id, passage_id

TURN: Final = "turn"
"""The field of a form that turns over to a page."""
MAX_TURNS: Final = 50
MAX_BYTES: Final = 180_000
"""Of words in UTF-8: even such as pack badly leave a page below 150 kB packed by gzip."""
_NUMBER: Final = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Leaf:
    """One page of the work; its items have what is on it of them."""

    items: tuple[CaseItem, ...]
    number: int
    """From 1."""
    count: int
    places: Mapping[str, int]
    """On which page each place is that a link leads to."""
    address: str
    """Where this page is."""
    also: str = ""
    """What else the address of a page says."""
    form: str = ""
    """Where the form goes whose fields are kept while one turns over; empty when there is nothing to keep."""

    def page_of(self, place: str) -> int:
        """Return the page of a place; what is not in the work is on every page."""
        return self.places.get(place, self.number)


def leaf(items: Sequence[CaseItem], wanted: str, address: str, form: str = "", also: str = "") -> Leaf:
    """Return the page that was asked for, or the nearest that there is."""
    pages = [*_pages(items)] or [()]
    asked = int(wanted) if _NUMBER.fullmatch(wanted) else 1
    number = min(max(asked, 1), len(pages))
    return Leaf(pages[number - 1], number, len(pages), _places(pages), address, also, form)


def page_in(form: FormData) -> str:
    """Return the page that comes after a form: the one to turn over to, else the one it was sent from."""
    page = form.get(TURN) or form.get("page")
    return page if isinstance(page, str) else ""


def turns_over(form: FormData) -> bool:
    """Whether a form was sent only to see another page of the work."""
    return TURN in form


def _pages(items: Sequence[CaseItem]) -> Iterator[tuple[CaseItem, ...]]:
    page: list[CaseItem] = []
    turns = size = 0
    for part in (part for item in items for part in _parts(item)):
        said, weight = len(_said(part)), _weight(part)
        if page and (turns + said > MAX_TURNS or size + weight > MAX_BYTES):
            yield tuple(page)
            page, turns, size = [], 0, 0
        if page and page[-1].item.id == part.item.id:
            page[-1] = _joined(page[-1], part)
        else:
            page.append(part)
        turns, size = turns + said, size + weight
    if page:
        yield tuple(page)


def _parts(item: CaseItem) -> Iterator[CaseItem]:
    """Yield an item turn by turn, what was added later at the end; whole where nobody spoke."""
    said = _said(item)
    if not said:
        yield item
    for one in said:
        own = tuple(later for later in item.corrections if later is one or later.replaces == one.seq)
        yield replace(item, turns=(one,) if isinstance(one, Turn) else (), corrections=own)


def _said(item: CaseItem) -> tuple[Turn | Correction, ...]:
    return (*item.turns, *(one for one in item.corrections if one.replaces is None))


def _versions(item: CaseItem) -> tuple[Turn | Correction, ...]:
    return (*item.turns, *item.corrections)


def _joined(one: CaseItem, other: CaseItem) -> CaseItem:
    return replace(one, turns=(*one.turns, *other.turns), corrections=(*one.corrections, *other.corrections))


def _weight(part: CaseItem) -> int:
    """Return the bytes of all that is shown of it."""
    texts = [one.text for one in _versions(part)]
    if not texts:
        texts = [part.item.model_dump_json(), part.response.model_dump_json() if part.response else ""]
    return sum(len(text.encode()) for text in texts)


def _places(pages: Sequence[Sequence[CaseItem]]) -> dict[str, int]:
    """Return on which page each item begins, and on which each piece of evidence is."""
    found: dict[str, int] = {}
    for number, page in enumerate(pages, 1):
        for part in page:
            turns = (f"turn-{one.seq}" for one in _said(part))
            for place in (f"item-{part.item.id}", f"noticed-{part.item.id}", *turns, *_evidence(part)):
                found.setdefault(place, number)
    return found


def _evidence(part: CaseItem) -> Iterator[str]:
    """Yield the id of every mark in what is on this page of an item."""
    seqs = {part.response_seq, *(one.seq for one in _versions(part))}
    for number, score in enumerate(part.scores, 1):
        for place, found in enumerate(score.evidence):
            if found.event_seq in seqs:
                yield mark_id(part, number, place)
    for place, found in enumerate(part.noticed.addressed, 1):
        if found.event_seq in seqs:
            yield passage_id(part, place)
