"""Erasure: what goes at once, what is held back, what a restored backup cannot bring back, and the proof."""

import gzip
import io
import json
import shutil
import tarfile
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import select, update

from assessor.adapters.destroyed_keys import DestroyedKeysFile
from assessor.adapters.remains import StoredRemains
from assessor.adapters.store import SqlStore
from assessor.adapters.store.backup import copy_out, suffix_of
from assessor.adapters.store.tables import CANDIDATE, DRAFT
from assessor.adapters.vault import Vault
from assessor.domain import events as e
from assessor.domain.appeal import AppealedCriterion
from assessor.domain.assessment import Status
from assessor.domain.demographics import Declaration, Sex
from assessor.domain.errors import Conflict, Erased, InvalidInput, NotFound
from assessor.domain.response import SftResponse
from assessor.domain.retention import Retention, Term
from assessor.domain.wishes import Wish
from assessor.ports import Destroyed, Session
from assessor.services.erasing import Erasing, destroy_again
from assessor.services.order import Order
from assessor.services.proving import Proving
from assessor.services.tokens import hash_token
from tests.postgres import Databases, programs_path
from tests.services.decided import BEGUN, Town, answer, verdict
from tests.world import START, SeededRandom, World
from tests.world import world as build

pytestmark = pytest.mark.anyio

WORDS = "My colleague Zeugmatova taught me to bisect the history first."
RESPONSE = (
    'def first(values: list[int]) -> int:\n    """The ptarmigan’s “first” value."""\n    return values[0]'
)
DRAFTED = "A half-written justification about zeugmatic ptarmigans"
SAID_LATER = {
    "accommodation notes": "I read with a magnifier, after a stroke.",
    "replies to findings": "I dictated it, which looks like pasting.",
    "follow-up answers": "By halving the ptarmigans each time.",
    "appeals": "The second sentence names the ptarmigan.",
}
DAY = timedelta(days=1)
NOW = START + timedelta(minutes=1)
PERSON = "person-1"


