"""Training: before somebody scores people in a track, they score answers there whose scores are known.

What was passed or waived holds until one of the rubrics that it stands for has a new version. A track that
has too few answers, or none in a language that somebody reads, asks for no training, and says so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assessor.domain.audit_log import Action
from assessor.domain.errors import Conflict, NotFound, NotTrained, invalid
from assessor.domain.library import Library
from assessor.domain.roles import Permission
from assessor.domain.training import STANDARD, Grant, Result, drawn, result, suffice
from assessor.ports import Clock, Content, Practised, Reviewer, Store
from assessor.services.auditing import Auditing, accepted_reason
from assessor.services.known_answers import (
    KnownAnswer,
    family,
    known_answers,
    known_levels,
    rubric_versions,
)
from assessor.services.second_looks import all_marked

State = Literal["passed", "waived", "too_few", "other_language", "open"]
"""Why somebody may score people in a track; `open` when they may not yet."""


@dataclass(frozen=True)
class Standing:
    """Where one person stands in one track."""

    track: str
    title: str
    state: State
    grant: Grant | None = None
    """What was passed or waived; also one that holds no more, which `open` tells."""


@dataclass(frozen=True)
class Task:
    """The next answer to score."""

    standing: Standing
    series: str
    number: int
    of: int
    answer: KnownAnswer


@dataclass(frozen=True)
class Marked:
    """An answer that was scored, beside what is known."""

    standing: Standing
    score: Practised
    number: int
    of: int
    answer: KnownAnswer | None
    """None when the library has it no more."""
    outcome: Result | None
    """Of the round that it ended."""


class Training:
    """Leads reviewers through it, and says who may score where. Each call is within one tenant."""

    def __init__(self, store: Store, content: Content, clock: Clock) -> None:
        self._store = store
        self._content = content
        self._clock = clock
        self._auditing = Auditing(store, clock)

    async def standings(self, reviewer: Reviewer) -> tuple[Standing, ...]:
        """Return where somebody stands in every track of their platform that they take."""
        grants = await self._grants([reviewer.id])
        return self._standings(reviewer, await self._libraries(reviewer.tenant), grants)

    async def standings_of(self, reviewers: Sequence[Reviewer]) -> Mapping[str, Sequence[Standing]]:
        """Return the same for those among several of one tenant who score, by their ids."""
        if not reviewers:
            return {}
        grants = await self._grants([one.id for one in reviewers])
        libraries = await self._libraries(reviewers[0].tenant)
        scoring = [one for one in reviewers if one.may(Permission.SCORE)]
        return {one.id: self._standings(one, libraries, grants) for one in scoring}

    async def untrained(self, reviewer: Reviewer) -> tuple[str, ...]:
        """Return the tracks in which somebody may not score people yet, whether they take those or not."""
        grants = await self._grants([reviewer.id])
        libraries = await self._libraries(reviewer.tenant)
        every = [self._standing(reviewer, library, track, grants) for track, library in libraries.items()]
        return tuple(one.track for one in every if one.state == "open")

    async def require(self, reviewer: Reviewer, track: str) -> None:
        """Raise NotTrained for somebody who may not score people in a track yet."""
        if track in await self.untrained(reviewer):
            raise NotTrained(track)

    async def next(self, reviewer: Reviewer, track: str) -> Task | None:
        """Return the next answer to score; None where there is nothing to train. Raises NotFound."""
        library, standing = await self._at(reviewer, track)
        if standing.state in {"passed", "too_few"}:
            return None
        answers = known_answers(library, track)
        scored = await self._scored(reviewer, library, track)
        number = _current_round(scored)
        done = [one.answer for one in scored if one.series == _series(number)]
        used = [one.answer for one in scored if one.series != _series(number)]
        chosen = drawn(
            {name: one.anchor.level for name, one in answers.items()},
            used,
            f"{reviewer.id} {family(library, track)} {number}",
            STANDARD.answers,
        )
        # Where the library changed in mid-round, what is left of the new draw fills it.
        first = next(name for name in chosen if name not in done)
        return Task(standing, _series(number), len(done) + 1, STANDARD.answers, answers[first])

    async def mark(self, reviewer: Reviewer, track: str, answer: str, given: Mapping[str, str]) -> Practised:
        """Score the answer that is next. The last of a round passes it, or does not.

        The answer before once more changes nothing. Raises NotFound, InvalidInput for a criterion without a
        mark, Conflict for an answer that is not next.
        """
        library, _ = await self._at(reviewer, track)
        scored = await self._scored(reviewer, library, track)
        if scored and scored[-1].answer == answer:
            return scored[-1]
        task = await self.next(reviewer, track)
        if task is None or task.answer.id != answer:
            raise Conflict("This answer is not the next one", "Open the page again; nothing was stored.")
        marks = all_marked([one.id for one in task.answer.rubric.criteria], given)
        one = Practised(
            reviewer.id,
            family(library, track),
            task.series,
            answer,
            marks,
            task.answer.compared(marks),
            self._clock.now(),
        )
        round_ = [*(each for each in scored if each.series == task.series), one]
        await self._keep(reviewer, one, round_, rubric_versions(library, track))
        return one

    async def _keep(
        self, reviewer: Reviewer, one: Practised, round_: Sequence[Practised], rubrics: Mapping[str, int]
    ) -> None:
        passed = result([each.compared for each in round_]).passes()
        grant = Grant(reviewer.id, one.track, "passed", rubrics, reviewer.id, one.at) if passed else None
        if await self._store.keep_practised(one, grant) and grant:
            act = Action.TRAINING_PASSED
            await self._auditing.record(
                reviewer.id, act, reviewer.id, tenant=reviewer.tenant, track=one.track
            )

    async def marked(self, reviewer: Reviewer, track: str, answer: str) -> Marked:
        """Return an answer that somebody scored last, beside what is known. Raises NotFound."""
        library, standing = await self._at(reviewer, track)
        scored = await self._scored(reviewer, library, track)
        found = next((one for one in reversed(scored) if one.answer == answer), None)
        if found is None:
            raise NotFound("answer", answer)
        round_ = [one for one in scored if one.series == found.series]
        number = round_.index(found) + 1
        ended = number == len(round_) == STANDARD.answers
        outcome = result([one.compared for one in round_]) if ended else None
        known = known_answers(library, track).get(answer)
        return Marked(standing, found, number, STANDARD.answers, known, outcome)

    async def waive(self, by: str, tenant: str, reviewer_id: str, track: str | None, reason: str) -> None:
        """Let somebody score people without training, in one track or in all that there are now.

        Raises NotFound, InvalidInput for a reason of less than a sentence or an unknown track.
        """
        person = await self._store.reviewer(reviewer_id)
        if person.tenant != tenant:
            raise NotFound("reviewer", reviewer_id)
        reason = accepted_reason(reason)
        libraries = await self._libraries(tenant)
        if track is not None and track not in libraries:
            raise invalid("track", "is none that can be ordered", "Choose one of the list.")
        grants = self.waivers(person, {track: libraries[track]} if track else libraries, by, reason)
        await self._store.grant_training(grants)
        await self._auditing.record(
            by, Action.TRAINING_WAIVED, person.id, reason, tenant=tenant, track=track or "all"
        )

    def waivers(
        self, person: Reviewer, libraries: Mapping[str, Library], by: str, reason: str
    ) -> tuple[Grant, ...]:
        """Return what a waiver comes to, for each track."""
        now = self._clock.now()
        return tuple(
            Grant(person.id, family(library, one), "waived", rubric_versions(library, one), by, now, reason)
            for one, library in libraries.items()
        )

    async def _at(self, reviewer: Reviewer, track: str) -> tuple[Library, Standing]:
        libraries = await self._libraries(reviewer.tenant)
        if track not in libraries:
            raise NotFound("track", track)
        grants = await self._grants([reviewer.id])
        return libraries[track], self._standing(reviewer, libraries[track], track, grants)

    async def _libraries(self, tenant: str) -> dict[str, Library]:
        """Return the library of every track that a tenant's assessments can have, by track."""
        shared = await self._content.library()
        found = {track: shared for track in shared.tracks if track not in shared.owners}
        for version in await self._store.library_versions(tenant):
            if version.activated_at:
                found[version.track_id] = await self._content.library(version.track_id)
        return found

    async def _grants(self, reviewer_ids: Collection[str]) -> dict[tuple[str, str], Grant]:
        return {(one.reviewer_id, one.track): one for one in await self._store.grants(reviewer_ids)}

    def _standings(
        self,
        reviewer: Reviewer,
        libraries: Mapping[str, Library],
        grants: Mapping[tuple[str, str], Grant],
    ) -> tuple[Standing, ...]:
        mine = {
            track: library
            for track, library in libraries.items()
            if not reviewer.tracks or track in reviewer.tracks
        }
        return tuple(self._standing(reviewer, library, track, grants) for track, library in mine.items())

    def _standing(
        self, reviewer: Reviewer, library: Library, track: str, grants: Mapping[tuple[str, str], Grant]
    ) -> Standing:
        described = library.track(track)
        grant = grants.get((reviewer.id, family(library, track)))
        return Standing(track, described.title, self._state(reviewer, library, track, grant), grant)

    def _state(self, reviewer: Reviewer, library: Library, track: str, grant: Grant | None) -> State:
        if grant and grant.holds(rubric_versions(library, track)):
            return grant.grounds
        if not suffice(known_levels(library, track)):
            return "too_few"
        if reviewer.languages and library.track(track).language not in reviewer.languages:
            return "other_language"
        return "open"

    async def _scored(self, reviewer: Reviewer, library: Library, track: str) -> list[Practised]:
        every = await self._store.practised(reviewer.id, family(library, track))
        return [one for one in every if one.purpose == "training"]


def _series(number: int) -> str:
    return f"round-{number}"


def _current_round(scored: Sequence[Practised]) -> int:
    """Return the number of the round that is under way, or would begin."""
    if not scored:
        return 1
    last = scored[-1].series
    number = int(last.removeprefix("round-"))
    return number + 1 if sum(one.series == last for one in scored) >= STANDARD.answers else number
