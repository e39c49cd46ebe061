"""Gathering: the answers to one item of candidates who agreed that the item may be checked with them.

What holds at this moment counts: a consent that was taken back hides the answer from the next gathering. An
answer comes under a number, in an order that follows its own digest, so that neither time nor id places it.
The audit log says who gathered and why before anybody reads a word.
"""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

from assessor.domain.assessment import Assessment, Status
from assessor.domain.audit_log import Action
from assessor.domain.errors import Gone, invalid
from assessor.domain.item import InterviewItem
from assessor.domain.notice import QUALITY
from assessor.ports import Content, Items
from assessor.services.auditing import Auditing, accepted_reason
from assessor.services.log import AssessmentLog

HANDED_IN = frozenset({Status.SUBMITTED, Status.SCORING, Status.TECHNICAL_HOLD, Status.DECIDED})


class Gathering:
    """Reads answers for the people who write items."""

    def __init__(
        self, items: Items, assessments: AssessmentLog, content: Content, auditing: Auditing
    ) -> None:
        self._items = items
        self._assessments = assessments
        self._content = content
        self._auditing = auditing

    async def answers(
        self, tenant: str, track: str, item_id: str, *, by: str, reason: str
    ) -> list[dict[str, Any]]:
        """Return `{"number", "response"}` for each answer that may be used, simulated ones left out.

        Raises:
            NotFound: there is no such track or item.
            InvalidInput: the item is a question of the interview, whose answers hold whole conversations;
                or the reason says too little.
        """
        item = (await self._content.library(track)).item(track, item_id)
        if isinstance(item, InterviewItem):
            raise invalid("ITEM", "is a question of the interview", "Name an item of a task.")
        why = accepted_reason(reason, "--reason")
        found = [
            assessment.responses[item_id].model_dump(mode="json")
            async for assessment in self._given(track, item_id)
            if _may_be_used(assessment, tenant, item_id)
        ]
        await self._auditing.record(
            by, Action.ANSWERS_GATHERED, item_id, why, tenant=tenant, track=track, answers=len(found)
        )
        return [
            {"number": number, "response": one} for number, one in enumerate(sorted(found, key=_digest), 1)
        ]

    async def _given(self, track: str, item_id: str) -> AsyncIterator[Assessment]:
        last = ""
        while page := await self._items.given(track, item_id, HANDED_IN, after=last):
            for assessment_id in page:
                try:
                    yield await self._assessments.load(assessment_id)
                except Gone:
                    continue
            last = page[-1]


def _may_be_used(assessment: Assessment, tenant: str, item_id: str) -> bool:
    return (
        assessment.ordered.tenant == tenant
        and not assessment.ordered.simulated
        and assessment.agreed_to.get(QUALITY) is True
        and item_id in assessment.responses
    )


def _digest(response: dict[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(response, sort_keys=True).encode()).digest()
