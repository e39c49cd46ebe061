"""The history of the judges: every calibration, and what gold responses said of it since."""

from collections import Counter
from dataclasses import dataclass

from assessor.domain.calibration import Family, running_sums
from assessor.domain.errors import invalid
from assessor.ports import Calibrations, Entry


@dataclass(frozen=True)
class Chapter:
    """One calibration, and how near its judge came to being stopped."""

    entry: Entry
    stands: bool
    """Whether verdicts go by it."""
    watched: tuple[float, ...]
    """The largest of the three running sums after each gold response since."""


@dataclass(frozen=True)
class History:
    """One family of rubrics in one language."""

    family: str
    """As in `families`; empty where nothing was ever measured."""
    families: tuple[str, ...]
    """`sft/communication, en`, those with most calibrations first."""
    chapters: tuple[Chapter, ...]
    """The newest first."""


class Recalling:
    """Reads the ledger, and writes nothing."""

    def __init__(self, ledger: Calibrations) -> None:
        self._ledger = ledger

    async def history(self, family: str = "") -> History:
        """Return every calibration of a family; of the one with most where none is named.

        Raises InvalidInput for a family that was never measured.
        """
        ledger = await self._ledger.ledger()
        counts = Counter(_place(one.calibration.family, one.calibration.language) for one in ledger)
        families = tuple(sorted(counts, key=lambda name: (-counts[name], name)))
        if family and family not in families:
            raise invalid("family", f"{family[:80]!r} was never measured", "Choose one of the list.")
        chosen = family or next(iter(families), "")
        stand = {one.calibration_id for one in await self._ledger.standings() if not one.stopped}
        chapters = [
            await self._chapter(one, stand)
            for one in ledger
            if _place(one.calibration.family, one.calibration.language) == chosen
        ]
        return History(chosen, families, tuple(chapters))

    async def _chapter(self, entry: Entry, stand: set[str]) -> Chapter:
        errors = await self._ledger.gold_errors(entry.calibration.id)
        watched = tuple(max(sums.values()) for sums in running_sums(errors, entry.calibration.drift))
        return Chapter(entry, entry.calibration.id in stand, watched)


def _place(family: Family, language: str) -> str:
    return f"{family}, {language}"
