"""What a disguised sentence says: hidden letters, look-alikes, codes that a model reads as easily as words.

Every disguise is undone by a rule of its own. The results are only looked at; nobody is shown them as
the candidate's words, and nothing counts as evidence because of them.
"""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator

from assessor.domain.fence import is_invisible

_ENCODED = re.compile(r"(?<![\w/+])[A-Za-z0-9+/]{16,}={0,2}(?![\w/+])")
_HEXADECIMAL = re.compile(r"(?<!\w)(?:[0-9A-Fa-f]{2}){8,}(?!\w)")
_MARKUP = re.compile(r"<[^<>\n]{1,400}>")
_SPACED = re.compile(r"\b\w(?: \w\b){3,}(?:\s{2,}\w(?: \w\b)*)*")
_MIXED = re.compile(r"[A-Za-z][0-9@$!]|[0-9@$!][A-Za-z]")
_RIGHT_TO_LEFT = frozenset("\u202e\u2067\u202b")
_TAGS = range(0xE0020, 0xE007F)

_LEET = str.maketrans("013457@$!", "oieastasi")
_LOOKS_LIKE = {
    **dict(zip("аеорсухіѕјктмвгαεορικντυ", "aeopcyxisjktmbraeopikvtu", strict=True)),
    "н": "n",
}
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u2032", '\'\'"""""\'')


def plain(sentence: str) -> str:
    """Return it as it looks: without hidden characters, look-alikes of other scripts as Latin letters."""
    if sentence.isascii() and sentence.isprintable():
        return sentence.casefold()
    seen = "".join(c for c in sentence.translate(_QUOTES) if not is_invisible(c))
    folded = unicodedata.normalize("NFKC", seen).casefold()
    if folded.isascii():
        return folded
    return " ".join(_latin(word) for word in folded.split())


def undisguised(sentence: str) -> Iterator[str]:
    """Yield what stands behind each disguise that the sentence wears; nothing for ordinary words."""
    yield from _base64(sentence)
    yield from _hexadecimal(sentence)
    if any(ord(c) in _TAGS for c in sentence):
        yield "".join(chr(ord(c) - 0xE0000) for c in sentence if ord(c) in _TAGS)
    if _RIGHT_TO_LEFT & set(sentence):
        yield plain(sentence)[::-1]
    if "<" in sentence and _MARKUP.search(sentence):
        yield from filter(str.strip, _MARKUP.split(sentence))
    if _SPACED.search(sentence):
        yield _SPACED.sub(lambda run: _joined(run.group()), sentence)
    if _MIXED.search(sentence):
        yield " ".join(word.translate(_LEET) if _MIXED.search(word) else word for word in sentence.split())


def rotated(sentence: str) -> str:
    """Return it with every letter 13 places on, which undoes the same."""
    return codecs.encode(sentence, "rot13")


def _latin(word: str) -> str:
    """Only a word that mixes scripts is a disguise; a Russian word stays Russian."""
    if not re.search(r"[a-z]", word):
        return word
    return "".join(_LOOKS_LIKE.get(c, c) for c in word)


def _joined(run: str) -> str:
    """Join letters that single spaces part; wider gaps are between words."""
    return " ".join(word.replace(" ", "") for word in re.split(r"\s{2,}", run))


def _base64(sentence: str) -> Iterator[str]:
    for match in _ENCODED.finditer(sentence):
        try:
            text = base64.b64decode(match.group(), validate=True).decode("ascii")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if _is_text(text):
            yield text


def _hexadecimal(sentence: str) -> Iterator[str]:
    for match in _HEXADECIMAL.finditer(sentence):
        try:
            text = bytes.fromhex(match.group()).decode("ascii")
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            yield text


def _is_text(text: str) -> bool:
    return text.isprintable() and " " in text
