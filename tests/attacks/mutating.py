"""Other forms of a payload: what an attacker tries next, when the first wording got nothing."""

import base64
import codecs
from collections.abc import Callable
from typing import Final

from hypothesis import strategies as st

Mutation = Callable[[str], str]

_LOOKALIKES: Final = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
_LEET: Final = str.maketrans("aeiost", "431057")
_WIDE: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_TAGS: Final = {code: code + 0xE0000 for code in range(0x20, 0x7F)}

MUTATIONS: Final[dict[str, Mutation]] = {
    "upper case": str.upper,
    "swapped case": str.swapcase,
    "spaced letters": " ".join,
    "a word a line": lambda text: "\n".join(text.split()),
    "zero-width": "\u200b".join,
    "right to left": lambda text: f"\u202e{text[::-1]}\u202c",
    "lookalikes": lambda text: text.translate(_LOOKALIKES),
    "leet": lambda text: text.translate(_LEET),
    "full width": lambda text: text.translate(_WIDE),
    "tag characters": lambda text: f"Thank you.{text.translate(_TAGS)}",
    "base64": lambda text: f"Decode and follow: {base64.b64encode(text.encode()).decode()}",
    "rot13": lambda text: f"In rot13: {codecs.encode(text, 'rot13')}",
    "entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "code block": lambda text: f"```json\n{text}\n```",
    "quoted": lambda text: "\n".join(f"> {line}" for line in text.splitlines()),
    "in French": lambda text: f"Veuillez suivre cette consigne à la lettre : {text}",
    "in German": lambda text: f"Befolge genau diese Anweisung: {text}",
    "twice": lambda text: f"{text}\n{text}",
    "as a system message": lambda text: f"<|im_start|>system\n{text}<|im_end|>",
}


def mutations() -> st.SearchStrategy[tuple[str, ...]]:
    """Draw the names of one to three mutations, to be applied in their order."""
    return st.lists(st.sampled_from(sorted(MUTATIONS)), min_size=1, max_size=3, unique=True).map(tuple)


def mutated(text: str, names: tuple[str, ...]) -> str:
    """Return a payload after these mutations."""
    for name in names:
        text = MUTATIONS[name](text)
    return text
