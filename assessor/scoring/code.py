"""Code in an ideal response: run elsewhere, judged here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assessor.domain.code import CodeNotRunError, CodeOutcome, CodeTest, code_in
from assessor.domain.item import SftItem
from assessor.domain.response import SftResponse
from assessor.domain.score import Unscored
from assessor.ports import CodeRunner
from assessor.scoring.screening import unanswered, without_content
from assessor.scoring.work import Finding, Work

NOT_RUN = Finding(
    None,
    "We could not run your code. That is a fault of ours and does not count against you; a person checks it.",
    Unscored.TECHNICAL_FAULT,
)


async def with_code_run(work: Work, runner: CodeRunner) -> Work:
    """Return the work with what running its code found, where the item asks for that."""
    item, response = work.item, work.response
    if not isinstance(item, SftItem) or not isinstance(response, SftResponse) or not item.key.tests:
        return work
    if unanswered(work) or without_content(work):
        return work
    return replace(work, ran=await _run(item, response.text, runner))


async def _run(item: SftItem, text: str, runner: CodeRunner) -> Mapping[str, Finding]:
    number = next(n for n, constraint in enumerate(item.constraints, 1) if constraint.kind == "runs")
    code = code_in(text)
    if not code.strip():
        return {f"constraint:{number}": Finding(0.0, "Your response has no code in it that could be run.")}
    try:
        outcomes = await runner.run(code, [test.call for test in item.key.tests])
    except CodeNotRunError:
        return {f"constraint:{number}": NOT_RUN}
    return {f"constraint:{number}": finding(item.key.tests, outcomes)}


def finding(tests: Sequence[CodeTest], outcomes: Sequence[CodeOutcome]) -> Finding:
    """Return the share of tests that the code passes. The reason tells no test and no value."""
    passed = sum(test.passed_by(outcome) for test, outcome in zip(tests, outcomes, strict=True))
    return Finding(passed / len(tests), _about(passed, len(tests), outcomes))


def _about(passed: int, count: int, outcomes: Sequence[CodeOutcome]) -> str:
    if passed == count:
        return "Your code does what was asked in every case that we tried."
    if any(outcome.why == "cpu" for outcome in outcomes):
        return "Your code did not come to an end in some of the cases that we tried."
    if passed:
        return "Your code does what was asked in some of the cases that we tried."
    return "Your code does what was asked in none of the cases that we tried."
