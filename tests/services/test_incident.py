"""Files of incidents: what happened and what was done, and no word of a candidate."""

import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest

from assessor.bootstrap import checking_incidents
from assessor.domain import events as e
from assessor.domain.errors import InvalidInput, NotFound
from assessor.domain.incident import TOLD, told
from assessor.domain.pilot import StageChange
from assessor.domain.policy import Policy, Stage
from assessor.domain.verdict import write_verdict
from assessor.ports import ActFilter, Destroyed, StoredVerdict
from assessor.services.audit_package import Made
from assessor.services.audit_package.archive import written
from assessor.services.incident import Account, Incidents, Scope, is_incident
from assessor.services.incident.contents import verdict_line
from assessor.services.log import AssessmentLog
from assessor.services.revoking import Revoking
from tests.adapters.store.samples import every_fact
from tests.domain.test_badge import document as signed
from tests.services.decided import BEGUN, Town
from tests.world import START, World

ACCOUNT = Account("The judge gave credit for notes to it.", "The judge was stopped; verdicts were revoked.")
REASON = "Notified to the authority on 3 March."
WORDS = "My colleague Zeugmatova taught me to bisect the history first."
CHECKING = checking_incidents(demonstration=True)
DAY = Scope(START - timedelta(days=1), START + timedelta(days=1))


def files_of(made: Made) -> dict[str, Any]:
    with ZipFile(io.BytesIO(made.content)) as archive:
        return {name: _read(name, archive.read(name)) for name in archive.namelist()}


def _read(name: str, content: bytes) -> Any:
    if name.endswith(".jsonl"):
        return [json.loads(line) for line in content.splitlines()]
    return json.loads(content) if name.endswith(".json") else content.decode()


def incidents(world: World) -> Incidents:
    return Incidents(world.store, world.signer, world.clock)


def replied(model: str) -> e.ModelReplied:
    return e.ModelReplied(purpose="judge", item_id="one", model=model, request_hash="sha256:1", reply=WORDS)


async def people(world: World) -> tuple[str, str, str]:
    """Let two be scored with the help of two models, and one with a fault and no model at all."""
    town = Town(world.store, world.clock, "acme")
    said = e.CandidateMessage(message_id="message-1", item_id=None, text=WORDS)
    scoring = (*BEGUN, said, e.AssessmentSubmitted(), e.ScoringStarted())
    first = await town.invited(*scoring, replied("openai/a"), person="zoe-zeugma")
    second = await town.invited(*scoring, replied("openai/b"))
    third = await town.invited(*scoring, e.FaultRecorded(where="scoring", kind="provider"))
    return first, second, third


async def test_it_tells_who_was_affected_when_and_what_was_done(world: World) -> None:
    town = Town(world.store, world.clock, "acme")
    decided = await town.decided()
    (verdict,) = await world.store.verdicts(decided)
    world.clock.turn(timedelta(hours=2))
    await Revoking(world.store, AssessmentLog(world.store, world.clock)).revoke(
        verdict.id, "olga", "The judge read something that was not there."
    )
    stage = StageChange(
        tenant="acme",
        track="python",
        stage=Stage.SHADOW,
        by="olga",
        reason="The judge is stopped.",
        at=world.clock.now(),
    )
    await world.store.change_stage(stage)

    files = files_of(await incidents(world).pack(DAY, ACCOUNT, "olga", REASON))

    (affected,) = files["affected.jsonl"]
    assert (affected["assessment_id"], affected["track"]) == (decided, "python")
    assert affected["verdicts"][0]["id"] == verdict.id
    assert affected["verdicts"][0]["revoked_because"] == "The judge read something that was not there."
    types = [line["type"] for line in files["timeline.jsonl"]]
    assert types == [
        "assessment.ordered", "assessment.started", "assessment.submitted", "scoring.started",
        "verdict.issued", "verdict.revoked",
    ]  # fmt: skip
    assert "verdict.revoked" in [line["action"] for line in files["acts.jsonl"]]
    assert files["measures.json"]["stages"][0]["stage"] == "shadow"
    about = files["incident.json"]
    assert (about["what"], about["done"]) == (ACCOUNT.what, ACCOUNT.done)
    assert (about["affected"], about["with_verdicts"], about["revoked"]) == (1, 1, 1)
    assert files["creation.json"]["reason"] == REASON


async def test_no_word_and_no_reference_of_a_candidate_is_in_it(world: World) -> None:
    await people(world)

    made = await incidents(world).pack(DAY, ACCOUNT, "olga", REASON)
    with_references = await incidents(world).pack(DAY, ACCOUNT, "olga", REASON, with_references=True)

    assert b"eugma" not in made.content
    assert b"zoe-zeugma" in with_references.content
    assert WORDS.encode() not in with_references.content


def test_of_a_fact_only_the_fields_that_are_named_are_told() -> None:
    facts = {type(fact): fact for fact in every_fact()}

    for kind, fact in facts.items():
        assert set(told(fact)) <= set(TOLD.get(kind, ()))
    assert told(facts[e.CandidateMessage]) == {}
    assert set(told(facts[e.ModelReplied])) == {"purpose", "item_id", "model", "request_hash"}
    free = {"text", "reply", "reason", "document", "jws", "note", "response", "scores", "form"}
    assert {(kind, name) for kind, names in TOLD.items() for name in names if name in free} == {
        (e.VerdictRevoked, "reason")  # told to whoever reads the verdict
    }


