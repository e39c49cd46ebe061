"""A simulated past: marked as such, spread over the days, and with everything that charts are made of."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from assessor.adapters.store import SqlStore, migrate
from assessor.bootstrap import parts
from assessor.bootstrap.parts import vault
from assessor.domain.errors import InvalidInput
from assessor.settings import Settings
from assessor.simulation.seeding import SeedPlan, seed

pytestmark = pytest.mark.slow

UNTIL = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAYS = 60


def plan(platform: str, assessments: int) -> SeedPlan:
    return SeedPlan(assessments, platform, DAYS, 1, UNTIL, ("python",))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("seeded")
    chosen = Settings(data_dir=folder, code_isolation="full")
    migrate(chosen.database_url)
    return chosen


@pytest.fixture(scope="module")
def counts(settings: Settings) -> dict[str, int]:
    return asyncio.run(seed(settings, plan("acme", 12)))


@pytest.fixture
async def store(settings: Settings, counts: dict[str, int]) -> AsyncIterator[SqlStore]:
    store = SqlStore(settings.database_url, vault(settings))
    yield store
    await store.close()


async def test_all_of_it_is_simulated_and_lies_within_the_days(store: SqlStore) -> None:
    rows = await store.assessments("acme", limit=100)

    assert len(rows) == 12
    assert all(row.simulated and not row.livemode for row in rows)
    assert all(UNTIL - timedelta(days=DAYS) <= row.ordered_at <= UNTIL for row in rows)


async def test_logs_are_sound_and_nothing_in_them_happens_after_the_end(store: SqlStore) -> None:
    for row in await store.assessments("acme", limit=100):
        await store.verify_chain(row.id)
        moments = [event.at for event in await store.events(row.id)]
        assert moments == sorted(moments)
        assert moments[-1] <= UNTIL


async def test_most_are_decided_and_judges_were_measured(store: SqlStore) -> None:
    rows = await store.assessments("acme", limit=100)
    ledger = await store.ledger()

    assert sum(row.decision is not None for row in rows) > len(rows) / 2
    assert {entry.calibration.model for entry in ledger} == {"simulated-judge-1", "simulated-judge-2"}
    assert any(entry.gold for entry in ledger)


async def test_what_reading_cost_is_in_the_ledger(store: SqlStore) -> None:
    usage = await store.usage()

    assert sum(one.cost for one in usage if one.assessment_id) > 0


async def test_the_same_seed_sows_the_same_and_not_twice_for_one_platform(
    settings: Settings, store: SqlStore
) -> None:
    first = await seed(settings, plan("first", 2))
    second = await seed(settings, plan("second", 2))

    assert first == second
    assert await _decisions(store, "first") == await _decisions(store, "second")
    with pytest.raises(InvalidInput, match="was sown"):
        await seed(settings, plan("first", 2))


async def _decisions(store: SqlStore, platform: str) -> list[tuple[str, str, str | None]]:
    rows = await store.assessments(platform)
    return [(row.candidate_ref, row.status.value, row.decision) for row in rows]


async def test_the_first_track_is_the_busiest_and_every_other_one_has_its_share() -> None:
    library = await parts.content().library()

    shares = SeedPlan(10, "sown", DAYS, 1, UNTIL).shares_of(library)

    assert [*shares] == [*library.tracks]
    assert max(shares, key=lambda name: shares[name]) == next(iter(library.tracks))
    assert sum(shares.values()) == pytest.approx(1)
