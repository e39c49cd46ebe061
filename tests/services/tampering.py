"""What somebody could do who has the database, and even the master key, but no signing key."""

from typing import Any

from sqlalchemy import select, update

from assessor.adapters.store.tables import ASSESSMENT, CANDIDATE, EVENT
from assessor.adapters.vault import Vault, place, seal, single_key
from assessor.domain import chain
from assessor.domain import events as e
from tests.world import World

VAULT = Vault(bytes(32))
"""The one that a world seals with."""


async def change_bytes(world: World, assessment_id: str, seq: int) -> None:
    """Flip the last bit of one sealed event, as somebody without the key could."""
    (event,) = [row for row in await _rows(world, assessment_id) if row.seq == seq]
    sealed = event.ciphertext[:-1] + bytes([event.ciphertext[-1] ^ 1])
    one = (EVENT.c.assessment_id == assessment_id) & (EVENT.c.seq == seq)
    await world.store._execute(update(EVENT).where(one).values(ciphertext=sealed))


async def rewrite(world: World, assessment_id: str, seq: int, fact: e.Fact) -> None:
    """Put another fact in the place of one, and make the whole chain fit again."""
    key = await _key(world, assessment_id)
    head = ""
    for row in await _rows(world, assessment_id):
        sealed = row.ciphertext
        if row.seq == seq:
            bound = place(assessment_id, seq, fact.type)
            sealed = seal(single_key(key, bound), fact.model_dump_json().encode(), bound)
        digest = chain.digest_of(sealed) if sealed is not None else row.digest
        head = chain.Link(assessment_id, row.seq, row.type, row.at, digest).hash_after(head)
        one = (EVENT.c.assessment_id == assessment_id) & (EVENT.c.seq == row.seq)
        await world.store._execute(update(EVENT).where(one).values(ciphertext=sealed, hash=head))
    mine = ASSESSMENT.c.id == assessment_id
    await world.store._execute(update(ASSESSMENT).where(mine).values(head=head))


async def _rows(world: World, assessment_id: str) -> Any:
    query = select(EVENT).where(EVENT.c.assessment_id == assessment_id).order_by(EVENT.c.seq)
    return await world.store._all(query)


async def _key(world: World, assessment_id: str) -> bytes:
    query = select(CANDIDATE.c.id, CANDIDATE.c.wrapped_key).join(
        ASSESSMENT, ASSESSMENT.c.candidate_id == CANDIDATE.c.id
    )
    (row,) = await world.store._all(query.where(ASSESSMENT.c.id == assessment_id))
    return VAULT.unwrap(row.id, row.wrapped_key)
