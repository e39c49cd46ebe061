"""What one turn of the interview works with: the brief, where the conversation stands, the plan."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NotRequired, TypedDict

from assessor.domain.events import AnswerObserved, Fact, ItemSwapped
from assessor.domain.form import FormItem
from assessor.domain.item import InterviewItem, Probe
from assessor.domain.transcript import Transcript, Turn

MessageKind = Literal["opening", "core", "probe", "answer", "closing"]
Say = Callable[[str], None]
Commit = Callable[[Sequence[Fact]], Awaitable[None]]


class Heard(StrEnum):
    """What a candidate's message is."""

    ANSWER = "answer"
    PASS = "pass"  # noqa: S105 -- "I don't know", no password
    NOT_MY_FIELD = "not_my_field"
    REFUSAL = "refusal"
    REPEAT = "repeat"
    REPHRASE = "rephrase"
    ASKING_BACK = "asking_back"
    OFF_TOPIC = "off_topic"
    PERSON = "person"
    BREAK = "break"
    MORE_TIME = "more_time"
    WHO = "who"
    COMMAND = "command"
    DISTRESS = "distress"
    ABUSE = "abuse"
    EMPTY = "empty"


@dataclass(frozen=True)
class Question:
    """A core question with its approved probes; nothing that a rater uses."""

    item_id: str
    text: str
    probes: tuple[Probe, ...]
    specialty: str | None = None
    jurisdiction: str | None = None

    @classmethod
    def of(cls, item: InterviewItem) -> "Question":
        """Take from an item what the interviewer may know."""
        return cls(item.id, item.question, item.probes, item.specialty, item.jurisdiction)


@dataclass(frozen=True)
class Spare:
    """A question that may be asked instead of one on the form, and what it is there."""

    question: Question
    place: FormItem


@dataclass(frozen=True)
class Brief:
    """All that the interviewer may know: no rubric, no key, no weight, no cut score."""

    track_title: str
    language: str
    opening: str
    """The unscored question about professional background."""
    closing: str
    questions: tuple[Question, ...]
    sentences: Mapping[str, str]
    """What is said without a model, by the keys of `authored.SENTENCES`."""
    max_probes: int = 2
    """For each question."""
    bank_ngrams: frozenset[int] = frozenset()
    """`hashed_ngrams` of every text of the bank: enough to notice a leak, too little to make one."""
    spares: Mapping[str, tuple[Spare, ...]] = field(default_factory=dict)
    """By the item that they can replace, in the order in which they are drawn."""
    swaps_left: int = 0
    """How often a candidate may still say that a question is not of their field."""
    contact: str = ""
    """How to reach a person, as a sentence for the candidate; empty is the authored one."""


@dataclass(frozen=True)
class Progress:
    """Where the conversation stands, read from the log alone."""

    brief: Brief
    transcript: Transcript
    observed: Mapping[int, AnswerObserved] = field(default_factory=dict)
    """By event seq."""

    @property
    def has_begun(self) -> bool:
        """Whether anything was said."""
        return bool(self.transcript.turns)

    @property
    def is_over(self) -> bool:
        """Whether the closing was said."""
        return any(turn.kind == "closing" for turn in self.transcript.turns)

    @property
    def is_opening(self) -> bool:
        """Whether no core question has been asked yet."""
        return not any(turn.kind == "core" for turn in self.transcript.turns)

    @property
    def open_item(self) -> str | None:
        """The item of the question that waits for an answer; None is the unscored opening."""
        said = [turn for turn in self.transcript.turns if turn.speaker == "interviewer"]
        return said[-1].item_id if said else None

    @property
    def open_question(self) -> Question | None:
        """The core question that is being talked about, None during the opening."""
        return next((q for q in self.brief.questions if q.item_id == self.open_item), None)

    @property
    def open_probe(self) -> Probe | None:
        """The probe that waits for an answer, when the last question was one."""
        asked = [turn for turn in self._about_open() if turn.kind in {"core", "probe"}]
        question = self.open_question
        if question is None or not asked:
            return None
        return next((p for p in question.probes if p.id == asked[-1].probe_id), None)

    @property
    def remaining(self) -> tuple[Question, ...]:
        """The core questions that have not been asked."""
        asked = {turn.item_id for turn in self.transcript.turns if turn.kind == "core"}
        return tuple(q for q in self.brief.questions if q.item_id not in asked)

    @property
    def probed(self) -> tuple[Probe, ...]:
        """The probes that were asked about the open question."""
        used = {turn.probe_id for turn in self._about_open() if turn.kind == "probe"}
        question = self.open_question
        return tuple(p for p in question.probes if p.id in used) if question else ()

    @property
    def observations(self) -> tuple[AnswerObserved, ...]:
        """What was observed about the open question before the message that waits for a reply.

        Whatever came later counts as unknown. So a turn that runs again, and a replay of the log, plan
        what the first run planned.
        """
        unanswered = self.transcript.unanswered
        return tuple(
            seen
            for seq, seen in self.observed.items()
            if seen.item_id == self.open_item and (unanswered is None or seq < unanswered.seq)
        )

    @property
    def covered(self) -> frozenset[str]:
        """The probes of the open question that were covered without being asked."""
        return frozenset(probe_id for seen in self.observations for probe_id in seen.covered)

    @property
    def asides(self) -> int:
        """How often the open question was put aside for something that was not an answer."""
        return sum(turn.kind == "answer" for turn in self._about_open())

    @property
    def exchange(self) -> tuple[Turn, ...]:
        """What was said about the open question after it was asked, by both sides."""
        return tuple(turn for turn in self._about_open() if turn.kind not in {"core", "opening"})

    def _about_open(self) -> tuple[Turn, ...]:
        return self.transcript.about(self.open_item)


@dataclass(frozen=True)
class Plan:
    """What to say next. `text` is the authored wording, complete and ready to be said."""

    kind: MessageKind
    text: str
    item_id: str | None = None
    probe: Probe | None = None
    because: str = ""
    """The want that a probe follows."""
    swaps: tuple[ItemSwapped, ...] = ()
    help: Literal["person", "break", "more_time", "distress"] | None = None
    """What a person has to be told that the candidate needs."""
    finished: Literal["complete", "time", "conduct"] | None = None


@dataclass(frozen=True)
class Utterance:
    """What was said, word for word."""

    text: str
    source: Literal["authored", "model"]
    guard: str | None = None


class TurnState(TypedDict):
    """The state of one run of the graph. Nothing of it outlives the turn."""

    progress: Progress
    run: str
    time_left_seconds: float | None
    say: Say
    commit: Commit
    heard: NotRequired[Heard]
    plan: NotRequired[Plan]
    utterance: NotRequired[Utterance]
