"""Canaries: two criteria in every call whose answer code knows, one met and one unmet.

They look like any other criterion, so a model that was talked into "everything is met" gives itself
away. No character of the candidate's reaches them: a word that is asked for stands in the task as well.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count, islice

from assessor.ports import Prompts
from assessor.scoring.judge.reply import Verdict

_WORD = re.compile(r"(?<!\w)[^\W\d_]{5,}(?!\w)")
"""Whole words only: whether `read_upload` uses the word “upload”, careful graders could differ."""
_ANY_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Canary:
    """A criterion with its known answer."""

    text: str
    expected: Verdict


@dataclass(frozen=True)
class Decoys:
    """Statements about matters far from any task, each with the words by which one would speak of them."""

    prompts: Prompts
    statements: tuple[tuple[tuple[str, ...], str], ...]

    @classmethod
    def load(cls, prompts: Prompts) -> "Decoys":
        """Read them from their template: a line each, words and statement parted by a bar."""
        lines = prompts.render("judge/decoys.j2").splitlines()
        parted = (line.partition("|") for line in lines if line.strip())
        return cls(
            prompts,
            tuple(
                (tuple(word.strip().casefold() for word in words.split(",")), said.strip())
                for words, _, said in parted
            ),
        )

    def two(self, seed: str, *texts: str) -> tuple[Canary, Canary]:
        """Return two that none of the texts speaks of."""
        told = "\n".join(texts).casefold()
        ordered = sorted(self.statements, key=lambda one: digest(seed, one[1]))
        fitting = (said for words, said in ordered if not any(word in told for word in words))
        made_up = (self._unheard_of(digest(seed, str(number)), told) for number in count())
        first, second = islice(chain(fitting, made_up), 2)
        return Canary(first, "unmet"), Canary(second, "unmet")

    def _unheard_of(self, seed: str, told: str) -> str:
        """Make up a word: for a text that speaks of everything."""
        words = (_made_up(digest(seed, str(number))) for number in count())
        return self.prompts.render(
            "judge/uses_word.j2", word=next(word for word in words if word not in told)
        )


def met(prompts: Prompts, seed: str, own: str, task: str) -> Canary:
    """Return what is true of the candidate's words by looking: a word of the task, or their number."""
    shared = {word.casefold() for word in _WORD.findall(own)} & {w.casefold() for w in _WORD.findall(task)}
    if shared:
        word = min(shared, key=lambda one: digest(seed, one))
        return Canary(prompts.render("judge/uses_word.j2", word=word), "met")
    half = sum(1 for _ in _ANY_WORD.finditer(own)) // 2
    return Canary(prompts.render("judge/longer_than.j2", words=half), "met")


def digest(*parts: str) -> str:
    """Return a hash of texts, for orders and labels that are the same in a replay and tell nothing."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _made_up(seed: str) -> str:
    return "".join(_syllables(seed))


def _syllables(seed: str) -> Iterator[str]:
    for place in range(0, 8, 2):
        yield "bdfgklmnprstvzwx"[int(seed[place], 16)] + "aeiou"[int(seed[place + 1], 16) % 5]
