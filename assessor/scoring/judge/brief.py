"""What all calls about one piece of work have in common: put together, normalised and hashed once."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from assessor.domain.evidence import Borrowed, OwnText, Sources
from assessor.domain.fence import fence, normalised
from assessor.domain.item import Item, Key
from assessor.domain.rubric import Rubric
from assessor.ports import Prompts
from assessor.scoring.judge.canaries import Canary, Decoys, digest, met
from assessor.scoring.rater import criteria_of, passages_of
from assessor.scoring.screening import task_texts
from assessor.scoring.work import Passage, Work

LABEL_CHARS = 8
KEPT = 256
"""Stable parts that are kept; a bank has fewer judged items."""

_REFERENCE = {"rationale", "reference", "must_haves", "fix"}
"""What of a key helps to read an answer. Ratings and labels are for rules."""


class Line(NamedTuple):
    """A criterion as a prompt lists it."""

    id: str
    text: str


class Example(NamedTuple):
    """An answer with the ids of what it meets."""

    met: list[str]
    answer: str


@dataclass(frozen=True)
class Brief:
    """One piece of work and what is asked about it.

    `stable` is the same for everybody's work on an item, byte for byte, so that providers' prefix
    caches work. The ids in it are labels that tell nothing, and a decoy stands among its criteria.
    """

    item_id: str
    seed: str
    """Of labels and decoys: the same for everybody's work on the item."""
    system: str
    stable: str
    tail: str
    """Name of the template with the work and what to grade."""
    labels: Mapping[str, str]
    """By criterion id."""
    texts: Mapping[str, str]
    """The criteria in words, by their id."""
    decoys: tuple[Canary, Canary]
    """The one that stands in `stable`, and another for a second try."""
    passages: tuple[Passage, ...]
    """What is fenced, normalised."""
    criteria_are_fenced: bool
    own: str
    """What is graded, in one text."""
    task: str
    sources: Sources
    hash: str
    """Of everything above that a model reads."""

    def user(self, token: str, criteria: Iterable[Line], prompts: Prompts) -> str:
        """Return the prompt that asks about these criteria, given with their labels."""
        if self.criteria_are_fenced:
            criteria = [Line(one.id, fence(one.text, token)) for one in criteria]
        passages = [Passage(one.label, fence(one.text, token)) for one in self.passages]
        return self.stable + prompts.render(self.tail, passages=passages, criteria=list(criteria))

    def canary(self, prompts: Prompts, seed: str) -> Canary:
        """Return a criterion that this work meets."""
        return met(prompts, seed, self.own, self.task)


def label(seed: str, name: str) -> str:
    """Return the id under which a model hears of a criterion."""
    return digest(seed, name)[:LABEL_CHARS]


class Briefs:
    """Makes briefs. What is the same for an item is rendered once."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts
        self._decoys = Decoys.load(prompts)
        self._system = prompts.render("judge/system.j2")
        self._applied_system = prompts.render("judge/applied_system.j2")
        self._rendered: dict[tuple[str, str], str] = {}

    def of(self, work: Work) -> Brief:
        """Return the brief for a candidate's work."""
        seed = digest(work.item.hash, work.rubric.hash if work.rubric else "")
        own = "\n".join(normalised(text.text) for text in work.texts)
        told = task_texts(work)
        task = "\n".join(told)
        decoys = self._decoys.two(seed, own, task, _words_of(work.rubric), _reference(work.item))
        texts = {criterion.id: criterion.text for criterion in criteria_of(work)}
        labels = {name: label(seed, name) for name in texts}
        stable = self._stable(seed, work, decoys[0].text, labels)
        passages = tuple(Passage(one.label, normalised(one.text)) for one in passages_of(work) if one.text)
        shown = (part for one in passages for part in (one.label, one.text))
        return Brief(
            item_id=work.item.id,
            seed=seed,
            system=self._system,
            stable=stable,
            tail="judge/work.j2",
            labels=labels,
            texts=texts,
            decoys=decoys,
            passages=passages,
            criteria_are_fenced=False,
            own=own,
            task=task,
            sources=Sources(work.texts, _borrowed(work, told)),
            hash=digest(self._prompts.hash, self._system, stable, *shown),
        )

    def applying(self, item: Item, criteria: Mapping[str, str], response: str) -> Brief:
        """Return the brief for applying a candidate's criteria to a response that we have."""
        seed = digest(item.hash, response)
        task = "\n".join(task_texts(Work(item=item, rubric=None, response=None, texts=())))
        shown = {"task": _json(item.presented()), "response": _json(response)}
        stable = self._prompts.render("judge/applied_stable.j2", **shown) + "\n"
        return Brief(
            item_id=item.id,
            seed=seed,
            system=self._applied_system,
            stable=stable,
            tail="judge/applied_criteria.j2",
            labels={name: label(seed, name) for name in criteria},
            texts=dict(criteria),
            decoys=self._decoys.two(seed, response, task, *criteria.values()),
            passages=(),
            criteria_are_fenced=True,
            own=response,
            task=task,
            sources=Sources((OwnText(event_seq=1, text=response),)),
            hash=digest(self._prompts.hash, self._applied_system, stable, *criteria.values()),
        )

    def _stable(self, seed: str, work: Work, decoy: str, labels: Mapping[str, str]) -> str:
        if (seed, decoy) not in self._rendered:
            if len(self._rendered) >= KEPT:
                self._rendered.clear()
            self._rendered[seed, decoy] = self._render(seed, work, decoy, labels)
        return self._rendered[seed, decoy]

    def _render(self, seed: str, work: Work, decoy: str, labels: Mapping[str, str]) -> str:
        rubric = work.rubric
        listed = [Line(labels[one.id], one.text) for one in criteria_of(work)]
        anchors = rubric.anchors if rubric else ()
        text = self._prompts.render(
            "judge/stable.j2",
            purpose=rubric.purpose if rubric else "",
            criteria=sorted([*listed, Line(label(seed, decoy), decoy)]),
            anchors=[Example([labels[name] for name in one.met], one.answer) for one in anchors],
            task=_json(work.item.presented()),
            reference=_reference(work.item),
        )
        return f"{text}\n"


def _borrowed(work: Work, told: Iterable[str]) -> tuple[Borrowed, ...]:
    """Return words that are not the candidate's: the task's, and the interviewer's for what came after.

    After in the conversation, not in the log: a correction stands where the corrected words stood.
    """
    asked = []
    for place, turn in enumerate(work.turns):
        if turn.speaker == "interviewer":
            asked.append(Borrowed(turn.text, frozenset(later.seq for later in work.turns[place:])))
    return (*map(Borrowed, told), *asked)


def _words_of(rubric: Rubric | None) -> str:
    if rubric is None:
        return ""
    said = [rubric.purpose, *(one.text for one in rubric.criteria), *(one.answer for one in rubric.anchors)]
    return "\n".join(said)


def _reference(item: Item) -> str:
    key = getattr(item, "key", None)
    reference = key.model_dump(mode="json", include=_REFERENCE) if isinstance(key, Key) else {}
    return _json(reference) if reference else ""


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
