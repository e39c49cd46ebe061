"""Letters in words: a template of plain text and one of HTML for each kind, ready for translation."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from assessor.domain.mail import Letter, Mail, one_line

TEMPLATES: Final = Path(__file__).with_name("templates")
ENGLISH: Final = "en"

Catalogue = Callable[[str], NullTranslations]
"""From a language to its translations; what has none is English."""


def _untranslated(_language: str) -> NullTranslations:
    return NullTranslations()


class TemplateLetters:
    """Fulfils `LetterWriter`. Names are made fit for headers here, whatever wrote them."""

    def __init__(self, catalogue: Catalogue = _untranslated) -> None:
        self._catalogue = catalogue
        self._environment = cache(self._made)

    def write(self, letter: Letter) -> Mail:
        """Return the letter in its language, or else in English."""
        environment = self._environment(letter.language)
        platform, track = one_line(letter.platform), one_line(letter.track)
        words = {"letter": letter, "platform": platform, "track": track}
        subject = one_line(environment.get_template("subject.txt").render(words), 200)
        return Mail(
            id=letter.id,
            to=letter.to,
            sender_name=platform,
            subject=subject,
            text=environment.get_template(f"{letter.kind}.txt").render(words),
            html=environment.get_template(f"{letter.kind}.html").render(words, subject=subject),
            language=str(environment.globals["lang"]),
            written_at=letter.written_at,
            unsubscribe=letter.unsubscribe,
        )

    def _made(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(enabled_extensions=("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        translations = self._catalogue(language)
        # In a newstyle text a literal per cent sign is written %%.
        environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined] # the extension adds it
        environment.globals["lang"] = translations.info().get("language", ENGLISH)
        environment.filters["moment"] = moment
        return environment


def moment(at: datetime) -> str:
    """Write a time in UTC: whoever writes a mail does not know its reader's zone."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y}, {utc:%H:%M} UTC"
