"""Shadow runs: what another grading would have done, worked out beside the log, and never paid for twice."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assessor.adapters.prompts import FilePrompts, read_judge_prompts
from assessor.adapters.shipped import shipped
from assessor.domain.audit_log import Action
from assessor.domain.change import obstacles
from assessor.domain.errors import Conflict, InvalidInput, ModelFault, NotFound
from assessor.domain.grading import Grading
from assessor.domain.policy import Policy
from assessor.ports import ActFilter, Destroyed, ModelReply, ModelRequest
from assessor.services.shadowing import HELD
from tests.services.attempts import PROMPTS
from tests.services.grading import GradingModel
from tests.services.shadows import NEWER, Providers, proposal, shadowing, usable
from tests.world import PILOT, World
from tests.world import world as build

JUDGED = Policy(judge_may_score=True, least_basis=PILOT.least_basis)


class CutOff(GradingModel):
    """A provider that goes away after so many replies."""

    def __init__(self, name: str, left: int) -> None:
        super().__init__(name)
        self.left = left

    async def complete(self, request: ModelRequest) -> ModelReply:
        if self.left <= 0:
            raise ModelFault("unavailable", "no connection")
        self.left -= 1
        return await super().complete(request)


@pytest.fixture
async def judged(tmp_path: Path, migrated_file: Path) -> AsyncIterator[World]:
    file = tmp_path / "data" / "assessor.db"
    file.parent.mkdir()
    shutil.copy(migrated_file, file)
    async with build(tmp_path, f"sqlite:///{file}", model=GradingModel(), policy=JUDGED) as built:
        yield built


@pytest.fixture
async def on_both(tmp_path: Path, address: str) -> AsyncIterator[World]:
    async with build(tmp_path, address, model=GradingModel(), policy=JUDGED) as built:
        yield built


async def test_another_model_is_tried_on_stored_work_and_no_log_changes(on_both: World) -> None:
    judged = on_both
    people = [await usable(judged, level) for level in (4, 2)]
    before = [await judged.store.events(one.id) for one in people]
    providers = Providers()
    service = shadowing(judged, providers)

    change = await service.propose(proposal())
    report = await service.run(change)

    assert [await judged.store.events(one.id) for one in people] == before
    assert (report.cases, report.wanted, report.change) == (2, 100, change.id)
    assert sum(times for row in report.decisions.values() for times in row.values()) == 2
    assert {one.name.partition("/")[0] for one in report.criteria} != set()
    assert report.cost.after.calls > 0
    assert report.cost.before.calls > 0
    assert report.cost.seconds_median is not None
    assert {one.grade for one in report.calibration} == {"none"}
    assert (len(report.injection.trials), report.injection.broken) == (10, ())
    newer = providers.models["newer"]
    assert isinstance(newer, GradingModel)
    assert len(newer.judged) >= report.cost.after.calls
    assert (await judged.store.change("acme", change.id)).report == report
    acts = await judged.store.recorded(ActFilter("acme"))
    assert {Action.CHANGE_PROPOSED, Action.CHANGE_REPORTED} <= {one.action for one in acts}


async def test_a_run_that_was_cut_off_goes_on_and_pays_for_nothing_twice(judged: World) -> None:
    for level in (4, 2):
        await usable(judged, level)
    cut = CutOff("newer", left=3)
    service = shadowing(judged, Providers({"newer": cut}))
    change = await service.propose(proposal())
    with pytest.raises(Conflict, match="could not be reached"):
        await service.run(change)

    whole = GradingModel("newer")
    service = shadowing(judged, Providers({"newer": whole}))
    again = await service.propose(proposal())
    report = await service.run(again)

    assert len(await judged.store.changes("acme")) == 1
    assert report.cases == 2
    assert set(cut.judged).isdisjoint(whole.judged)
    assert report.cost.after.calls <= len(cut.judged) + len(whole.judged)


async def test_a_finished_run_is_not_run_again_and_the_next_proposal_is_another(judged: World) -> None:
    await usable(judged)
    providers = Providers()
    service = shadowing(judged, providers)
    change = await service.propose(proposal())
    report = await service.run(change)
    newer = providers.models["newer"]
    assert isinstance(newer, GradingModel)
    paid = len(newer.judged)

    same = await service.run(await judged.store.change("acme", change.id))
    other = await service.propose(proposal())

    assert same == report
    assert len(newer.judged) == paid
    assert other.id != change.id


async def test_work_of_those_who_did_not_agree_is_never_looked_at(judged: World) -> None:
    await usable(judged, agrees=False)

    with pytest.raises(Conflict, match="no stored work"):
        await shadowing(judged, Providers()).propose(proposal())


async def test_who_takes_consent_back_or_is_erased_leaves_the_sample(judged: World) -> None:
    kept, erased = await usable(judged), await usable(judged)
    service = shadowing(judged, Providers({"newer": CutOff("newer", left=2)}))
    change = await service.propose(proposal())
    with pytest.raises(Conflict):
        await service.run(change)

    await judged.store.erase(erased.ordered.candidate_id, Destroyed(judged.clock.now(), "operator"))
    report = await shadowing(judged, Providers()).run(change)

    assert report.cases == 1
    graded = await judged.store.graded(change.id)
    assert [one.assessment_id for one in graded] == [kept.id]


async def test_the_same_judge_with_a_lighter_rubric_makes_no_call_for_what_it_read_before(
    judged: World,
) -> None:
    assessment = await usable(judged)
    library = await judged.content.library()
    item = library.item("python", assessment.form.items[0].item_id)
    rubric = library.rubric(item.rubric or "")
    lighter = rubric.changed(version=rubric.version + 1, criteria=rubric.criteria[1:], anchors=())
    service = shadowing(judged, Providers())

    report = await service.run(await service.propose(proposal(Grading(rubrics=(lighter,)))))

    asked = [one for one in assessment.replies.values() if one.purpose == "judge"]
    assert report.cost.after.calls < len(asked)
    dropped = next(one for one in report.criteria if one.name == f"{rubric.id}/{rubric.criteria[0].id}")
    assert dropped.n == 0


async def test_other_prompts_are_another_judge(judged: World, tmp_path: Path) -> None:
    await usable(judged)
    folder = tmp_path / "prompts"
    (folder / "judge").mkdir(parents=True)
    installed = FilePrompts(shipped("prompts"))
    system = installed.source("judge/system.j2") or ""
    (folder / "judge" / "system.j2").write_text(f"{system}\nRead twice.\n")
    (folder / "judge" / "again.j2").write_text(installed.source("judge/again.j2") or "")
    words = read_judge_prompts(folder, installed)
    service = shadowing(judged, Providers())

    report = await service.run(await service.propose(proposal(Grading(prompts=words))))

    assert set(words) == {"judge/system.j2"}
    assert report.cost.after.calls > 0
    assert PROMPTS.replaced(words).hash != PROMPTS.hash


async def test_prompts_that_let_candidate_text_out_of_its_fence_are_found(judged: World) -> None:
    await usable(judged)
    words = {
        "judge/work.j2": "{% for one in passages %}{{ one.text | replace('<', '') }}{% endfor %}"
        "Grade exactly these criteria\n{% for one in criteria %}- {{ one.id }}: {{ one.text }}\n{% endfor %}"
    }
    service = shadowing(judged, Providers())

    report = await service.run(await service.propose(proposal(Grading(prompts=words))))

    assert report.injection.broken
    assert any("leaves its fence" in one for one in obstacles(report, (), judged.clock.now()))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ passages.__class__ ", "line 1"),
        ("{{ the_key }}", "asks for the_key"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "judge").mkdir()
    (tmp_path / "judge" / "work.j2").write_text(text)

    with pytest.raises(InvalidInput, match=says):
        read_judge_prompts(tmp_path, PROMPTS)


def test_words_of_the_interviewer_cannot_be_tried_on_stored_work(tmp_path: Path) -> None:
    (tmp_path / "interview").mkdir()
    (tmp_path / "interview" / "probe_system.j2").write_text("Ask kindly.")

    with pytest.raises(InvalidInput, match="no template of the judge"):
        read_judge_prompts(tmp_path, PROMPTS)


async def test_what_cannot_be_proposed_is_refused_with_a_way_out(judged: World) -> None:
    await usable(judged)
    service = shadowing(judged, Providers())

    with pytest.raises(InvalidInput, match="names nothing"):
        await service.propose(proposal(Grading()))
    with pytest.raises(InvalidInput, match="is what is on already"):
        await service.propose(proposal(Grading(models=("grader",))))
    with pytest.raises(InvalidInput, match="--sample"):
        await service.propose(proposal(sample=0))
    with pytest.raises(NotFound):
        await service.propose(proposal(tenant="nobody"))
    with pytest.raises(NotFound):
        await service.propose(proposal(NEWER, track="no-such-track"))


async def test_a_worker_takes_up_what_was_cut_off_and_of_two_processes_one_waits(judged: World) -> None:
    await usable(judged)
    cut = shadowing(judged, Providers({"newer": CutOff("newer", left=1)}), worker="first")
    change = await cut.propose(proposal())
    now = judged.clock.now()
    assert await judged.store.hold_change(change.id, "first", now, now + HELD)
    other = shadowing(judged, Providers(), worker="second")
    with pytest.raises(Conflict, match="Another process"):
        await other.run(change)
    await other.go_on()
    assert (await judged.store.change("acme", change.id)).report is None

    judged.clock.turn(HELD)  # nothing was heard of the first since
    await other.go_on()

    assert (await judged.store.change("acme", change.id)).report
    assert await judged.store.unreported() == ()


async def test_a_process_with_another_judge_does_not_go_on_with_a_run(judged: World) -> None:
    assessment = await usable(judged)
    library = await judged.content.library()
    rubric = library.rubric(library.item("python", assessment.form.items[0].item_id).rubric or "")
    lighter = rubric.changed(version=rubric.version + 1, criteria=rubric.criteria[1:], anchors=())
    change = await shadowing(judged, Providers()).propose(proposal(Grading(rubrics=(lighter,))))

    with pytest.raises(Conflict, match="begun with grader"):
        await shadowing(judged, Providers(), installed=GradingModel("another")).run(change)
