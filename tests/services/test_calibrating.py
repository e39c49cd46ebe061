"""A judge is measured on labelled responses, pays for none twice, and verdicts go by what it has shown."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assessor.adapters.replies import FileReplies
from assessor.domain.calibration import REQUIRED, Calibration, Family, LabelRow, alarm
from assessor.domain.errors import Conflict, InvalidInput
from assessor.domain.item import Category
from assessor.domain.policy import Grade
from assessor.domain.verdict import VerdictDocument, read_verdict
from assessor.ports import Stopped, StoredVerdict
from assessor.scoring.labelled import Labelled
from assessor.services.calibrating import Calibrating
from assessor.services.labelling import anchors, labelled
from assessor.services.watching import Watching
from tests.domain.calibration.simulated import calibration
from tests.scoring.graders import Grader, Row, bench, fault, first_words, reply
from tests.scoring.prompts import PROMPTS
from tests.services import attempts, plays
from tests.services.grading import GradingModel
from tests.services.test_judging import JUDGED
from tests.world import World
from tests.world import world as build

ITEM = "sft-naive-aware"


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """One kind of database is enough here: the ledger itself is tested on each."""
    return str(request.param)


class Reader(Grader):
    """Finds a criterion met where the answer names it, and errs in a share of the cases."""

    def __init__(self, texts: dict[str, str], *, errs: float = 0.0, leniency: float = 0.0) -> None:
        super().__init__(self._said)
        self.texts = texts
        self.errs = errs
        self.leniency = leniency

    def _said(self, text: str, own: str) -> Row | None:
        name = self.texts.get(text)
        if name is None:
            return None
        met = f"shows-{name}" in own
        chance = int(hashlib.sha256(f"{name}{own}".encode()).hexdigest()[:8], 16) / 2**32
        if chance < self.errs or (not met and chance < self.leniency):
            met = not met
        return {"quotes": [first_words(own)]} if met else None


async def rows(world: World, n: int, *, twice: int = 5, start: int = 0) -> tuple[LabelRow, ...]:
    """So many answers to one item that each name what they show. Every `twice`-th has two people's labels,
    and once in a while the two see it unlike."""
    library = await world.content.library()
    rubric = library.rubric(library.item("python", ITEM).rubric or "")
    found: list[LabelRow] = []
    for number in range(start, start + n):
        shown = [one.id for place, one in enumerate(rubric.criteria) if (number >> place) & 1]
        text = f"Answer number {number} says in its own words: " + " ".join(f"shows-{name}" for name in shown)
        for one in rubric.criteria:
            label = int(one.id in shown)
            second = (label if number % 70 else 1 - label,) if number % twice == 0 else ()
            labels = tuple(map(str, (label, *second)))
            found.append(LabelRow(len(found) + 2, ITEM, "", one.id, text, "", labels))
    return tuple(found)


async def texts(world: World) -> dict[str, str]:
    library = await world.content.library()
    rubric = library.rubric(library.item("python", ITEM).rubric or "")
    return {one.text: one.id for one in rubric.criteria}


async def responses(world: World, n: int, *, start: int = 0) -> tuple[Labelled, ...]:
    return labelled(await rows(world, n, start=start), await world.content.library(), "python")


def calibrating(world: World, model: Grader) -> Calibrating:
    judge = bench(model).judge
    return Calibrating(world.content, PROMPTS, judge, [model.name], world.store, world.clock, concurrency=4)


def grades(found: Sequence[Calibration]) -> dict[str, Grade]:
    return {str(one.family): one.grade for one in found}


async def test_a_judge_that_reads_as_people_do_is_calibrated_in_every_family(
    world: World, tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []

    found = await calibrating(world, Reader(await texts(world), errs=0.03)).calibrate(
        await responses(world, 220),
        FileReplies(tmp_path / "replies.jsonl"),
        "labels",
        lambda done, all_: seen.append((done, all_)),
    )

    assert grades(found) == {
        "sft/communication": Grade.CALIBRATED,
        "sft/critical_thinking": Grade.CALIBRATED,
        "sft/python_semantics": Grade.CALIBRATED,
    }
    assert {one.agreement.responses for one in found} == {220}
    assert all(one.people.n == 44 and one.criteria for one in found)
    assert seen[-1] == (220, 220)
    assert sorted((one.calibration for one in await world.store.ledger()), key=str) == sorted(found, key=str)


async def test_a_lenient_judge_earns_nothing(world: World, tmp_path: Path) -> None:
    model = Reader(await texts(world), leniency=0.3)

    found = await calibrating(world, model).calibrate(
        await responses(world, 220), FileReplies(tmp_path / "replies.jsonl"), "labels"
    )

    assert set(grades(found).values()) == {Grade.NONE}
    assert all(any("too lenient" in obstacle for obstacle in one.obstacles) for one in found)


async def test_a_run_that_was_cut_off_goes_on_without_paying_twice(world: World, tmp_path: Path) -> None:
    work, file = await responses(world, 30), tmp_path / "replies.jsonl"
    model = Reader(await texts(world))
    model.spoil = lambda call, rows: fault("unavailable") if call > 20 else reply(rows)

    with pytest.raises(Conflict, match="could not be reached for 10 of 30 responses"):
        await calibrating(world, model).calibrate(work, FileReplies(file), "labels")
    assert await world.store.ledger() == ()
    with file.open("a") as torn:
        torn.write('{"response": "cut o')
    again = Reader(await texts(world))
    found = await calibrating(world, again).calibrate(work, FileReplies(file), "labels")

    assert len(again.history) == 10
    assert {one.agreement.responses for one in found} == {30}
    third = Reader(await texts(world))
    await calibrating(world, third).calibrate(work, FileReplies(file), "labels")
    assert third.history == []


async def test_an_example_is_judged_without_standing_in_the_prompt(world: World, tmp_path: Path) -> None:
    model = Reader(await texts(world))
    examples = [one for one in anchors(await world.content.library(), "python") if one.item.id == ITEM]

    found = await calibrating(world, model).calibrate(
        examples, FileReplies(tmp_path / "replies.jsonl"), "anchors"
    )

    assert len(examples) == 5
    assert len(model.history) >= 5
    for request in model.history:
        asked = [one for one in examples if _words(one.text) in _words(request.user)]
        assert len(asked) == 5
        assert [request.user.count(one.text.splitlines()[0]) for one in examples] == [1] * 5
    assert set(grades(found).values()) == {Grade.NONE}


async def test_a_judge_that_reads_the_examples_as_they_are_meant_is_provisional(
    world: World, tmp_path: Path
) -> None:
    examples = anchors(await world.content.library(), "python")
    names = {one.text: one.id for example in examples for one in example.rubric.criteria}
    meant = {
        (name, " ".join(example.text.split())): given == (1,)
        for example in examples
        for name, given in example.labels.items()
    }

    def says(text: str, own: str) -> Row | None:
        met = meant.get((names.get(text, ""), " ".join(own.split())), False)
        return {"quotes": [first_words(own)]} if met else None

    found = await calibrating(world, Grader(says)).calibrate(
        [one for one in examples if one.item.category is not Category.RUBRIC_WRITING],
        FileReplies(tmp_path / "replies.jsonl"),
        "anchors",
    )

    # One example begins with words of its task, which are no evidence: its family compares fewer.
    compared = [one for one in found if one.agreement.responses >= REQUIRED.anchors]
    assert len(compared) >= 10
    assert set(grades(compared).values()) == {Grade.PROVISIONAL}
    assert {one.obstacles for one in compared} == {
        ("it was measured on the rubrics' own examples, not on people's labels",)
    }


def _words(text: str) -> str:
    return " ".join(text.replace('\\"', '"').replace("\\n", " ").split())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"criterion": "style"}, "line 2, criterion: python-sft-naive-aware has none called 'style'"),
        ({"item": "sft-none"}, "line 2: There is no item 'sft-none' here"),
        ({"labels": ("nan",)}, "line 2, label: 'nan' is not a label"),
        ({"labels": ("0.7",)}, "line 2, label: '0.7' is not a label"),
        ({"response": "  "}, "line 2, response: is empty"),
        ({"item": ""}, "line 2, item: is missing"),
        ({"language": "de"}, "line 2, language: sft-naive-aware is not asked in 'de'"),
        ({"rubric": "python-sft-log-parser"}, "line 2, rubric: sft-naive-aware is scored by"),
    ],
)
async def test_a_wrong_label_is_named_with_its_line_and_the_way_out(
    world: World, changes: dict[str, object], said: str
) -> None:
    first, *rest = await rows(world, 2)

    with pytest.raises(InvalidInput) as refused:
        labelled([replace(first, **changes), *rest], await world.content.library(), "python")  # type: ignore[arg-type]  # any field

    assert said in str(refused.value)


async def test_no_rows_no_labels_and_no_judge_are_refused_with_the_way_out(
    world: World, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match="hold no row"):
        labelled([], await world.content.library(), "python")
    nobody = Calibrating(world.content, PROMPTS, None, [], world.store, world.clock, concurrency=1)
    unlabelled = [replace(one, labels={}) for one in await responses(world, 2)]
    with pytest.raises(Conflict, match="No response has both a label and words"):
        await calibrating(world, Reader({})).calibrate(unlabelled, FileReplies(tmp_path / "r"), "labels")
    with pytest.raises(Conflict, match="ASSESSOR_JUDGE_MODEL"):
        await nobody.calibrate(await responses(world, 1), FileReplies(tmp_path / "r"), "labels")


async def test_a_judge_that_drifts_is_stopped_by_gold_responses_and_one_that_is_steady_is_not(
    world: World, tmp_path: Path
) -> None:
    steady = Reader(await texts(world), errs=0.03)
    await calibrating(world, steady).calibrate(
        await responses(world, 220), FileReplies(tmp_path / "replies.jsonl"), "labels"
    )
    still = await Watching(calibrating(world, steady), world.store, world.clock).watch(
        await responses(world, 60, start=500)
    )
    drifted = Reader(await texts(world), errs=0.03, leniency=0.3)
    watching = Watching(calibrating(world, drifted), world.store, world.clock)

    fallen = await watching.watch(await responses(world, 140, start=600))

    assert {one.alarm for one in still} == {None}
    assert {(one.alarm, one.since) for one in fallen} == {("lenient", 200)}
    assert all(one.after is not None and 60 < one.after <= 200 for one in fallen)
    entries = await world.store.ledger()
    assert all(one.stopped and one.stopped.alarm == "lenient" and one.gold == 200 for one in entries)
    assert {one.grade for one in await world.store.standings()} == {Grade.NONE}


async def test_a_gold_run_is_read_afresh_and_without_a_calibration_compares_nothing(world: World) -> None:
    model = Reader(await texts(world))
    gold = await responses(world, 3)

    once = await Watching(calibrating(world, model), world.store, world.clock).watch(gold)
    again = await Watching(calibrating(world, model), world.store, world.clock).watch(gold)

    assert len(model.history) == 6
    assert {(one.calibration_id, one.since) for one in (*once, *again)} == {(None, 0)}


async def test_verdicts_go_by_the_calibrations_that_hold_and_replay_with_them(
    tmp_path: Path, address: str
) -> None:
    async with build(tmp_path, address, model=GradingModel(), policy=JUDGED) as world:
        assessment = await plays.submitted(world)
        first = document(await world.store.live_verdict(assessment.id))
        await world.store.add_calibrations(covering(first))
        await world.scoring.issue(assessment.id)
        second = document(await world.store.live_verdict(assessment.id))
        for one in await world.store.ledger():
            fallen = alarm([4.0] * 50, one.calibration.drift)
            assert fallen is not None
            await world.store.stop_calibration(one.calibration.id, Stopped(world.clock.now(), *fallen))
        await world.scoring.issue(assessment.id)
        third = document(await world.store.live_verdict(assessment.id))
        replayed = await attempts.replaying(world).replay(assessment.id)

    codes = [{reason.code.value for reason in one.reasons} for one in (first, second, third)]
    judged = {"judge_not_calibrated", "judge_stopped"}
    assert [one & judged for one in codes] == [{"judge_not_calibrated"}, set(), {"judge_stopped"}]
    assert {one.grade for one in first.basis.judges} == {Grade.NONE}
    assert {one.grade for one in second.basis.judges} == {Grade.CALIBRATED}
    assert all(one.calibration_id for one in second.basis.judges)
    assert {(one.grade, one.stopped) for one in third.basis.judges} == {(Grade.NONE, True)}
    assert (first.decision, third.decision) == ("needs_review", "needs_review")
    assert replayed.is_equal, replayed.differences
    assert len(replayed.verdicts) == 3


def document(stored: StoredVerdict | None) -> VerdictDocument:
    assert stored is not None
    return read_verdict(stored.document)


def covering(of: VerdictDocument) -> list[Calibration]:
    found = []
    for place, judge in enumerate(of.basis.judges):
        category, _, competency = judge.family.partition("/")
        family = Family.model_validate({"category": category, "competency": competency})
        found.append(
            calibration(id=f"cal_{place}", model=judge.model, prompts_hash=judge.prompt_hash, family=family)
        )
    return found
