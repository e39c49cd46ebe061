"""What the interviewer says without a model: one file a language, all with the same keys and placeholders."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from assessor.adapters.content.documents import Document, Location, read
from assessor.domain.errors import LibraryProblem
from assessor.interview.authored import PLACEHOLDER, SENTENCES
from assessor.interview.spoken import LANGUAGES, understands

Sentences = dict[str, str]


def load_sentences(folder: Path) -> tuple[dict[str, Sentences], list[LibraryProblem]]:
    """Return the sentences of each language, by key, and what is wrong with them."""
    sentences: dict[str, Sentences] = {}
    problems: list[LibraryProblem] = []
    for path in sorted(folder.glob("*.y*ml")):
        document, faults = read(path, f"{folder.parent.name}/{folder.name}/{path.name}")
        if document.data is not None:
            faults += _problems(document, path.stem)
        problems += faults
        if not faults:
            sentences[path.stem] = {key: text for _, key, text in _flat(document.data)}
    if not sentences and not problems:
        problems.append(Document(folder.name).problem((), "holds no language: expected <language>.yaml"))
    return sentences, problems


def _problems(document: Document, language: str) -> Iterator[LibraryProblem]:
    if not understands(language):
        known = ", ".join(sorted(LANGUAGES))
        yield document.problem(
            (), f"there are no patterns to understand {language!r} with; there are for: {known}"
        )
    found = {key: (location, text) for location, key, text in _flat(document.data)}
    for key in sorted(SENTENCES.keys() - found.keys()):
        yield document.problem(tuple(key.split(".")), "is missing")
    for key, (location, text) in found.items():
        if (problem := _problem(key, text)) is not None:
            yield document.problem(location, problem)


def _problem(key: str, text: Any) -> str | None:
    if key not in SENTENCES:
        return "is not a sentence that the interviewer says"
    if not isinstance(text, str) or not text.strip():
        return "has to be text"
    placeholders = set(PLACEHOLDER.findall(text))
    if placeholders != SENTENCES[key]:
        wanted = ", ".join(f"{{{name}}}" for name in sorted(SENTENCES[key])) or "none"
        return f"has to have exactly these placeholders: {wanted}"
    return None


def _flat(data: Any, location: Location = ()) -> Iterator[tuple[Location, str, Any]]:
    """Yield location, dotted key and value of everything that is no mapping."""
    if not isinstance(data, Mapping):
        yield location, ".".join(map(str, location)), data
        return
    for name, value in data.items():
        yield from _flat(value, (*location, name))
