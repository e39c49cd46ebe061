"""Packages for auditors: the same bytes each time, and no byte of one changes unnoticed."""

import asyncio
import io
import json
import shutil
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.bootstrap import checking_packages
from assessor.domain.errors import DocumentRefused, Erased, InvalidInput
from assessor.domain.policy import Policy
from assessor.ports import ActFilter, Destroyed
from assessor.services.audit_package import Checked, Packing
from assessor.services.audit_package.archive import written
from assessor.services.audit_package.contents import OF_ITS_MAKING
from tests.services import attempts, plays, tampering
from tests.services.grading import GradingModel
from tests.world import PILOT, World
from tests.world import world as build

REASON = "A regulator asked for it, letter of 3 March."
JUDGED = Policy(judge_may_score=True, least_basis=PILOT.least_basis)
CHECKING = checking_packages(demonstration=True)


def packing(world: World) -> Packing:
    return Packing(world.store, world.content, world.signer, world.clock)


async def _packed(folder: Path, migrated_file: Path) -> dict[str, Any]:
    """Play one assessment with a judge, a redaction and a person's part, and package it twice."""
    file = folder / "data" / "assessor.db"
    file.parent.mkdir()
    shutil.copy(migrated_file, file)
    async with build(folder, f"sqlite:///{file}", model=GradingModel(), policy=JUDGED) as world:
        played = await attempts.submitted(world, 1)
        rita = await plays.reviewer(world)
        await plays.reviewed(world, played, rita)
        first, second = [await packing(world).pack_for(rita, played.id, REASON) for _ in range(2)]
        records = await world.store.recorded(ActFilter("acme", action="export.package"))
        return {
            "id": played.id,
            "content": first.content,
            "again": second.content,
            "keys": world.signer.jwks(),
            "events": await world.store.events(played.id),
            "records": records,
            "rita": rita.id,
        }


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> dict[str, Any]:
    return asyncio.run(_packed(tmp_path_factory.mktemp("packed"), migrated_file))


