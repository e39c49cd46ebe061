"""What waits over all platforms, as operators see it."""

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain.assessment import Status
from assessor.ports import Waiting
from tests.adapters.store.samples import HOUR, NOW, begun

pytestmark = pytest.mark.anyio

NOBODY = Waiting(0, None)


async def test_nothing_waits_at_first(store: SqlStore) -> None:
    found = await store.backlog(NOW)

    assert found.in_progress == 0
    assert found.lines == dict.fromkeys(("begin", "scoring", "review", "webhooks", "mail"), NOBODY)


async def test_each_line_tells_how_many_wait_and_since_when(store: SqlStore) -> None:
    await begun(store, "asm_1", status=Status.IN_PROGRESS)
    await begun(store, "asm_2", status=Status.SUBMITTED, submitted_at=NOW + HOUR)
    await begun(store, "asm_3", status=Status.SCORING, submitted_at=NOW)
    await begun(store, "asm_4", status=Status.DECIDED, submitted_at=NOW, needs_person=True, open_criteria=3)
    await begun(store, "asm_5", status=Status.IN_PROGRESS, erased_at=NOW)

    found = await store.backlog(NOW + 2 * HOUR)

    assert found.in_progress == 1
    assert found.lines["scoring"] == Waiting(2, NOW)
    assert found.lines["review"] == Waiting(1, NOW)
