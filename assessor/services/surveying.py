"""Surveying a bank: how its items do with the candidates who were decided.

Assessments are read one after the other, a page of ids at a time. Of each only numbers and picks are kept,
never a word. What is scored by another version of an item than today's says nothing of today's.
"""

from collections import defaultdict
from dataclasses import dataclass

from assessor.domain.assessment import Assessment, replay
from assessor.domain.errors import Gone
from assessor.domain.events import Event
from assessor.domain.item_health import (
    Answer,
    ItemHealth,
    answers_of,
    choices_of,
    health_of,
    minutes_taken,
    overlap,
)
from assessor.domain.library import Library
from assessor.domain.score import Score
from assessor.ports import Content, EventLog, Items, Retirement, Sample


@dataclass(frozen=True)
class BankHealth:
    """A track's items, those first that somebody has to look at."""

    track: str
    sample: Sample
    forms: int
    assessments: int
    """Decided ones that were read."""
    erased: int
    """Decided ones of which nothing is left to read."""
    overlap: float | None
    """The share of a form that a second one has too."""
    retirements: tuple[Retirement, ...]
    items: tuple[ItemHealth, ...]


class Surveying:
    """Reads decided assessments. Writes nothing."""

    def __init__(self, items: Items, log: EventLog, content: Content) -> None:
        self._items = items
        self._log = log
        self._content = content

    async def survey(self, track: str, sample: Sample) -> BankHealth:
        """Return the health of every item of a track. Raises NotFound for an unknown one."""
        library = await self._content.library(track)
        library.track(track)
        given, forms = await self._items.exposures(track, sample), await self._items.forms(track, sample)
        retirements = await self._items.retired(track)
        retired = {one.item_id for one in retirements}
        answers, read, erased = await self._answers(track, sample, library)
        found = [
            health_of(
                item,
                answers.get(name, []),
                exposure=round(given.get(name, 0) / forms, 6) if forms else None,
                retired=name in retired,
            )
            for name, item in library.items[track].items()
        ]
        return BankHealth(
            track=track,
            sample=sample,
            forms=forms,
            assessments=read,
            erased=erased,
            overlap=overlap(given, forms),
            retirements=retirements,
            items=tuple(sorted(found, key=_urgency)),
        )

    async def _answers(
        self, track: str, sample: Sample, library: Library
    ) -> tuple[dict[str, list[Answer]], int, int]:
        answers: defaultdict[str, list[Answer]] = defaultdict(list)
        read, erased, last = 0, 0, ""
        while page := await self._items.decided(track, sample, after=last):
            for assessment_id in page:
                try:
                    events = await self._log.events(assessment_id)
                except Gone:
                    erased += 1
                    continue
                read += 1
                for answer in _of_one(events, library):
                    answers[answer.item_id].append(answer)
            last = page[-1]
        return answers, read, erased


def _of_one(events: tuple[Event, ...], library: Library) -> tuple[Answer, ...]:
    assessment = replay(events[0].assessment_id, events)
    track = library.track(assessment.ordered.track)
    bank = library.items[track.id]
    weights = {competency.id: competency.weight for competency in track.competencies}
    scores = _comparable(assessment, library, set(weights))
    choices = {name: choices_of(bank[name], assessment.responses.get(name)) for name in _names(scores)}
    return answers_of(scores, weights, choices, minutes_taken(events), assessment.submitted_at)


def _names(scores: tuple[Score, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(score.item_id for score in scores))


def _comparable(assessment: Assessment, library: Library, competencies: set[str]) -> tuple[Score, ...]:
    """Return the scores of items that are still as they were drawn."""
    bank = library.items[assessment.ordered.track]
    same = {
        place.item_id
        for place in assessment.counted_form.items
        if place.item_id in bank and bank[place.item_id].hash == place.hash
    }
    return tuple(
        score
        for score in assessment.scores.values()
        if score.item_id in same and score.competency in competencies
    )


def _urgency(found: ItemHealth) -> tuple[bool, bool, bool, bool, str]:
    sure = found.status
    return (
        found.retired,
        not found.alarms,
        sure != "key_suspect",
        sure not in {"weak", "constant"},
        found.item_id,
    )
