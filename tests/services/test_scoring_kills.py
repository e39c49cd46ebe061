"""Scoring that is killed at each step boundary in turn: the same verdict, and nothing is paid twice."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assessor.adapters.store import SqlStore
from assessor.adapters.vault import Vault
from assessor.crash_points import CrashPoint
from assessor.domain import events as e
from assessor.domain.assessment import replay
from assessor.domain.item import Category
from assessor.domain.policy import Grade, Policy
from assessor.domain.score import Score
from assessor.scoring.applied_rubric import APPLIED_SHARES
from tests.services import plays
from tests.services.scoring_process import IN_FLIGHT, Books
from tests.world import world as build

KILLED = -9
LEAST_HIDDEN = 6
"""Responses that a rubric is applied to, each by a call."""
JUDGED = Policy(judge_may_score=True, least_basis=Grade.PROVISIONAL)


@dataclass(frozen=True)
class Scorer:
    """Runs scorings as processes, over copies of one database."""

    process: "subprocess.Popen[str]"

    def run(
        self, folder: Path, assessment: str, *, end_at: int = 0, again: bool = False, item: str = ""
    ) -> int:
        order: dict[str, Any] = {"folder": str(folder), "assessment": assessment, "item": item}
        order |= {"end_at": end_at, "again": again}
        order["model"] = "newer-grader" if again else "grader"
        if self.process.stdin is None or self.process.stdout is None:
            raise AssertionError("it has no pipes")
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture
def scorer() -> Iterator[Scorer]:
    command = [sys.executable, "-m", "tests.services.scoring_process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Scorer(process)
        if process.stdin:
            process.stdin.close()


@pytest.fixture
async def submitted(tmp_path: Path, migrated_file: Path) -> tuple[Path, str]:
    """The folder of an assessment that was handed in and not scored yet, and its id."""
    return await handed_in(tmp_path / "submitted", migrated_file, "short")


def migrated(folder: Path, migrated_file: Path) -> None:
    folder.mkdir()
    shutil.copy(migrated_file, folder / "assessor.db")


async def handed_in(folder: Path, migrated_file: Path, form: str) -> tuple[Path, str]:
    migrated(folder, migrated_file)
    async with build(folder, f"sqlite:///{folder / 'assessor.db'}", policy=JUDGED) as world:
        world.jobs.workflow = None
        assessment = await plays.submitted(world, form)
    return folder, assessment.id


@pytest.mark.slow
async def test_killed_at_each_boundary_in_turn_it_comes_to_the_same_verdict(
    scorer: Scorer, submitted: tuple[Path, str], tmp_path: Path
) -> None:
    folder, assessment = submitted
    whole = copied(folder, tmp_path / "whole")
    assert scorer.run(whole, assessment) == 0
    points, verdict = Books(whole).read("points"), await live_verdict(whole, assessment)

    for place, point in enumerate(points, start=1):
        here = copied(folder, tmp_path / f"killed-{place}-{point}")
        assert scorer.run(here, assessment, end_at=place) == KILLED
        committed = await replies(here, assessment)
        assert scorer.run(here, assessment) == 0

        assert await live_verdict(here, assessment) == verdict, point
        assert_paid_once(Books(here), Books(whole), committed, point)

    assert {*points} == {
        IN_FLIGHT, CrashPoint.AFTER_JUDGEMENT, CrashPoint.AFTER_SCORES, CrashPoint.BETWEEN_STEPS,
        CrashPoint.BEFORE_SIGNATURE, CrashPoint.AFTER_SIGNATURE, CrashPoint.AFTER_VERDICT,
    }  # fmt: skip
    assert points.count(CrashPoint.AFTER_JUDGEMENT) > 1


@pytest.mark.slow
async def test_scoring_again_that_is_killed_anywhere_ends_in_the_same_verdict(
    scorer: Scorer, submitted: tuple[Path, str], tmp_path: Path
) -> None:
    folder, assessment = submitted
    assert scorer.run(folder, assessment) == 0
    for book in ("points", "calls"):
        (folder / book).unlink()
    whole = copied(folder, tmp_path / "whole")
    assert scorer.run(whole, assessment, again=True) == 0
    points, verdict = Books(whole).read("points"), await live_verdict(whole, assessment)

    for place, point in enumerate(points, start=1):
        here = copied(folder, tmp_path / f"killed-{place}-{point}")
        assert scorer.run(here, assessment, end_at=place, again=True) == KILLED
        committed = await replies(here, assessment)
        assert scorer.run(here, assessment, again=True) == 0

        assert without_supersession(await live_verdict(here, assessment)) == without_supersession(verdict)
        assert_paid_once(Books(here), Books(whole), committed, point)
        assert len(await issued(here, assessment)) == 2, point

    assert CrashPoint.AFTER_RESCORING in points


@pytest.mark.slow
async def test_applying_a_rubric_that_is_killed_between_any_two_calls_ends_in_the_same_scores(
    scorer: Scorer, tmp_path: Path, migrated_file: Path
) -> None:
    folder, assessment = await handed_in(tmp_path / "submitted", migrated_file, "full")
    item = await rubric_writing_item(folder, assessment)
    whole = copied(folder, tmp_path / "whole")
    assert scorer.run(whole, assessment, item=item) == 0
    points, scores = Books(whole).read("points"), await scores_of(whole, assessment)

    for place, point in enumerate(points, start=1):
        here = copied(folder, tmp_path / f"killed-{place}-{point}")
        assert scorer.run(here, assessment, item=item, end_at=place) == KILLED
        committed = await replies(here, assessment)
        assert scorer.run(here, assessment, item=item) == 0

        assert await scores_of(here, assessment) == scores, point
        assert_paid_once(Books(here), Books(whole), committed, point)

    assert {score.criterion for score in scores if score.value is not None} >= set(APPLIED_SHARES)
    assert points.count(CrashPoint.AFTER_JUDGEMENT) >= LEAST_HIDDEN
    assert points[-1] == CrashPoint.AFTER_SCORES


def assert_paid_once(books: Books, whole: Books, committed: set[str], point: str) -> None:
    """No call whose reply was committed is made again; of others, only the one that was under way."""
    calls = Counter(books.read("calls"))
    assert {*calls} == {*whole.read("calls")}, point
    assert all(calls[key] <= 1 for key in committed), point
    assert calls.total() <= len(calls) + (point == IN_FLIGHT), point


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to


async def issued(folder: Path, assessment: str) -> list[dict[str, Any]]:
    facts = [event.fact for event in await events(folder, assessment)]
    return [fact.document for fact in facts if isinstance(fact, e.VerdictIssued)]


async def live_verdict(folder: Path, assessment: str) -> dict[str, Any]:
    """Return the last verdict but for its id and the head of the log: these hang on random nonces."""
    document = (await issued(folder, assessment))[-1]
    return {**document, "id": "", "hashes": {**document["hashes"], "log_head": ""}}


def without_supersession(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out the id of the first verdict."""
    return {**document, "supersedes": bool(document["supersedes"])}


async def replies(folder: Path, assessment: str) -> set[str]:
    facts = [event.fact for event in await events(folder, assessment)]
    return {fact.request_hash for fact in facts if isinstance(fact, e.ModelReplied)}


async def rubric_writing_item(folder: Path, assessment: str) -> str:
    form = replay(assessment, await events(folder, assessment)).form
    return form.of(Category.RUBRIC_WRITING)[0].item_id


async def scores_of(folder: Path, assessment: str) -> tuple[Score, ...]:
    (scored,) = [
        event.fact for event in await events(folder, assessment) if isinstance(event.fact, e.ResponseScored)
    ]
    return scored.scores


async def events(folder: Path, assessment: str) -> tuple[e.Event, ...]:
    store = SqlStore(f"sqlite:///{folder / 'assessor.db'}", Vault(bytes(32)))
    try:
        return await store.events(assessment)
    finally:
        await store.close()
