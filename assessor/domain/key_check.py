"""Executable keys: what a key claims, in a form that a machine can check.

A check that does not hold is an error of the library, like a field that is missing. `domain/keys/` works
them out; code is run by `check-library --run-code` and in the tests.
"""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.code import MAX_TESTS, CodeTest
from assessor.domain.ids import Slug
from assessor.domain.value import Value

Figure = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]


class CodeCheck(Value):
    """Code in a text of the item passes its tests, or fails at least one of them."""

    kind: Literal["code"] = "code"
    of: Slug
    """`response`, `reference`, or the id of one of several responses."""
    tests: Annotated[tuple[CodeTest, ...], Field(min_length=1, max_length=MAX_TESTS)]
    passes: bool


class ArithmeticCheck(Value):
    """A figure is what its formula gives."""

    kind: Literal["arithmetic"] = "arithmetic"
    name: Annotated[str, Field(min_length=3, max_length=120)]
    """What is worked out, with its unit."""
    formula: Annotated[str, Field(min_length=1, max_length=400)]
    """Names and numbers with + - * / ** ( ), and min, max, abs, round, sqrt, exp, log (the natural one)."""
    values: dict[Name, Figure] = Field(default_factory=dict)
    result: Figure
    decimals: Annotated[int, Field(ge=0, le=9)] = 2
    """To how many digits behind the point both are rounded, half up, before they are compared."""
    quote: Annotated[str, Field(max_length=600)] = ""
    """A passage of the item, verbatim, that states the figure; none where it only explains the key."""
    quoted_rightly: bool = True
    """Whether the passage states the result as it is; false where its being wrong is the flaw."""


class News2Check(Value):
    """A National Early Warning Score 2 (Royal College of Physicians, 2017) is the sum of its parts."""

    kind: Literal["news2"] = "news2"
    respiration: Annotated[int, Field(ge=0, le=100)]
    """Breaths a minute."""
    saturation: Annotated[int, Field(ge=0, le=100)]
    """SpO2 in per cent."""
    scale: Literal[1, 2] = 1
    """The SpO2 scale; 2 for a prescribed target of 88 to 92 per cent."""
    on_oxygen: bool
    systolic: Annotated[int, Field(ge=0, le=350)]
    """In mmHg."""
    pulse: Annotated[int, Field(ge=0, le=350)]
    consciousness: Literal["alert", "confusion", "voice", "pain", "unresponsive"]
    temperature: Annotated[float, Field(ge=20, le=46)]
    """In degrees Celsius."""
    result: Annotated[int, Field(ge=0, le=20)]


class GlossCheck(Value):
    """An interlinear gloss is aligned word by word and morpheme by morpheme (Leipzig Glossing Rules 1, 2)."""

    kind: Literal["gloss"] = "gloss"
    words: Annotated[str, Field(min_length=1, max_length=600)]
    gloss: Annotated[str, Field(min_length=1, max_length=600)]
    well_formed: bool = True
    """False where the misalignment is the flaw."""


class TranscriptionCheck(Value):
    """A transcription uses signs of the International Phonetic Alphabet alone."""

    kind: Literal["transcription"] = "transcription"
    text: Annotated[str, Field(min_length=1, max_length=600)]
    """Without the slashes or brackets around it."""


KeyCheck = Annotated[
    CodeCheck | ArithmeticCheck | News2Check | GlossCheck | TranscriptionCheck,
    Field(discriminator="kind"),
]