NARROWED: list[tuple[dict[str, Any], int]] = [
    ({}, 3),
    ({"model": "openai/a"}, 1),
    ({"model": "openai/c"}, 0),
    ({"track": "python"}, 3),
    ({"track": "nursing"}, 0),
    ({"prompts": "sha256:none"}, 0),
    ({"since": START + timedelta(hours=1)}, 0),
    ({"until": START}, 0),
    ({"tenant": "acme"}, 3),
]


async def test_it_can_be_narrowed_down(world: World) -> None:
    await people(world)

    for narrowed, expected in NARROWED:
        made = await incidents(world).pack(Scope(**{**vars(DAY), **narrowed}), ACCOUNT, "olga", REASON)
        assert files_of(made)["incident.json"]["affected"] == expected, narrowed


async def test_only_the_assessments_that_are_named(world: World) -> None:
    first, _, third = await people(world)
    chosen = Scope(DAY.since, DAY.until, assessments=(third, first))

    files = files_of(await incidents(world).pack(chosen, ACCOUNT, "olga", REASON))

    assert {one["assessment_id"] for one in files["affected.jsonl"]} == {first, third}
    assert {"where": "scoring", "kind": "provider"}.items() <= next(
        line for line in files["timeline.jsonl"] if line["type"] == "fault.recorded"
    ).items()


async def test_another_platforms_assessments_are_neither_told_nor_named(world: World) -> None:
    await world.access.add_tenant("other", "Other", Policy())
    theirs = await Town(world.store, world.clock, "other").decided()
    await people(world)
    service = incidents(world)

    files = files_of(await service.pack(Scope(DAY.since, DAY.until, "acme"), ACCOUNT, "olga", REASON))
    with pytest.raises(NotFound):
        await service.pack(Scope(DAY.since, DAY.until, "acme", (theirs,)), ACCOUNT, "olga", REASON)
    with pytest.raises(NotFound):
        await service.pack(Scope(DAY.since, DAY.until, "nobody"), ACCOUNT, "olga", REASON)

    assert {one["tenant"] for one in files["affected.jsonl"]} == {"acme"}
    assert {one["tenant"] for one in files["acts.jsonl"]} <= {"acme"}


async def test_who_takes_it_and_why_is_recorded(world: World) -> None:
    await people(world)

    await incidents(world).pack(Scope(DAY.since, DAY.until, "acme"), ACCOUNT, "olga", REASON)

    (record,) = await world.store.recorded(ActFilter("acme", action="export.incident"))
    assert (record.actor, record.reason, record.detail) == ("olga", REASON, {"assessments": 3})


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"account": Account("", "Nothing yet was done.")}, "what"),
    ({"account": Account("The judge was wrong.", "ok")}, "done"),
    ({"reason": "because"}, "reason"),
    ({"scope": Scope(START, START)}, "to"),
]


async def test_what_is_missing_is_named_and_nothing_is_recorded(world: World) -> None:
    for changes, field in REFUSED:
        given = {"scope": DAY, "account": ACCOUNT, "by": "olga", "reason": REASON, **changes}
        with pytest.raises(InvalidInput) as refused:
            await incidents(world).pack(**given)
        assert [one.field for one in refused.value.problems] == [field]

    assert await world.store.recorded(ActFilter(None, action="export.incident")) == ()


async def test_a_file_is_sound_and_whatever_is_changed_in_it_is_named(world: World) -> None:
    await people(world)
    made = await incidents(world).pack(DAY, ACCOUNT, "olga", REASON)
    with ZipFile(io.BytesIO(made.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}

    assert is_incident(made.content)
    assert CHECKING.check(made.content, world.signer.jwks()).findings == ()
    for name, content in files.items():
        changed = written({**files, name: content.replace(b"a", b"b", 1)})
        found = {one.file for one in CHECKING.check(changed, world.signer.jwks()).findings}
        assert found & {name, "creation.json", "creation.jws"}, name
    without = {name: content for name, content in files.items() if name != "timeline.jsonl"}
    added = {**files, "more.txt": b"more"}
    assert {one.file for one in CHECKING.check(written(without)).findings} == {"timeline.jsonl"}
    assert {one.file for one in CHECKING.check(written(added)).findings} == {"more.txt"}
    assert not CHECKING.check(made.content[:-40]).is_sound


def test_what_made_a_verdict_is_told_of_it() -> None:
    said = signed()
    stored = StoredVerdict(
        said.id, said.assessment_id, said.tenant, write_verdict(said), "a.b.c", "issued", None
    )

    line = verdict_line(stored)

    assert (line["decision"], line["decided_by"]) == (said.decision, said.decided_by)
    assert line["hashes"] == said.hashes.model_dump()
    assert [judge["model"] for judge in line["judges"]] == [judge.model for judge in said.basis.judges]


async def test_of_an_erased_candidate_the_verdicts_are_told_and_no_event(world: World) -> None:
    decided = await Town(world.store, world.clock, "acme").decided(person="zoe-zeugma")
    row = await world.store.projection(decided)
    await world.store.erase(row.candidate_id, Destroyed(world.clock.now(), "candidate"))

    files = files_of(await incidents(world).pack(DAY, ACCOUNT, "olga", REASON))

    (affected,) = files["affected.jsonl"]
    assert affected["erased"]
    assert len(affected["verdicts"]) == 1
    assert files["timeline.jsonl"] == []
