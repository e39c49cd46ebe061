"""Prompts from files: every word that is sent to a model, as Jinja2 templates."""

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader, StrictUndefined, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assessor.domain.errors import invalid
from assessor.domain.value import content_hash

SUFFIX = ".j2"
JUDGE = "judge/"


class FilePrompts:
    """The templates under one folder, named by their path in it, for instance `judge/system.j2`.

    Values are only ever inserted, never compiled: a candidate's `{{ ... }}` stays what it is. Templates
    that came with a change, or in a package that somebody sent, can reach nothing but those values.
    """

    def __init__(self, root: Path, replaced: Mapping[str, str] | None = None) -> None:
        self._root = root
        self._replaced = dict(replaced or {})
        self._templates = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([DictLoader(self._replaced), FileSystemLoader(root)]),
            undefined=StrictUndefined,
            autoescape=False,
            keep_trailing_newline=False,
            auto_reload=False,  # the hash that a verdict binds is of what is loaded
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all templates, sorted."""
        found = (path.relative_to(self._root).as_posix() for path in self._root.rglob(f"*{SUFFIX}"))
        return tuple(sorted(found))

    def source(self, name: str) -> str | None:
        """Return a template as it is written; None where there is none of that name."""
        file = self._root / name
        return self._replaced.get(name) or (file.read_text("utf-8") if name in self.names else None)

    def hash_of(self, name: str) -> str:
        """Return the SHA-256 of one template's source."""
        return f"sha256:{sha256((self.source(name) or '').encode()).hexdigest()}"

    @cached_property
    def hash(self) -> str:
        """The content hash of all files with their names: templates, and what is said without a model."""
        files = sorted(path for path in self._root.rglob("*") if path.suffix in {SUFFIX, ".yaml"})
        texts = {path.relative_to(self._root).as_posix(): path.read_text("utf-8") for path in files}
        return content_hash(texts | self._replaced)

    def replaced(self, templates: Mapping[str, str]) -> "FilePrompts":
        """Return prompts in which these templates, by name, stand in place of the files."""
        return FilePrompts(self._root, self._replaced | dict(templates)) if templates else self

    def render(self, name: str, **values: object) -> str:
        """Render one template.

        Raises jinja2.UndefinedError for a missing value, jinja2.TemplateNotFound for an unknown name,
        jinja2.TemplateSyntaxError and jinja2.sandbox.SecurityError for one that cannot be used.
        """
        return self._templates.get_template(name).render(values)


def read_judge_prompts(folder: Path, installed: FilePrompts) -> dict[str, str]:
    """Return the judge's templates below a folder that are other than the installed ones, by name.

    The folder is laid out as the installed one; what it leaves out stays. Raises InvalidInput for a folder
    without any, for a template of another name or one that asks for what it would not get, and for words of
    the interviewer: stored conversations cannot tell how others would have gone.
    """
    found = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob(f"*{SUFFIX}"))
    }
    if not found:
        raise invalid("--prompts", f"{folder} holds no template", f"Lay it out as {JUDGE}system.j2 is.")
    other = {name: text for name, text in found.items() if text != installed.source(name)}
    for name, text in other.items():
        if not name.startswith(JUDGE) or name not in installed.names:
            known = ", ".join(one for one in installed.names if one.startswith(JUDGE))
            raise invalid("--prompts", f"{name} is no template of the judge", f"There are {known}.")
        _require_renderable(name, text, installed)
    return other


def _require_renderable(name: str, text: str, installed: FilePrompts) -> None:
    known = installed.source(name) or ""
    environment = ImmutableSandboxedEnvironment()
    try:
        asked = meta.find_undeclared_variables(environment.parse(text))
    except TemplateSyntaxError as fault:
        raise invalid(
            "--prompts", f"{name}, line {fault.lineno}: {fault.message}", "Correct the template."
        ) from None
    given = meta.find_undeclared_variables(environment.parse(known))
    if unknown := sorted(asked - given):
        raise invalid(
            "--prompts",
            f"{name} asks for {', '.join(unknown)}, which it is not given",
            f"It is given {', '.join(sorted(given)) or 'nothing'}.",
        )
