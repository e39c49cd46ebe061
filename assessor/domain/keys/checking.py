"""One check of a key against its item: what does not hold, and in which of its fields."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from assessor.domain.code import code_in
from assessor.domain.item import Item
from assessor.domain.key_check import (
    ArithmeticCheck,
    CodeCheck,
    GlossCheck,
    KeyCheck,
    News2Check,
    TranscriptionCheck,
)
from assessor.domain.keys.arithmetic import FormulaError, as_decimal, evaluate, half_up, names_in
from assessor.domain.keys.definitions import uncallable
from assessor.domain.keys.glossing import misalignment
from assessor.domain.keys.news2 import points
from assessor.domain.keys.quoting import denies, states
from assessor.domain.keys.texts import key_texts, texts_of
from assessor.domain.keys.transcription import foreign_sign


class Failure(NamedTuple):
    """A field of a check, and why what it says does not hold."""

    field: str
    problem: str


def failures(check: KeyCheck, item: Item) -> Iterator[Failure]:
    """Yield what of a check does not hold. Of code it is only said whether there is any of that name."""
    yield from _RULES[type(check)](check, item)


def _arithmetic(check: ArithmeticCheck, item: Item) -> Iterator[Failure]:
    try:
        found = half_up(evaluate(check.formula, check.values), check.decimals)
        unused = sorted(check.values.keys() - names_in(check.formula))
    except FormulaError as error:
        yield Failure("formula", str(error))
        return
    for name in unused:
        yield Failure("values", f"{name!r} is not used by the formula")
    if found != half_up(as_decimal(check.result), check.decimals):
        yield Failure("result", f"is {check.result}, and the formula gives {found}")
    elif check.quote:
        yield from _quote(check, texts_of(item))


def _quote(check: ArithmeticCheck, texts: Sequence[str]) -> Iterator[Failure]:
    if not any(check.quote in text for text in texts):
        yield Failure("quote", "does not stand in the item, verbatim")
        return
    result = as_decimal(check.result)
    shown = half_up(result, check.decimals)
    if check.quoted_rightly and not states(check.quote, result, check.decimals):
        yield Failure("quote", f"does not state the result, {shown}, in figures")
    if not check.quoted_rightly and not denies(check.quote, result, check.decimals):
        yield Failure("quoted_rightly", f"is false, and the quote states no figure other than {shown}")


def _news2(check: News2Check, _: Item) -> Iterator[Failure]:
    found = points(check)
    if sum(found.values()) != check.result:
        parts = ", ".join(f"{name} {value}" for name, value in found.items())
        yield Failure("result", f"is {check.result}, and the parts add up to {sum(found.values())}: {parts}")


def _gloss(check: GlossCheck, _: Item) -> Iterator[Failure]:
    problem = misalignment(check.words, check.gloss)
    if check.well_formed and problem is not None:
        yield Failure("gloss", f"is not aligned: {problem}")
    if not check.well_formed and problem is None:
        yield Failure("well_formed", "is false, and words and gloss are aligned")


def _transcription(check: TranscriptionCheck, _: Item) -> Iterator[Failure]:
    if (problem := foreign_sign(check.text)) is not None:
        yield Failure("text", f"has what is no sign of the International Phonetic Alphabet: {problem}")


def _code(check: CodeCheck, item: Item) -> Iterator[Failure]:
    if check.of not in (known := key_texts(item)):
        names = ", ".join(known) or "none"
        yield Failure("of", f"the item has no text {check.of!r} that could be run; it has: {names}")
        return
    for name in uncallable(code_in(known[check.of]), check.tests):
        yield Failure("of", f"the code of {check.of!r} does not define {name!r}, which a test calls")


_RULES: Final[Mapping[type, Callable[[Any, Item], Iterator[Failure]]]] = MappingProxyType(
    {
        ArithmeticCheck: _arithmetic,
        News2Check: _news2,
        GlossCheck: _gloss,
        TranscriptionCheck: _transcription,
        CodeCheck: _code,
    }
)
