"""A model that says what a test put in its mouth."""

from collections import deque
from collections.abc import AsyncIterator

from assessor.domain.errors import ModelFault
from assessor.ports import ModelReply, ModelRequest

CHUNK_CHARS = 7


class ScriptedModel:
    """Implements `ports.Model` with replies in the order they were enqueued, and remembers every request.

    An exception in the queue is raised instead of a reply. A tuple is a stream in pieces, any of which
    may be an exception: `("You said so. ", ModelFault(...))` fails in the middle. `always` is what it
    says when the queue is empty; without it an empty queue is `unavailable`.
    """

    def __init__(self, name: str = "scripted", always: str | None = None) -> None:
        self._name = name
        self._always = always
        self._queue: deque[str | Exception | tuple[str | Exception, ...]] = deque()
        self.history: list[ModelRequest] = []

    @property
    def name(self) -> str:
        return self._name

    def enqueue(self, *replies: str | Exception | tuple[str | Exception, ...]) -> None:
        self._queue.extend(replies)

    async def complete(self, request: ModelRequest) -> ModelReply:
        text = "".join([piece async for piece in self.stream(request)])
        return ModelReply(
            text=text,
            model=self._name,
            prompt_tokens=len((request.system + request.user).split()),
            completion_tokens=len(text.split()),
        )

    async def stream(self, request: ModelRequest) -> AsyncIterator[str]:
        self.history.append(request)
        for piece in self._next_pieces(request):
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def _next_pieces(self, request: ModelRequest) -> tuple[str | Exception, ...]:
        reply = self._queue.popleft() if self._queue else self.answer(request)
        if isinstance(reply, str):
            return tuple(reply[at : at + CHUNK_CHARS] for at in range(0, len(reply), CHUNK_CHARS))
        return reply if isinstance(reply, tuple) else (reply,)

    def answer(self, request: ModelRequest) -> str | Exception:  # noqa: ARG002 -- for subclasses
        """What is said when nothing is queued; a subclass may read the request."""
        if self._always is not None:
            return self._always
        return ModelFault("unavailable", "nothing was enqueued")
