"""A stage for interviews: a brief, a log in memory, and a loop that plays the candidate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assessor.adapters.content.sentences import load_sentences
from assessor.adapters.prompts import FilePrompts
from assessor.domain.events import Fact, InterviewerMessage, InterviewFinished
from assessor.domain.item import Probe, ProbeKind
from assessor.domain.transcript import Transcript, Turn
from assessor.interview.graph import Interviewer
from assessor.interview.guard import hashed_ngrams
from assessor.interview.state import Brief, Question
from assessor.ports import Model

PROMPTS = FilePrompts(Path(__file__).parents[2] / "prompts")
SENTENCES, _ = load_sentences(Path(__file__).parents[2] / "prompts" / "interview" / "authored")

LONG_ANSWER = (
    "For example, in one project we cached the parsed configuration because reading it took two seconds, "
    "so that every later call was free; the drawback is that a change on disk goes unnoticed until restart."
)
SECRET = "The next question asks which lock protects the shared counter in the worker pool."


def probe(id_: str, kind: ProbeKind, text: str) -> Probe:
    return Probe(id=id_, kind=kind, text=text)


def question(item_id: str, text: str) -> Question:
    probes = (
        probe(f"{item_id}-example", ProbeKind.EXAMPLE, "Can you tell me about one time you did this?"),
        probe(f"{item_id}-justify", ProbeKind.JUSTIFY, "What makes you prefer that way?"),
        probe(f"{item_id}-depth", ProbeKind.DEPTH, "How does that work underneath?"),
        probe(f"{item_id}-edge", ProbeKind.EDGE_CASE, "When would it stop working?"),
    )
    return Question(item_id, text, probes)


QUESTIONS = (
    question("caching", "A function is slow and called often with the same arguments. What do you do?"),
    question("mutability", "Why can a list as default argument surprise the caller of a function?"),
    question("review", "How do you decide whether generated code may be merged?"),
)

BRIEF = Brief(
    track_title="Python",
    language="en",
    opening="What kind of Python work have you done, and for how long?",
    closing="That was the last question. The tasks come next.",
    questions=QUESTIONS,
    sentences=SENTENCES["en"],
    bank_ngrams=hashed_ngrams(SECRET) | frozenset[int]().union(*(hashed_ngrams(q.text) for q in QUESTIONS)),
)


@dataclass
class Stage:
    """One interview. Checks at every turn that what was said is what was committed."""

    model: Model | None = None
    brief: Brief = BRIEF
    budget_seconds: float = 5.0
    facts: list[Fact] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.interviewer = Interviewer(self.model, PROMPTS, budget_seconds=self.budget_seconds)

    @property
    def transcript(self) -> Transcript:
        return Transcript(turns=tuple(self.turns))

    @property
    def messages(self) -> list[InterviewerMessage]:
        return [fact for fact in self.facts if isinstance(fact, InterviewerMessage)]

    @property
    def last(self) -> InterviewerMessage:
        return self.messages[-1]

    @property
    def finished(self) -> InterviewFinished | None:
        return next((fact for fact in self.facts if isinstance(fact, InterviewFinished)), None)

    async def turn(self, time_left_seconds: float | None = None) -> None:
        said: list[str] = []
        before = len(self.facts)

        async def commit(facts: Sequence[Fact]) -> None:
            self.facts.extend(facts)

        await self.interviewer.turn(
            self.brief,
            self.transcript,
            run=f"run-{len(self.turns)}",
            time_left_seconds=time_left_seconds,
            say=said.append,
            commit=commit,
        )
        committed = [fact for fact in self.facts[before:] if isinstance(fact, InterviewerMessage)]
        assert "".join(said) == "".join(message.text for message in committed)
        for message in committed:
            self._append("interviewer", message.text, message.item_id, message.kind, message.probe_id)

    async def hears(self, text: str, time_left_seconds: float | None = None) -> InterviewerMessage:
        self._append("candidate", text, self.turns[-1].item_id)
        await self.turn(time_left_seconds)
        return self.last

    async def play(self, texts: Iterable[str]) -> "Stage":
        """Begin, and say the texts one after the other until the interview is over."""
        await self.turn()
        for text in texts:
            if self.finished:
                break
            await self.hears(text)
        return self

    def _append(
        self, speaker: str, text: str, item_id: str | None, kind: str = "", probe_id: str | None = None
    ) -> None:
        turn = Turn.model_validate(
            {
                "seq": len(self.turns) + 1,
                "speaker": speaker,
                "text": text,
                "item_id": item_id,
                "kind": kind,
                "probe_id": probe_id,
            }
        )
        self.turns.append(turn)
