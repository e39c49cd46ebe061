"""The way of every judge's call: read what is recorded, else stay within the budget, call, record.

A reply is recorded before the next call is made, so whoever takes the work up again after a crash
pays for no reply that was committed.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field

from assessor.domain.errors import ModelFault
from assessor.domain.events import ModelReplied
from assessor.domain.score import Unscored
from assessor.ports import Model, ModelRequest
from assessor.scoring.judge.reply import MAX_REPLY_CHARS, verdict_probabilities

Record = Callable[[ModelReplied], Awaitable[None]]
"""Commits a reply. When it returns, the reply is on disk."""

Watch = Callable[[ModelRequest], None]
"""Is shown every request, also one whose reply is read from the record."""

REMEMBERED = 512

_NOTHING_USABLE = frozenset({"refused", "invalid_reply"})
"""Kinds of fault of a model that was reached. All others were not reached."""


@dataclass(frozen=True)
class Budget:
    """What judging one assessment may cost. It is reached before it is noticed: by less than one call.

    `money` is in millionths of a US dollar. A model without a known price costs none of it, so there
    the other two hold.
    """

    calls: int = 150
    tokens: int | None = None
    money: int | None = None

    def is_spent(self, paid: Collection[ModelReplied]) -> bool:
        """Whether the replies so far leave nothing for another call."""
        tokens = sum(one.prompt_tokens + one.completion_tokens for one in paid)
        return (
            len(paid) >= self.calls
            or (self.tokens is not None and tokens >= self.tokens)
            or (self.money is not None and sum(one.cost for one in paid) >= self.money)
        )


class NoReplyError(Exception):
    """No reply could be had, for a reason from the list."""

    def __init__(self, why: Unscored) -> None:
        super().__init__(why.value)
        self.why = why


class Memory:
    """The latest replies of this process, by the hash of all that was asked.

    The same words under the same rubric, prompts and model are not paid for twice. It is never on
    disk and never shared between processes: the hash of somebody's words, kept beside their
    encrypted log, would outlive the destruction of their key.
    """

    def __init__(self, size: int = REMEMBERED) -> None:
        self._size = size
        self._replies: OrderedDict[str, ModelReplied] = OrderedDict()

    def recall(self, key: str) -> ModelReplied | None:
        """Return the reply, as one that costs nothing more."""
        known = self._replies.get(key)
        return known and known.changed(prompt_tokens=0, completion_tokens=0, cost=0)

    def keep(self, replied: ModelReplied) -> None:
        """Remember a reply; the oldest is forgotten."""
        self._replies[replied.request_hash] = replied
        while len(self._replies) > self._size:
            self._replies.popitem(last=False)


@dataclass
class Exchange:
    """The calls for one item. `replies` are those of the whole assessment, by request hash."""

    item_id: str
    replies: Mapping[str, ModelReplied]
    record: Record
    budget: Budget
    memory: Memory
    watch: Watch | None = None
    _new: dict[str, ModelReplied] = field(default_factory=dict)

    async def ask(self, model: Model, request: ModelRequest) -> ModelReplied:
        """Return the reply, recorded. Raises NoReplyError for a spent budget or a model out of reach."""
        key = request.idempotency_key
        if self.watch:
            self.watch(request)
        if (known := self.replies.get(key) or self._new.get(key)) is not None:
            return known
        replied = self.memory.recall(key)
        if replied is None:
            self._require_budget()
            replied = await self._call(model, request)
        replied = replied.changed(item_id=self.item_id)
        await self.record(replied)
        self._new[key] = replied
        self.memory.keep(replied)
        return replied

    def _require_budget(self) -> None:
        paid = [one for one in {**self.replies, **self._new}.values() if one.purpose == "judge"]
        if self.budget.is_spent(paid):
            raise NoReplyError(Unscored.BUDGET_EXHAUSTED)

    async def _call(self, model: Model, request: ModelRequest) -> ModelReplied:
        replied = ModelReplied(
            purpose="judge", model=model.name, request_hash=request.idempotency_key, reply=""
        )
        try:
            reply = await model.complete(request)
        except ModelFault as fault:
            if fault.kind in _NOTHING_USABLE:
                return replied.changed(cost=fault.cost)
            raise NoReplyError(Unscored.MODEL_UNAVAILABLE) from fault
        return replied.changed(
            reply=reply.text[:MAX_REPLY_CHARS],
            probabilities=verdict_probabilities(reply),
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
            cost=reply.cost,
        )
