"""Work in progress."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from assessor.adapters.store.part import LogEnd, StorePart, log_end
from assessor.adapters.store.tables import DRAFT, in_utc
from assessor.adapters.vault import open_sealed, place, seal
from assessor.domain.errors import StaleRevision
from assessor.ports import Draft


class SqlDrafts(StorePart):
    """Fulfils `Drafts`."""

    async def draft(self, assessment_id: str, item_id: str) -> Draft:
        """Return what is stored, or an empty draft of revision 0. Raises NotFound, Gone."""

        def read(connection: Connection) -> Draft:
            end = log_end(connection, assessment_id)
            return self._stored(connection, end, assessment_id, item_id)

        return await self._database.read(read)

    async def save_draft(
        self, assessment_id: str, item_id: str, payload: dict[str, Any], base_revision: int, at: datetime
    ) -> Draft:
        """Store the next revision. What is stored already, word for word, is answered as it is.

        Raises StaleRevision, with what is stored, when `base_revision` is not the stored one; NotFound; Gone.
        """
        draft = Draft(item_id, base_revision + 1, payload, in_utc(at))

        def save(connection: Connection) -> Draft:
            # The lock also keeps two first saves apart, which have no draft yet to lock.
            end = log_end(connection, assessment_id, lock=True)
            stored = self._stored(connection, end, assessment_id, item_id)
            if stored.revision != base_revision:
                if (
                    stored.revision and stored.payload == payload
                ):  # sent twice, or saved by itself while it was handed in
                    return stored
                raise _stale(stored)
            self._write_draft(connection, end, assessment_id, draft)
            return draft

        return await self._database.write(save)

    async def drafts(self, assessment_id: str) -> tuple[Draft, ...]:
        """Return all drafts of an assessment. Raises NotFound, Erased."""

        def read(connection: Connection) -> tuple[Draft, ...]:
            end = log_end(connection, assessment_id)
            self._key(end.candidate_id, end.wrapped_key)  # an erased one has no drafts, and must say so
            begun = select(DRAFT.c.item_id).where(DRAFT.c.assessment_id == assessment_id)
            items = connection.execute(begun.order_by(DRAFT.c.item_id)).scalars().all()
            return tuple(self._stored(connection, end, assessment_id, item_id) for item_id in items)

        return await self._database.read(read)

    def _stored(self, connection: Connection, end: LogEnd, assessment_id: str, item_id: str) -> Draft:
        query = select(DRAFT.c.revision, DRAFT.c.saved_at, DRAFT.c.ciphertext).where(
            DRAFT.c.assessment_id == assessment_id, DRAFT.c.item_id == item_id
        )
        row = connection.execute(query).first()
        key = self._key(end.candidate_id, end.wrapped_key)
        if row is None:
            return Draft(item_id, 0)
        what = f"The draft of {item_id} in {assessment_id}"
        plain = open_sealed(key, row.ciphertext, place(assessment_id, item_id, row.revision), what)
        return Draft(item_id, row.revision, json.loads(plain), row.saved_at)

    def _write_draft(self, connection: Connection, end: LogEnd, assessment_id: str, draft: Draft) -> None:
        # ASCII JSON: half a surrogate pair, typed a moment ago, must not cost the rest of the draft.
        plain = json.dumps(draft.payload, separators=(",", ":")).encode()
        key = self._key(end.candidate_id, end.wrapped_key)
        values = {
            "revision": draft.revision,
            "saved_at": draft.saved_at,
            "ciphertext": seal(key, plain, place(assessment_id, draft.item_id, draft.revision)),
        }
        if draft.revision == 1:
            new = insert(DRAFT).values(assessment_id=assessment_id, item_id=draft.item_id, **values)
            connection.execute(new)
            return
        mine = (DRAFT.c.assessment_id == assessment_id) & (DRAFT.c.item_id == draft.item_id)
        connection.execute(update(DRAFT).where(mine).values(**values))


def _stale(stored: Draft) -> StaleRevision:
    return StaleRevision(
        f"The draft of {stored.item_id} was saved elsewhere in between",
        "Compare both versions, then save again.",
        stored.revision,
        stored.payload,
    )
