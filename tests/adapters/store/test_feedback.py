"""What candidates said of assessments: one row each, apart by tenant, mode and track."""

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain.feedback import Feedback
from tests.adapters.store.samples import HOUR, NOW, TENANT, begun

pytestmark = pytest.mark.anyio


async def test_feedback_comes_back_and_takes_the_place_of_what_was_said_before(store: SqlStore) -> None:
    row = await begun(store)
    assert await store.feedback_of(row.id) is None

    await store.keep_feedback(row.id, Feedback(clear=1, time=2), NOW)
    await store.keep_feedback(row.id, Feedback(clear=4, shown=5), NOW + HOUR)

    assert await store.feedback_of(row.id) == Feedback(clear=4, shown=5)
    assert await store.feedback(TENANT.id, livemode=row.livemode) == (Feedback(clear=4, shown=5),)


async def test_feedback_is_apart_by_tenant_mode_and_track(store: SqlStore) -> None:
    row = await begun(store)
    await store.keep_feedback(row.id, Feedback(clear=3), NOW)

    assert await store.feedback(TENANT.id, livemode=row.livemode, track=row.track) == (Feedback(clear=3),)
    assert await store.feedback(TENANT.id, livemode=row.livemode, track="nursing") == ()
    assert await store.feedback(TENANT.id, livemode=not row.livemode) == ()
    assert await store.feedback("other", livemode=row.livemode) == ()
