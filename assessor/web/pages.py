"""Pages: one Jinja environment, its filters, and `render`."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assessor.web.assets import asset
from assessor.web.markdown import markdown, verbatim

HERE = Path(__file__).parent


def render(request: Request, name: str, status: int = 200, **context: object) -> HTMLResponse:
    """Render a template. `request` and the service's `settings` are in its context."""
    services = getattr(request.app.state, "services", None)
    context.setdefault("settings", services.settings if services else None)
    body = environment().get_template(name).render(request=request, **context)
    return HTMLResponse(body, status)


@cache
def environment() -> Environment:
    """Return the one environment: autoescaped, strict about names, ready for translation."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # In a newstyle text a literal per cent sign is written %%.
    env.install_gettext_translations(NullTranslations(), newstyle=True)  # type: ignore[attr-defined] # the extension adds it
    env.filters.update(
        markdown=markdown,
        verbatim=verbatim,
        clock=clock,
        minutes=minutes,
        listed=listed,
        iso=iso,
        sentence=sentence,
        moment=datetime.fromisoformat,
    )
    env.globals["asset"] = asset
    return env


def iso(at: datetime) -> str:
    """Write a time for machines, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock(at: datetime, form: str = "long") -> Markup:
    """Write a time in UTC; the browser, which knows the reader's zone, writes it anew.

    `form` is `long`, `date` or `time`.
    """
    utc = at.astimezone(UTC)
    date = f"{utc.day} {utc:%B %Y}"
    words = {"long": f"{date}, {utc:%H:%M} UTC", "date": date, "time": f"{utc:%H:%M} UTC"}[form]
    return Markup('<time datetime="{}" data-form="{}">{}</time>').format(iso(at), form, words)


def minutes(value: float) -> str:
    """Write minutes, rounded up to halves: nobody is told less than it takes."""
    whole, half = divmod(math.ceil(value * 2), 2)
    return f"{whole or ''}{'½' if half else ''}"


def sentence(problem: str, subject: str = "") -> str:
    """Write what is wrong with a field as a sentence; without a subject, the field beside it is meant."""
    words = f"{subject} {problem}" if subject else problem
    return f"{words[:1].upper()}{words[1:]}."


def listed(words: Iterable[str]) -> str:
    """Join words as a sentence does: `a, b and c`."""
    *head, last = list(words) or [""]
    return f"{', '.join(head)} and {last}" if head else last
