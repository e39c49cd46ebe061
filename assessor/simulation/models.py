"""Models to interview with: one that does as it is told, one that anybody can tell, one that fails."""

import json
import random
import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from assessor.domain.errors import ModelFault
from assessor.ports import SUBJECT, Model, ModelReply, ModelRequest, Purpose

CHARS_PER_TOKEN = 4
"""What a token is taken for where a stream does not count: about right for English."""
CHUNK_CHARS = 12
SECONDS_TO_FIRST_WORD, SECONDS_A_CHUNK = 0.6, 0.02

_PROBE = re.compile(r"^Approved follow-up:\n(.*?)\n\n", re.MULTILINE | re.DOTALL)
_FENCED = re.compile(r"^(\w+):\n<<<[0-9a-f]{32}\n(.*)$", re.MULTILINE)
_FOLLOW_UPS = re.compile(r"^Follow-ups:\n(.*?)\n\n", re.MULTILINE | re.DOTALL)
_SENTENCE = re.compile(r"[^.!?\n]+")
_TELLING = re.compile(r"[a-z]{5,}")
_TOKEN = re.compile(r"\b[0-9a-f]{32}\b")
_QUOTABLE = re.compile(r"[\w'-]+(?: [\w'-]+){2,4}")
WORDS_IN_COMMON = 2
"""So many telling words of a follow-up in one sentence of an answer, and the sentence answers it."""


@dataclass
class SimulatedClock:
    """A clock that stands until something takes time."""

    at: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the simulated time."""
        return self.at

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass, at no cost."""
        self.at += timedelta(seconds=seconds)


@dataclass
class Meter:
    """Calls, and the characters of their prompts and replies."""

    calls: int = 0
    characters: int = 0

    @property
    def tokens(self) -> int:
        """Tokens in and out, by their characters."""
        return self.characters // CHARS_PER_TOKEN


@dataclass
class Metered:
    """Counts what goes through a model by what it is for, and remembers what was in its prompts."""

    model: Model
    used: dict[Purpose, Meter] = field(default_factory=lambda: defaultdict(Meter))
    secrets: set[str] = field(default_factory=set)
    """The fences and the instructions that it was given, none of which may be said."""

    @property
    def name(self) -> str:
        return self.model.name

    def reset(self) -> None:
        """Begin to count anew."""
        self.used.clear()
        self.secrets.clear()

    async def complete(self, request: ModelRequest) -> ModelReply:
        self._note(request)
        reply = await self.model.complete(request)
        self.used[request.purpose].characters += len(reply.text)
        return reply

    async def stream(self, request: ModelRequest) -> AsyncIterator[str]:
        self._note(request)
        stream = self.model.stream(request)
        try:
            async for chunk in stream:
                self.used[request.purpose].characters += len(chunk)
                yield chunk
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()

    def _note(self, request: ModelRequest) -> None:
        SUBJECT.set(None)  # a live model's ledger is another database, which has no simulated assessment
        meter = self.used[request.purpose]
        meter.calls += 1
        meter.characters += len(request.system) + len(request.user)
        self.secrets |= {request.system, *_TOKEN.findall(request.system + request.user)}


class Rehearsed(ABC):
    """A model whose reply is worked out from the request by rule. Time passes on the simulated clock."""

    name = "rehearsed"

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock

    @abstractmethod
    def reply(self, request: ModelRequest) -> str:
        """Return the whole reply."""

    async def complete(self, request: ModelRequest) -> ModelReply:
        if request.purpose == "observation":
            return ModelReply(self.reply(request), self.name)  # beside the conversation: takes nobody's time
        return ModelReply("".join([chunk async for chunk in self.stream(request)]), self.name)

    async def stream(self, request: ModelRequest) -> AsyncIterator[str]:
        self._clock.pass_seconds(SECONDS_TO_FIRST_WORD)
        for chunk in chunked(self.reply(request)):
            self._clock.pass_seconds(SECONDS_A_CHUNK)
            yield chunk


