"""Verdicts in lists: by keyset, so that the last page costs what the first one does."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

from sqlalchemy import Select, func, select, tuple_

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import ASSESSMENT, CANDIDATE, SHARE, TENANT, VERDICT
from assessor.domain.errors import NotFound
from assessor.domain.verdict import VerdictSummary
from assessor.ports import DecisionRow, ListPlace, Share, VerdictFilter

V: Final = VERDICT.c
_SUMMARY: Final = select(*(V[field.name] for field in fields(VerdictSummary)))
_DECISION: Final = (
    select(V.assessment_id, V.candidate_ref, V.track, ASSESSMENT.c.status, V.decision, V.issued_at, V.level)
    .add_columns(V.id, V.status, V.livemode, ASSESSMENT.c.simulated, V.document, ASSESSMENT.c.overrides)
    .join(ASSESSMENT, ASSESSMENT.c.id == V.assessment_id)
    .where(V.superseded_by.is_(None))
)
"""In the order of DecisionRow's fields."""


class SqlVerdicts(StorePart):
    """Fulfils `Verdicts`."""

    async def listed_verdicts(
        self, wanted: VerdictFilter, after: ListPlace | None, limit: int
    ) -> tuple[VerdictSummary, ...]:
        """Return a page of what is wanted, newest first, beginning after a place."""
        rows = await self._all_stale(page_of_verdicts(wanted, after, limit))
        return tuple(VerdictSummary(*tuple(row)) for row in rows)

    async def decisions(
        self, wanted: VerdictFilter, after: ListPlace | None, limit: int
    ) -> tuple[DecisionRow, ...]:
        """Return a page of what stands now, oldest first, beginning after a place."""
        query = page_of_decisions(wanted, after, limit)
        return tuple(DecisionRow(*tuple(row)) for row in await self._all_stale(query))

    async def current_verdicts(
        self, tenant: str, track: str, candidates: Sequence[str], *, livemode: bool
    ) -> tuple[VerdictSummary, ...]:
        """Return, by one query, every verdict of these candidates that no other has followed."""
        mine = (V.tenant_id == tenant) & (V.livemode == livemode) & V.candidate_ref.in_(candidates)
        current = _SUMMARY.where(mine, V.track == track, V.superseded_by.is_(None))
        return tuple(VerdictSummary(*tuple(row)) for row in await self._all(current))

    async def share(self, token_hash: str) -> Share:
        """Return what a link leads to. Raises NotFound, also once the candidate was erased."""
        current = (V.assessment_id == SHARE.c.assessment_id) & V.superseded_by.is_(None)
        query = (
            select(SHARE.c.assessment_id, TENANT.c.name, SHARE.c.until, SHARE.c.ended_at)
            .add_columns(*_SUMMARY.selected_columns)
            .select_from(SHARE)
            .join(ASSESSMENT, ASSESSMENT.c.id == SHARE.c.assessment_id)
            .join(CANDIDATE, CANDIDATE.c.id == ASSESSMENT.c.candidate_id)
            .join(TENANT, TENANT.c.id == ASSESSMENT.c.tenant_id)
            .join(VERDICT, current)
            .where(SHARE.c.token_hash == token_hash, CANDIDATE.c.wrapped_key.is_not(None))
        )
        row = await self._first(query)
        if row is None:
            raise NotFound("shared result", "of this link")
        assessment_id, platform, until, ended_at, *verdict = tuple(row)
        return Share(assessment_id, platform, until, ended_at, VerdictSummary(*verdict))


def page_of_verdicts(wanted: VerdictFilter, after: ListPlace | None, limit: int) -> Select[Any]:
    """Return the query for one page. Its order is that of an index, whichever filters are set."""
    query = _wanted(_SUMMARY, wanted)
    if after is not None:
        query = query.where(tuple_(V.issued_at, V.id) < tuple_(after.at, after.id))
    return query.order_by(V.issued_at.desc(), V.id.desc()).limit(limit)


def page_of_decisions(wanted: VerdictFilter, after: ListPlace | None, limit: int) -> Select[Any]:
    """Return the query for one page of what stands now, in the order of the same index, oldest first."""
    query = _wanted(_DECISION, wanted)
    if after is not None:
        query = query.where(tuple_(V.issued_at, V.id) > tuple_(after.at, after.id))
    return query.order_by(V.issued_at, V.id).limit(limit)


def _wanted(query: Select[Any], wanted: VerdictFilter) -> Select[Any]:
    query = query.where(V.tenant_id == wanted.tenant, V.livemode == wanted.livemode)
    of_one = wanted.candidate_ref is not None
    if of_one:
        query = query.where(V.candidate_ref == wanted.candidate_ref)
    for column, value in ((V.track, wanted.track), (V.decision, wanted.decision)):
        if value is not None:
            # A candidate has few verdicts, a track has most of them. Without statistics SQLite takes the
            # index with more terms for the better one, so these are kept out of its sight.
            query = query.where((func.coalesce(column, "") if of_one else column) == value)
    if wanted.issued_from is not None:
        query = query.where(V.issued_at >= wanted.issued_from)
    if wanted.issued_before is not None:
        query = query.where(V.issued_at < wanted.issued_before)
    return query
