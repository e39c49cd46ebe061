"""Pseudo-translations: English that is told apart at sight, is longer, or runs from right to left."""

import re
from gettext import NullTranslations
from typing import Final

LONGER: Final = 0.4
"""By how much of its length a text grows: what German or Finnish do to short labels."""
_ACCENTED: Final = str.maketrans(
    "aceinosuyzACEINOSUYZ",
    "áçéíñóšúýžÁÇÉÍÑÓŠÚÝŽ",
)
_MIRRORED: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz",
    "אבצדעפגהיחקלמנוספרשתוזשקטז",
)
_KEPT: Final = re.compile(r"(%\(\w+\)s|%%)")
"""Places that values are put into."""


class Pseudo(NullTranslations):
    """Makes a translation of every text, in brackets, so that one sees where it is cut off."""

    def __init__(self, *, mirrored: bool) -> None:
        super().__init__()
        self._mirrored = mirrored

    def gettext(self, message: str) -> str:
        """Return the text with other letters, and longer."""
        parts = [part if _KEPT.fullmatch(part) else self._changed(part) for part in _KEPT.split(message)]
        padding = "~" * round(len(_KEPT.sub("", message)) * LONGER)
        # In words, as a longer language would have it: one long word could not be broken.
        spaced = " ".join(padding[at : at + 6] for at in range(0, len(padding), 6))
        return f"[{''.join(parts)} {spaced}]" if spaced else f"[{''.join(parts)}]"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for the number."""
        return self.gettext(msgid1 if n == 1 else msgid2)

    def _changed(self, text: str) -> str:
        return text.lower().translate(_MIRRORED) if self._mirrored else text.translate(_ACCENTED)
