"""Candidates who are at their interviews at once, each with an open stream, and what they got to see."""

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from assessor.domain.notice import CURRENT
from tests.bench.bank import FORM, TRACK
from tests.bench.browsing import Browser, Refused, StreamEvent
from tests.bench.clients import ANSWER

REPLY_SECONDS: Final = 30.0
"""For so long a candidate waits for a reply before they send more, and for the whole when they look again."""
STREAM: Final = "/assessment/interview/stream"
COMING_AT_ONCE: Final = 8


@dataclass
class Damage:
    """What must not happen to a message or to its reply. All are counts."""

    lost: int = 0
    doubled: int = 0
    garbled: int = 0
    """Replies whose words, as they were streamed, are not those of the reply in the end."""

    def __add__(self, other: "Damage") -> "Damage":
        return Damage(self.lost + other.lost, self.doubled + other.doubled, self.garbled + other.garbled)


@dataclass
class Heard:
    """What one stream brought, taken in as the page's script does."""

    own: Counter[str] = field(default_factory=Counter)
    """How often each message came back, by its id."""
    replies: int = 0
    garbled: int = 0
    last_id: str = ""
    words: str = ""

    def take(self, event: StreamEvent) -> None:
        """Take in an event."""
        self.last_id = event.id or self.last_id
        match event.kind:
            case "user":
                self.own[event.data["cmid"]] += 1
            case "start":
                self.words = ""
            case "tok":
                self.words += event.data
            case "done":
                self.replies += 1
                self.garbled += bool(self.words) and self.words.strip() != event.data["text"].strip()
                self.words = ""

    def damage(self, sent: Sequence[str]) -> Damage:
        """Compare with what was sent, each of which has one reply, beside the opening."""
        came, due = sum(self.own.values()), len(sent) + 1
        lost = sum(self.own[one] == 0 for one in sent) + max(0, due - self.replies)
        doubled = came - len(self.own) + max(0, self.replies - due)
        return Damage(lost, doubled, self.garbled)


@dataclass(eq=False)
class Candidate:
    """One candidate: the stream goes to one process, messages to whichever comes next."""

    places: Sequence[str]
    """Addresses of the processes; the first one has the stream."""
    browser: Browser
    heard: Heard = field(default_factory=Heard)
    sent: list[str] = field(default_factory=list)
    reconnected: int = 0
    refused: int = 0
    _first: float = 0
    _replied: asyncio.Event = field(default_factory=asyncio.Event)

    async def come(self, key: str) -> None:
        """Be ordered, follow the invitation, and begin. Raises Refused."""
        reference = uuid.uuid4().hex
        body = {"candidate_ref": reference, "track": TRACK, "form": FORM}
        ordered = await self.browser.order(self.places[0], "/v1/assessments", body, key, reference)
        invitation = urlsplit(ordered.json()["invite_url"]).path
        await self.browser.post(self.places[0], f"{invitation}/start", {}, "text/html")
        notice = {"notice": CURRENT.version}
        begun = await self.browser.post(self.places[0], "/assessment/begin", notice, "text/html")
        if begun.status != 303:
            raise Refused(f"the assessment did not begin: {begun.status} {begun.body[:500]!r}")

    async def listen(self) -> None:
        """Hold the stream open, and take it up again where it ended."""
        while True:
            async for event in self.browser.stream(self.places[0], STREAM, self.heard.last_id):
                self.heard.take(event)
                if event.kind in {"tok", "done"}:
                    self._first = self._first or time.perf_counter()
                if event.kind == "done":
                    self._replied.set()
            self.reconnected += 1
            await asyncio.sleep(1)  # as the stream asks for by `retry`

    async def opened(self) -> None:
        """Wait for the first question. Raises TimeoutError."""
        await asyncio.wait_for(self._replied.wait(), REPLY_SECONDS)

    async def message(self) -> float | None:
        """Send one message; return the seconds until the reply's first words, None when none came."""
        cmid, place = uuid.uuid4().hex, self.places[len(self.sent) % len(self.places)]
        self._first, began = 0, time.perf_counter()
        self._replied.clear()
        answer = await self.browser.post(
            place, "/assessment/interview/messages", {"cmid": cmid, "text": ANSWER}
        )
        if answer.status != 202:
            self.refused += 1
            return None
        self.sent.append(cmid)
        try:
            await asyncio.wait_for(self._replied.wait(), REPLY_SECONDS)
        except TimeoutError:
            return None
        return self._first - began

    async def looked_again(self) -> Damage:
        """Read everything from the beginning, as a reloaded page would, and compare that as well."""
        stored, due = Heard(), len(self.sent) + 1

        async def read() -> None:
            async for event in self.browser.stream(self.places[-1], STREAM):
                stored.take(event)
                if stored.replies >= due:
                    return

        with suppress(TimeoutError):  # then something of it is lost
            await asyncio.wait_for(read(), REPLY_SECONDS)
        return self.heard.damage(self.sent) + stored.damage(self.sent)


@dataclass
class Audience:
    """All candidates, and their open streams."""

    candidates: list[Candidate] = field(default_factory=list)
    _streams: set[asyncio.Task[None]] = field(default_factory=set)

    async def let_in(self, count: int, origin: str, places: Sequence[str], key: str) -> None:
        """Let so many more begin, a few at a time, and open their streams."""
        waiting = iter(range(count))

        async def door() -> None:
            for number in waiting:
                start = number % len(places)
                one = Candidate([*places[start:], *places[:start]], Browser(origin))
                await one.come(key)
                self._streams.add(asyncio.create_task(one.listen(), name=f"stream {number}"))
                await one.opened()
                self.candidates.append(one)

        async with asyncio.TaskGroup() as doors:
            for _ in range(min(COMING_AT_ONCE, count)):
                doors.create_task(door())

    async def talk(self, seconds: float, period: float, seed: int = 1) -> list[float | None]:
        """Have each send a message every period, beginning at a moment of its own; return the waits."""
        chance = random.Random(seed)
        until = asyncio.get_running_loop().time() + seconds
        paces = [self._keep_talking(one, until, chance.random() * period, period) for one in self.candidates]
        return [wait for waits in await asyncio.gather(*paces) for wait in waits]

    async def _keep_talking(
        self, one: Candidate, until: float, first: float, period: float
    ) -> list[float | None]:
        now = asyncio.get_running_loop().time
        waits, due = [], now() + first
        while due < until:
            await asyncio.sleep(max(0.0, due - now()))
            waits.append(await one.message())
            due += period
        return waits

    async def count_damage(self) -> Damage:
        """Look at what every candidate saw, and at what the service has kept of it."""
        total, waiting = Damage(), iter(self.candidates)

        async def look() -> None:
            nonlocal total
            for one in waiting:
                found = await one.looked_again()
                total += found

        async with asyncio.TaskGroup() as looking:
            for _ in range(COMING_AT_ONCE):
                looking.create_task(look())
        return total

    async def leave(self) -> None:
        """Close every stream. Raises what kept one from being open."""
        for stream in self._streams:
            stream.cancel()
        for end in await asyncio.gather(*self._streams, return_exceptions=True):
            if isinstance(end, Exception):
                raise end
