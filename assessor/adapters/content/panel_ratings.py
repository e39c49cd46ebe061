"""Ratings of a panel beside a bank, `panel/ratings.yaml`: they take the place of what authors say in keys."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import yaml

from assessor.adapters.content.shelves import Shelf, listed
from assessor.domain.errors import invalid
from assessor.domain.panel import PanelRatings, PanelUndecided, keyed_by

RATINGS_FILE: Final = Path("panel") / "ratings.yaml"


def rate_by_panel(shelf: Shelf, folder: Path, banks_name: str) -> None:
    """Give items the keys of the panel that rated them.

    Ratings of another wording than the bank has now count for nothing, and are told as doubts.
    """
    if not (folder / RATINGS_FILE).is_file():
        return
    file = f"{banks_name}/{shelf.name}/{RATINGS_FILE.as_posix()}"
    entries, problems = listed(folder / RATINGS_FILE, file, "ratings", PanelRatings.model_validate)
    shelf.problems += problems
    for entry in entries:
        if entry.value is None:
            continue
        if (problem := _rated(shelf, entry.value)) is not None:
            shelf.doubts.append(entry.problem(problem, "hash"))


def _rated(shelf: Shelf, ratings: PanelRatings) -> str | None:
    """Replace the key of the item that was rated; return why not when it stays the author's."""
    for entries in shelf.items.values():
        for place, entry in enumerate(entries):
            if entry.value is not None and ratings.are_about(entry.value):
                try:
                    entries[place] = entry.with_value(keyed_by(entry.value, ratings))
                except PanelUndecided as undecided:
                    return f"gives {ratings.item!r} no key: {undecided}"
                return None
    return f"is of another wording of {ratings.item!r} than the bank has now; the author's key holds"


def read_ratings(folder: Path) -> tuple[PanelRatings, ...]:
    """Return the ratings that lie beside a bank, those that can be read."""
    if not (folder / RATINGS_FILE).is_file():
        return ()
    entries, _ = listed(folder / RATINGS_FILE, RATINGS_FILE.name, "ratings", PanelRatings.model_validate)
    return tuple(entry.value for entry in entries if entry.value is not None)


def write_ratings(folder: Path, ratings: Iterable[PanelRatings]) -> Path:
    """Write ratings beside a bank, whole or not at all. Raises InvalidInput where that cannot be done."""
    path = folder / RATINGS_FILE
    ordered = sorted(ratings, key=lambda one: one.item)
    document = {"ratings": [one.model_dump(mode="json") for one in ordered]}
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    unfinished = path.with_suffix(".unfinished")
    try:
        path.parent.mkdir(exist_ok=True)
        unfinished.write_text(text, "utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise invalid(
            "--banks", f"{path} cannot be written: {error.strerror}", "Name another folder."
        ) from None
    return path
