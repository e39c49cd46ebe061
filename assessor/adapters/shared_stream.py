"""The live stream of several web processes, by what their PostgreSQL passes on between them.

Words are sealed on the way: candidates' words reach the database sealed only, and the interviewer's, which
may repeat them, shall not be in a statement log or in the server's memory either. Nor can whoever may only
notify put words into the interviewer's mouth.
"""

import json
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from secrets import token_hex
from typing import Final, Literal

import structlog

from assessor.adapters.store.channel import ANSWER_SECONDS, MOST_BYTES, QUIET_SECONDS, Channel
from assessor.adapters.stream import EventWatch, InProcessStream
from assessor.adapters.vault import open_sealed, place, seal
from assessor.domain.errors import DocumentRefused

WORDS_AT_ONCE: Final = 800
"""Characters of one message: six bytes each at most, a third more in base64, and the rest of it beside."""
KEPT: Final = 4096
"""Turns of others whose words are kept; the oldest belong to processes that died in mid-sentence."""

_PLACE: Final = place("stream")

log = structlog.get_logger()


@dataclass(frozen=True)
class Message:
    """What one process tells the others."""

    process: str
    assessment_id: str
    kind: Literal["begun", "words", "committed"]
    run: str = ""
    offset: int = 0
    text: str = ""


class SharedStream(InProcessStream):
    """Fulfils `Stream`. What others say counts as if it were said here, and a wake-up tells the two apart."""

    def __init__(self, channel: Channel, key: bytes) -> None:
        super().__init__()
        self._channel = channel
        self._key = key
        self._process = token_hex(8)
        self._own: dict[str, str] = {}
        """Runs of this process, by assessment."""
        self._of_others: OrderedDict[str, None] = OrderedDict()

    def begin(self, assessment_id: str, run: str) -> None:
        """Start a run here, and tell the others."""
        self._own[assessment_id] = run
        super().begin(assessment_id, run)
        self._tell(Message(self._process, assessment_id, "begun", run))

    def write(self, assessment_id: str, run: str, text: str) -> None:
        """Add released words, and tell the others, in as many messages as it takes."""
        before = self.buffer(assessment_id)
        super().write(assessment_id, run, text)
        if before is None or before.run != run:
            return
        for start in range(0, len(text), WORDS_AT_ONCE):
            piece, offset = text[start : start + WORDS_AT_ONCE], len(before.text) + start
            self._tell(Message(self._process, assessment_id, "words", run, offset, piece))

    def committed(self, assessment_id: str) -> None:
        """Drop the buffer, wake the watchers, here and elsewhere."""
        run = self._own.pop(assessment_id, "")
        super().committed(assessment_id)
        self._tell(Message(self._process, assessment_id, "committed", run))

    @contextmanager
    def watch(self, assessment_id: str) -> Iterator[EventWatch]:
        """Register a watcher; the first one has this process listen to the others."""
        with super().watch(assessment_id) as watch:
            self._channel.listen(self.hear, self.begin_anew)
            yield watch

    def begin_anew(self) -> None:
        """Forget what others said, of which something may be missing; every watcher looks into the log."""
        for assessment_id in self._of_others:
            if assessment_id not in self._own:
                self._buffers.pop(assessment_id, None)
        self._of_others.clear()
        self.wake_all(by_others=True)

    def hear(self, payload: str) -> None:
        """Take in what a process said; what is not sealed with our key was said by nobody of ours."""
        try:
            sealed = b64decode(payload, validate=True)
            message = Message(**json.loads(open_sealed(self._key, sealed, _PLACE, "a message")))
        except (TypeError, ValueError, DocumentRefused):  # also what a later version says
            log.warning("a notification was not understood")
            return
        if message.process != self._process:
            self._take_in(message)

    def _take_in(self, message: Message) -> None:
        current = self._buffers.get(message.assessment_id)
        if message.kind == "begun":
            self._own.pop(message.assessment_id, None)
            self._keep(message.assessment_id)
            super().begin(message.assessment_id, message.run)
        elif message.kind == "committed":
            # A message of the candidate's ends no run, and may be heard of after the reply has begun.
            if current and current.run == message.run:
                self._buffers.pop(message.assessment_id)
            self._of_others.pop(message.assessment_id, None)
            self._wake(message.assessment_id, by_others=True)
        elif current and len(current.text) == message.offset:
            super().write(message.assessment_id, message.run, message.text)

    def _keep(self, assessment_id: str) -> None:
        self._of_others[assessment_id] = None
        self._of_others.move_to_end(assessment_id)
        if len(self._of_others) > KEPT:
            forgotten, _ = self._of_others.popitem(last=False)
            self._buffers.pop(forgotten, None)

    def _tell(self, message: Message) -> None:
        plain = json.dumps(asdict(message), ensure_ascii=False).encode("utf-8", "surrogatepass")
        payload = b64encode(seal(self._key, plain, _PLACE)).decode("ascii")
        if len(payload) > MOST_BYTES:  # pragma: no cover - the pieces are too small for that
            raise ValueError(f"{len(payload)} bytes are too many for one notification")
        self._channel.say(payload)


class SharedFloor:
    """Fulfils `Floor`: a lock in the database, which ends with the process that holds it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def take(self, assessment_id: str) -> bool:
        """Take it, unless another process has it."""
        return await self._channel.lock(f"floor {assessment_id}")

    async def leave(self, assessment_id: str) -> None:
        """Let others have it."""
        await self._channel.unlock(f"floor {assessment_id}")


@asynccontextmanager
async def shared_stream(
    address: str, key: bytes, quiet_seconds: float = QUIET_SECONDS
) -> AsyncIterator[tuple[SharedStream, SharedFloor]]:
    """Open what the processes on one PostgreSQL share. `key` has 32 bytes, the same ones in each.

    After so long without a word from others it is asked whether they could be heard.
    """
    channel = Channel(address, quiet_seconds, min(quiet_seconds, ANSWER_SECONDS))
    try:
        yield SharedStream(channel, key), SharedFloor(channel)
    finally:
        await channel.close()
