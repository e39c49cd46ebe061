"""Whether a text is written out in words, as what people are told has to be."""

import re

PROSE = re.compile(r"[A-Z][a-z]*[ ,].*[a-z0-9”]")
"""Begins with one capital letter, as sentences do, and ends small."""


def is_prose(text: str) -> bool:
    return bool(PROSE.fullmatch(text))


def is_sentence(text: str) -> bool:
    return text.endswith(".") and is_prose(text.removesuffix("."))
