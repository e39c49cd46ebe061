"""How well verdicts predict later work: outcomes beside the scores of those who were assessed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessor.domain.demographics import Declaration
from assessor.domain.outcome import Outcome
from assessor.domain.validity import Pair, Validity, validity
from assessor.ports import Attempt, Store
from assessor.services.cohort import Person, Window, score_of


@dataclass(frozen=True)
class _Scored:
    """An attempt with the score of its live verdict."""

    id: str
    person: Person
    score: float


class Predicting:
    """Compares outcomes with scores."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def report(self, tenant: str, window: Window, metric: str | None = None) -> tuple[Validity, ...]:
        """Return one line for each track and metric, and below it one for each declared group.

        A person's score is that of the latest of their scored attempts that have outcomes; their outcome
        is the mean of all of that metric. Raises NotFound for an unknown tenant.
        """
        await self._store.tenant(tenant)
        attempts = await self._store.attempts(tenant, livemode=window.livemode)
        outcomes = await self._store.outcomes(tenant, livemode=window.livemode)
        declared = await self._store.declarations(tenant, livemode=window.livemode)
        held = [one for one in attempts if window.holds(one)]
        scored = [one for attempt in held for one in _scored(attempt)]
        track_of = {one.row.id: one.row.track for one in held}
        wanted = [one for one in outcomes if metric in {None, one.metric} and one.assessment_id in track_of]
        everybody = _by_track({one.person: one.score for one in scored})
        pairs = _pairs(scored, wanted)
        lines = []
        for track, of_metric in sorted({(track_of[one.assessment_id], one.metric) for one in wanted}):
            people, assessed = pairs.get((track, of_metric), {}), everybody.get(track, [])
            lines.append(validity(track, of_metric, list(people.values()), assessed))
            for group, members in _grouped(people, declared):
                lines.append(validity(track, of_metric, members, assessed, group))
        return tuple(lines)


def _scored(attempt: Attempt) -> tuple[_Scored, ...]:
    score = None if attempt.live is None else score_of(attempt.live)
    if score is None:
        return ()
    return (_Scored(attempt.row.id, Person(attempt.row.candidate_id, attempt.row.track), score),)


def _by_track(scores: Mapping[Person, float]) -> dict[str, list[float]]:
    found: defaultdict[str, list[float]] = defaultdict(list)
    for person, score in scores.items():
        found[person.track].append(score)
    return found


def _pairs(
    scored: Sequence[_Scored], outcomes: Sequence[Outcome]
) -> dict[tuple[str, str], dict[Person, Pair]]:
    """Return by track and metric one pair a person. `scored` is in the order of the attempts."""
    attempts = {one.id: one for one in scored}
    order = {one.id: number for number, one in enumerate(scored)}
    seen: defaultdict[tuple[Person, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if attempt := attempts.get(outcome.assessment_id):
            seen[attempt.person, outcome.metric].append(outcome)
    pairs: defaultdict[tuple[str, str], dict[Person, Pair]] = defaultdict(dict)
    for (person, metric), theirs in seen.items():
        latest = max((one.assessment_id for one in theirs), key=order.__getitem__)
        mean = sum(one.value for one in theirs) / len(theirs)
        pairs[person.track, metric][person] = Pair(attempts[latest].score, mean)
    return pairs


def _grouped(
    people: Mapping[Person, Pair], declared: Mapping[str, Declaration]
) -> list[tuple[str, list[Pair]]]:
    groups: defaultdict[str, list[Pair]] = defaultdict(list)
    for person, pair in people.items():
        if declaration := declared.get(person.candidate_id):
            for characteristic, group in declaration.groups.items():
                groups[f"{characteristic}: {group}"].append(pair)
    return sorted(groups.items())
