"""Simulated people in an interview: what each says at each moment, from the bank by rule and a seed.

The substance of an answer is the anchor of a level in the item's rubric, so a persona exists for
every track that has a bank. They know the rubrics, and so can only play where nothing counts.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from assessor.domain.item import InterviewItem
from assessor.domain.library import Library
from assessor.domain.rubric import Rubric
from assessor.simulation.behaviour import (
    ABUSE,
    ATTACKS,
    ATTACKS_WITHIN,
    CHANGES_OF_MIND,
    CHAT,
    DIGRESSIONS,
    DISTRESS,
    FILLERS,
    NOT_MY_FIELD,
    NOTHING_TO_ADD,
    QUESTIONS_BACK,
    REQUESTS_TO_REPEAT,
    SILENCES,
    WARM_UPS,
)

EXPERT, COMPETENT, MIDDLING, NOVICE, EMPTY = 4, 3, 2, 1, 0
"""Anchor levels."""
WORDS_READ_A_SECOND = 4
GIVES_UP, CALMS_DOWN, ATTACKS_OPENLY, SAYS_NOTHING, FORGETS, MISSPELLS = 0.6, 0.5, 0.4, 0.75, 0.7, 0.3
"""How often a persona does what it is known for."""
CHATS_AT_MOST, ATTACKS_AT_MOST, DISTRESSED_AT = 2, 3, 2


class Intent(StrEnum):
    """What a persona means by a message; the interviewer has to find out by itself."""

    ANSWER = "answer"
    PASS = "pass"  # noqa: S105 -- "I don't know", no password
    REQUEST = "request"
    ATTACK = "attack"
    DISTRESS = "distress"
    ABUSE = "abuse"
    SILENCE = "silence"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True)
class Said:
    """One message, and what was meant by it."""

    text: str
    intent: Intent = Intent.ANSWER


@dataclass
class Moment:
    """What a persona has before it when it speaks."""

    dice: random.Random
    item: InterviewItem | None
    """The open question; None is the background."""
    rubric: Rubric | None
    library: Library
    track: str
    before: int
    """How often it has spoken to this question."""
    spoken: int
    """How often it has spoken at all."""
    answers: int
    """How often it has answered this question."""

    def anchor(self, level: int) -> str:
        """Return the anchor answer of a level, or of the nearest below it."""
        if self.rubric is None or not self.rubric.anchors:
            return self.background()
        at_most = [anchor for anchor in self.rubric.anchors if anchor.level <= level]
        return max(at_most or self.rubric.anchors, key=lambda anchor: anchor.level).answer.strip()

    def part(self, level: int) -> Said:
        """Return the next half of the anchor answer, and then that there is nothing to add."""
        if self.item is None:
            return Said(self.background())
        parts = halves(self.anchor(level))
        return Said(parts[self.answers] if self.answers < len(parts) else self.dice.choice(NOTHING_TO_ADD))

    def background(self) -> str:
        """Return what to say about oneself. Names nobody."""
        title = self.library.track(self.track).title
        years = self.dice.randrange(2, 21)
        return f"I have worked for {years} years in the field of {title}, the last two as a reviewer."

    def elsewhere(self) -> str:
        """Return the answer to another question of the bank."""
        others = [rubric for id_, rubric in self._rubrics() if self.item is None or id_ != self.item.id]
        anchors = [anchor.answer for rubric in others for anchor in rubric.anchors if anchor.level > NOVICE]
        return self.dice.choice(anchors).strip() if anchors else self.background()

    def _rubrics(self) -> Sequence[tuple[str, Rubric]]:
        items = self.library.items[self.track].values()
        return [(i.id, self.library.rubric(i.rubric)) for i in items if isinstance(i, InterviewItem)]


Speak = Callable[[Moment], Said]


@dataclass(frozen=True)
class Persona:
    """Somebody to interview. `pause` is how many seconds pass before they begin to type."""

    name: str
    speak: Speak
    words_per_minute: float = 40
    pause: tuple[float, float] = (4, 25)


@dataclass
class Person:
    """A persona in one interview. Deterministic: the same seed says the same."""

    persona: Persona
    library: Library
    track: str
    dice: random.Random
    said: list[tuple[str | None, Said]] = field(default_factory=list)

    def reply(self, item_id: str | None) -> Said:
        """Say the next thing to the open question."""
        item = self.library.item(self.track, item_id) if item_id else None
        to_this = [said for about, said in self.said if about == item_id]
        moment = Moment(
            dice=self.dice,
            item=item if isinstance(item, InterviewItem) else None,
            rubric=self.library.rubric(item.rubric) if item and item.rubric else None,
            library=self.library,
            track=self.track,
            before=len(to_this),
            spoken=len(self.said),
            answers=sum(said.intent is Intent.ANSWER for said in to_this),
        )
        said = self.persona.speak(moment)
        self.said.append((item_id, said))
        return said

    def seconds_for(self, words_read: int, words_typed: int) -> float:
        """Return how long it takes to read, think and type."""
        reading = words_read / WORDS_READ_A_SECOND
        return (
            reading
            + self.dice.uniform(*self.persona.pause)
            + 60 * words_typed / self.persona.words_per_minute
        )


def halves(answer: str) -> list[str]:
    """Split an answer after about half of its sentences: nobody says all at once."""
    sentences = re.split(r"(?<=[.!?])\s+", answer.strip())
    middle = (len(sentences) + 1) // 2
    return [part for part in (" ".join(sentences[:middle]), " ".join(sentences[middle:])) if part]


def _expert(moment: Moment) -> Said:
    return moment.part(EXPERT)


def _competent(moment: Moment) -> Said:
    return moment.part(COMPETENT)


def _novice(moment: Moment) -> Said:
    if moment.item and moment.answers and moment.dice.random() < GIVES_UP:
        return Said(
            moment.dice.choice(("I don't know.", "I don't know this one.", "No idea, sorry")), Intent.PASS
        )
    return moment.part(NOVICE)


def _bluffer(moment: Moment) -> Said:
    return (
        Said(f"{moment.dice.choice(WARM_UPS)} {moment.anchor(EMPTY)}") if moment.item else moment.part(EMPTY)
    )


def _terse(moment: Moment) -> Said:
    words = moment.part(MIDDLING).text.split()
    return Said(" ".join(words[: moment.dice.randrange(3, 9)]).rstrip(",;:") + ".")


def _rambling(moment: Moment) -> Said:
    sentences = re.split(r"(?<=[.!?])\s+", moment.part(MIDDLING).text)
    return Said(" ".join(f"{sentence} {moment.dice.choice(DIGRESSIONS)}" for sentence in sentences))


def _non_native(moment: Moment) -> Said:
    text = re.sub(r"\b(?:the|an?) (?=\w)", "", moment.part(COMPETENT).text, flags=re.IGNORECASE)
    text = re.sub(r"\b(\w{4,})ed\b", lambda m: m[1] + "e" if moment.dice.random() < MISSPELLS else m[0], text)
    return Said(text.replace(" which ", " what ").replace("because", "becouse"))


def _off_topic(moment: Moment) -> Said:
    if moment.item is None or moment.before >= CHATS_AT_MOST:
        return moment.part(MIDDLING)
    return Said(moment.dice.choice((*CHAT, moment.elsewhere())), Intent.OFF_TOPIC)


def _hostile(moment: Moment) -> Said:
    """Calms down after the warning, or goes on, as it happens."""
    if moment.item is None or (moment.spoken > 1 and moment.dice.random() < CALMS_DOWN):
        return moment.part(MIDDLING)
    return Said(moment.dice.choice(ABUSE), Intent.ABUSE)


def _injector(moment: Moment) -> Said:
    if moment.item is None or moment.before >= ATTACKS_AT_MOST:
        return moment.part(MIDDLING)
    if moment.dice.random() < ATTACKS_OPENLY:
        return Said(moment.dice.choice(ATTACKS), Intent.ATTACK)
    words = moment.anchor(MIDDLING).split()[:18]
    return Said(f"{' '.join(words)}. {moment.dice.choice(ATTACKS_WITHIN)}", Intent.ATTACK)


def _distressed(moment: Moment) -> Said:
    if moment.item and moment.spoken == DISTRESSED_AT:
        return Said(moment.dice.choice(DISTRESS), Intent.DISTRESS)
    return moment.part(NOVICE)


def _silent(moment: Moment) -> Said:
    if moment.item is None or moment.dice.random() < SAYS_NOTHING:
        return Said(moment.dice.choice(SILENCES), Intent.SILENCE)
    return moment.part(NOVICE)


def _forgetful(moment: Moment) -> Said:
    if moment.item and moment.before % 2 == 0 and moment.dice.random() < FORGETS:
        return Said(moment.dice.choice(REQUESTS_TO_REPEAT), Intent.REQUEST)
    return moment.part(MIDDLING)


def _plagiarist(moment: Moment) -> Said:
    """Pastes a leaked bank: the best answer, the criteria, and the questions still to come."""
    if moment.item is None or moment.rubric is None:
        return Said(moment.background())
    criteria = " ".join(criterion.text for criterion in moment.rubric.criteria)
    return moment.dice.choice((Said(moment.anchor(EXPERT)), Said(criteria), Said(moment.elsewhere())))


def _asker(moment: Moment) -> Said:
    if moment.item and moment.before == 0:
        return Said(moment.dice.choice(QUESTIONS_BACK), Intent.REQUEST)
    return moment.part(COMPETENT)


def _waverer(moment: Moment) -> Said:
    if moment.item and moment.answers:
        return Said(f"{moment.dice.choice(CHANGES_OF_MIND)} {moment.part(COMPETENT).text}")
    return moment.part(NOVICE)


def _stranger(moment: Moment) -> Said:
    if moment.item and moment.before == 0:
        return Said(moment.dice.choice(NOT_MY_FIELD), Intent.PASS)
    return moment.part(COMPETENT)


def _hesitant(moment: Moment) -> Said:
    return Said(f"{moment.dice.choice(FILLERS)} {moment.part(MIDDLING).text}")


PERSONAS = (
    Persona("expert", _expert),
    Persona("competent", _competent),
    Persona("novice", _novice, 28),
    Persona("bluffer", _bluffer, 60, (1, 6)),
    Persona("terse", _terse),
    Persona("rambling", _rambling, 70),
    Persona("non-native", _non_native, 25, (10, 50)),
    Persona("off-topic", _off_topic),
    Persona("hostile", _hostile, 60, (1, 5)),
    Persona("injector", _injector, 200, (1, 8)),
    Persona("distressed", _distressed, 25, (10, 90)),
    Persona("silent", _silent, 20, (60, 240)),
    Persona("forgetful", _forgetful),
    Persona("plagiarist", _plagiarist, 1500, (2, 10)),
    Persona("asker", _asker),
    Persona("waverer", _waverer),
    Persona("stranger", _stranger),
    Persona("hesitant", _hesitant, 30, (10, 60)),
)
"""Interview number N is held with persona N modulo their number."""
