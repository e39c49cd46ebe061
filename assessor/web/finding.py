"""Where words stand in the work of a case, over all of its pages."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import FormData

from assessor.services.reviewing import CaseItem
from assessor.web.casework import response_words

FIND: Final = "find"
"""The field for the words that are looked for."""
FOUND: Final = "found"
"""The field that says what the page shows already."""
STORE: Final = "do"
"""The field by which a button says that it was pressed to store."""
MAX_WORDS: Final = 200
MOST: Final = 50
"""Places that a page lists."""
AROUND: Final = 60
"""Characters that are shown before and after."""


@dataclass(frozen=True)
class Hit:
    """A place with the words, once for each turn or text."""

    place: str
    """Where a link to it leads."""
    item: CaseItem
    who: str
    before: str
    words: str
    after: str


@dataclass(frozen=True)
class Search:
    """What was looked for, and the first places where it stands."""

    words: str
    hits: tuple[Hit, ...] = ()
    count: int = 0
    """Of all places."""


def asked_in(form: FormData) -> str:
    """Return the words that a form looks for."""
    words = form.get(FIND)
    return words if isinstance(words, str) else ""


def searches(form: FormData) -> bool:
    """Whether a form looks for other words: it was sent from their field, and by no button to store."""
    return STORE not in form and asked_in(form) != (form.get(FOUND) or "")


def search(items: Sequence[CaseItem], words: str) -> Search:
    """Look for words in what was said and written; case and the width of spaces do not matter."""
    asked = " ".join(words.split())[:MAX_WORDS]
    if not asked:
        return Search("")
    pattern = re.compile(r"\s+".join(map(re.escape, asked.split())), re.IGNORECASE)
    hits = [hit for item in items for hit in _hits(item, pattern)]
    return Search(asked, tuple(hits[:MOST]), len(hits))


def _hits(item: CaseItem, pattern: re.Pattern[str]) -> Iterator[Hit]:
    for place, who, text in _texts(item):
        if found := pattern.search(text):
            start, end = found.span()
            before = ("…" if start > AROUND else "") + text[max(start - AROUND, 0) : start]
            after = text[end : end + AROUND] + ("…" if end + AROUND < len(text) else "")
            yield Hit(place, item, who, before, found[0], after)


def _texts(item: CaseItem) -> Iterable[tuple[str, str, str]]:
    """Yield every text with its place and whose it is; a correction is shown with what it replaces."""
    for turn in item.turns:
        who = "Candidate" if turn.speaker == "candidate" else "AI interviewer"
        yield f"turn-{turn.seq}", who, turn.text
    for later in item.corrections:
        yield f"turn-{later.replaces or later.seq}", "Candidate, added later", later.text
    for own in response_words(item):
        yield f"item-{item.item.id}", own.label, "".join(part.text for part in own.segments)
