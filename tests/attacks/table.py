"""The one table of all attacks, by category and surface, and its place in the documentation."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.attacks.gains import Gain
from tests.attacks.payloads import Attack

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
HEADER = ("category", "surface", "payloads", "plays", *Gain)
_TABLE = re.compile(r"(<!-- make attack -->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True)
class Try:
    """One attack in one place, and what it got."""

    attack: Attack
    surface: str
    gains: tuple[Gain, ...]


def rows(tries: Iterable[Try]) -> list[tuple[str, ...]]:
    """Return a row for each category and surface, and one that adds them up."""
    by_category: dict[tuple[str, str], list[Try]] = {}
    for one in tries:
        by_category.setdefault((one.attack.category, one.surface), []).append(one)
    listed = [_row(*named, by_category[named]) for named in sorted(by_category)]
    return [*listed, _row("all", "", [one for some in by_category.values() for one in some])]


def markdown(table: Sequence[Sequence[str]]) -> str:
    """Return the table as it stands in the documentation."""
    lines = [HEADER, ["---", "---", *["---:"] * (len(HEADER) - 2)], *table]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def written(page: str, table: str) -> str:
    """Return the page with the table in its place. Raises ValueError when there is none."""
    if not _TABLE.search(page):
        raise ValueError(f"{PAGE.name} has no place for the table")
    return _TABLE.sub(lambda found: f"{found[1]}{table}{found[2]}", page)


def _row(category: str, surface: str, tries: Sequence[Try]) -> tuple[str, ...]:
    gains = Counter(gain for one in tries for gain in one.gains)
    payloads = len({one.attack.id for one in tries})
    return (category, surface, str(payloads), str(len(tries)), *(str(gains[gain]) for gain in Gain))
