"""Later outcomes: what platforms report of the work of those who were assessed."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessor.domain.assessment import Projection, Status
from assessor.domain.errors import Conflict, FieldProblem, InvalidInput, NotFound
from assessor.domain.ids import make_id
from assessor.domain.outcome import CLOCKS_DIFFER, MOST, Outcome
from assessor.ports import Answered, Clock, Contradicted, Random, Store
from assessor.services.idempotency import same_request

MOST_PROBLEMS = 25
"""So many are shown at once; who has more has one mistake many times."""


@dataclass(frozen=True)
class Report:
    """An outcome as it is handed in. Its metric and its work reference have been checked.

    It names the assessment, or the person and the track: then the latest attempt that is decided is
    meant, and where none is, the latest.
    """

    metric: str
    value: float
    observed_at: datetime
    assessment_id: str | None = None
    candidate_ref: str | None = None
    track: str | None = None
    work: str = ""
    place: str = ""
    """Where it stands, as the names of its fields begin in what is refused: `outcomes.2.`, `line 3, `."""


@dataclass(frozen=True)
class OnceRecorded:
    """An idempotency key with the hash of the request, and how the answer is written."""

    key: str
    request_hash: str
    write: Callable[[Sequence[Outcome]], bytes]


class Recording:
    """Takes outcomes: all of a request or a file, or none. Each call is within one tenant and mode."""

    def __init__(self, store: Store, clock: Clock, random: Random) -> None:
        self._store = store
        self._clock = clock
        self._random = random

    async def record_once(
        self, tenant: str, reports: Sequence[Report], once: OnceRecorded, *, livemode: bool
    ) -> Answered:
        """Record, or return the stored answer when the key was used before for the same request.

        Raises as `record` does, InvalidInput when the key was used for
        another request, and NotFound when all there is to refuse is one report of what is not known.
        """
        if stored := await self._store.answered(tenant, once.key, livemode=livemode):
            return same_request(stored, once.request_hash)

        def answer(kept: Sequence[Outcome]) -> Answered:
            return Answered(tenant, once.key, once.request_hash, 201, once.write(kept), livemode)

        try:
            kept = await self.record(tenant, reports, answer, livemode=livemode)
        except InvalidInput as refused:
            match reports, refused.problems:
                case [one], [_Unknown()]:
                    raise NotFound("assessment", one.assessment_id or str(one.candidate_ref)) from None
            raise
        except Conflict:
            stored = await self._store.answered(tenant, once.key, livemode=livemode)
            if stored is None:
                raise
            return same_request(stored, once.request_hash)
        return answer(kept)

    async def record(
        self,
        tenant: str,
        reports: Sequence[Report],
        answer: Callable[[Sequence[Outcome]], Answered] | None = None,
        *,
        livemode: bool,
    ) -> tuple[Outcome, ...]:
        """Record what is new, and return all as they are stored; what was recorded before stays as it is.

        Raises InvalidInput with every field that is wrong, NotFound for an unknown tenant.
        """
        await self._store.tenant(tenant)
        now = self._clock.now()
        known = await self._known(tenant, reports, livemode=livemode)
        outcomes: list[Outcome] = []
        problems: list[FieldProblem] = []
        for report in reports:
            found, wrong = _found(report, known, now)
            problems += wrong
            if found is not None and not wrong:
                outcomes.append(self._outcome(report, found, now))
        if problems:
            raise InvalidInput(problems[:MOST_PROBLEMS])
        try:
            return await self._store.add_outcomes(tenant, outcomes, answer)
        except Contradicted as error:
            wrong = [_contradicted(reports[place]) for place in error.places]
            raise InvalidInput(wrong[:MOST_PROBLEMS]) from None

    async def outcomes(
        self, tenant: str, *, livemode: bool, limit: int, after: str | None
    ) -> tuple[Outcome, ...]:
        """Return outcomes, the last recorded first. Raises NotFound for an unknown `after`."""
        return await self._store.outcomes(tenant, livemode=livemode, limit=limit, after=after)

    async def remove(self, tenant: str, outcome_id: str, *, livemode: bool) -> None:
        """Take back what was recorded by mistake. Raises NotFound."""
        await self._store.remove_outcome(tenant, outcome_id, livemode=livemode)

    async def _known(self, tenant: str, reports: Sequence[Report], *, livemode: bool) -> "_Known":
        ids = [one.assessment_id for one in reports if one.assessment_id is not None]
        people = [one.candidate_ref for one in reports if one.candidate_ref is not None]
        by_id = await self._store.assessments_named(tenant, ids, livemode=livemode)
        by_person = await self._store.assessments_of_people(tenant, people, livemode=livemode)
        attempts: defaultdict[tuple[str, str], list[Projection]] = defaultdict(list)
        for row in by_person:
            attempts[row.candidate_ref, row.track].append(row)
        return _Known({row.id for row in by_id}, {key: _meant(rows) for key, rows in attempts.items()})

    def _outcome(self, report: Report, assessment_id: str, now: datetime) -> Outcome:
        return Outcome(
            id=make_id("out", self._random.bytes(16)),
            assessment_id=assessment_id,
            metric=report.metric,
            value=report.value,
            work=report.work,
            observed_at=report.observed_at,
            recorded_at=now,
        )


@dataclass(frozen=True)
class _Known:
    """What reports may name."""

    ids: set[str]
    latest: dict[tuple[str, str], str]
    """Assessment by person and track."""


class _Unknown(FieldProblem):
    """What a report names is not this tenant's, or is nothing."""


