"""Rows for pages about quality: each a query of one window."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, select

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import ASSESSMENT, MODEL_CALL, QUALITY_LEVEL, VERDICT
from assessor.ports import LookedTwice, Passage, QualityWindow, Spent


class SqlQuality(StorePart):
    """Fulfils `QualityReads`."""

    async def is_empty(self, window: QualityWindow) -> bool:
        """Whether nothing was ordered in a window."""
        ordered = select(ASSESSMENT.c.id).where(*_of(window), ASSESSMENT.c.ordered_at >= window.since)
        return not await self._all_stale(ordered.limit(1))

    async def looked_twice(self, window: QualityWindow) -> Sequence[LookedTwice]:
        """Return what second looks found in a window, the oldest first."""
        level = QUALITY_LEVEL.c
        query = (
            select(
                level.at,
                ASSESSMENT.c.track,
                level.category,
                level.competency,
                level.model,
                level.rubric,
                level.language,
                level.reviewer,
                level.person,
                level.judge,
                level.marks,
            )
            .join(ASSESSMENT, ASSESSMENT.c.id == level.assessment_id)
            .where(*_of(window), level.at >= window.since)
            .order_by(level.at, level.id)
        )
        return [LookedTwice(*tuple(row)) for row in await self._all_stale(query)]

    async def passages(self, window: QualityWindow) -> Sequence[Passage]:
        """Return every assessment that was ordered in a window, the oldest first."""
        settled = case((ASSESSMENT.c.needs_person, None), else_=VERDICT.c.issued_at)
        query = (
            select(ASSESSMENT.c.ordered_at, ASSESSMENT.c.submitted_at, settled)
            .outerjoin(
                VERDICT, (VERDICT.c.assessment_id == ASSESSMENT.c.id) & VERDICT.c.superseded_by.is_(None)
            )
            .where(*_of(window), ASSESSMENT.c.ordered_at >= window.since)
            .order_by(ASSESSMENT.c.ordered_at, ASSESSMENT.c.id)
        )
        return [Passage(*tuple(row)) for row in await self._all_stale(query)]

    async def spent(self, window: QualityWindow) -> Sequence[Spent]:
        """Return the calls of models for assessments, the oldest first."""
        call = MODEL_CALL.c
        query = (
            select(call.at, call.model, call.outcome, call.cost, call.latency_ms)
            .join(ASSESSMENT, ASSESSMENT.c.id == call.assessment_id)
            .where(*_of(window), call.tenant_id == window.tenant, call.at >= window.since)
            .order_by(call.at, call.id)
        )
        return [Spent(*tuple(row)) for row in await self._all_stale(query)]


def _of(window: QualityWindow) -> list[ColumnElement[Any]]:
    """Return what picks the assessments of a tenant that are of a kind."""
    simulated, live = window.kind == "simulated", window.kind == "live"
    mine: list[ColumnElement[Any]] = [
        ASSESSMENT.c.tenant_id == window.tenant,
        ASSESSMENT.c.simulated.is_(simulated),
    ]
    return mine if simulated else [*mine, ASSESSMENT.c.livemode.is_(live)]
