"""Platforms' own tasks: files that nobody here has seen before, read under hard limits and all rules."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import yaml

from assessor.adapters.content.checks import CHECKS, repeated_ids, spoken_in
from assessor.adapters.content.cues import criteria_of_feelings, cues, echoes, unused_rubrics
from assessor.adapters.content.documents import read
from assessor.adapters.content.minima import odd_trajectories, shortages
from assessor.adapters.content.production import production_work
from assessor.adapters.content.sentences import load_sentences
from assessor.adapters.content.shelves import Shelf, load_shelf
from assessor.adapters.content.statistics import statistics
from assessor.adapters.shipped import shipped
from assessor.domain.errors import LibraryInvalid, LibraryProblem, invalid
from assessor.domain.item import Category
from assessor.domain.library import Library

MAX_FILES: Final = 24
MAX_FILE_BYTES: Final = 500_000
MAX_BYTES: Final = 1_000_000
"""Of all files together, unpacked."""
MAX_ITEMS: Final = 300
"""Each is compared with each other."""

_NAME: Final = re.compile(rf"(?:track|{'|'.join(Category)}|rubrics/[a-z0-9][a-z0-9_-]{{0,63}})\.yaml")
NAMES: Final = "track.yaml, evaluation.yaml and the other categories, rubrics/NAME.yaml"
_FOLDER: Final = "tasks"


class UploadReader:
    """Fulfils `LibraryReader`."""

    def read(self, files: Mapping[str, str]) -> Library:
        """Check files by all rules. Raises LibraryInvalid, or InvalidInput for what is no set of files."""
        shelf, errors = _shelved(files)
        track = shelf.track.value
        errors += [problem for rule in CHECKS for problem in rule(shelf)]
        errors += repeated_ids(shelf.rubrics, "rubric")
        errors += spoken_in(shelf, load_sentences(shipped("prompts") / "interview" / "authored")[0])
        if errors or track is None:
            found = map(_as_uploaded, errors)
            raise LibraryInvalid(sorted(found, key=lambda one: (one.file, one.line, one.field)))
        return Library(
            tracks={track.id: track},
            items={track.id: {item.id: item for _, item in shelf.usable()}},
            rubrics={entry.value.id: entry.value for entry in shelf.rubrics if entry.value},
        )

    def warnings(self, files: Mapping[str, str]) -> tuple[LibraryProblem, ...]:
        """Return what an author should look at."""
        shelf, _ = _shelved(files)
        hints = (shortages, odd_trajectories, echoes, unused_rubrics, criteria_of_feelings)
        found = [*cues(shelf, statistics(shelf)), *(problem for hint in hints for problem in hint(shelf))]
        return tuple(map(_as_uploaded, found))


def _shelved(files: Mapping[str, str]) -> tuple[Shelf, list[LibraryProblem]]:
    """Return the track that files hold, and what is wrong with each entry. Raises InvalidInput."""
    _require_within_limits(files)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / _FOLDER
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", errors="surrogatepass")
        shelf = load_shelf(folder, folder / "rubrics", "banks", "rubrics")
        work = list(_unpaid_work(folder, files))
    shelf.name = shelf.track.id or shelf.name
    if sum(1 for _ in shelf.entries()) > MAX_ITEMS:
        raise invalid("files", f"hold more than {MAX_ITEMS} items", "Divide them into several tracks.")
    # What it is refused for is said once, with the reason.
    told = {(problem.file, problem.field) for problem in work}
    return shelf, work + [one for one in shelf.problems if (one.file, one.field) not in told]


def _as_uploaded(problem: LibraryProblem) -> LibraryProblem:
    """Name the file as it was sent, and not where it was looked at."""
    file = problem.file.removeprefix(f"banks/{_FOLDER}/").replace(f"rubrics/{_FOLDER}/", "rubrics/")
    return replace(problem, file=file)


def _unpaid_work(folder: Path, files: Mapping[str, str]) -> Iterator[LibraryProblem]:
    for name in files:
        if not name.startswith("rubrics/"):
            document, _ = read(folder / name, f"banks/{_FOLDER}/{name}")
            yield from production_work(document)


def _require_within_limits(files: Mapping[str, str]) -> None:
    if not 0 < len(files) <= MAX_FILES:
        raise invalid("files", f"are {len(files)}", f"Send 1 to {MAX_FILES}: {NAMES}.")
    for name, text in files.items():
        if not _NAME.fullmatch(name):
            raise invalid("files", f"{name[:80]!r} is not a file of a library", f"Those are {NAMES}.")
        if (size := len(text.encode("utf-8", "surrogatepass"))) > MAX_FILE_BYTES:
            raise invalid(f"files.{name}", f"has {size} bytes", f"A file has at most {MAX_FILE_BYTES}.")
    if (total := sum(len(text.encode("utf-8", "surrogatepass")) for text in files.values())) > MAX_BYTES:
        raise invalid("files", f"have {total} bytes together", f"They have at most {MAX_BYTES}.")


def files_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Return files as YAML: texts as they are, and documents of the same schemas written out."""
    return {
        name: one if isinstance(one, str) else yaml.safe_dump(one, sort_keys=False, allow_unicode=True)
        for name, one in given.items()
    }


def files_in(folder: Path) -> dict[str, str]:
    """Return the YAML files of a folder by their names in it. Raises InvalidInput."""
    if not folder.is_dir():
        raise invalid(str(folder), "is not a folder", f"Name one that holds {NAMES}.")
    paths = [*sorted(folder.glob("*.y*ml")), *sorted((folder / "rubrics").glob("*.y*ml"))]
    return {path.relative_to(folder).as_posix(): _text(path.name, path.read_bytes()) for path in paths[:99]}


def files_in_zip(archive: Any) -> dict[str, str]:
    """Return the files of a zip, a path or an open file. Raises InvalidInput before much is unpacked.

    Names are compared and never used as paths; what a file claims of its size is not believed.
    """
    try:
        with ZipFile(archive) as parts:
            members = [member for member in parts.infolist() if not member.is_dir()]
            if len(members) > MAX_FILES:
                raise invalid("files", f"are {len(members)}", f"A zip holds at most {MAX_FILES}: {NAMES}.")
            files: dict[str, str] = {}
            for member in members:
                if member.filename in files:
                    raise invalid("files", f"{member.filename[:80]!r} stands twice", "Send each file once.")
                files[member.filename] = _text(member.filename, _unpacked(parts, member))
            return files
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError):
        raise invalid("files", "are not a zip that can be read", "Pack the files again.") from None


def _unpacked(parts: ZipFile, member: ZipInfo) -> bytes:
    if not _NAME.fullmatch(member.filename):
        raise invalid("files", f"{member.filename[:80]!r} is not a file of a library", f"Those are {NAMES}.")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise invalid(f"files.{member.filename}", "is packed in an unusual way", "Pack the files again.")
    with parts.open(member) as opened:
        raw = opened.read(MAX_FILE_BYTES + 1)
    if len(raw) > MAX_FILE_BYTES:
        raise invalid(
            f"files.{member.filename}", f"unpacks to more than {MAX_FILE_BYTES} bytes", "Shorten its texts."
        )
    return raw


def _text(name: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid(f"files.{name[:80]}", "is not UTF-8", "Save it as UTF-8.") from None