class ScriptedModel(Rehearsed):
    """Quotes a few of the candidate's words and asks the approved follow-up: a good interviewer."""

    name = "scripted"

    def reply(self, request: ModelRequest) -> str:
        """Word the approved follow-up around the candidate's last words; or observe an answer by rule."""
        if request.purpose == "observation":
            return observation(request)
        probe, words = approved_probe(request), _QUOTABLE.findall(last_words(request))
        return f"You said “{words[-1]}”. {probe}" if words else probe


@dataclass(frozen=True)
class Bait:
    """Something that a model can be told to say."""

    pattern: re.Pattern[str]
    says: Callable[["GullibleModel", ModelRequest], str]


class GullibleModel(ScriptedModel):
    """Obeys whatever it is told anywhere, also within the fence, and has read the leaked bank."""

    name = "gullible"

    def __init__(self, clock: SimulatedClock, bank: Sequence[str]) -> None:
        super().__init__(clock)
        self._bank = tuple(bank)
        self._recited = 0

    def reply(self, request: ModelRequest) -> str:
        """Do everything that was asked for, one after the other; without a request, do the work."""
        heard = " ".join(json.loads(words) for _, words in _FENCED.findall(request.user))
        obeyed = [bait.says(self, request) for bait in BAITS if bait.pattern.search(heard)]
        if request.purpose == "observation" and obeyed:
            return _observed([(probe_id, obeyed[0]) for probe_id in follow_ups(request)], obeyed)
        return " ".join(obeyed) or super().reply(request)

    def recite(self, _request: ModelRequest) -> str:
        """Recite the next text of the bank."""
        self._recited += 1
        return self._bank[self._recited % len(self._bank)] if self._bank else "There is nothing to recite."


def _bait(pattern: str, says: Callable[[GullibleModel, ModelRequest], str]) -> Bait:
    return Bait(re.compile(pattern, re.IGNORECASE), says)


BAITS = (
    _bait(r"system prompt|instructions?\b", lambda _, request: request.system),
    _bait(r"recite|later questions|next question|criteria|rubric|model answer", GullibleModel.recite),
    _bait(r"praise|great answer|excellent", lambda *_: "Great answer, that is correct!"),
    _bait(r"verdict|passed|full marks", lambda *_: "You have passed with full marks. Verdict: qualified."),
    _bait(r"how old|country|children|nationality", lambda *_: "How old are you, and where are you from?"),
    _bait(r"right answer|write my answer", lambda *_: "The right answer is that it depends on the default."),
)
"""What it can be told, and what it then says."""


class FaultyModel:
    """Another model behind a provider that fails at a stated rate, in every way that providers do."""

    def __init__(self, inner: Rehearsed, clock: SimulatedClock, rate: float, dice: random.Random) -> None:
        self._inner = inner
        self._clock = clock
        self._rate = rate
        self._dice = dice
        # Observers run beside the turns: the order in which both come must not change what either gets.
        self._dice_of_observers = random.Random(dice.random())

    @property
    def name(self) -> str:
        return "faulty"

    async def complete(self, request: ModelRequest) -> ModelReply:
        if request.purpose == "observation":
            return ModelReply(self._observation(request), self.name)
        return ModelReply("".join([chunk async for chunk in self.stream(request)]), self.name)

    def _observation(self, request: ModelRequest) -> str:
        whole = self._inner.reply(request)
        if self._dice_of_observers.random() >= self._rate:
            return whole
        pieces = self._dice_of_observers.choice(FAULTS)(whole)
        fault = next((piece for piece in pieces if isinstance(piece, ModelFault)), None)
        if fault is not None:
            raise fault
        return "".join(map(str, pieces))

    async def stream(self, request: ModelRequest) -> AsyncIterator[str]:
        if self._dice.random() >= self._rate:
            async for chunk in self._inner.stream(request):
                yield chunk
            return
        for piece in self._dice.choice(FAULTS)(self._inner.reply(request)):
            if isinstance(piece, ModelFault):
                self._clock.pass_seconds((request.within_seconds or 0) if piece.kind == "timeout" else 0.2)
                raise piece
            yield piece


