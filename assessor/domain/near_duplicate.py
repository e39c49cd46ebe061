"""Near-duplicates: two people's answers to one item that share so much wording that a person should look.

Answers that share much are found by MinHash signatures (Broder 1997, "On the resemblance and containment of
documents") that are cut into bands (Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets", 3.4): two
answers with a band in common are worth a comparison, so looking is reading an index. What is found so is
compared exactly, run by run. Words of the task and of the interviewer are taken out before either.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from assessor.domain.evidence import Evidence, OwnText
from assessor.domain.likeness import WORD, Runs, jaccard, runs_of
from assessor.domain.noticed import NoticedPassages
from assessor.domain.signal_rule import EDITION_OF
from assessor.domain.thresholds import THRESHOLDS

EDITION: Final = EDITION_OF["alike"]
MAX_PASSAGES: Final = 5


@dataclass(frozen=True)
class Measured:
    """What the rule did on simulated answers (docs/integrity.md)."""

    apart: int
    """Pairs of different answers to the same item, each in one of four styles."""
    wrong: int
    """How many of these it marked."""


MEASURED: Final = Measured(apart=9904, wrong=3)
"""A test measures it again."""

_LIMITS = THRESHOLDS.near_duplicate


@dataclass(frozen=True)
class FreeText:
    """All that one candidate wrote freely to one item, and what was said to them first."""

    texts: tuple[OwnText, ...]
    told: tuple[str, ...] = ()
    """The task's texts, and the interviewer's turns."""

    @cached_property
    def runs(self) -> Runs:
        """The runs of words that are the candidate's."""
        written = tuple(one.text for one in self.texts)
        return runs_of(written, _LIMITS.run) - runs_of(self.told, _LIMITS.run)

    @property
    def is_long_enough(self) -> bool:
        """Whether it says enough to be compared at all."""
        return len(self.runs) >= _LIMITS.least_runs


@dataclass(frozen=True, kw_only=True)
class Alike(NoticedPassages):
    """An answer that was found to share much of its wording with an earlier one of somebody else."""

    other: str
    """The other assessment. Its candidate handed in first, and nothing is held against them."""
    likeness: float


def likeness(mine: FreeText, theirs: FreeText) -> float:
    """Return the share of all runs that both have, leaving out what either of them was told."""
    told = runs_of((*mine.told, *theirs.told), _LIMITS.run)
    return jaccard(mine.runs - told, theirs.runs - told)


def is_near_duplicate(mine: FreeText, theirs: FreeText) -> bool:
    """Whether two answers are alike enough for a person to look, and long enough to tell."""
    is_told = mine.is_long_enough and theirs.is_long_enough
    return is_told and likeness(mine, theirs) >= _LIMITS.likeness


def shared_passages(mine: FreeText, theirs: FreeText) -> tuple[Evidence, ...]:
    """Return where `mine` has the longest passages that `theirs` has as well, in the order of the texts."""
    both = mine.runs & theirs.runs
    found = [place for one in mine.texts for place in _passages(one, both)]
    longest = sorted(found, key=lambda place: place.start - place.end)[:MAX_PASSAGES]
    return tuple(place for place in found if place in longest)


def _passages(own: OwnText, shared: Runs) -> Iterable[Evidence]:
    """Yield the stretches that shared runs cover."""
    words = list(WORD.finditer(own.text))
    said = [word.group().casefold() for word in words]
    start = end = -1
    for at in range(len(words) - _LIMITS.run + 1):
        if tuple(said[at : at + _LIMITS.run]) not in shared:
            continue
        first, last = words[at].start(), words[at + _LIMITS.run - 1].end()
        if start >= 0 and first > end:
            yield Evidence(event_seq=own.event_seq, path=own.path, start=start, end=end)
            start = first
        start, end = (first if start < 0 else start), last
    if start >= 0:
        yield Evidence(event_seq=own.event_seq, path=own.path, start=start, end=end)


def bands_of(runs: Runs, secret: bytes, *scope: str) -> tuple[int, ...]:
    """Return the bands of an answer: 64-bit numbers that tell nothing without the secret.

    Every hash is keyed, so that nobody who reads the table can try out texts, and two scopes (a platform, an
    item) have no band in common. Of permutations, `bands` times `rows` of the form a*h + b modulo 2^64 are
    taken, in which every odd `a` is one to one.
    """
    import numpy as np

    key = hashlib.blake2b("\n".join(scope).encode(), key=secret[:64], digest_size=32).digest()
    size = _LIMITS.bands * _LIMITS.rows
    hashed = b"".join(_digest(" ".join(run).encode(), key) for run in runs)
    runs_hashed = np.frombuffer(hashed, dtype="<u8")
    factors, terms = np.frombuffer(hashlib.shake_256(key).digest(16 * size), dtype="<u8").reshape(2, size, 1)
    least = ((factors | np.uint64(1)) * runs_hashed + terms).min(axis=1)
    return tuple(
        int.from_bytes(_digest(bytes([number]) + band.tobytes(), key), "big", signed=True)
        for number, band in enumerate(least.reshape(_LIMITS.bands, _LIMITS.rows))
    )


def _digest(data: bytes, key: bytes) -> bytes:
    return hashlib.blake2b(data, key=key, digest_size=8).digest()


def chance_of_a_band(likeness: float) -> float:
    """Return how probably two answers of a likeness share a band (Leskovec et al., 3.4.2)."""
    return float(1 - (1 - likeness**_LIMITS.rows) ** _LIMITS.bands)


def closest(mine: FreeText, others: Sequence[tuple[str, FreeText]]) -> tuple[str, FreeText] | None:
    """Return the near-duplicate that is most alike, the first of several; None where there is none."""
    found = [one for one in others if is_near_duplicate(mine, one[1])]
    return max(found, key=lambda one: likeness(mine, one[1]), default=None)
