"""Signs of the International Phonetic Alphabet (chart revised to 2020; Handbook of the IPA, 1999)."""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CONSONANTS = "pbtdʈɖcɟkɡgqɢʔmɱnɳɲŋɴʙrʀⱱɾɽɸβvfθðszʃʒʂʐçʝxɣχʁħʕhɦɬɮʋɹɻjɰlɭʎʟ"
OTHER_CONSONANTS = "ʘǀǃǂǁɓɗʄɠʛʍwɥʜʢʡɕʑɺɧ"
VOWELS = "iyɨʉɯuɪʏʊeøɘɵɤoəɛœɜɞʌɔæɐaɶɑɒɚɝ"
LATIN_FORMS = "ꞵꭓ"
"""Latin beta and chi, for fonts in which the Greek letters look Greek."""
MODIFIERS = "ʰʷʲˠˤⁿˡᶿˣᵊ˞ʼ˖˗˔˕"
SUPRASEGMENTALS = "ˈˌːˑ.|‖‿˥˦˧˨˩ꜜꜛ↓↑↗↘"
_COMBINING_POINTS = (
    0x0325, 0x030A, 0x032C, 0x0339, 0x0357, 0x0351, 0x031C, 0x031F, 0x0320, 0x0308, 0x033D, 0x0329, 0x030D,
    0x032F, 0x0311, 0x0324, 0x0330, 0x033C, 0x032A, 0x033A, 0x033B, 0x0303, 0x0334, 0x031D, 0x031E, 0x0318,
    0x0319, 0x031A, 0x0361, 0x035C, 0x0306, 0x030B, 0x0301, 0x0304, 0x0300, 0x030F, 0x030C, 0x0302, 0x1DC4,
    0x1DC5, 0x1DC8, 0x1DC6, 0x1DC7, 0x1DC9,
)  # fmt: skip
COMBINING = frozenset(map(chr, _COMBINING_POINTS))
"""Diacritics, tie bars and tone marks that stand on the letter before them."""

SIGNS: Final = (
    frozenset(CONSONANTS + OTHER_CONSONANTS + VOWELS + LATIN_FORMS + MODIFIERS + SUPRASEGMENTALS) | COMBINING
)

MEANT: Final[Mapping[str, str]] = MappingProxyType(
    {
        ":": "ː", "'": "ˈ", "’": "ʼ or ˈ", ",": "ˌ", "!": "ǃ", "?": "ʔ", "ε": "ɛ", "α": "ɑ", "φ": "ɸ",
        "γ": "ɣ", "ι": "ɪ", "ı": "ɪ", "ɩ": "ɪ", "ә": "ə", "ʦ": "t͡s", "ʣ": "d͡z", "ʧ": "t͡ʃ", "ʤ": "d͡ʒ",
        "š": "ʃ", "ž": "ʒ", "č": "t͡ʃ", "ñ": "ɲ", "ß": "s or β", "∫": "ʃ", "ɿ": "z̩",
    }
)  # fmt: skip
"""What is often typed, and the sign that was meant."""


def foreign_sign(text: str) -> str | None:
    """Say what in a transcription is no sign of the IPA; None where all are.

    >>> foreign_sign("ˈt͡ʃɛːŋ.ə") is None
    True
    >>> foreign_sign("tʃi:z")
    "':' (COLON) at character 4; ː was probably meant"
    """
    for place, sign in enumerate(unicodedata.normalize("NFC", text), 1):
        if not sign.isspace() and not _is_known(sign):
            name = unicodedata.name(sign, "a character without a name")
            meant = f"; {MEANT[sign]} was probably meant" if sign in MEANT else ""
            return f"{sign!r} ({name}) at character {place}{meant}"
    if unicodedata.normalize("NFD", text.strip())[:1] in COMBINING:
        return "it begins with a diacritic that stands on nothing"
    return None


def _is_known(sign: str) -> bool:
    """Whether a character is a sign, or a letter with diacritics that Unicode writes as one.

    A caron is a rising tone in the IPA; on š and ž it is no tone, but another way of writing.
    """
    return sign in SIGNS or (sign not in MEANT and all(part in SIGNS for part in _parts(sign)))


def _parts(sign: str) -> str:
    """Take a composed letter apart, but not the cedilla off ç, which is a letter of its own."""
    return unicodedata.normalize("NFD", sign).replace("c\u0327", "ç")