def zipped(content: bytes) -> bytes:
    """Return an archive in an archive, as a folder of exports that was packed."""
    for name in ("export.csv", "exports.zip"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        content = packed.getvalue()
    return content


def tarred(content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(_entry("words.zst", inner := zstandard.compress(content)), io.BytesIO(inner))
    return packed.getvalue()


def _entry(name: str, content: bytes) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    return entry


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zip in zip": zipped,
    "zstd in tar in gzip": tarred,
}


@dataclass
class Rights:
    """A world with an eraser, and one person in it."""

    world: World
    erasing: Erasing
    proving: Proving
    ledger: DestroyedKeysFile
    town: Town
    id: str

    @property
    def store(self) -> SqlStore:
        return self.world.store

    async def erase(self) -> None:
        await self.erasing.erase(await self.erasing.holding_of("acme", PERSON))


@asynccontextmanager
async def rights(folder: Path, address: str) -> AsyncIterator[Rights]:
    async with build(folder, address) as world:
        ledger = DestroyedKeysFile(folder / "elsewhere" / "ledger.jsonl")
        erasing = Erasing(world.store, world.log, world.jobs, ledger, world.clock, SeededRandom(7))
        remains = StoredRemains([address], [folder], {"PATH": programs_path()})
        proving = Proving(world.store, world.content, erasing, ledger, remains)
        town = Town(world.store, world.clock, world.tenant.id)
        assessment_id = await decided(town)
        world.clock.turn(NOW - START)
        yield Rights(world, erasing, proving, ledger, town, assessment_id)


async def decided(town: Town, person: str = PERSON) -> str:
    """Let somebody write, be decided, declare themselves, and come back for one more draft."""
    store, now = town.store, town.clock.now()
    assessment_id = await town.invited(
        *BEGUN,
        e.AccommodationRequested(wishes=(Wish.OTHER,), note=SAID_LATER["accommodation notes"]),
        e.CandidateMessage(message_id="message-1", item_id=None, text=WORDS),
        e.ResponseHandedIn(item_id="task-1", response=SftResponse(text=RESPONSE)),
        e.AssessmentSubmitted(),
        e.ScoringStarted(),
        e.ModelReplied(purpose="judge", model="m", request_hash="q", reply=json.dumps({"quote": WORDS})),
        e.FollowUpAsked(
            follow_up_id="fol_1",
            reviewer="rev_1",
            item_id="task-1",
            question="How did you?",
            due_at=now + DAY,
        ),
        e.FollowUpAnswered(follow_up_id="fol_1", text=SAID_LATER["follow-up answers"]),
        e.SignalReplied(text=SAID_LATER["replies to findings"]),
        answer("task-1", 0.7),
        verdict(70.0, "qualified", "rule"),
        e.AppealFiled(
            appeal_id="appeal-1",
            criteria=(AppealedCriterion(item_id="task-1", criterion="order"),),
            ground="overlooked",
            note=SAID_LATER["appeals"],
        ),
        person=person,
    )
    await store.declare(assessment_id, Declaration(sex=Sex.FEMALE), now)
    await store.save_draft(assessment_id, "task-2", {"justification": DRAFTED}, 0, now)
    await store.open_session(Session(hash_token(person), "candidate", assessment_id, START + 30 * DAY))
    return assessment_id


@pytest.fixture
async def there(tmp_path: Path, address: str) -> AsyncIterator[Rights]:
    async with rights(tmp_path, address) as made:
        yield made


async def test_where_nothing_holds_it_a_deletion_takes_effect_at_once(there: Rights) -> None:
    before = await there.store.verify_chain(there.id)

    held_until = await there.erasing.ask(there.id)

    assert held_until is None
    for attempt in (
        there.world.log.load(there.id),
        there.store.drafts(there.id),
        there.store.declared(there.id),
        there.store.save_draft(there.id, "task-2", {}, 0, START),
    ):
        with pytest.raises(Erased):
            await attempt
    assert await there.store.verify_chain(there.id) == before
    assert await there.store._all(select(DRAFT)) == []
    assert await there.store.session(hash_token(PERSON), START) is None
    assert set(there.ledger.noted()) == {(await there.store.person("acme", PERSON)).id}


async def test_the_verdict_and_its_signature_stay_by_the_reference_alone(there: Rights) -> None:
    before = await there.store.live_verdict(there.id)

    await there.erase()

    assert await there.store.live_verdict(there.id) == before
    assert (await there.store.projection(there.id)).erased_at == NOW


async def test_erasing_ends_what_was_open_and_leaves_nothing_for_the_sweeps(there: Rights) -> None:
    ordered = await there.world.ordering.order(
        there.world.tenant, Order(candidate_ref=PERSON, track="nursing")
    )

    await there.erase()

    row = await there.store.projection(ordered.assessment.id)
    there.world.clock.turn(60 * DAY)
    assert row.status is Status.WITHDRAWN
    assert await there.store.unscored() == {}
    assert await there.store.overdue(there.world.clock.now()) == ()
    assert await there.store.waiting("acme") == ()


async def test_erasing_one_person_leaves_the_others_alone(there: Rights) -> None:
    other = await decided(there.town, "person-2")

    await there.erase()

    assert (await there.world.log.load(other)).transcript.turns[0].text == WORDS
    assert len(await there.store.drafts(other)) == 1


async def test_erasing_twice_is_erasing_once(there: Rights) -> None:
    await there.erase()
    there.world.clock.turn(DAY)

    await there.erase()

    assert (await there.store.person("acme", PERSON)).erased_at == NOW


async def test_a_new_order_for_an_erased_person_says_the_way_out(there: Rights) -> None:
    await there.erase()

    with pytest.raises(Erased, match="needs another reference"):
        await there.world.ordering.order(there.world.tenant, Order(candidate_ref=PERSON, track="nursing"))


async def test_a_deletion_that_a_term_holds_back_is_kept_can_be_withdrawn_and_comes(there: Rights) -> None:
    terms = Retention(work=Term(least_days=10, most_days=100), result=Term(least_days=20, most_days=200))
    await there.erasing.set_terms("acme", terms)

    until = await there.erasing.ask(there.id)
    asked = (await there.erasing.holding_in(there.id)).person.asked_at
    await there.erasing.withdraw(there.id)
    withdrawn = (await there.erasing.holding_in(there.id)).person.asked_at
    await there.erasing.ask(there.id)
    early = await there.erasing.erase_due()
    there.world.clock.turn(11 * DAY)
    late = await there.erasing.erase_due()

    assert until is not None
    assert (until - START).days == 10
    assert (asked, withdrawn) == (NOW, None)
    assert (early, late) == (0, 1)
    erased = await there.store.person("acme", PERSON)
    assert (erased.erased_by, erased.asked_at) == ("candidate", None)


async def test_the_operator_may_go_below_the_term_and_never_below_a_legal_hold(there: Rights) -> None:
    await there.erasing.set_terms("acme", Retention(work=Term(least_days=10, most_days=100)))
    with pytest.raises(Conflict, match="least term keeps this candidate's data until 2026-12-01"):
        await there.erase()
    held = await there.erasing.holding_of("acme", PERSON)
    placed = await there.erasing.hold(held, "A claim is pending at a court.", "anna", None)

    with pytest.raises(Conflict, match="legal hold keeps this candidate's data until somebody lifts"):
        await there.erasing.erase(await there.erasing.holding_of("acme", PERSON), before_term=True)
    await there.erasing.lift("acme", placed.id)
    await there.erasing.erase(await there.erasing.holding_of("acme", PERSON), before_term=True)

    with pytest.raises(Erased):
        await there.world.log.load(there.id)


async def test_a_hold_needs_a_reason_a_time_to_come_and_a_candidate_of_the_platform(there: Rights) -> None:
    found = await there.erasing.holding_of("acme", PERSON)

    with pytest.raises(InvalidInput, match="too short"):
        await there.erasing.hold(found, "court", "anna", None)
    with pytest.raises(InvalidInput, match="is over already"):
        await there.erasing.hold(found, "A claim is pending.", "anna", START - DAY)
    with pytest.raises(NotFound):
        await there.erasing.lift("acme", "hld_none")
    with pytest.raises(NotFound):
        await there.erasing.holding_of("another", PERSON)


async def test_work_and_then_results_go_by_themselves_when_their_terms_are_over(there: Rights) -> None:
    terms = Retention(work=Term(least_days=0, most_days=100), result=Term(least_days=0, most_days=200))
    await there.erasing.set_terms("acme", terms)

    seen = []
    for days in (99, 3, 90, 10):
        there.world.clock.turn(days * DAY)
        due = await there.erasing.due()
        seen.append([one.what for one in due])
        await there.erasing.erase_due()

    assert seen == [[], ["work"], [], ["result"]]
    assert await there.store.verdicts(there.id) == ()
    assert (await there.store.projection(there.id)).candidate_ref.startswith("erased-cnd_")
    with pytest.raises(NotFound):
        await there.store.person("acme", PERSON)
    assert await there.erasing.due() == ()


async def test_a_legal_hold_holds_what_would_go_by_itself(there: Rights) -> None:
    found = await there.erasing.holding_of("acme", PERSON)
    await there.erasing.hold(found, "A claim is pending at a court.", "anna", START + 5000 * DAY)
    there.world.clock.turn(4999 * DAY)

    held = await there.erasing.due()
    there.world.clock.turn(2 * DAY)

    assert held == ()
    assert [one.what for one in await there.erasing.due()] == ["work"]


async def test_after_its_results_went_a_reference_can_be_used_again(there: Rights) -> None:
    await there.erase()
    await there.store.forget_results((await there.store.person("acme", PERSON)).id, START)

    ordered = await there.world.ordering.order(
        there.world.tenant, Order(candidate_ref=PERSON, track="python")
    )

    assert ordered.assessment.ordered.attempt == 1


async def test_results_of_somebody_who_was_not_erased_stay(there: Rights) -> None:
    with pytest.raises(Conflict, match="was not erased"):
        await there.store.forget_results((await there.store.person("acme", PERSON)).id, START)

    assert await there.store.live_verdict(there.id)


async def test_the_proof_finds_nothing_after_an_erasure(there: Rights) -> None:
    proof = await there.proving.erase(await there.erasing.holding_of("acme", PERSON))

    assert set(proof.samples) == {*SAID_LATER, "conversation", "answers", "drafts", "replies of models"}
    assert proof.nothing_found
    assert (proof.found, proof.unopened, proof.rows_left, proof.noted_at) == ((), (), {}, NOW)
    places = " ".join(one.where for one in proof.searched)
    assert "assessor.db" in places or "table public.event" in places


@pytest.mark.parametrize("write", [str.encode, lambda words: json.dumps({"said": words}).encode()])
async def test_the_proof_bites_on_an_export_that_still_has_the_words(
    there: Rights, tmp_path: Path, write: Callable[[str], bytes]
) -> None:
    (tmp_path / "export.csv").write_bytes(write(WORDS))

    proof = await there.proving.erase(await there.erasing.holding_of("acme", PERSON))

    assert [Path(one.where).name for one in proof.found] == ["export.csv"]


async def test_the_proof_bites_on_a_row_that_still_has_the_words_or_the_key(there: Rights) -> None:
    key = await there.store.sealed_key((await there.store.person("acme", PERSON)).id)
    other = await there.store.candidate("acme", "person-9")
    await there.store._execute(update(CANDIDATE).where(CANDIDATE.c.id == other).values(wrapped_key=key))
    await there.store.declare((await decided(there.town, "person-3")), Declaration(), START)
    await there.store._execute(DRAFT.insert().values(_draft_in_plain(await decided(there.town, "person-4"))))

    proof = await there.proving.erase(await there.erasing.holding_of("acme", PERSON))

    found = {name for one in proof.found for name in one.found}
    assert "the wrapped data key" in found
    assert any(name.startswith("sample") for name in found)


def _draft_in_plain(assessment_id: str) -> dict[str, object]:
    return {
        "assessment_id": assessment_id,
        "item_id": "task-9",
        "revision": 1,
        "saved_at": START,
        "ciphertext": json.dumps(DRAFTED).encode(),
    }


@pytest.mark.parametrize("pack", [*PACKED.values()], ids=[*PACKED])
async def test_the_proof_finds_every_kind_of_words_also_where_they_are_packed(
    there: Rights, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "old").write_bytes(pack("\n".join(SAID_LATER.values()).encode()))

    proof = await there.proving.erase(await there.erasing.holding_of("acme", PERSON))

    (place,) = proof.found
    assert place.where.startswith(str(tmp_path / "backups" / "old"))
    assert {name.partition("(")[2].rstrip(")") for name in place.found} == {*SAID_LATER}
    assert not proof.nothing_found


async def test_what_cannot_be_opened_is_named_and_not_taken_for_searched(
    there: Rights, tmp_path: Path
) -> None:
    (tmp_path / "torn.gz").write_bytes(gzip.compress(WORDS.encode() * 9)[:-9])

    proof = await there.proving.erase(await there.erasing.holding_of("acme", PERSON))

    assert [Path(one.where.split(": ")[0]).name for one in proof.unopened] == ["torn.gz"]


async def test_after_a_restore_a_proof_goes_by_ids_and_deletes_what_came_back(
    there: Rights, tmp_path: Path
) -> None:
    person = await there.store.person("acme", PERSON)
    key = await there.store.sealed_key(person.id)
    await there.erase()
    # What an older backup brings back, and the start that reads the ledger.
    back = {"wrapped_key": key, "erased_at": None, "erased_by": None}
    await there.store._execute(update(CANDIDATE).where(CANDIDATE.c.id == person.id).values(**back))
    await there.store._execute(DRAFT.insert().values(_draft_in_plain(there.id)))
    came_back = await there.store.rows_left(person.id)
    await destroy_again(there.store, there.ledger)

    proof = await there.proving.erase(await there.erasing.holding_of("acme", PERSON))

    assert came_back == {"candidate": 1, "draft": 1}
    assert (proof.by, proof.samples, proof.rows_left, proof.noted_at) == ("ids", {}, {}, NOW)
    assert proof.nothing_found


async def test_a_copy_that_was_made_before_is_found_to_have_the_key(
    there: Rights, tmp_path: Path, address: str
) -> None:
    copy = _copied(address, tmp_path)

    proof = await there.proving.erase(await there.erasing.holding_of("acme", PERSON))

    assert {name for one in proof.found for name in one.found} == {"the wrapped data key"}
    assert {one.where.removesuffix(": rows") for one in proof.found} == {str(copy)}


async def test_a_proof_by_ids_asks_copies_and_names_those_that_it_cannot_ask(
    there: Rights, tmp_path: Path, address: str, kind: str
) -> None:
    copy = _copied(address, tmp_path)
    await there.erase()

    proof = await there.proving.erase(await there.erasing.holding_of("acme", PERSON))

    told = proof.found if kind == "sqlite" else proof.unopened
    assert [one.where for one in told] == [str(copy)]
    assert proof.nothing_found is (kind != "sqlite")


def _copied(address: str, folder: Path) -> Path:
    copy = folder / "backups" / f"assessor{suffix_of(address)}"
    copy.parent.mkdir()
    copy_out(address, copy, {"PATH": programs_path()})
    return copy


async def test_an_older_backup_does_not_bring_the_words_back(
    tmp_path: Path, address: str, kind: str, request: pytest.FixtureRequest
) -> None:
    async with rights(tmp_path, address) as there:
        assessment_id, ledger = there.id, there.ledger
    with _backed_up(address, kind, tmp_path, request) as backup:
        store = SqlStore(address, Vault(bytes(32)))
        person = await store.person("acme", PERSON)
        at = Destroyed(START, "candidate")
        ledger.note({person.id: at})
        await store.erase(person.id, at)
        await store.close()

        restored = SqlStore(backup, Vault(bytes(32)))
        assert await restored.events(assessment_id), "the backup was no backup"
        again = await destroy_again(restored, ledger)
        once_more = await destroy_again(restored, ledger)

        assert (again, once_more) == (1, 0)
        with pytest.raises(Erased):
            await restored.events(assessment_id)
        assert await restored._all(select(DRAFT)) == []
        assert await restored.verify_chain(assessment_id)
        await restored.close()


async def test_a_ledger_that_was_lost_is_written_again_from_the_database(
    there: Rights, tmp_path: Path
) -> None:
    await there.erase()
    lost = DestroyedKeysFile(tmp_path / "new" / "ledger.jsonl")

    await destroy_again(there.store, lost)

    assert lost.noted() == there.ledger.noted()


def _backed_up(
    address: str, kind: str, folder: Path, request: pytest.FixtureRequest
) -> AbstractContextManager[str]:
    if kind == "sqlite":
        file = folder / "backup.db"
        shutil.copy(address.removeprefix("sqlite:///"), file)
        return nullcontext(f"sqlite:///{file}")
    databases: Databases = request.getfixturevalue("postgres")
    return databases.lent(databases.copied(address))
