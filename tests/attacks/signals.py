"""How often the rules that notice something in candidates' words are right, on a labelled corpus."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from assessor.adapters.content import shipped_content
from assessor.domain.agreement.proportions import wilson
from assessor.domain.canary import quotes
from assessor.domain.evidence import OwnText
from assessor.domain.library import Library
from assessor.domain.near_duplicate import FreeText, is_near_duplicate
from assessor.domain.signal_rule import EDITION_OF
from tests.attacks import ordinary
from tests.attacks.payloads import OWN_JUDGE, found
from tests.attacks.table import Try
from tests.domain.answers import COPIES, apart, copies

PAGE: Final = Path(__file__).parents[2] / "docs" / "integrity.md"
CANARY: Final = "the quiet ledger rule of Marlow"
FENCES: Final = Path(__file__).parent / "fences.jsonl"
SPOKEN: Final = ("G1", "G2", "G4", "G5", "G7", "G8", "G9")
"""Kinds of attacks that speak to whoever grades. What is empty (G3) or padded (G6) does not."""
WIDE: Final = 150
"""Columns that the table needs to be read."""
MOST_WRONG: Final = 0.01
RARE: Final = 0.01
"""How many are so in a crowd of whom hardly anybody is; nobody knows how many are."""
HEADER: Final = ("rule", "cases", "noticed (recall)", "noticed wrongly", "precision", "if 1 in 100 are so")


@dataclass(frozen=True)
class Measured:
    """What a rule made of cases that are there and of ordinary ones."""

    rule: str
    cases: str
    there: int
    found: int
    ordinary: int
    wrong: int

    def precision_at(self, share: float) -> float:
        """Return of what it would notice the part that is right, where so large a share is there (Bayes)."""
        right = share * self.found / self.there
        wrong = (1 - share) * self.wrong / self.ordinary
        return right / (right + wrong) if right + wrong else 0.0

    def row(self) -> tuple[str, ...]:
        """Return it as the table has it, each share with its 95 % interval (Wilson 1927)."""
        return (
            self.rule,
            self.cases,
            _share(self.found, self.there),
            _share(self.wrong, self.ordinary),
            _share(self.found, self.found + self.wrong),
            f"{self.precision_at(RARE):.0%}".replace("%", " %"),
        )


@dataclass(frozen=True)
class SignalReport:
    """The rules, each on its own corpus."""

    measured: Sequence[Measured]

    @property
    def holds(self) -> bool:
        """Whether ordinary answers are left alone."""
        return all(one.wrong <= MOST_WRONG * one.ordinary for one in self.measured)

    def tries(self) -> Iterator[Try]:
        """Yield nothing: these are no attacks on the service."""
        yield from ()

    def figures(self) -> dict[str, Any]:
        """Return it as JSON."""
        rules = [
            {**vars(one), "precision_at_1_in_100": round(one.precision_at(RARE), 4)} for one in self.measured
        ]
        return {"rules": rules, "holds": self.holds}

    def print(self, console: Console) -> None:
        """Print the table."""
        table = Table(*HEADER, title="How often the rules are right", box=SIMPLE)
        table.columns[0].no_wrap = True
        console.width = max(console.width, WIDE)
        for one in self.measured:
            table.add_row(*one.row())
        console.print(table)

    def markdown(self) -> str:
        """Return the table as it stands in the documentation."""
        lines = [HEADER, ["---", "---", *["---:"] * (len(HEADER) - 2)], *(one.row() for one in self.measured)]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def signal_report() -> SignalReport:
    """Measure every rule on the library that is shipped."""
    shelf = asyncio.run(shipped_content().library())
    return SignalReport((measured_addressed(shelf), *_alike(shelf), measured_quoted(shelf)))


def measured_addressed(shelf: Library) -> Measured:
    """Measure with each payload in the middle of an ordinary answer, as it would stand in earnest."""
    answers = ordinary.answers(shelf)
    spoken = [*found(OWN_JUDGE, SPOKEN), *found(FENCES)]
    hidden = [_within(answer, one.text) for answer, one in zip(answers[-len(spoken) :], spoken, strict=True)]
    noticed, wrong = len(ordinary.flagged(hidden)), len(ordinary.flagged(answers))
    return Measured(EDITION_OF["addressed"], "words to a grader", len(spoken), noticed, len(answers), wrong)


def measured_quoted(shelf: Library) -> Measured:
    """Measure with a canary, word for word, in the middle of each ordinary answer."""
    answers = ordinary.answers(shelf)
    quoting = [_within(answer, CANARY) for answer in answers]
    noticed, wrong = (sum(_quotes(one) for one in texts) for texts in (quoting, answers))
    rule = EDITION_OF["quoted"]
    return Measured(rule, "a canary, word for word", len(quoting), noticed, len(answers), wrong)


def _quotes(text: str) -> bool:
    return bool(quotes(FreeText((OwnText(event_seq=1, text=text),)), CANARY))


def _within(answer: str, payload: str) -> str:
    half = len(answer) // 2
    end = answer.rfind(" ", 0, half) + 1
    return f"{answer[:end]}\n{payload}\n{answer[end:]}"


def _alike(shelf: Library) -> Iterator[Measured]:
    rule, pairs = EDITION_OF["alike"], list(apart(shelf))
    wrong = sum(is_near_duplicate(one, other) for one, other in pairs)
    copied: Mapping[str, list[bool]] = {
        name: [is_near_duplicate(one, other) for one, other in copies(shelf, style)]
        for name, style in COPIES.items()
    }
    for name, marks in copied.items():
        yield Measured(rule, f"copied: {name}", len(marks), sum(marks), len(pairs), wrong)


def _share(part: int, whole: int) -> str:
    if not whole:
        return "–"
    low, high = wilson(part, whole)
    places = 1 if part >= whole * MOST_WRONG else 2
    told, least, most = (f"{100 * share:.{places}f}" for share in (part / whole, low, high))
    return f"{part} of {whole}: {told} % ({least} to {most})"
