"""Prompts from files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, TemplateNotFound, UndefinedError, meta

from assessor.adapters.prompts import FilePrompts

PROMPTS = Path(__file__).parents[2] / "prompts"


class Anything(dict[str, object]):
    """Stands for any value a template may want: a text, a record, a list of records."""

    def __str__(self) -> str:
        return "some text"

    def __missing__(self, key: str) -> "Anything":
        return Anything()

    def __getattr__(self, name: str) -> "Anything":
        return Anything()

    def __iter__(self) -> Iterator[Any]:
        return iter([Anything({"one": "thing"})])


def _templates() -> list[str]:
    return list(FilePrompts(PROMPTS).names)


def _wanted(name: str) -> set[str]:
    source = (PROMPTS / name).read_text("utf-8")
    return meta.find_undeclared_variables(Environment(autoescape=True).parse(source))


def test_there_are_templates_for_the_interview() -> None:
    assert {"interview/probe_system.j2", "interview/probe_user.j2"} <= set(_templates())


@pytest.mark.parametrize("name", _templates())
def test_every_template_renders_with_the_values_it_names(name: str) -> None:
    values = {wanted: Anything() for wanted in _wanted(name)}

    rendered = FilePrompts(PROMPTS).render(name, **values)

    assert rendered.strip()


@pytest.mark.parametrize("name", [name for name in _templates() if _wanted(name)])
def test_a_missing_value_is_an_error(name: str) -> None:
    with pytest.raises(UndefinedError):
        FilePrompts(PROMPTS).render(name)


def test_a_value_is_never_read_as_a_template_or_escaped(tmp_path: Path) -> None:
    (tmp_path / "say.j2").write_text("He said: {{ words }}")

    rendered = FilePrompts(tmp_path).render("say.j2", words="{{ 7 * 7 }} & <b>")

    assert rendered == "He said: {{ 7 * 7 }} & <b>"


def test_an_unknown_template_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateNotFound):
        FilePrompts(tmp_path).render("nothing.j2")


def test_the_hash_changes_with_a_word_and_with_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.j2").write_text("one")
    first = FilePrompts(tmp_path).hash

    (tmp_path / "a.j2").write_text("two")
    reworded = FilePrompts(tmp_path).hash
    (tmp_path / "a.j2").rename(tmp_path / "b.j2")
    renamed = FilePrompts(tmp_path).hash

    assert first.startswith("sha256:")
    assert len({first, reworded, renamed}) == 3


def test_the_hash_of_the_same_folder_is_the_same() -> None:
    assert FilePrompts(PROMPTS).hash == FilePrompts(PROMPTS).hash
