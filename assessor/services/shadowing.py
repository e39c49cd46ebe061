"""Shadow runs: a proposed grading is tried on stored work before anybody's result depends on it.

A run is resumable: its sample, every reply of a model and every finished assessment are on disk before the
next step, so whoever takes it up again pays for nothing twice. No log and no verdict is touched.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from assessor.domain.audit_log import SERVICE, Action
from assessor.domain.change import Change, Population, ShadowReport, reported
from assessor.domain.errors import Conflict, Gone, NotFound, invalid
from assessor.domain.grading import Grading
from assessor.domain.ids import make_id
from assessor.domain.library import Library
from assessor.ports import INJECTIONS, Clock, CodeRunner, Content, GradedCase, Random, Store
from assessor.services.auditing import Auditing, accepted_reason
from assessor.services.changing import switched_on
from assessor.services.graders import Graders, Timed
from assessor.services.injecting import injected
from assessor.services.regrading import Reader, first_graded, graded_again
from assessor.services.rescoring import known_rubrics

AT_ONCE = 4
"""Assessments that are graded side by side; the limits on calls hold beside this."""

MOST_SAMPLE = 2000
LOOKED_AT = 20
"""So many times as many assessments as are wanted are looked at, at most."""

HELD = timedelta(minutes=15)
"""So long after its last assessment a process is taken to be at a run; then another may take it up."""

log = structlog.get_logger()

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Proposal:
    """What somebody wants to try, on whose work, and why."""

    tenant: str
    grading: Grading
    by: str
    reason: str
    track: str | None = None
    sample: int = 100
    population: Population = "live"


class Shadowing:
    """Proposes changes, and grades stored work under them."""

    def __init__(
        self,
        store: Store,
        content: Content,
        graders: Graders,
        code: CodeRunner,
        clock: Clock,
        random: Random,
        *,
        worker: str,
    ) -> None:
        """Take `worker` for the name under which this process is at a run."""
        self._worker = worker
        self._store = store
        self._content = content
        self._graders = graders
        self._code = code
        self._clock = clock
        self._random = random
        self._auditing = Auditing(store, clock)

    async def propose(self, proposal: Proposal) -> Change:
        """Keep a proposal with its sample. One like it that has no report yet is gone on with.

        Raises NotFound for an unknown tenant or track, InvalidInput for what cannot be graded with, and
        Conflict where there is no work to grade again.
        """
        reason = accepted_reason(proposal.reason, "--reason")
        if not 1 <= proposal.sample <= MOST_SAMPLE:
            raise invalid("--sample", f"is {proposal.sample}", f"Ask for 1 to {MOST_SAMPLE}.")
        await self._store.tenant(proposal.tenant)
        known = await self._store.changes(proposal.tenant)
        on = [one for one in known if one.is_on and one.reaches(proposal.track)]
        base = tuple(sorted(on, key=switched_on))
        if proposal.track is None and (single := [one.track for one in base if one.track]):
            raise Conflict(
                f"A change of one track is on ({', '.join(single)})",
                "Propose it for each track by itself, with --track.",
            )
        below = Grading.of(one.proposed for one in base)
        await self._require_usable(proposal, below)
        grading = proposal.grading.over(below)
        judge = self._graders.names(grading), self._graders.prompts(grading).hash
        for one in known:
            if one.report is None and not one.is_closed and _is_of(one, proposal, base, judge):
                return one
        sample = await self._sample(proposal)
        change = Change(
            id=make_id("chg", self._random.bytes(16)),
            tenant=proposal.tenant,
            track=proposal.track,
            proposed=proposal.grading,
            by=proposal.by,
            reason=reason,
            at=self._clock.now(),
            sample=proposal.sample,
            population=proposal.population,
            models=judge[0],
            prompts_hash=judge[1],
            base=tuple(one.id for one in base),
        )
        await self._auditing.record(
            change.by,
            Action.CHANGE_PROPOSED,
            change.id,
            reason,
            tenant=change.tenant,
            assessments=len(sample),
            population=change.population,
        )
        await self._store.add_change(change, sample)
        return change

    async def run(self, change: Change, progress: Progress = lambda _done, _all: None) -> ShadowReport:
        """Grade what is left of the sample, play the injection suite, and keep the report.

        Raises Conflict when the model could not be reached (run it again, and it goes on from there), when
        another process is at it, and when this one has another judge than it was begun with.
        """
        if change.report is not None:
            return change.report
        await self._hold(change)
        try:
            return await self._run(change, progress)
        finally:
            now = self._clock.now()
            await self._store.hold_change(change.id, self._worker, now, now)

    async def go_on(self) -> None:
        """Take up the runs that nobody is at; what cannot be gone on with here is left to others."""
        for change in await self._store.unreported():
            try:
                await self.run(change)
            except Conflict as refused:
                log.info("shadow run waits", change=change.id, reason=str(refused))

    async def _hold(self, change: Change) -> None:
        now = self._clock.now()
        if not await self._store.hold_change(change.id, self._worker, now, now + HELD):
            raise Conflict("Another process is at this run", "Wait for its report: `assessor shadow show`.")

    async def _run(self, change: Change, progress: Progress) -> ShadowReport:
        grading, seconds = await self._grading(change), dict[str, float]()
        reader = self._reader(grading, seconds)
        _require_begun_with(change, reader)
        places, left = asyncio.Semaphore(AT_ONCE), await self._store.to_grade(change.id)

        async def one(assessment_id: str) -> bool:
            async with places:
                await self._hold(change)
                was_read = await self._graded(change, grading, reader, assessment_id)
            now = await self._store.progress(change.id)
            progress(now.done, now.all)
            return was_read

        # None is left running behind when another one fails.
        read = await asyncio.gather(*map(one, left), return_exceptions=True)
        for outcome in read:
            if isinstance(outcome, BaseException):
                raise outcome
        if unread := read.count(False):
            raise Conflict(
                f"The model could not be reached for {unread} of {len(left)} assessments",
                "Run it again; what it has read already is not paid for again.",
            )
        report = await self._report(change, grading, reader)
        await self._store.reported(change.id, report, report.at)
        await self._auditing.record(
            SERVICE, Action.CHANGE_REPORTED, change.id, tenant=change.tenant, assessments=report.cases
        )
        return (await self._store.change(change.tenant, change.id)).report or report

    async def _require_usable(self, proposal: Proposal, base: Grading) -> None:
        library = await self._content.library(proposal.track)
        if proposal.track and library.offered_to(proposal.tenant, proposal.track) is None:
            raise NotFound("track", proposal.track)
        grading = proposal.grading
        known_rubrics(grading.rubrics, library)
        for rubric in grading.rubrics:
            _require_competencies(rubric.id, {one.competency for one in rubric.criteria}, library)
        if not grading.kinds:
            raise invalid("change", "names nothing", "Give --rubric, --prompts or --model.")
        if grading.over(base) == base:
            raise invalid("change", "is what is on already", "Give something else.")
        if grading.models and grading.models == self._graders.names(base):
            raise invalid("--model", "is what is on already", "Name another one.")
        if self._graders.judge(grading.over(base)) is None:
            raise Conflict("No model is set to judge", "Name one: --model, or ASSESSOR_JUDGE_MODEL.")

    async def _sample(self, proposal: Proposal) -> Sequence[str]:
        """Draw assessments at random that may be used for this."""
        names = [name async for name in self._decided(proposal)]
        seed = self._random.bytes(16)
        names.sort(key=lambda name: hashlib.sha256(seed + name.encode()).digest())
        found: list[str] = []
        for name in names[: LOOKED_AT * proposal.sample]:
            if len(found) == proposal.sample:
                break
            try:
                events = await self._store.events(name)
            except Gone:
                continue
            if first_graded(events) is not None:
                found.append(name)
        if not found:
            raise Conflict(
                "There is no stored work to grade again",
                "It takes decided assessments that a judge has read and whose candidates agreed to the use "
                "of their answers for checking tasks; --population simulated takes what programs played.",
            )
        return found

    async def _decided(self, proposal: Proposal) -> AsyncIterator[str]:
        last = ""
        while page := await self._store.decided_of(
            proposal.tenant, proposal.population, proposal.track, after=last
        ):
            for name in page:
                yield name
            last = page[-1]

    async def _grading(self, change: Change) -> Grading:
        """Return all that would hold: what is proposed, over what was on when it was."""
        known = {one.id: one.proposed for one in await self._store.changes(change.tenant)}
        return change.proposed.over(Grading.of(known[name] for name in change.base))

    def _reader(self, grading: Grading, seconds: dict[str, float]) -> Reader:
        prompts = self._graders.prompts(grading)
        models = [Timed(model, seconds) for model in self._graders.models(grading)]
        judge = self._graders.judge_with(models, prompts)
        return Reader(judge, self._graders.names(grading), prompts.hash, seconds)

    async def _graded(self, change: Change, grading: Grading, reader: Reader, assessment_id: str) -> bool:
        """Grade one; return whether it is done. What is gone, or may not be used any more, is left out."""
        try:
            events = first_graded(await self._store.events(assessment_id))
            replies = await self._store.shadow_replies(change.id, assessment_id)
            case = None
            if events is not None:
                case = await graded_again(
                    events,
                    grading,
                    reader,
                    replies,
                    self._content,
                    self._code,
                    self._clock.now(),
                    lambda replied: self._store.keep_shadow_reply(change.id, assessment_id, replied),
                )
                if case is None:
                    return False
        except (Gone, NotFound, Conflict):
            case = None  # erased meanwhile, or its item is not as it was drawn
        await self._store.keep_case(change.id, assessment_id, case)
        return True

    async def _report(self, change: Change, grading: Grading, reader: Reader) -> ShadowReport:
        cases = await self._store.graded(change.id)
        if not cases:
            raise Conflict("Nothing of the sample is left", "Propose it again.")
        library = (await self._content.library(change.track)).with_rubrics(grading.rubrics)
        known = {one.request_hash: one for one in await self._store.shadow_replies(change.id, INJECTIONS)}
        suite = await injected(
            library,
            sorted({one.track for one in cases if one.track in library.tracks}),
            reader.judge,
            self._graders.prompts(grading),
            known,
            lambda replied: self._store.keep_shadow_reply(change.id, INJECTIONS, replied),
        )
        if suite is None:
            raise Conflict("The model could not be reached for the injection suite", "Run it again.")
        standings = await self._store.standings()
        return reported(
            [one.case for one in cases],
            await self._groups(change, cases),
            standings,
            (reader.models[0] if reader.models else "", reader.prompts_hash),
            suite,
            change=change.id,
            proposed=change.proposed.hash,
            base=change.base,
            at=self._clock.now(),
            wanted=change.sample,
        )

    async def _groups(self, change: Change, cases: Sequence[GradedCase]) -> list[dict[str, str]]:
        live = change.population == "live"
        declared = await self._store.declarations(change.tenant, livemode=live)
        said = [declared.get(one.candidate_id) for one in cases]
        return [dict(one.groups) if one else {} for one in said]


def _require_begun_with(change: Change, reader: Reader) -> None:
    same = (reader.models, reader.prompts_hash) == (change.models, change.prompts_hash)
    if reader.judge is None or not same:
        raise Conflict(
            f"This process judges with {', '.join(reader.models) or 'no model'} and its own prompts, and the "
            f"run was begun with {', '.join(change.models)}",
            "Go on where it was begun, or propose it again here.",
        )


def _is_of(
    change: Change, proposal: Proposal, base: Sequence[Change], judge: tuple[tuple[str, ...], str]
) -> bool:
    asked = (proposal.track, proposal.grading, proposal.sample, proposal.population)
    same = (change.track, change.proposed, change.sample, change.population) == asked
    same = same and (change.models, change.prompts_hash) == judge
    return same and change.base == tuple(one.id for one in base)


def _require_competencies(rubric_id: str, named: set[str], library: Library) -> None:
    for track_id, items in library.items.items():
        if any(item.rubric == rubric_id for item in items.values()):
            known = {one.id for one in library.track(track_id).competencies}
            if unknown := sorted(named - known):
                raise invalid(
                    "--rubric",
                    f"track {track_id} has no competency {', '.join(unknown)}",
                    f"Use one of {', '.join(sorted(known))}.",
                )
