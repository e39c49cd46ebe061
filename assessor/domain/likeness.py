"""How alike two texts are, by the runs of words that they share."""

import re

WORD = re.compile(r"\w+")

Runs = frozenset[tuple[str, ...]]


def runs_of(texts: tuple[str, ...], length: int) -> Runs:
    """Return every run of so many words that stands in one of the texts. Case and signs do not count."""
    found: set[tuple[str, ...]] = set()
    for text in texts:
        words = WORD.findall(text.casefold())
        found.update(tuple(words[at : at + length]) for at in range(len(words) - length + 1))
    return frozenset(found)


def jaccard(one: Runs, other: Runs) -> float:
    """Return the share of all runs that both have: 1 for the same texts, 0 without a shared run."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0
