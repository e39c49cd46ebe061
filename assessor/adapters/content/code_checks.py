"""Code in keys and references, run against its tests where a runner can keep it apart."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assessor.adapters.content.documents import Location
from assessor.adapters.content.shelves import Entry, Shelf
from assessor.domain.code import CodeNotRunError, CodeOutcome, CodeTest, code_in
from assessor.domain.errors import LibraryProblem
from assessor.domain.item import InterviewItem, Item, SftItem
from assessor.domain.key_check import CodeCheck
from assessor.domain.keys import key_texts
from assessor.ports import CodeRunner

_SHOWN = 160
"""Characters of a value that a message shows."""


@dataclass(frozen=True)
class _Claim:
    """That code passes its tests, or does not."""

    entry: Entry[Item]
    at: Location
    code: str
    tests: tuple[CodeTest, ...]
    passes: bool


@dataclass(frozen=True)
class CodeReport:
    """How many pieces of code were run, what was refuted, and what could not be run."""

    run: int
    errors: tuple[LibraryProblem, ...]
    not_run: tuple[LibraryProblem, ...]


async def run_code(shelves: Sequence[Shelf], runner: CodeRunner) -> CodeReport:
    """Run all code that a key makes a claim about."""
    claims = [claim for shelf in shelves for claim in _claims(shelf)]
    found = await asyncio.gather(*(_tried(claim, runner) for claim in claims))
    errors = [problem for problem, was_run in found if problem is not None and was_run]
    not_run = [problem for problem, was_run in found if problem is not None and not was_run]
    return CodeReport(len(claims) - len(not_run), tuple(errors), tuple(not_run))


def _claims(shelf: Shelf) -> Iterator[_Claim]:
    for entry, item in shelf.usable():
        if isinstance(item, InterviewItem):
            continue
        if isinstance(item, SftItem) and item.key.tests:
            code = code_in(item.key.reference)
            yield _Claim(entry, ("key", "reference"), code, item.key.tests, passes=True)
        texts = key_texts(item)
        for place, check in enumerate(item.key.checks):
            if isinstance(check, CodeCheck) and check.of in texts:
                at = ("key", "checks", place, "passes")
                yield _Claim(entry, at, code_in(texts[check.of]), check.tests, check.passes)


async def _tried(claim: _Claim, runner: CodeRunner) -> tuple[LibraryProblem | None, bool]:
    """Return what is wrong with a claim, and whether it could be tried."""
    try:
        outcomes = await runner.run(claim.code, [test.call for test in claim.tests])
    except CodeNotRunError as error:
        return claim.entry.problem(f"its code was not run here: {error}", *claim.at), False
    failed = [
        (place, test, found)
        for place, (test, found) in enumerate(zip(claim.tests, outcomes, strict=True), 1)
        if not test.passed_by(found)
    ]
    if claim.passes and failed:
        return claim.entry.problem(f"its code fails {_told(*failed[0])}", *claim.at), True
    if not claim.passes and not failed:
        return claim.entry.problem("is false, and the code passes all its tests", *claim.at), True
    return None, True


def _told(place: int, test: CodeTest, found: CodeOutcome) -> str:
    arguments = ", ".join(json.dumps(argument, ensure_ascii=False) for argument in test.call.args)
    return f"test {place}: {test.call.function}({arguments})"[:_SHOWN] + f" {_came(found)}, and {_due(test)}"


def _came(found: CodeOutcome) -> str:
    if found.kind == "returned":
        return f"returned {json.dumps(found.value, ensure_ascii=False)}"[:_SHOWN]
    if found.kind == "raised":
        return f"raised {found.classes[0]}: {found.message}"[:_SHOWN]
    return f"was stopped ({found.why})"


def _due(test: CodeTest) -> str:
    if test.raises is None:
        return f"{json.dumps(test.returns, ensure_ascii=False)} is expected"[:_SHOWN]
    words = "".join(f" with {part!r}" for part in test.message_has)
    return f"{test.raises}{words} is expected"