def files_of(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def checked(content: bytes, keys: Any = None) -> Checked:
    return asyncio.run(CHECKING.check(content, keys))


def test_a_package_is_sound_and_its_verdicts_are_replayed(packed: dict[str, Any]) -> None:
    found = checked(packed["content"], packed["keys"])

    assert found.findings == ()
    assert [one.state for one in found.results] == ["passed"] * len(found.results)
    assert found.assessment_id == packed["id"]
    types = {event.fact.type for event in packed["events"]}
    assert types >= {"words.redacted", "model.replied", "response.scored", "verdict.issued"}


def test_the_same_assessment_gives_the_same_bytes_but_for_the_record_of_its_making(
    packed: dict[str, Any],
) -> None:
    first, second = files_of(packed["content"]), files_of(packed["again"])

    assert {name for name in first if first[name] != second[name]} <= OF_ITS_MAKING
    assert first.keys() == second.keys()


def test_who_exported_it_and_why_is_recorded_and_in_the_package(packed: dict[str, Any]) -> None:
    creation = json.loads(files_of(packed["content"])["creation.json"])

    assert [(one.actor, one.reason) for one in packed["records"]] == [(packed["rita"], REASON)] * 2
    assert (creation["made_by"], creation["reason"]) == (packed["rita"], REASON)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_found_and_its_file_named(packed: dict[str, Any], data: st.DataObject) -> None:
    content = packed["content"]
    place = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[place] ^= data.draw(st.integers(1, 255))

    found = checked(bytes(changed))

    assert not found.is_sound
    inside = _file_at(content, place)
    assert inside is None or inside in {finding.file for finding in found.findings}


def _file_at(content: bytes, place: int) -> str | None:
    """Return in whose content a byte stands; None for the archive's own headers."""
    with ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            begin = entry.header_offset + 30 + len(entry.filename)
            if begin <= place < begin + entry.file_size:
                return entry.filename
    return None


@pytest.mark.parametrize("name", ["log.jsonl", "chain.jsonl"])
def test_a_byte_of_any_event_is_found_with_the_event_s_number(packed: dict[str, Any], name: str) -> None:
    files = files_of(packed["content"])
    rows = files[name].splitlines(keepends=True)
    for seq in range(1, len(rows) + 1, max(1, len(rows) // 12)):
        row = bytearray(rows[seq - 1])
        row[len(row) // 2] ^= 1
        changed = b"".join([*rows[: seq - 1], bytes(row), *rows[seq:]])

        found = checked(written({**files, name: changed}))

        assert (name, None) in {(one.file, one.event) for one in found.findings}, "the manifest"
        assert seq in {one.event for one in found.findings}


def test_a_forger_who_makes_digests_fit_is_found_by_chain_and_signature(packed: dict[str, Any]) -> None:
    files = files_of(packed["content"])
    rows = files["log.jsonl"].splitlines(keepends=True)
    seq = next(n for n, one in enumerate(rows, 1) if b'"message.candidate"' in one)
    said = json.loads(rows[seq - 1])
    said["fact"]["text"] = "Something that was never said."
    rows[seq - 1] = json.dumps(said, sort_keys=True, separators=(",", ":")).encode() + b"\n"

    found = checked(written(_fitted({**files, "log.jsonl": b"".join(rows)})))

    assert ("log.jsonl", seq) in {(one.file, one.event) for one in found.findings}
    assert "creation.json" in {one.file for one in found.findings}, "it is not what was signed"


def _fitted(files: dict[str, bytes]) -> dict[str, bytes]:
    """Let every digest in a package fit again, as far as one can without a key."""
    from assessor.services.audit_package.packing import digests

    manifest = json.loads(files["manifest.json"])
    manifest["files"] = digests({name: files[name] for name in manifest["files"]})
    files = {**files, "manifest.json": json.dumps(manifest).encode()}
    creation = json.loads(files["creation.json"])
    creation["sha256"] = digests({name: files[name] for name in creation["sha256"]})
    return {**files, "creation.json": json.dumps(creation).encode()}


@pytest.mark.parametrize("name", ["verdicts/status.json", "form.json", "bank/track.json", "chain.jsonl"])
def test_a_file_that_is_taken_out_or_put_in_is_named(packed: dict[str, Any], name: str) -> None:
    files = files_of(packed["content"])
    without = {one: content for one, content in files.items() if one != name}

    assert name in {one.file for one in checked(written(without)).findings}
    more = checked(written({**files, "extra.txt": b"more"}))
    assert "extra.txt" in {one.file for one in more.findings}


def test_a_package_of_a_demonstration_is_refused_unless_it_is_asked_for(packed: dict[str, Any]) -> None:
    strict = checking_packages(demonstration=False)

    found = asyncio.run(strict.check(packed["content"], packed["keys"]))

    assert not found.is_sound
    assert any("--demonstration" in one.problem for one in found.findings)


def test_another_service_s_keys_do_not_fit(packed: dict[str, Any], tmp_path: Path) -> None:
    from assessor.adapters.signing import JwsSigner

    other = JwsSigner.from_files(tmp_path / "a.jwk", tmp_path / "b.jwk", create=True)

    found = checked(packed["content"], other.jwks())

    assert {"creation.jws"} < {one.file for one in found.findings}


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_package_is_refused_and_nothing_breaks(content: bytes) -> None:
    assert not checked(content).is_sound


@pytest.mark.anyio
async def test_a_log_that_was_changed_or_erased_is_not_exported(world: World) -> None:
    played = await plays.begun(world)
    with pytest.raises(InvalidInput, match="reason"):
        await packing(world).pack(played.id, "anna", "short")

    await tampering.change_bytes(world, played.id, 2)
    with pytest.raises(DocumentRefused, match="Event 2 "):
        await packing(world).pack(played.id, "anna", REASON)
    person = await world.store.person_in(played.id)
    await tampering.change_bytes(world, played.id, 2)
    await world.store.erase(person.id, Destroyed(world.clock.now(), "operator"))
    with pytest.raises(Erased):
        await packing(world).pack(played.id, "anna", REASON)


@pytest.mark.anyio
async def test_an_assessment_under_way_is_packaged_too_and_has_nothing_to_replay(world: World) -> None:
    played = await plays.begun(world)

    made = await packing(world).pack(played.id, "anna", REASON)

    found = await CHECKING.check(made.content)
    assert found.findings == ()
    assert [one.state for one in found.results if one.name == "replay"] == ["not possible"]


def test_the_key_of_one_event_opens_no_other(packed: dict[str, Any]) -> None:
    rows = [json.loads(one) for one in files_of(packed["content"])["chain.jsonl"].splitlines()]
    opened = [row for row in rows if row["ciphertext"]]
    opened[0]["ciphertext"], opened[1]["ciphertext"] = opened[1]["ciphertext"], opened[0]["ciphertext"]
    from base64 import b64decode

    with pytest.raises(DocumentRefused):
        CHECKING.opens(
            b64decode(opened[0]["key"]),
            b64decode(opened[0]["ciphertext"]),
            packed["id"],
            opened[0]["seq"],
            "assessment.ordered",
        )
    assert len({row["key"] for row in opened}) == len(opened)
