"""Pages that are written to a file: self-contained, for reading in a browser and for paper."""

from functools import cache

from markupsafe import Markup

from assessor.web.assets import STATIC
from assessor.web.pages import environment


def printed(name: str, **context: object) -> str:
    """Render a template of `printed/` as one HTML document that loads nothing."""
    return environment().get_template(f"printed/{name}.html").render(style=_style(), **context)


@cache
def _style() -> Markup:
    """Return the style sheet of the service and what paper needs on top, as an element.

    Pages that are served have no style of their own, which their policy forbids; a file has to carry it.
    """
    sheets = "\n".join((STATIC / name).read_text("utf-8") for name in ("style.css", "printed.css"))
    return Markup(f"<style>{sheets}</style>")  # noqa: S704 - our own files
