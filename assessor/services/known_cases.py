"""Known cases: among those that reviewers take, a few whose scores are known, so that they are measured, too.

A known case is made of the rubrics' own examples. It has no assessment, no candidate and no verdict: nothing
of it is delivered, billed, counted or compared between groups. Until it is scored, its page is that of a
second look, which says that some are known; then it shows what is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from assessor.domain.agreement import Measure, counted, measured, quadratic_kappa
from assessor.domain.assessment import Projection, Status
from assessor.domain.errors import Conflict, invalid
from assessor.domain.ids import make_id
from assessor.domain.library import Library
from assessor.domain.rubric import Criterion
from assessor.domain.training import Result, drawn, result
from assessor.ports import Clock, Content, KnownCase, Practised, Random, Reviewer, Store
from assessor.services.known_answers import KnownAnswer, family, known_answers, known_levels
from assessor.services.reviewing import CaseItem
from assessor.services.second_looks import all_marked

ANSWERS: Final = 2
"""In one case: it costs a few minutes."""
DAYS: Final = 90
"""Over which people's agreement is told, as on the page of quality."""
SEED: Final = 1
"""Of the intervals; a fixed one makes the same levels give the same answer."""


@dataclass(frozen=True)
class KnownItem:
    """One answer to score, in the shape of a second look's."""

    item: CaseItem
    criteria: tuple[Criterion, ...]
    left: int
    met: tuple[str, ...] = field(repr=False)
    """What is known to be met. Simulated people need it; no page may show it."""


@dataclass(frozen=True)
class Told:
    """What a case came to, once it is scored: each answer with somebody's marks beside what is known."""

    pairs: tuple[tuple[KnownAnswer, Practised], ...]
    outcome: Result


@dataclass(frozen=True)
class MeasuredReviewer:
    """How one person's scores agree with what is known, lately."""

    name: str
    outcome: Result
    qwk: Measure
    leniency: float
    """Their level less the known one, on average."""


class KnownCases:
    """Puts known cases among the others, and measures by them. Each call is on behalf of one reviewer."""

    def __init__(self, store: Store, content: Content, clock: Clock, random: Random, share: float) -> None:
        self._store = store
        self._content = content
        self._clock = clock
        self._random = random
        self._share = share

    async def begun(self, reviewer: Reviewer) -> KnownCase | None:
        """Return the one that somebody has begun and not finished."""
        case = await self._store.open_known_case(reviewer.id)
        if case and await self.next_item(case) is None:  # the library has the rest of it no more
            await self._store.settle_known_case(case.id, self._clock.now())
            return None
        return case

    async def instead_of(self, reviewer: Reviewer, row: Projection) -> KnownCase | None:
        """Draw whether a known case of the same track comes before this one, and make it; mostly None.

        Nobody waits longer for it who needs help, or whom a fault of ours or an appeal holds up.
        """
        if row.needs_help or row.appeal_due or row.status is Status.TECHNICAL_HOLD or not self._is_drawn():
            return None
        return await self.made_for(reviewer, row.track)

    async def made_for(self, reviewer: Reviewer, track: str) -> KnownCase | None:
        """Make a known case for somebody; None where a track has too few answers."""
        library = await self._content.library(track)
        if track not in library.tracks or len(known_levels(library, track)) < ANSWERS:
            return None
        id_ = make_id("asm", self._random.bytes(16))
        answers = await self._answers(reviewer, library, track, id_)
        case = KnownCase(id_, reviewer.id, track, answers, self._clock.now())
        await self._store.add_known_case(case)
        return case

    def _is_drawn(self) -> bool:
        return int.from_bytes(self._random.bytes(8)) < self._share * 2**64

    async def _answers(self, reviewer: Reviewer, library: Library, track: str, seed: str) -> tuple[str, ...]:
        """Draw answers to different items, those first that this person has not scored."""
        scored = await self._store.practised(reviewer.id, family(library, track))
        known = known_answers(library, track)
        levels = {name: one.anchor.level for name, one in known.items()}
        chosen: dict[str, str] = {}
        # More than are needed, since two may be about one item.
        for name in drawn(levels, [one.answer for one in scored], seed, min(len(known), 4 * ANSWERS)):
            chosen.setdefault(known[name].item.id, name)
        return tuple(chosen.values())[:ANSWERS]

    async def of(self, reviewer: Reviewer, case_id: str) -> KnownCase | None:
        """Return this person's known case of that id; None where it is another case, or nobody's."""
        case = await self._store.known_case(case_id)
        return case if case and case.reviewer_id == reviewer.id else None

    async def next_item(self, case: KnownCase) -> KnownItem | None:
        """Return what is to be scored next; None when everything is."""
        _, answers, scored = await self._read(case)
        left = [name for name in case.answers if name in answers and name not in scored]
        if not left:
            return None
        first = answers[left[0]]
        return KnownItem(first.shown, first.rubric.criteria, len(left), first.anchor.met)

    async def mark(self, case: KnownCase, item_id: str, given: Mapping[str, str]) -> None:
        """Score one answer. Once more changes nothing. Raises InvalidInput, Conflict."""
        library, answers, scored = await self._read(case)
        asked = [answers[name] for name in case.answers if name in answers]
        answer = next((one for one in asked if one.item.id == item_id), None)
        if answer is None:
            raise invalid("item_id", f"{item_id!r} is not to be looked at", "Open the page again.")
        if answer.id in scored:
            raise Conflict("This was scored already", "Reload the page; the first scores stand.")
        marks = all_marked([one.id for one in answer.rubric.criteria], given)
        now, track = self._clock.now(), family(library, case.track)
        one = Practised(
            case.reviewer_id, track, case.id, answer.id, marks, answer.compared(marks), now, "known"
        )
        await self._store.keep_practised(one)
        if await self.next_item(case) is None:
            await self._store.settle_known_case(case.id, now)

    async def told(self, case: KnownCase) -> Told | None:
        """Return what the case came to; None where nothing of it is in the library any more."""
        _, answers, scored = await self._read(case)
        pairs = tuple(
            (answers[name], scored[name]) for name in case.answers if name in scored and name in answers
        )
        return Told(pairs, result([one.compared for _, one in pairs])) if pairs else None

    async def agreement(self, tenant: str) -> Sequence[MeasuredReviewer]:
        """Return how those who scored known cases in the last 90 days agree with them, by name."""
        since = self._clock.now() - timedelta(days=DAYS)
        by_person: dict[str, list[Practised]] = {}
        for one in await self._store.known_scores(tenant, since):
            by_person.setdefault(one.reviewer_id, []).append(one)
        names = {one.id: one.name for one in await self._store.reviewers() if one.tenant == tenant}
        found = [_measured(names.get(who, who), scored) for who, scored in by_person.items()]
        return sorted(found, key=lambda one: one.name)

    async def _read(self, case: KnownCase) -> tuple[Library, dict[str, KnownAnswer], dict[str, Practised]]:
        library = await self._content.library(case.track)
        every = await self._store.practised(case.reviewer_id, family(library, case.track))
        scored = {one.answer: one for one in every if one.series == case.id}
        return library, known_answers(library, case.track), scored


def _measured(name: str, scored: Sequence[Practised]) -> MeasuredReviewer:
    pairs = [(one.compared.level, one.compared.known) for one in scored]
    return MeasuredReviewer(
        name,
        result([one.compared for one in scored]),
        measured(quadratic_kappa, counted(pairs), seed=SEED),
        round(sum(level - known for level, known in pairs) / len(pairs), 2),
    )
