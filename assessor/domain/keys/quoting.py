"""Figures as people write them in a text."""

import re
from collections.abc import Iterator
from decimal import Decimal

from assessor.domain.keys.arithmetic import half_up

_FIGURE = re.compile(
    r"(?:(?<![^\s(=:*|\[\"'“‘])(?P<sign>[-+−–]))?"
    r"(?:[$€£¥]\s?)?(?<![\w.,])"
    r"(?P<number>\d{1,3}(?:(?P<mark>[,'\u2019\u00a0\u202f\u2009 ])\d{3})(?:(?P=mark)\d{3})*(?!\d)(?:\.\d+)?"
    r"|\d+(?:[.,]\d+)?|\.\d+)"
    r"(?P<power>[eE][-+]?\d{1,3}(?!\w))?"
)
"""Thousands may be marked by a comma, an apostrophe or a space; a comma before other than three digits
is a decimal one. A sign is a sign only where a word could begin and the figure follows at once: there is
none in 10-12, in 5%–6% and at the head of a list. What a plain space divides is read both ways: `2 500`
is 2500, and in "2 500 mg tablets" it is 2 and 500."""

_MINUS = ("-", "−", "–")
_MARKS = re.compile(r"[,'\u2019\u00a0\u202f\u2009 ]")


def figures(text: str) -> Iterator[tuple[Decimal, bool]]:
    """Yield every figure, and whether it has a sign of its own.

    >>> [str(figure) for figure, _ in figures("From 1,250.50 to −3,5 (10-12)")]
    ['1250.50', '-3.5', '10', '12']
    """
    for found in _FIGURE.finditer(text):
        number, sign = found["number"], found["sign"]
        plain = _MARKS.sub("", number) if found["mark"] else number.replace(",", ".")
        value = Decimal(plain + (found["power"] or ""))
        yield (-value if sign in _MINUS else value), bool(sign)
        if found["mark"] == " ":
            yield from ((Decimal(part), False) for part in number.split())


def states(text: str, result: Decimal, decimals: int) -> bool:
    """Whether a text states the result, to so many decimals.

    A figure without a sign may stand for a negative result: the words around it can say "lost".
    """
    wanted = half_up(result, decimals)
    return any(
        half_up(figure, decimals) == wanted or (not signed and half_up(figure, decimals) == -wanted)
        for figure, signed in figures(text)
    )


def denies(text: str, result: Decimal, decimals: int) -> bool:
    """Whether a text states figures, and none of them is the result as it stands."""
    wanted = half_up(result, decimals)
    found = [half_up(figure, decimals) for figure, _ in figures(text)]
    return bool(found) and wanted not in found