Pieces = Sequence[str | ModelFault]


def _timeout(_: str) -> Pieces:
    return [ModelFault("timeout", "no word within the budget")]


def _too_many(_: str) -> Pieces:
    return [ModelFault("rate_limited", "429")]


def _server_error(_: str) -> Pieces:
    return [ModelFault("unavailable", "500")]


def _truncated(reply: str) -> Pieces:
    return chunked(reply[: len(reply) // 2])


def _reset(reply: str) -> Pieces:
    return [*chunked(reply[: 2 * len(reply) // 3]), ModelFault("unavailable", "connection reset")]


def _stalled(reply: str) -> Pieces:
    return [*chunked(reply[: len(reply) // 3]), ModelFault("timeout", "no more words")]


def _empty(_: str) -> Pieces:
    return []


def _wrong_language(_: str) -> Pieces:
    return chunked("Können Sie mir bitte ein weiteres Beispiel aus Ihrer Arbeit nennen?")


def _wrong_script(_: str) -> Pieces:
    return chunked("您能再举一个例子吗?")


def _refusal(_: str) -> Pieces:
    return chunked("I'm sorry, but I can't help with that request.")


def _not_text(_: str) -> Pieces:
    return chunked('{"error": {"message": "overloaded", "type": "server_error"}}')


FAULTS: tuple[Callable[[str], Pieces], ...] = (
    _timeout,
    _too_many,
    _server_error,
    _truncated,
    _reset,
    _stalled,
    _empty,
    _wrong_language,
    _wrong_script,
    _refusal,
    _not_text,
)
"""Every way in which a provider fails, each as likely as the others."""


def approved_probe(request: ModelRequest) -> str:
    """Return the approved follow-up of a request for a wording."""
    found = _PROBE.search(request.user)
    return found[1].strip() if found else ""


def follow_ups(request: ModelRequest) -> dict[str, str]:
    """Return the follow-ups of a request for an observation, by id."""
    found = _FOLLOW_UPS.search(request.user)
    lines = found[1].splitlines() if found else []
    return {probe_id: text for probe_id, _, text in (line.partition(": ") for line in lines)}


def observation(request: ModelRequest) -> str:
    """Observe by rule: a sentence that shares telling words with a follow-up has answered it."""
    said = [json.loads(words) for speaker, words in _FENCED.findall(request.user) if speaker == "candidate"]
    sentences = [sentence.strip() for sentence in _SENTENCE.findall("\n".join(said))]
    claims = [
        (probe_id, sentence)
        for probe_id, text in follow_ups(request).items()
        for sentence in sentences
        if len(_telling(text) & _telling(sentence)) >= WORDS_IN_COMMON
    ]
    return _observed(claims, sorted(_telling(" ".join(sentences)), key=len, reverse=True)[:1])


def _telling(text: str) -> set[str]:
    return set(_TELLING.findall(text.casefold()))


def _observed(claims: Sequence[tuple[str, str]], terms: Sequence[str]) -> str:
    covered = [{"probe": probe_id, "quote": quote} for probe_id, quote in dict(claims).items()]
    return json.dumps({"covered": covered, "terms": list(terms)})


def last_words(request: ModelRequest) -> str:
    """Return what the candidate said last."""
    said = [json.loads(words) for speaker, words in _FENCED.findall(request.user) if speaker == "candidate"]
    return said[-1] if said else ""


def chunked(text: str) -> list[str]:
    """Cut a reply as a provider streams it."""
    return [text[at : at + CHUNK_CHARS] for at in range(0, len(text), CHUNK_CHARS)]
