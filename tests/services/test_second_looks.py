"""A person scores again what a judge has scored, sees no score, and changes no verdict."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assessor.adapters.code import JailedCode
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, InvalidInput, NotFound
from assessor.domain.events import SecondLookCompared
from assessor.domain.pilot import JudgeInUse, judged_families
from assessor.domain.policy import Policy, Stage
from assessor.domain.quality import Sampling
from assessor.domain.verdict import read_verdict
from assessor.ports import Reviewer
from assessor.services.piloting import Piloting, Place
from assessor.services.scoring import Scoring
from assessor.services.second_looks import SecondLooks
from tests.domain.calibration.simulated import calibration
from tests.scoring.graders import Grader, Row, first_words
from tests.services import attempts, plays
from tests.services.test_judging import JUDGED
from tests.world import World
from tests.world import world as build

ALL = Sampling(1.0, bytes(32))
NONE = Sampling(0.0, bytes(32))


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """One kind of database is enough here."""
    return str(request.param)


class Generous(Grader):
    """Finds every criterion of the library met."""

    def __init__(self) -> None:
        super().__init__(self._said)
        self.texts: set[str] = set()

    def _said(self, text: str, own: str) -> Row | None:
        return {"quotes": [first_words(own)]} if text in self.texts else None


@dataclass
class Sampled:
    """An assessment that a rule decided, drawn for a second look."""

    world: World
    assessment: Assessment
    looks: SecondLooks
    eve: Reviewer
    """Who has seen no score."""

    async def mark_all(self, mark: str) -> Assessment:
        assessment = self.assessment
        while look := await self.looks.next_item(self.eve, assessment.id):
            marks = {one.id: mark for one in look.criteria}
            assessment = await self.looks.mark(self.eve, assessment.id, look.item.item.id, marks)
        return assessment


async def decided(world: World, model: Generous, sampling: Sampling, *, livemode: bool = True) -> Assessment:
    """Play an able candidate whom a rule decides on, on calibrated judges."""
    library = await world.content.library()
    model.texts = {one.text for rubric in library.rubrics.values() for one in rubric.criteria}
    assessment = await plays.submitted(world, livemode=livemode)
    assert assessment.drawn is not None
    families = judged_families(library, library.track("python"))
    prompts = assessment.drawn.prompts_hash
    await world.store.add_calibrations(
        [
            calibration(id=f"cal_{n}", family=family, model=model.name, prompts_hash=prompts)
            for n, family in enumerate(families)
        ]
    )
    code = JailedCode("full")
    scoring = Scoring(world.log, world.content, world.signer, None, code, world.store, sampling=sampling)
    if assessment.open_scores:
        await plays.reviewed(world, assessment, await plays.reviewer(world))
    return await scoring.issue(assessment.id)


@pytest.fixture
async def sampled(tmp_path: Path, address: str) -> AsyncIterator[Sampled]:
    model = Generous()
    async with build(tmp_path, address, model=model, policy=JUDGED) as world:
        assessment = await decided(world, model, ALL)
        eve = await plays.reviewer(world, email="eve@acme.example")
        yield Sampled(world, assessment, SecondLooks(world.log, world.content), eve)


async def test_a_decision_by_rule_stands_at_once_and_waits_in_the_queue_for_a_second_look(
    sampled: Sampled,
) -> None:
    (row,) = await sampled.world.reviewing.queue(sampled.eve)

    stored = await sampled.world.store.live_verdict(sampled.assessment.id)

    assert stored is not None
    document = read_verdict(stored.document)
    assert (document.decision, document.decided_by) == ("qualified", "rule")
    assert (row.id, row.quality, row.needs_person) == (sampled.assessment.id, "due", False)


async def test_who_looks_sees_the_work_and_not_one_score(sampled: Sampled) -> None:
    look = await sampled.looks.next_item(sampled.eve, sampled.assessment.id)

    assert look is not None
    assert look.item.scores == ()
    assert not look.item.noticed
    assert look.item.applied is None
    assert look.criteria
    assert look.left == len(sampled.assessment.second_look.criteria if sampled.assessment.second_look else ())


async def test_levels_are_kept_beside_the_calibration_and_the_verdict_stays(sampled: Sampled) -> None:
    before = await sampled.world.store.live_verdict(sampled.assessment.id)

    done = await sampled.mark_all("met")

    levels = await sampled.world.store.quality_levels()
    assert done.second_look is not None
    assert done.second_look.levels
    assert {pair for pairs in levels.values() for pair in pairs} == {(4, 4)}
    assert sum(map(len, levels.values())) == len(done.second_look.levels)
    assert (done.quality, done.scores) == (None, sampled.assessment.scores)
    assert await sampled.world.store.live_verdict(done.id) == before
    assert await sampled.world.reviewing.queue(sampled.eve) == ()
    assert (await attempts.replaying(sampled.world).replay(done.id)).is_equal


async def test_a_disagreement_comes_back_to_the_desk_until_somebody_has_seen_to_it(sampled: Sampled) -> None:
    before = await sampled.world.store.live_verdict(sampled.assessment.id)

    done = await sampled.mark_all("unmet")
    (row,) = await sampled.world.reviewing.queue(sampled.eve)
    seen = await sampled.looks.seen(sampled.eve, done.id)
    twice = await sampled.looks.seen(sampled.eve, done.id)

    assert (row.quality, seen.quality, twice.seq) == ("differs", None, seen.seq)
    assert await sampled.world.reviewing.queue(sampled.eve) == ()
    assert await sampled.world.store.live_verdict(done.id) == before


async def test_who_has_seen_the_scores_gives_no_second_look(sampled: Sampled) -> None:
    rita = await plays.reviewer(sampled.world, email="rita2@acme.example")
    await sampled.world.reviewing.case(rita, sampled.assessment.id)
    item_id = next(iter(sampled.assessment.second_look.criteria)) if sampled.assessment.second_look else ""

    with pytest.raises(Conflict, match="seen its scores"):
        await sampled.looks.next_item(rita, sampled.assessment.id)
    with pytest.raises(Conflict, match="seen its scores"):
        await sampled.looks.mark(
            rita, sampled.assessment.id, item_id, dict.fromkeys(_criteria(sampled, item_id), "met")
        )
    assert await sampled.looks.next_item(sampled.eve, sampled.assessment.id)


def _criteria(sampled: Sampled, item_id: str) -> tuple[str, ...]:
    look = sampled.assessment.second_look
    return look.criteria[item_id] if look else ()


async def test_each_criterion_needs_a_mark_and_an_item_is_scored_once(sampled: Sampled) -> None:
    look = await sampled.looks.next_item(sampled.eve, sampled.assessment.id)
    assert look is not None
    item_id, first = look.item.item.id, look.criteria[0].id

    with pytest.raises(InvalidInput, match="is not scored yet"):
        await sampled.looks.mark(sampled.eve, sampled.assessment.id, item_id, {first: "perhaps"})
    with pytest.raises(InvalidInput, match="is not to be looked at"):
        await sampled.looks.mark(sampled.eve, sampled.assessment.id, "another", {})
    marks = {one.id: "met" for one in look.criteria}
    await sampled.looks.mark(sampled.eve, sampled.assessment.id, item_id, marks)
    with pytest.raises(Conflict, match="scored meanwhile"):
        await sampled.looks.mark(sampled.eve, sampled.assessment.id, item_id, marks)


async def test_another_platforms_case_is_not_found(sampled: Sampled) -> None:
    await sampled.world.access.add_tenant("other", "Other", Policy())
    otto = await plays.reviewer(sampled.world, "other", "otto@other.example")

    for call in (
        sampled.looks.next_item(otto, sampled.assessment.id),
        sampled.looks.mark(otto, sampled.assessment.id, "x", {}),
        sampled.looks.seen(otto, sampled.assessment.id),
    ):
        with pytest.raises(NotFound):
            await call


@pytest.mark.parametrize(("sampling", "livemode"), [(NONE, True), (ALL, False)])
async def test_what_is_not_drawn_or_does_not_count_asks_nobody(
    tmp_path: Path, address: str, sampling: Sampling, *, livemode: bool
) -> None:
    model = Generous()
    async with build(tmp_path, address, model=model, policy=JUDGED) as world:
        assessment = await decided(world, model, sampling, livemode=livemode)

        assert assessment.is_decided_by_rule
        assert assessment.second_look is None
        assert assessment.quality is None


async def test_a_pilot_falls_when_second_looks_are_below_the_calibrations_bar(sampled: Sampled) -> None:
    world = sampled.world
    assert sampled.assessment.drawn is not None
    judge = JudgeInUse(("m1",), sampled.assessment.drawn.prompts_hash)
    pilot = Piloting(world.store, world.content, judge, world.clock)
    await pilot.set_stage(Place("acme", "python"), Stage.AUTOMATIC, "rita", "It was measured.")
    steady = await pilot.fall_back()
    looked = await sampled.mark_all("unmet")
    too_few = await pilot.fall_back()
    await _many_more(world, looked)

    fallen = await pilot.fall_back()

    assert (steady, too_few) == ((), ())
    assert [one.stage for one in fallen] == [Stage.ASSISTED]
    assert "second looks" in fallen[0].reason
    with pytest.raises(Conflict, match="does not hold any more"):
        await pilot.set_stage(Place("acme", "python"), Stage.AUTOMATIC, "rita", "Let us try again.")


async def _many_more(world: World, looked: Assessment) -> None:
    """Let further second looks of one calibration find what no judge would."""
    assert looked.second_look is not None
    first = next(one for one in looked.second_look.levels or () if one.calibration_id)
    levels = tuple(first.changed(item_id=f"another-{n}", person=n % 5, judge=4 - n % 5) for n in range(40))
    await world.log.change(looked.id, lambda _a, _now: [SecondLookCompared(levels=levels)])
