"""Pages: one Jinja environment a language, its filters, and `render`."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assessor.locale import ENGLISH, PSEUDO, Interface, interface, offered, wanted
from assessor.web.assets import asset
from assessor.web.markdown import coded, markdown, verbatim
from assessor.web.telling import capitalised, told

HERE = Path(__file__).parent
LANGUAGE_COOKIE: Final = "assessor_language"
TRANSLATED: Final = ("candidate/", "mail/")
"""Where the pages are that candidates read, each in their language; the others are in English."""


def render(request: Request, name: str, status: int = 200, **context: object) -> HTMLResponse:
    """Render a template. `request` and the service's `settings` are in its context."""
    services = getattr(request.app.state, "services", None)
    context.setdefault("settings", services.settings if services else None)
    tag = language_of(request).tag if name.startswith(TRANSLATED) else ENGLISH
    body = environment(tag).get_template(name).render(request=request, **context)
    return HTMLResponse(body, status)


def language_of(request: Request) -> Interface:
    """Return the language that the visitor has chosen, else the best that their browser asks for."""
    chosen, accepted = request.cookies.get(LANGUAGE_COOKIE, ""), request.headers.get("accept-language", "")
    services = getattr(request.app.state, "services", None)
    is_development = services is not None and services.settings.environment == "development"
    return wanted(chosen if chosen not in PSEUDO or is_development else "", accepted)


@cache
def environment(tag: str = ENGLISH) -> Environment:
    """Return the environment of a language: autoescaped, strict about names."""
    language = interface(tag)
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # In a newstyle text a literal per cent sign is written %%.
    env.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined] # the extension adds it
    env.filters.update(
        markdown=markdown,
        coded=coded,
        verbatim=verbatim,
        clock=partial(clock, locale=language.locale),
        minutes=minutes,
        listed=partial(listed, locale=language.locale),
        iso=iso,
        sentence=partial(sentence, language=language),
        told=partial(told, language),
        moment=datetime.fromisoformat,
    )
    env.globals.update(
        asset=asset,
        lang=tag,
        dir=language.direction,
        interface=language,
        languages=[interface(one) for one in offered()],
        spoken=partial(spoken, tag),
    )
    return env


def iso(at: datetime) -> str:
    """Write a time for machines, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spoken(page: str, tag: str) -> Markup:
    """Return the attributes of an element whose words are in another language than the page."""
    if tag.partition("-")[0] == page.partition("-")[0]:
        return Markup()
    return Markup(' lang="{}" dir="{}"').format(tag, Locale.parse(tag, sep="-").text_direction)


def clock(at: datetime, form: str = "long", *, locale: Locale | None = None) -> Markup:
    """Write a time in UTC; the browser, which knows the reader's zone, writes it anew.

    `form` is `long`, `date` or `time`. Without a `locale` it is written in English.
    """
    utc = at.astimezone(UTC)
    date = format_date(utc, "long", locale or interface(ENGLISH).locale)
    words = {"long": f"{date}, {utc:%H:%M} UTC", "date": date, "time": f"{utc:%H:%M} UTC"}[form]
    return Markup('<time datetime="{}" data-form="{}">{}</time>').format(iso(at), form, words)


def minutes(value: float) -> str:
    """Write minutes, rounded up to halves: nobody is told less than it takes."""
    whole, half = divmod(math.ceil(value * 2), 2)
    return f"{whole or ''}{'½' if half else ''}"


def sentence(problem: str, subject: str = "", *, language: Interface | None = None) -> str:
    """Write what is wrong with a field as a sentence; without a subject, the field beside it is meant."""
    say = partial(told, language or interface(ENGLISH))
    words = f"{say(subject)} {say(problem)}" if subject else say(problem)
    return f"{capitalised(words)}."


def listed(words: Iterable[str], *, locale: Locale | None = None) -> str:
    """Join words as a sentence does: `a, b and c`."""
    return format_list(list(words), locale=locale or interface(ENGLISH).locale)
