"""Words that were taken back: gone from the disk, with a log that is read and verified as before."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import CANDIDATE, EVENT
from assessor.domain import events as e
from assessor.domain.errors import Conflict, DocumentRefused
from assessor.ports import Append
from tests.adapters.store.samples import appended, begun, change, message

pytestmark = pytest.mark.anyio

LEFT = "I asked [redacted by the candidate, 2 words]."


def redaction(*left: e.Left, number: int = 1) -> e.WordsRedacted:
    return e.WordsRedacted(redaction_id=f"redaction-{number}", left=left)


async def redacted(store: SqlStore) -> str:
    """Return a log of five events whose second was taken back by its fourth."""
    row = await begun(store)
    await appended(store, row, [message("I asked Mrs Zeugma.", 2), message("Kept.", 3)], after=1)
    await appended(store, row, [redaction(e.Left(seq=2, fact=message(LEFT, 2)))], after=3)
    await appended(store, row, [message("Later.", 5)], after=4)
    return row.id


async def sealed(store: SqlStore, seq: int) -> Any:
    columns = (EVENT.c.ciphertext, EVENT.c.hash, EVENT.c.digest, EVENT.c.redacted_by)
    return await store._first(select(*columns).where(EVENT.c.seq == seq))


def texts(events: tuple[e.Event, ...]) -> list[str]:
    return [event.fact.text for event in events if isinstance(event.fact, e.CandidateMessage)]


async def test_the_event_keeps_its_place_and_says_what_is_left(store: SqlStore) -> None:
    assessment_id = await redacted(store)

    events = await store.events(assessment_id)

    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    assert texts(events) == [LEFT, "Kept.", "Later."]
    assert await store.verify_chain(assessment_id) == 5


@pytest.mark.parametrize("after", [1, 2, 3, 4])
async def test_reading_on_from_any_place_gives_the_same_events(store: SqlStore, after: int) -> None:
    assessment_id = await redacted(store)

    assert await store.events(assessment_id, after) == (await store.events(assessment_id))[after:]


async def test_hashes_do_not_change(store: SqlStore) -> None:
    row = await begun(store)
    await appended(store, row, [message("I asked Mrs Zeugma.", 2), message("Kept.", 3)], after=1)
    before = [event.hash for event in await store.events(row.id)]

    await appended(store, row, [redaction(e.Left(seq=2, fact=message(LEFT, 2)))], after=3)

    assert [event.hash for event in await store.events(row.id)][:3] == before


async def test_the_sealed_words_are_in_no_file_any_more(
    store: SqlStore, stored_in: Callable[[], Path], address: str
) -> None:
    if not address.startswith("sqlite"):
        pytest.skip("PostgreSQL clears overwritten rows when it vacuums, in its own time")
    row = await begun(store)
    await appended(store, row, [message("I asked Mrs Zeugma.", 2), message("Kept.", 3)], after=1)
    gone, kept = (await sealed(store, 2)).ciphertext, (await sealed(store, 3)).ciphertext
    on_disk = b"".join(path.read_bytes() for path in stored_in().rglob("*") if path.is_file())
    assert gone in on_disk, "the files that were searched are not the database's"

    await appended(store, row, [redaction(e.Left(seq=2, fact=message(LEFT, 2)))], after=3)

    on_disk = b"".join(path.read_bytes() for path in stored_in().rglob("*") if path.is_file())
    assert kept in on_disk
    assert gone not in on_disk
    assert (await sealed(store, 2)).ciphertext is None


async def test_a_second_redaction_takes_the_first_ones_place(store: SqlStore) -> None:
    assessment_id = await redacted(store)
    row = await store.projection(assessment_id)
    second = redaction(
        e.Left(seq=2, fact=message("[redacted by the candidate, 4 words]", 2)),
        e.Left(seq=4, fact=redaction()),
        number=2,
    )

    await appended(store, row, [second], after=5)

    events = await store.events(assessment_id)
    assert texts(events) == ["[redacted by the candidate, 4 words]", "Kept.", "Later."]
    assert events[3].fact == redaction()
    assert (await sealed(store, 4)).ciphertext is None
    assert await store.verify_chain(assessment_id) == 6


@pytest.mark.parametrize(
    "left",
    [
        e.Left(seq=1, fact=message(LEFT)),
        e.Left(seq=9, fact=message(LEFT)),
        e.Left(seq=4, fact=redaction()),
    ],
    ids=["another type", "not there", "itself"],
)
async def test_a_redaction_of_what_is_not_there_writes_nothing(store: SqlStore, left: e.Left) -> None:
    row = await begun(store)
    await appended(store, row, [message("One.", 2), message("Two.", 3)], after=1)

    with pytest.raises(Conflict):
        await appended(store, row, [redaction(left)], after=3)

    assert len(await store.events(row.id)) == 3


async def _tamper(store: SqlStore, seq: int, **values: Any) -> None:
    await store._execute(update(EVENT).where(EVENT.c.seq == seq).values(**values))


@pytest.mark.parametrize("by", [None, 1, 2, 3, 5, 99])
async def test_an_event_that_no_later_redaction_destroyed_is_tampering(
    store: SqlStore, by: int | None
) -> None:
    assessment_id = await redacted(store)

    await _tamper(store, 2, redacted_by=by)

    with pytest.raises(DocumentRefused, match=f"Event 2 of {assessment_id}"):
        await store.events(assessment_id)
    if by is not None:
        with pytest.raises(DocumentRefused, match=f"Event 2 of {assessment_id} was destroyed"):
            await store.verify_chain(assessment_id)


async def test_an_event_cannot_be_passed_off_as_redacted(store: SqlStore) -> None:
    assessment_id = await redacted(store)
    digest = (await sealed(store, 2)).digest

    await _tamper(store, 3, ciphertext=None, digest=digest, redacted_by=4)

    with pytest.raises(DocumentRefused, match=f"Event 3 of {assessment_id}"):
        await store.events(assessment_id)
    with pytest.raises(DocumentRefused, match=f"Event 3 of {assessment_id}"):
        await store.verify_chain(assessment_id)


async def test_a_digest_that_was_changed_breaks_the_chain(store: SqlStore) -> None:
    assessment_id = await redacted(store)

    await _tamper(store, 2, digest="0" * 64)

    with pytest.raises(DocumentRefused, match=f"Event 2 of {assessment_id} was changed"):
        await store.verify_chain(assessment_id)


async def test_the_chain_verifies_after_a_redaction_and_an_erasure(store: SqlStore) -> None:
    assessment_id = await redacted(store)

    await store._execute(update(CANDIDATE).values(wrapped_key=None))

    assert await store.verify_chain(assessment_id) == 5


async def test_an_append_that_fails_destroys_nothing(store: SqlStore) -> None:
    row = await begun(store)
    await appended(store, row, [message("I asked Mrs Zeugma.", 2)], after=1)
    facts: list[e.Fact] = [
        redaction(e.Left(seq=2, fact=message(LEFT, 2))),
        e.InviteRedeemed(token_hash="none"),
    ]

    with pytest.raises(Exception, match="was used or replaced"):
        await store.append(Append(row.id, 2, change(row, *facts).at, facts, row))

    assert texts(await store.events(row.id)) == ["I asked Mrs Zeugma."]
