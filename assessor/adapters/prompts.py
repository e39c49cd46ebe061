"""Prompts from files: every word that is sent to a model, as Jinja2 templates."""

from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assessor.domain.value import content_hash

SUFFIX = ".j2"


class FilePrompts:
    """The templates under one folder, named by their path in it, for instance `judge/system.j2`.

    Values are only ever inserted, never compiled: a candidate's `{{ ... }}` stays what it is.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._templates = Environment(
            loader=FileSystemLoader(root),
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701 -- plain text for a model; HTML escapes would alter quotes
            keep_trailing_newline=False,
            auto_reload=False,  # the hash that a verdict binds is of what is loaded
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all templates, sorted."""
        found = (path.relative_to(self._root).as_posix() for path in self._root.rglob(f"*{SUFFIX}"))
        return tuple(sorted(found))

    @cached_property
    def hash(self) -> str:
        """The content hash of all files with their names: templates, and what is said without a model."""
        files = sorted(path for path in self._root.rglob("*") if path.suffix in {SUFFIX, ".yaml"})
        return content_hash(
            {path.relative_to(self._root).as_posix(): path.read_text("utf-8") for path in files}
        )

    def render(self, name: str, **values: object) -> str:
        """Render one template.

        Raises jinja2.UndefinedError for a missing value, jinja2.TemplateNotFound for an unknown name.
        """
        return self._templates.get_template(name).render(values)
