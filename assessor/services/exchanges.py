"""What language models were asked about an answer and what they replied, for people to look at.

Replies are in the log. Requests are not: they are put together again from the answer, the rubric and the
prompts, and shown only where their hash is the one that was recorded. No model is asked.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations

from assessor.domain.audit_log import Action
from assessor.domain.events import ModelReplied
from assessor.domain.grading import Grading
from assessor.ports import Content, Model, ModelRequest, Reviewer, Store
from assessor.scoring import Judge
from assessor.services.auditing import Auditing
from assessor.services.rehearsing import RecordedModel
from assessor.services.reviewing import Case
from assessor.services.scoring import work_of

WatchedJudgeOf = Callable[[Sequence[Model], Grading, Callable[[ModelRequest], None]], Judge | None]
"""Returns a judge with these models and the prompts of a grading, which shows what it asks."""


@dataclass(frozen=True)
class Exchanged:
    """One reply as it was recorded, with what was asked."""

    seq: int
    at: datetime
    replied: ModelReplied
    request: ModelRequest | None
    """None where answer, rubric or prompts are not what they were. The token of its fence is a new one."""


class Exchanges:
    """Shows what passed between the service and its models."""

    def __init__(self, store: Store, content: Content, judge_of: WatchedJudgeOf, auditing: Auditing) -> None:
        self._store = store
        self._content = content
        self._judge_of = judge_of
        self._auditing = auditing

    async def about(self, reviewer: Reviewer, case: Case, item_id: str) -> tuple[Exchanged, ...]:
        """Return what models were asked about one item, oldest first. Who looks is recorded before."""
        assessment_id = case.assessment.id
        await self._auditing.record(
            reviewer.id, Action.REPLY_READ, assessment_id, tenant=reviewer.tenant, item=item_id
        )
        requests = await self._requests(case, item_id)
        return tuple(
            Exchanged(event.seq, event.at, event.fact, requests.get(event.fact.request_hash))
            for event in await self._store.events(assessment_id)
            if isinstance(event.fact, ModelReplied) and event.fact.item_id == item_id
        )

    async def _requests(self, case: Case, item_id: str) -> dict[str, ModelRequest]:
        """Read the answer again with the recorded replies; return what is asked meanwhile, by its hash."""
        assessment, found = case.assessment, {}

        def note(request: ModelRequest) -> None:
            found[request.idempotency_key] = request

        library = await self._content.library(assessment.ordered.track)
        item = library.item(assessment.ordered.track, item_id)
        for names in _readers(assessment.replies.values(), item_id):
            judge = self._judge_of([RecordedModel(name) for name in names], assessment.grading, note)
            if judge:
                await judge.rate(work_of(assessment, item, library), assessment.replies, _nothing_new)
        return found


def asked_about(case: Case) -> tuple[str, ...]:
    """Return the items about which a model was asked, in the order of the form."""
    asked = {one.item_id for one in case.assessment.replies.values()}
    return tuple(one.item.id for one in case.items if one.item.id in asked)


def _readers(replies: Iterable[ModelReplied], item_id: str) -> Iterator[Sequence[str]]:
    """Yield who can have read an item: the model that reads first, and the one that it asks in doubt."""
    names = dict.fromkeys(one.model for one in replies if one.item_id == item_id)
    yield from permutations(names, min(2, len(names)))


async def _nothing_new(replied: ModelReplied) -> None:
    raise AssertionError(f"a recorded model gave a new reply, {replied.request_hash}")
