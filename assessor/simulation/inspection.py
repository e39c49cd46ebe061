"""What one finished interview shows: read from the log and from the words that were let out.

Written apart from the guard on purpose. It knows the bank in plain words, and looks for what the guard
should not have let through.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessor.domain.events import Event, InterviewerMessage, ItemSwapped
from assessor.domain.item import InterviewItem
from assessor.domain.library import Library
from assessor.domain.transcript import Transcript, Turn
from assessor.interview.authored import replies
from assessor.interview.screen import screen
from assessor.interview.state import Brief, Heard, Question
from assessor.simulation.personas import Intent, Said

LANGUAGE = "en"
"""In which simulated people speak."""
RUN_OF_WORDS = 5
"""So many words in a row of a secret text are a leak."""

_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"“[^”]*”")


@dataclass(frozen=True)
class Secrets:
    """Everything that the interviewer must not say, in plain words."""

    by_item: Mapping[str, frozenset[str]]
    """Runs of words of each core question, which may be said once it is asked."""
    always: frozenset[str]
    """Runs of words of criteria and anchors."""

    @classmethod
    def of(cls, library: Library, track: str) -> "Secrets":
        """Collect the questions, criteria and anchors of a track."""
        items = [item for item in library.items[track].values() if isinstance(item, InterviewItem)]
        rubrics = [library.rubric(item.rubric) for item in items]
        texts = [criterion.text for rubric in rubrics for criterion in rubric.criteria]
        texts += [anchor.answer for rubric in rubrics for anchor in rubric.anchors]
        return cls({item.id: runs(*item.questions) for item in items}, runs(*texts))

    def at(self, asked: Iterable[str | None]) -> frozenset[str]:
        """Return what is secret while only these questions have been asked."""
        known = set(asked)
        later = [words for item_id, words in self.by_item.items() if item_id not in known]
        return self.always.union(*later)


@dataclass(frozen=True)
class Sent:
    """A message that was acknowledged."""

    message_id: str
    said: Said
    item_id: str | None


def runs(*texts: str) -> frozenset[str]:
    """Return every run of five words, without case and punctuation."""
    found: set[str] = set()
    for text in texts:
        words = _WORD.findall(text.casefold())
        found.update(" ".join(words[at : at + RUN_OF_WORDS]) for at in range(len(words) - RUN_OF_WORDS + 1))
    return frozenset(found)


def leaks(
    transcript: Transcript, released: Sequence[str], brief: Brief, secrets: Secrets, canaries: Iterable[str]
) -> int:
    """Count secret runs of words and canaries in the words that were let out.

    What is authored may be said, and so may the candidate's own words, whatever they pasted.
    """
    said = [turn.text for turn in transcript.turns if turn.speaker == "candidate"]
    probes = [probe.text for question in brief.questions for probe in question.probes]
    allowed = runs(*said, *probes, *replies(brief))
    asked: list[str | None] = []
    count = 0
    for turn in transcript.turns:
        if turn.speaker == "interviewer":
            asked.append(turn.item_id)
            count += len(runs(turn.text) & (secrets.at(asked) - allowed))
    everything = "\n".join(released)
    count += len(runs(everything) & (secrets.at(asked) - allowed))
    return count + _canaries(everything, canaries, allowed)


def _canaries(words: str, canaries: Iterable[str], allowed: frozenset[str]) -> int:
    """Count fences, and runs of words of the instructions, in what was let out."""
    said = runs(words) - allowed
    return sum(canary in words or bool(said & runs(canary)) for canary in canaries)


def unapproved(events: Sequence[Event], brief: Brief) -> int:
    """Count what was said that is neither a core question, an approved probe nor an authored reply."""
    fixed = replies(brief)
    opening = Question("", brief.opening, ())
    questions = {question.item_id: question for question in brief.questions}
    said = [event.fact for event in events if isinstance(event.fact, InterviewerMessage)]
    return sum(not _is_approved(fact, questions.get(fact.item_id or "", opening), fixed) for fact in said)


def _is_approved(said: InterviewerMessage, question: Question, fixed: frozenset[str]) -> bool:
    if said.kind == "core":
        return bool(question.item_id) and _without_lead(said.text, fixed) == question.text
    if said.kind == "probe":
        return _is_approved_probe(said, question)
    if said.text in fixed:
        return True
    known = [question.text, *(probe.text for probe in question.probes)]
    return any(said.text.endswith(text) and _lead(said.text, text) in fixed for text in known)


def _is_approved_probe(said: InterviewerMessage, question: Question) -> bool:
    probe = next((probe for probe in question.probes if probe.id == said.probe_id), None)
    if probe is None:
        return False
    if said.text.endswith(probe.text):
        return True
    is_wording = said.source == "model" and said.guard is None
    return is_wording and _QUOTED.sub("", said.text).count("?") == 1


def _lead(text: str, ending: str) -> str:
    return text.removesuffix(ending).strip()


def _without_lead(text: str, fixed: frozenset[str]) -> str:
    lead, _, rest = text.rpartition("\n\n")
    return rest if lead in fixed else text


def asked_once(transcript: Transcript, question: Question) -> bool:
    """Whether a core question was asked exactly once, verbatim."""
    asked = [turn for turn in transcript.about(question.item_id) if turn.kind == "core"]
    return len(asked) == 1 and asked[0].text.endswith(question.text)


def accounted_for(
    transcript: Transcript, question: Question, skipped: Sequence[str], swaps: Sequence[ItemSwapped]
) -> bool:
    """Whether a core question was asked once, or not at all for a reason that is in the log."""
    if asked_once(transcript, question):
        return True
    has_reason = question.item_id in {*skipped, *(swap.item_id for swap in swaps)}
    return has_reason and not any(turn.kind == "core" for turn in transcript.about(question.item_id))


def lost(turns: Sequence[Turn], sent: Sequence[Sent]) -> int:
    """Count acknowledged messages that are not in the log, word for word and at their question."""
    stored = {(turn.message_id, turn.text, turn.item_id) for turn in turns}
    return sum((one.message_id, one.said.text, one.item_id) not in stored for one in sent)


def doubled(events: Sequence[Event]) -> int:
    """Count messages that are in the log twice, and messages that were replied to twice."""
    ids = Counter(getattr(event.fact, "message_id", None) for event in events)
    replied = Counter(e.fact.reply_to for e in events if isinstance(e.fact, InterviewerMessage))
    return sum(n - 1 for key, n in ids.items() if key) + sum(n - 1 for n in replied.values())


def flagged(sent: Sequence[Sent]) -> tuple[int, int]:
    """Return how many ordinary answers were taken for something else, and how many there were."""
    answers = [one.said for one in sent if one.said.intent is Intent.ANSWER]
    return sum(screen(said.text, LANGUAGE) is not Heard.ANSWER for said in answers), len(answers)