def _meant(newest_first: Sequence[Projection]) -> str:
    decided = (row for row in newest_first if row.status is Status.DECIDED)
    return next(decided, newest_first[0]).id


def _found(report: Report, known: _Known, now: datetime) -> tuple[str | None, list[FieldProblem]]:
    """Return the assessment that is meant, and everything that is wrong with a report."""
    found, problems = _assessment(report, known)
    at = report.observed_at
    if not abs(report.value) <= MOST:
        remedy = f"Give a number between {-MOST:g} and {MOST:g}, or leave this outcome out."
        problems.append(_problem(report, "value", "is not a number that can be reckoned with", remedy))
    if at.tzinfo is None:
        remedy = "Write it with its offset, as 2026-11-20T09:30:00Z."
        problems.append(_problem(report, "observed_at", "has no time zone", remedy))
    elif at > now + CLOCKS_DIFFER:
        problems.append(_problem(report, "observed_at", "lies in the future", "Send when it was observed."))
    return found, problems


def _assessment(report: Report, known: _Known) -> tuple[str | None, list[FieldProblem]]:
    by_person = (report.candidate_ref is not None, report.track is not None)
    if any(by_person) == (report.assessment_id is not None) or len(set(by_person)) > 1:
        remedy = "Give the assessment_id, or candidate_ref and track."
        problem = _problem(report, "assessment_id", "does not say which assessment is meant", remedy)
        return None, [problem]
    if report.assessment_id is not None:
        if report.assessment_id in known.ids:
            return report.assessment_id, []
        remedy = "Use the id that the order returned, with a key of the same mode."
        named = f"{report.assessment_id!r} is not known here"
        return None, [_Unknown(f"{report.place}assessment_id", named, remedy)]
    person, track = str(report.candidate_ref), str(report.track)
    if found := known.latest.get((person, track)):
        return found, []
    remedy = "Use the reference and the track of the order, with a key of the same mode."
    named = f"{person!r} has no assessment for {track!r} here"
    return None, [_Unknown(f"{report.place}candidate_ref", named, remedy)]


def _contradicted(report: Report) -> FieldProblem:
    remedy = "Remove the earlier one first, or give this one a work reference of its own."
    return _problem(report, "value", "is another one than was recorded for the same observation", remedy)


def _problem(report: Report, field: str, problem: str, remedy: str) -> FieldProblem:
    return FieldProblem(f"{report.place}{field}", problem, remedy)
