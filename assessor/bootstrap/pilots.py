"""What moves pilots, and what keeps them honest: second looks, and the daily replay of gold responses."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assessor.adapters.clock import SystemClock
from assessor.bootstrap import parts
from assessor.domain.pilot import JudgeInUse
from assessor.domain.quality import Sampling
from assessor.ports import Content, Model, Prompts, Store
from assessor.services.calibrating import Calibrating
from assessor.services.gold import GoldPlan, GoldReplay
from assessor.services.piloting import Piloting
from assessor.services.watching import Watching
from assessor.settings import LOCAL, Settings

if TYPE_CHECKING:
    from assessor.scoring.judge import Judge

GOLD_PART = 4
"""A replay of gold responses makes this part of the calls at once that the process may make."""


@asynccontextmanager
async def piloting(settings: Settings) -> AsyncIterator[Piloting]:
    """Build what moves pilots; migrates first. No model is started."""
    from assessor.adapters.store import migrate

    await asyncio.to_thread(migrate, settings.database_url)
    async with parts.stored(settings) as store:
        yield piloting_over(settings, store, parts.content_with_own(store), parts.prompts())


def piloting_over(settings: Settings, store: Store, content: Content, prompts: Prompts) -> Piloting:
    """Return what moves pilots, by the judge that these settings name."""
    first, second = settings.judge_model, settings.judge_second_model
    models = tuple(_known_as(name) for name in (first, second if first else None) if name)
    judge = JudgeInUse(models, prompts.hash) if models else None
    return Piloting(store, content, judge, SystemClock(), prompts)


def _known_as(name: str) -> str:
    """Return the name by which a chosen model signs what it said: a file's without its folder."""
    return f"{LOCAL}{Path(name.removeprefix(LOCAL)).name}" if name.startswith(LOCAL) else name


async def sampling(settings: Settings, store: Store) -> Sampling:
    """Return what draws decisions for a second look."""
    return Sampling(settings.blind_rescore_share, await store.derived_key("quality-sample"))


def gold_replay(
    settings: Settings,
    store: Store,
    piloting: Piloting,
    models: Sequence[Model],
    judge: "Judge | None",
) -> GoldReplay | None:
    """Return the daily replay of gold responses; None without a judge, or where it is switched off."""
    from assessor.adapters.labels import GoldFolder

    if judge is None or not settings.gold_responses:
        return None
    clock = SystemClock()
    calibrating = Calibrating(
        parts.content(),
        parts.prompts(),
        judge,
        [model.name for model in models],
        store,
        clock,
        concurrency=max(1, settings.model_concurrency // GOLD_PART),
    )
    plan = GoldPlan(settings.gold_hour, settings.gold_responses, settings.executor_id)
    cases = GoldFolder(settings.gold_dir)
    return GoldReplay(Watching(calibrating, store, clock), store, cases, piloting, clock, plan)
