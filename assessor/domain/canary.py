"""Canaries: a phrase that stands in an item's key alone, so that whoever quotes it has seen the key."""

from collections.abc import Iterator
from typing import Final

from assessor.domain.evidence import Evidence
from assessor.domain.likeness import WORD, runs_of
from assessor.domain.near_duplicate import FreeText
from assessor.domain.signal_rule import EDITION_OF

EDITION: Final = EDITION_OF["quoted"]


def quotes(written: FreeText, canary: str) -> tuple[Evidence, ...]:
    """Return where the canary stands in the candidate's own words; case and signs do not count.

    Nowhere, if it was told to them: then they have it from us.
    """
    phrase = tuple(WORD.findall(canary.casefold()))
    if runs_of(written.told, len(phrase)) & {phrase}:
        return ()
    return tuple(_places(written, phrase))


def _places(written: FreeText, phrase: tuple[str, ...]) -> Iterator[Evidence]:
    for own in written.texts:
        words = list(WORD.finditer(own.text))
        said = [word.group().casefold() for word in words]
        for at in range(len(said) - len(phrase) + 1):
            if tuple(said[at : at + len(phrase)]) == phrase:
                start, end = words[at].start(), words[at + len(phrase) - 1].end()
                yield Evidence(event_seq=own.event_seq, path=own.path, start=start, end=end)
