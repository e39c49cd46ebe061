"""Importing a panel's sheets: agreement by item, and the ratings that are good enough to become keys."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assessor.adapters.content.keys import (
    keys_hold,
    references_meet_their_constraints,
    trajectories_agree_with_their_keys,
)
from assessor.adapters.content.panel_answers import read_answers
from assessor.adapters.content.panel_ratings import read_ratings, write_ratings
from assessor.adapters.content.shelves import Shelf, load_shelf
from assessor.domain.errors import LibraryInvalid, NotFound
from assessor.domain.item import Category, Item
from assessor.domain.panel import (
    PanelAgreement,
    PanelRatings,
    PanelUndecided,
    agreement_of,
    keyed_by,
    pooled,
)

_KEY_RULES = (keys_hold, references_meet_their_constraints, trajectories_agree_with_their_keys)


@dataclass(frozen=True)
class RatedItem:
    """One item that a panel rated; `refused` says why its key stays the author's."""

    item: str
    category: Category
    agreement: PanelAgreement
    refused: str | None


@dataclass(frozen=True)
class PanelImport:
    """What came of the sheets of a panel, and what lies beside the bank once they are written."""

    folder: Path
    items: tuple[RatedItem, ...]
    overall: Mapping[Category, PanelAgreement]
    """By category, over all items that were rated, the refused ones as well."""
    ratings: tuple[PanelRatings, ...]

    def write(self) -> Path:
        """Write the ratings; the same sheets once more change nothing. Raises InvalidInput."""
        return write_ratings(self.folder, self.ratings)


def authored_shelf(banks: Path, rubrics: Path, track: str) -> Shelf:
    """Read a track with its authors' keys, whatever a panel said. Raises NotFound, LibraryInvalid."""
    if track not in {path.name for path in banks.glob("*/")}:
        raise NotFound("track", track)
    shelf = load_shelf(banks / track, rubrics / track, banks.name, rubrics.name)
    if shelf.problems:
        raise LibraryInvalid(shelf.problems)
    return shelf


def import_panel(paths: Sequence[Path], banks: Path, rubrics: Path, track: str) -> PanelImport:
    """Read filled-in sheets and work out what follows; nothing is written.

    An item on which experts agree no better than by chance, or whose ratings give no key that holds, is
    refused. Raises InvalidInput with every cell that cannot be used, NotFound, LibraryInvalid.
    """
    shelf = authored_shelf(banks, rubrics, track)
    items = {item.id: item for _, item in shelf.usable()}
    given = read_answers(paths, items)
    found = tuple(_rated(shelf, items[name], ratings) for name, ratings in sorted(given.items()))
    by_category: defaultdict[Category, list[tuple[Item, PanelRatings]]] = defaultdict(list)
    for name, ratings in given.items():
        by_category[items[name].category].append((items[name], ratings))
    refused = {one.item for one in found if one.refused}
    earlier = read_ratings(banks / track)
    kept = {one.item: one for one in earlier if one.item in items and one.are_about(items[one.item])}
    accepted = {name: ratings for name, ratings in given.items() if name not in refused}
    return PanelImport(
        folder=banks / track,
        items=found,
        overall={category: pooled(category, rated) for category, rated in sorted(by_category.items())},
        ratings=tuple((kept | accepted).values()),
    )


def _rated(shelf: Shelf, item: Item, ratings: PanelRatings) -> RatedItem:
    agreement = agreement_of(item, ratings)
    return RatedItem(item.id, item.category, agreement, _refusal(shelf, item, ratings, agreement))


def _refusal(shelf: Shelf, item: Item, ratings: PanelRatings, agreement: PanelAgreement) -> str | None:
    if not agreement.is_above_chance:
        return "the experts agree no better than by chance"
    try:
        keyed = keyed_by(item, ratings)
    except PanelUndecided as undecided:
        return str(undecided)
    entry = next(entry for entry, own in shelf.usable() if own.id == item.id)
    alone = Shelf(shelf.name, shelf.track, {item.category: [entry.with_value(keyed)]})
    problems = [problem for rule in _KEY_RULES for problem in rule(alone)]
    return f"{problems[0].field}: {problems[0].problem}" if problems else None
