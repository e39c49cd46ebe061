"""Files that a platform sends: hard limits, all rules, and nothing that is unpaid work."""

import io
import zipfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.adapters.content.uploads import (
    MAX_FILE_BYTES,
    MAX_FILES,
    UploadReader,
    files_in,
    files_in_zip,
    files_of,
)
from assessor.domain.errors import InvalidInput, LibraryInvalid
from tests.adapters.test_content import (
    INTERVIEW,
    RANKING,
    RUBRICS,
    SFT,
    TRACK,
    interview_item,
    sound_library,
)
from tests.adapters.test_keys import evaluation_item

Documents = dict[str, Any]


def documents() -> Documents:
    """A small track of a platform's own, by the names under which it is sent."""
    tree = sound_library()
    return {
        "track.yaml": tree[TRACK],
        "interview.yaml": tree[INTERVIEW],
        "ranking.yaml": tree[RANKING],
        "sft.yaml": tree[SFT],
        "rubrics/all.yaml": tree[RUBRICS],
    }


def files(change: Callable[[Documents], object] = lambda _: None) -> dict[str, str]:
    sent = deepcopy(documents())
    change(sent)
    return files_of(sent)


def packed(members: dict[str, str | bytes], **how: Any) -> io.BytesIO:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", how.get("packing", zipfile.ZIP_DEFLATED)) as parts:
        for name, content in members.items():
            parts.writestr(name, content)
    archive.seek(0)
    return archive


def refused(sent: dict[str, str]) -> list[tuple[str, str, str]]:
    with pytest.raises(LibraryInvalid) as refusal:
        UploadReader().read(sent)
    return [(one.file, one.field, one.problem) for one in refusal.value.problems]


def test_a_track_is_read_with_its_items_and_rubrics() -> None:
    library = UploadReader().read(files())

    assert list(library.tracks) == ["logic"]
    assert set(library.items["logic"]) == {"one", "two", "three", "four"}
    assert list(library.rubrics) == ["asks"]


def test_files_of_a_folder_and_of_a_zip_are_the_same(tmp_path: Path) -> None:
    for name, text in files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")

    assert files_in(tmp_path) == files_in_zip(packed(dict(files()))) == files()


def test_every_mistake_is_told_at_once_with_file_and_field() -> None:
    def spoil(sent: Documents) -> None:
        sent["sft.yaml"]["items"][0]["rubric"] = "lost"
        sent["ranking.yaml"]["items"][0]["colour"] = "red"
        sent["rubrics/all.yaml"]["rubrics"][0]["criteria"][0]["competency"] = "magic"

    found = refused(files(spoil))

    assert ("sft.yaml", "items[0].rubric", "there is no rubric 'lost' for this track") in found
    assert ("ranking.yaml", "items[0].colour", "is not a field that is known here") in found
    assert ("rubrics/all.yaml", "rubrics[0].criteria[0].competency") in [one[:2] for one in found]


def in_item(file: str, **changes: Any) -> Callable[[Documents], None]:
    return lambda sent: sent[file]["items"][0].update(changes)


def in_key(file: str, **changes: Any) -> Callable[[Documents], None]:
    return lambda sent: sent[file]["items"][0]["key"].update(changes)


def without_key(sent: Documents) -> None:
    del sent["ranking.yaml"]["items"][0]["key"]


def with_any_rating(sent: Documents) -> None:
    item = evaluation_item()
    item["key"]["ratings"]["right"]["tolerance"] = 2
    sent["evaluation.yaml"] = {"items": [item]}


WORK: list[tuple[Callable[[Documents], None], str, str]] = [
    (without_key, "items[0].key", "there is none: a task whose answer is not known is work and not a test"),
    (in_item("ranking.yaml", queue="tickets-7"), "items[0].queue", "drawn from live work"),
    (in_item("interview.yaml", production=True), "items[0].production", "drawn from live work"),
    (in_key("sft.yaml", reference="TBD"), "items[0].key.reference", "'TBD' is no answer"),
    (in_key("ranking.yaml", order=[["r1", "r2", "r3"]]), "items[0].key.order", "all responses in one place"),
    (with_any_rating, "items[0].key.ratings", "lets every rating pass and names no flaw"),
]


@pytest.mark.parametrize(("change", "field", "says"), WORK)
def test_what_looks_like_unpaid_work_is_refused_with_the_reason(
    change: Callable[[Documents], None], field: str, says: str
) -> None:
    found = refused(files(change))

    assert any(one[1] == field and says in one[2] for one in found), found


