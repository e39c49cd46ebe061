"""Stages of pilots in the database."""

import asyncio
from datetime import timedelta

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain.errors import NotFound
from assessor.domain.pilot import StageChange
from assessor.domain.policy import Policy, Stage
from assessor.ports import Tenant
from tests.adapters.store.samples import NOW, TENANT

pytestmark = pytest.mark.anyio


def change(
    stage: Stage, region: str | None = None, *, tenant: str = TENANT.id, hours: int = 0
) -> StageChange:
    return StageChange(
        tenant=tenant,
        track="python",
        region=region,
        stage=stage,
        by="rita",
        reason="Because it is time.",
        at=NOW + timedelta(hours=hours),
    )


async def test_every_change_stays_and_the_newest_of_the_region_or_the_track_holds(store: SqlStore) -> None:
    await store.add_tenant(Tenant("other", "Another", Policy()), NOW)
    changes = [
        change(Stage.SHADOW),
        change(Stage.AUTOMATIC, "eu", hours=1),
        change(Stage.ASSISTED, hours=2),
        change(Stage.SHADOW, tenant="other", hours=3),
    ]
    for one in changes:
        await store.change_stage(one)

    assert await store.stage_history() == tuple(reversed(changes))
    assert await store.stages(TENANT.id) == (changes[2], changes[1])
    assert [await store.stage_of(TENANT.id, "python", region) for region in ("eu", "us", None)] == [
        Stage.AUTOMATIC,
        Stage.ASSISTED,
        Stage.ASSISTED,
    ]
    assert await store.stage_of(TENANT.id, "nursing", "eu") is None


async def test_a_fall_that_two_notice_at_once_is_noted_once(store: SqlStore) -> None:
    await store.change_stage(change(Stage.AUTOMATIC))

    noted = await asyncio.gather(
        *(store.change_stage(change(Stage.ASSISTED), only_from=Stage.AUTOMATIC) for _ in range(3))
    )

    assert sorted(noted) == [False, False, True]
    assert [one.stage for one in await store.stage_history()] == [Stage.ASSISTED, Stage.AUTOMATIC]


async def test_a_stage_of_an_unknown_platform_is_refused(store: SqlStore) -> None:
    with pytest.raises(NotFound):
        await store.change_stage(change(Stage.SHADOW, tenant="nobody"))
