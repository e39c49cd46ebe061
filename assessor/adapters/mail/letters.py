"""Letters in words: a template of plain text and one of HTML for each kind, in the candidate's language."""

from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from assessor.domain.mail import Letter, Mail, one_line
from assessor.locale import interface, wanted

TEMPLATES: Final = Path(__file__).with_name("templates")


class TemplateLetters:
    """Fulfils `LetterWriter`. Names are made fit for headers here, whatever wrote them."""

    def write(self, letter: Letter) -> Mail:
        """Return the letter in its language, or else in English."""
        language = wanted("", letter.language).tag
        environment = _environment(language)
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
            language=language,
            written_at=letter.written_at,
            unsubscribe=letter.unsubscribe,
        )


@cache
def _environment(tag: str) -> Environment:
    language = interface(tag)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # In a newstyle text a literal per cent sign is written %%.
    environment.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined] # the extension adds it
    environment.globals.update(lang=tag, dir=language.direction, is_reviewed=language.is_reviewed)
    environment.filters["moment"] = partial(moment, locale=language.locale)
    return environment


def moment(at: datetime, *, locale: Locale) -> str:
    """Write a time in UTC: whoever writes a mail does not know its reader's zone."""
    utc = at.astimezone(UTC)
    return f"{format_date(utc, 'long', locale)}, {utc:%H:%M} UTC"
