"""How candidate text is fenced: what a model reads of a person is one JSON string, and only data.

A fence does not make a model obedient. It makes sure that no character of the text can end the
string, imitate the fence, or stay hidden from the people who read what the model read.
"""

import json
import re
import unicodedata

_TOKEN = re.compile(r"[0-9a-f]{32}")

_KEPT_CONTROLS = frozenset("\n\t")

# Category Cf, yet printed: signs that stand before a number or end a verse in Arabic, Syriac and Kaithi.
_VISIBLE_FORMATS = frozenset(
    map(chr, [*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD])
)

# Not Cf, yet never printed: joiners, fillers, variation selectors, and the whole plane 14 block of tags.
_BLANKS = frozenset(
    map(
        chr,
        [
            0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2065, 0x3164,
            *range(0xFE00, 0xFE10), 0xFFA0, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000),
        ],
    )
)  # fmt: skip

# What str.splitlines and str.isspace take for a break. \x1f separates words, the others lines.
_BREAKS = str.maketrans({**dict.fromkeys("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n"), "\x1f": " "})


_PLAIN = re.compile(r"[\t\n -~]*")


def is_invisible(character: str) -> bool:
    """Whether a character leaves no mark: controls but newline and tab, bidi marks, tags, zero width."""
    if character in _KEPT_CONTROLS or character in _VISIBLE_FORMATS:
        return False
    return character in _BLANKS or unicodedata.category(character) in {"Cc", "Cf", "Cs"}


def normalised(text: str) -> str:
    """Return the copy that a model reads: NFC, every line end a newline, invisible characters out.

    Doing it twice changes nothing. People are shown the text as it was typed.
    """
    if _PLAIN.fullmatch(text):
        return text
    lines = text.replace("\r\n", "\n").translate(_BREAKS)
    # Each kind of character is looked at once: a long text has few.
    invisible = dict.fromkeys(map(ord, filter(is_invisible, set(lines))))
    return unicodedata.normalize("NFC", lines.translate(invisible) if invisible else lines)


def fence(text: str, token: str) -> str:
    """Return the normalised text as one line of JSON between two lines that carry the token.

    `token` is 32 hexadecimal digits, drawn anew for each call, so the text cannot know it. JSON
    turns every newline, quote and backslash into an escape: no line of the text is a line here.
    Raises ValueError for a token of another form, and when the token occurs in the text.
    """
    if not _TOKEN.fullmatch(token):
        raise ValueError("a fence takes a token of 32 lower-case hexadecimal digits")
    clean = normalised(text)
    if token in clean.casefold():
        raise ValueError("the fence's token occurs in the text; draw another")
    return f"<<<{token}\n{json.dumps(clean, ensure_ascii=False)}\n{token}>>>"
