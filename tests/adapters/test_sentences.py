"""Loading what the interviewer says: whatever a language lacks is found at the start."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.adapters.content import FileContent
from assessor.adapters.content.sentences import load_sentences
from assessor.adapters.shipped import shipped
from assessor.domain.errors import LibraryInvalid

Tree = dict[str, Any]
AUTHORED = shipped("prompts") / "interview" / "authored"
GERMAN = Path(__file__).parents[1] / "german"


def _german() -> Tree:
    tree: Tree = yaml.safe_load((AUTHORED / "de.yaml").read_text("utf-8"))
    return tree


def _folder(tmp_path: Path, tree: Tree, language: str = "de") -> Path:
    folder = tmp_path / "interview" / "authored"
    folder.mkdir(parents=True)
    (folder / f"{language}.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), "utf-8")
    return folder


def test_the_shipped_languages_are_complete() -> None:
    sentences, problems = load_sentences(AUTHORED)

    assert problems == []
    assert sorted(sentences) == ["de", "en"]
    assert sentences["de"].keys() == sentences["en"].keys()


def _without_abuse(tree: Tree) -> None:
    del tree["asides"]["abuse"]


def _with_a_joke(tree: Tree) -> None:
    tree["asides"]["joke"] = "Kennen Sie den schon?"


def _without_contact(tree: Tree) -> None:
    tree["asides"]["who"] = "Ich bin ein Programm. {stays_open}"


def _with_another_placeholder(tree: Tree) -> None:
    tree["quoting"] = "Sie haben „{term}“ erwähnt, {name}."


def _with_a_number(tree: Tree) -> None:
    tree["stays_open"] = 7


@pytest.mark.parametrize(
    ("change", "field", "problem"),
    [
        (_without_abuse, "asides.abuse", "is missing"),
        (_with_a_joke, "asides.joke", "is not a sentence that the interviewer says"),
        (_without_contact, "asides.who", "exactly these placeholders: {contact}, {stays_open}"),
        (_with_another_placeholder, "quoting", "exactly these placeholders: {term}"),
        (_with_a_number, "stays_open", "has to be text"),
    ],
)
def test_a_file_that_differs_from_what_is_needed_is_refused(
    tmp_path: Path, change: Callable[[Tree], None], field: str, problem: str
) -> None:
    tree = _german()
    change(tree)

    sentences, (found,) = load_sentences(_folder(tmp_path, tree))

    assert sentences == {}
    assert (found.file, found.field) == ("interview/authored/de.yaml", field)
    assert problem in found.problem


def test_a_language_that_cannot_be_understood_is_refused(tmp_path: Path) -> None:
    _, (found,) = load_sentences(_folder(tmp_path, _german(), "nl"))

    assert "no patterns to understand 'nl' with; there are for: de, en" in found.problem


def test_a_folder_without_a_language_is_refused(tmp_path: Path) -> None:
    _, (found,) = load_sentences(tmp_path)

    assert "holds no language" in found.problem


async def test_a_track_in_a_language_that_the_interviewer_does_not_speak_stops_the_start(
    tmp_path: Path,
) -> None:
    only_german = _folder(tmp_path, _german())

    with pytest.raises(LibraryInvalid, match="does not speak 'en'"):
        await FileContent(GERMAN / "question_banks", GERMAN / "rubrics", only_german).library()


def _bank(tmp_path: Path, change: Callable[[Tree, list[Tree]], None]) -> FileContent:
    source, folder = GERMAN / "question_banks" / "pflege", tmp_path / "question_banks" / "pflege"
    folder.mkdir(parents=True)
    track = yaml.safe_load((source / "track.yaml").read_text("utf-8"))
    bank = yaml.safe_load((source / "interview.yaml").read_text("utf-8"))
    change(track, bank["items"])
    (folder / "track.yaml").write_text(yaml.safe_dump(track), "utf-8")
    (folder / "interview.yaml").write_text(yaml.safe_dump(bank), "utf-8")
    return FileContent(tmp_path / "question_banks", GERMAN / "rubrics")


def _untranslated_item(_: Tree, items: list[Tree]) -> None:
    del items[0]["translations"]


def _untranslated_track(track: Tree, _: list[Tree]) -> None:
    del track["translations"]


def _untranslated_probe(_: Tree, items: list[Tree]) -> None:
    del items[0]["translations"]["de"]["probes"]["why-so"]


def _into_its_own(track: Tree, _: list[Tree]) -> None:
    track["translations"]["en"] = dict(track["translations"]["de"])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_untranslated_item, "the track is offered in 'de', and this item is not"),
        (_untranslated_track, "the track has no translation into 'de'"),
        (_untranslated_probe, "must be exactly the item's probes"),
        (_into_its_own, "is the language in which the track is written"),
    ],
)
async def test_a_track_is_offered_only_in_languages_in_which_it_has_all_its_texts(
    tmp_path: Path, change: Callable[[Tree, list[Tree]], None], problem: str
) -> None:
    with pytest.raises(LibraryInvalid) as refused:
        await _bank(tmp_path, change).library()

    assert problem in str(refused.value)