HOSTILE: list[tuple[str, dict[str, str], str]] = [
    ("a way out of the folder", {"../../etc/passwd": "x"}, "is not a file of a library"),
    ("an absolute path", {"/etc/passwd.yaml": "x"}, "is not a file of a library"),
    ("a path within rubrics", {"rubrics/../track.yaml": "x"}, "is not a file of a library"),
    ("a newline in a name", {"track.yaml\n": "x"}, "is not a file of a library"),
    ("an image", {"picture.png": "<svg onload='x'>"}, "is not a file of a library"),
    ("too long a file", {"track.yaml": "x" * (MAX_FILE_BYTES + 1)}, "has 500001 bytes"),
    ("too many", {f"rubrics/r{n}.yaml": "rubrics: []" for n in range(MAX_FILES + 1)}, "are 25"),
    ("too much together", {f"rubrics/r{n}.yaml": "x" * 400_000 for n in range(3)}, "1200000 bytes together"),
    ("nothing", {}, "are 0"),
]


@pytest.mark.parametrize(("sent", "says"), [one[1:] for one in HOSTILE], ids=[one[0] for one in HOSTILE])
def test_what_is_no_set_of_files_is_refused_before_it_is_read(sent: dict[str, str], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        UploadReader().read(sent)


BOMB = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(9))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOMB, "uses a YAML alias"),
        ("[" * 5000, "is nested more than 30 deep"),
        ("id: !!python/object/apply:os.system ['true']", "cannot be read as a value|has to be|is not"),
        ("id: \x00", "does not allow"),
    ],
    ids=["bomb", "nesting", "tag", "control character"],
)
def test_hostile_yaml_is_a_mistake_like_any_other(text: str, says: str) -> None:
    found = refused(files() | {"track.yaml": text})

    assert any(one[0] == "track.yaml" for one in found)
    if says:
        import re

        assert any(re.search(says, one[2]) for one in found), found


ZIPS: list[tuple[str, io.BytesIO, str]] = [
    ("a bomb", packed({"track.yaml": b"\0" * 5_000_000}), "unpacks to more than 500000 bytes"),
    ("a way out", packed({"../track.yaml": "x"}), "is not a file of a library"),
    ("many files", packed({f"rubrics/r{n}.yaml": "x" for n in range(MAX_FILES + 1)}), "holds at most 24"),
    ("another packing", packed({"track.yaml": "x"}, packing=zipfile.ZIP_LZMA), "in an unusual way"),
    ("no text", packed({"track.yaml": b"\xff\xfe"}), "is not UTF-8"),
    ("no zip", io.BytesIO(b"GIF89a/*"), "are not a zip"),
]


@pytest.mark.parametrize(("archive", "says"), [one[1:] for one in ZIPS], ids=[one[0] for one in ZIPS])
def test_hostile_archives_are_refused(archive: io.BytesIO, says: str) -> None:
    archive.seek(0)
    with pytest.raises(InvalidInput, match=says):
        files_in_zip(archive)


def test_a_file_that_stands_twice_in_a_zip_is_refused() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as parts:
        parts.writestr("track.yaml", "a")
        with pytest.warns(UserWarning, match="Duplicate"):
            parts.writestr("track.yaml", "b")

    with pytest.raises(InvalidInput, match="stands twice"):
        files_in_zip(archive)


def test_too_many_items_are_refused() -> None:
    many = {"items": [interview_item(f"q{number}") for number in range(301)]}

    with pytest.raises(InvalidInput, match="more than 300 items"):
        UploadReader().read(files() | {"interview.yaml": yaml.safe_dump(many)})


def test_a_language_that_the_interviewer_does_not_speak_is_refused() -> None:
    found = refused(files(lambda sent: sent["track.yaml"].update(language="fr")))

    assert any("does not speak 'fr'" in one[2] for one in found)


def test_a_track_gets_ids_that_nobody_else_has() -> None:
    library = UploadReader().read(files()).housed("logic", "logic_0123456789ab")

    assert list(library.tracks) == ["logic_0123456789ab"]
    assert library.track("logic_0123456789ab").id == "logic_0123456789ab"
    assert library.item("logic_0123456789ab", "four").rubric == "asks_0123456789ab"
    assert list(library.rubrics) == ["asks_0123456789ab"]
