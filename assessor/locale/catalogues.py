"""The catalogues: one `.po` file a language, compiled in memory when it is first asked for.

English is what the templates say, so it has no file. The pseudo-locales are made from English; they serve to
find what is not translated, what does not fit, and what assumes a direction of writing.
"""

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from assessor.locale.pseudo import Pseudo

HERE: Final = Path(__file__).parent
ENGLISH: Final = "en"
PSEUDO: Final = MappingProxyType({"en-XA": "ltr", "ar-XB": "rtl"})
"""Of accented and longer words, and of words written from right to left. Nobody is offered either."""
REVIEWED: Final = "Reviewed by a person: yes"
"""What the comment at the head of a catalogue says once somebody who speaks the language has read it."""
MAX_HEADER: Final = 500
"""Of an `Accept-Language` no more is read."""
_CLDR: Final = MappingProxyType({ENGLISH: "en_GB", "en-XA": "en_GB", "ar-XB": "he"})
"""Whose dates, numbers and lists a language has, where its own tag does not say it."""


@dataclass(frozen=True)
class Interface:
    """One language of the interface. `tag` is of BCP 47, and `name` is its name in itself."""

    tag: str
    name: str
    direction: str
    """`ltr` or `rtl`."""
    is_reviewed: bool
    """Whether a person has reviewed the translation; what has not been says so on every page."""
    locale: Locale
    """By whose customs dates, numbers and lists are written."""
    translations: NullTranslations

    def name_of(self, tag: str) -> str:
        """Return what another language is called in this one."""
        return Locale.parse(tag, sep="-").get_display_name(self.locale) or tag


def catalogue_file(tag: str) -> Path:
    """Return where the words of a language are."""
    return HERE / tag.replace("-", "_") / "LC_MESSAGES" / "messages.po"


def read(tag: str) -> Catalog:
    """Return the catalogue of a language as it is written."""
    with catalogue_file(tag).open("rb") as file:
        return read_po(file, locale=tag.replace("-", "_"))


@cache
def offered() -> tuple[str, ...]:
    """Return the tags of the languages that one can choose: English, then those that have a catalogue."""
    found = sorted(path.parent.parent.name.replace("_", "-") for path in HERE.glob("*/LC_MESSAGES/*.po"))
    return (ENGLISH, *found)


@cache
def interface(tag: str) -> Interface:
    """Return a language that is offered, or a pseudo-locale. Raises KeyError for any other."""
    if tag not in offered() and tag not in PSEUDO:
        raise KeyError(tag)
    locale = Locale.parse(_CLDR.get(tag, tag), sep="_" if tag in _CLDR else "-")
    if tag in PSEUDO:
        return Interface(tag, tag, PSEUDO[tag], True, locale, Pseudo(mirrored=PSEUDO[tag] == "rtl"))
    if tag == ENGLISH:
        return Interface(tag, "English", "ltr", True, locale, NullTranslations())
    catalogue = read(tag)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    name = (locale.get_display_name(locale) or tag).capitalize()
    is_reviewed = REVIEWED in catalogue.header_comment
    return Interface(tag, name, locale.text_direction, is_reviewed, locale, GNUTranslations(compiled))


def wanted(chosen: str, accepted: str) -> Interface:
    """Return the language that was chosen, else the best of an `Accept-Language`, else English.

    `chosen` may also name a pseudo-locale; one is never come upon otherwise.
    """
    if chosen in offered() or chosen in PSEUDO:
        return interface(chosen)
    return interface(next((tag for tag in map(_offered_as, _by_preference(accepted)) if tag), ENGLISH))


def _offered_as(tag: str) -> str:
    """Return the language that serves who asks for `tag`, as `es` serves for `es-MX`; empty if none does."""
    known = {one.casefold(): one for one in offered()}
    return known.get(tag) or known.get(tag.partition("-")[0], "")


def _by_preference(accepted: str) -> list[str]:
    """Return the tags of an `Accept-Language` (RFC 9110, 12.5.4), the dearest first and none refused."""
    weighed: list[tuple[float, str]] = []
    for part in accepted[:MAX_HEADER].split(","):
        tag, _, parameter = part.strip().casefold().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if tag and weight > 0:
            weighed.append((weight, tag))
    return [tag for _, tag in sorted(weighed, key=lambda one: -one[0])]
