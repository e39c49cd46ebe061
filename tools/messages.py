"""What candidates read, and the catalogues that translate it: `python -m tools.messages`.

Run it after changing a text. It finds the texts, puts those that are new into every catalogue, for
somebody to translate, and takes out those that are gone. Comments and translations stay as they are.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from assessor.domain import assessment, demographics, feedback
from assessor.locale import ENGLISH, catalogue_file, offered, read

ROOT: Final = Path(__file__).resolve().parents[1]
TEMPLATES: Final = (
    "assessor/web/templates/base.html",
    "assessor/web/templates/language.html",
    "assessor/web/templates/candidate",
    "assessor/web/templates/mail",
    "assessor/adapters/mail/templates",
)
STATED: Final = (
    (feedback, [*feedback.SENTENCES.values()]),
    (assessment, [status.value for status in assessment.Status]),
    (demographics, [*demographics.SEX_NAMES.values(), *demographics.RACE_NAMES.values()]),
)
"""Texts that the domain states as they are."""
HEAD: Final = """\
msgid ""
msgstr ""
"Project-Id-Version: Assessor\\n"
"Language: {tag}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
CODE: Final = (
    "assessor/domain/amending.py",
    "assessor/domain/assessment/assessment.py",
    "assessor/domain/assessment/status.py",
    "assessor/domain/response.py",
    "assessor/domain/text.py",
    "assessor/services/amending.py",
    "assessor/services/answering.py",
    "assessor/services/appealing.py",
    "assessor/services/asking.py",
    "assessor/services/consenting.py",
    "assessor/services/conversing.py",
    "assessor/services/declaring.py",
    "assessor/services/entered.py",
    "assessor/services/follow_ups.py",
    "assessor/services/identifying.py",
    "assessor/services/inviting.py",
    "assessor/services/links.py",
    "assessor/services/listening.py",
    "assessor/services/log.py",
    "assessor/services/moving.py",
    "assessor/services/pausing.py",
    "assessor/services/replying.py",
    "assessor/services/sharing.py",
    "assessor/web/candidate",
    "assessor/web/telling.py",
)
"""Whose errors candidates may be shown."""
WORDS_OF: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {
        "worded": (0,),
        "say": (0,),
        "require": (0,),
        "FieldProblem": (1, 2),
        "invalid": (1, 2),
        "Conflict": (0, 1),
        "IllegalTransition": (0, 1),
        "StaleEdit": (0, 1),
        "Gone": (0, 1, 2),
        "Unauthenticated": (0,),
    }
)
"""Which arguments of a call are texts."""
MARKED: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType({"worded": (0,)})
"""What marks a text wherever it stands."""
PLACES: Final = re.compile(r"%\((\w+)\)s|%%")


def texts() -> Catalog:
    """Return every text that a candidate may read, with the files that have it."""
    found = Catalog(project="Assessor", charset="utf-8", fuzzy=False)
    for file, message in sorted(_all(), key=lambda one: (one[0], str(one[1]))):
        found.add(message, locations=[(file, 0)])
    return found


def update() -> list[str]:
    """Bring every catalogue up to date, and return what is left to be translated."""
    template = texts()
    for tag in _translated():
        catalogue = read(tag)
        if _ids(catalogue) != _ids(template) or _places(catalogue) != _places(template):
            catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
            _write(tag, catalogue)
    return problems()


def _write(tag: str, catalogue: Catalog) -> None:
    """Write a catalogue without dates, names and line numbers, which would change with every change."""
    head = HEAD.format(tag=tag, plurals=catalogue.plural_forms)
    with catalogue_file(tag).open("wb") as file:
        file.write(f"{catalogue.header_comment}\n{head}".encode())
        write_po(file, catalogue, width=110, omit_header=True, ignore_obsolete=True, include_lineno=False)


def problems() -> list[str]:
    """Return what is wrong with the catalogues: each as one line, none if all is well."""
    template = texts()
    return [problem for tag in _translated() for problem in _wrong(tag, template)]


def _wrong(tag: str, template: Catalog) -> Iterator[str]:
    catalogue = read(tag)
    for id_ in sorted(_ids(template) - _ids(catalogue), key=str):
        yield f"{tag}: not in the catalogue: {id_!r}"
    for id_ in sorted(_ids(catalogue) - _ids(template), key=str):
        yield f"{tag}: no page has this text any more: {id_!r}"
    for message in catalogue:
        if message.id and message.id in _ids(template):
            yield from (
                f"{tag}: {wrong}: {message.id!r}" for wrong in wrong_in(message, catalogue.num_plurals)
            )


def wrong_in(message: Message, plurals: int) -> Iterator[str]:
    """Yield what is wrong with a translation into a language of so many plurals."""
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    if message.fuzzy:
        yield "is marked as fuzzy"
    if len(ids) > 1 and len(strings) != plurals:
        yield f"needs {plurals} forms for numbers"
    if not all(strings):
        yield "is not translated"
        return
    # A form for one may say the number in words; what is never named cannot be filled in.
    known = {place for id_ in ids for place in PLACES.findall(str(id_))}
    for string in map(str, strings):
        if unknown := set(PLACES.findall(string)) - known:
            yield f"has places that the text has not: {', '.join(sorted(unknown))}"
        if "%" in PLACES.sub("", string):
            yield "has a lone per cent sign; write %%"
    if missing := known - set(PLACES.findall(str(strings[-1]))) - {""}:
        yield f"lacks places that the text has: {', '.join(sorted(missing))}"


def _ids(catalogue: Catalog) -> set[object]:
    return {message.id for message in catalogue if message.id}


def _places(catalogue: Catalog) -> dict[object, list[str]]:
    return {message.id: sorted(file for file, _ in message.locations) for message in catalogue if message.id}


def _translated() -> list[str]:
    return [tag for tag in offered() if tag != ENGLISH]


def _all() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for place in TEMPLATES:
        for file in _files(place, "*.*"):
            yield from ((_name(file), message) for message in _in_template(file))
    shown = {file for place in CODE for file in _files(place, "*.py")}
    for file in _files("assessor", "*.py"):
        calls = WORDS_OF if file in shown else MARKED
        yield from ((_name(file), text) for text in _in_code(file, calls))
    for module, said in STATED:
        yield from ((_name(Path(str(module.__file__))), text) for text in said)


def _files(place: str, pattern: str) -> list[Path]:
    found = ROOT / place
    if not found.exists():
        raise FileNotFoundError(f"{place} has moved: name it anew in tools/messages.py")
    return [found] if found.is_file() else [file for file in found.rglob(pattern) if file.is_file()]


def _in_code(file: Path, calls: Mapping[str, tuple[int, ...]]) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            places = [place for place in calls.get(called, ()) if place < len(node.args)]
            for place in places:
                yield from _texts_of(node.args[place], file)


def _texts_of(node: ast.expr, file: Path) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*_texts_of(one, file), *_texts_of(other, file))
        case ast.JoinedStr():
            where = f"{_name(file)}:{node.lineno}"
            raise ValueError(f"{where}: an f-string cannot be translated; say it with `worded`")


def _in_template(file: Path) -> Iterator[str | tuple[str, ...]]:
    options = {"newstyle_gettext": "true", "lstrip_blocks": "true", "silent": "false"}
    with file.open("rb") as source:
        for _line, message, _comments, _context in extract("jinja2", source, options=options):
            yield message


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    left = update()
    print("\n".join(left) or "Every catalogue is whole.")
    sys.exit(bool(left))
