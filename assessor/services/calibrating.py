"""Calibrating a judge: it reads responses that people have labelled, and what comes of it is kept.

Every reply is on disk before the next call: whoever starts a run again that was cut off pays for nothing
twice. A judge is measured as it scores, with its second model and all its checks; what it leaves to people
there, it leaves here.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from assessor.domain.calibration import (
    Calibration,
    Case,
    Family,
    Mark,
    Source,
    Standing,
    agreement_by_criterion,
    agreement_of,
    baseline_of,
    drift_of,
    graded,
    people_of,
)
from assessor.domain.errors import Conflict
from assessor.domain.ids import make_id
from assessor.domain.score import Score, Unscored
from assessor.domain.value import canonical, content_hash
from assessor.ports import Calibrations, Clock, Content, Prompts, Replies
from assessor.scoring import Judge, needs_reader
from assessor.scoring.labelled import Labelled, word_recall

SEED = 1
"""Of the intervals. Any would do; a fixed one makes the same labels and replies give the same record."""

_NOT_READ = frozenset({Unscored.MODEL_UNAVAILABLE, Unscored.BUDGET_EXHAUSTED})

Progress = Callable[[int, int], None]
"""Called with how many responses were read, and how many there are."""

Place = tuple[str, str, str]
"""Category, competency and language: what one calibration is about."""


@dataclass(frozen=True)
class Read:
    """One labelled response as the judge read it: a value, or None, for each criterion."""

    labelled: Labelled
    values: Mapping[str, float | None]


class Calibrating:
    """Measures the configured judge. `models` are its names, the one that reads first."""

    def __init__(
        self,
        content: Content,
        prompts: Prompts,
        judge: Judge | None,
        models: Sequence[str],
        ledger: Calibrations,
        clock: Clock,
        *,
        concurrency: int,
    ) -> None:
        self.content = content
        self._prompts = prompts
        self._judge = judge
        self._models = tuple(models)
        self._ledger = ledger
        self._clock = clock
        self._concurrency = concurrency

    async def calibrate(
        self,
        responses: Sequence[Labelled],
        replies: Replies,
        source: Source,
        progress: Progress = lambda _done, _all: None,
        *,
        keep: bool = True,
    ) -> tuple[Calibration, ...]:
        """Return a calibration for each family and language, and keep them unless told otherwise.

        Raises Conflict without a judge, with nothing to measure, or when the judge could not be reached for
        some responses: then nothing is measured, since it might be the hard ones that are missing.
        """
        read = await self.read(responses, replies, progress)
        unread = len(responses) - len(read)
        if unread:
            raise Conflict(
                f"The model could not be reached for {unread} of {len(responses)} responses",
                "Run it again; what it has read already is not paid for again.",
            )
        families = by_family(read)
        if not families:
            raise Conflict(
                "No response has both a label and words that a judge reads",
                "Label criteria of responses that say something.",
            )
        found = tuple(self._measured(place, part, source) for place, part in families.items())
        if keep:
            await self._ledger.add_calibrations(found)
        return found

    def is_of_this_judge(self, standing: Standing) -> bool:
        """Whether it was measured with these models and these prompts."""
        return (standing.models, standing.prompts_hash) == (self._models, self._prompts.hash)

    async def read(self, responses: Sequence[Labelled], replies: Replies, progress: Progress) -> list[Read]:
        """Let the judge read responses; leave out what it could not be asked about.

        Raises Conflict without a judge.
        """
        if self._judge is None:
            raise Conflict("No model is set to judge", "Name one: --model, or ASSESSOR_JUDGE_MODEL.")
        places, done = asyncio.Semaphore(self._concurrency), 0

        async def one(judge: Judge, labelled: Labelled) -> Read | None:
            nonlocal done
            async with places:
                read = await self._read_one(judge, labelled, replies)
            done += 1
            progress(done, len(responses))
            return read

        found = await asyncio.gather(*(one(self._judge, labelled) for labelled in responses))
        return [read for read in found if read is not None]

    async def _read_one(self, judge: Judge, labelled: Labelled, replies: Replies) -> Read | None:
        work = labelled.work
        if not needs_reader(work):  # without content: scored by rule, and no judge ever sees it
            return Read(labelled, {})
        known = replies.of(labelled.id)
        mine = {key: one for key, one in known.items() if one.model in self._models}
        scores = await judge.rate(work, mine, partial(replies.keep, labelled.id))
        if any(score.unscored in _NOT_READ for score in scores):
            return None
        return Read(labelled, {score.criterion: _value(score) for score in scores})

    def _measured(self, place: Place, read: Sequence[Read], source: Source) -> Calibration:
        category, competency, language = place
        cases = [case_of(one, competency) for one in read]
        agreement, people = agreement_of(cases, seed=SEED), people_of(cases, seed=SEED)
        baseline = baseline_of(cases, seed=SEED)
        grade, obstacles = graded(agreement, people, baseline, source)
        rubrics = {one.labelled.rubric.id: one.labelled.rubric.hash for one in read}
        calibration = Calibration(
            id="",
            model=self._models[0],
            second=self._models[1] if len(self._models) > 1 else None,
            prompts_hash=self._prompts.hash,
            family=Family.model_validate({"category": category, "competency": competency}),
            language=language,
            source=source,
            measured_at=self._clock.now(),
            grade=grade,
            obstacles=obstacles,
            agreement=agreement,
            people=people,
            baseline=baseline,
            criteria=agreement_by_criterion(cases, seed=SEED),
            drift=drift_of(cases),
            rubrics_hash=content_hash(rubrics),
            labels_hash=content_hash(sorted(one.labelled.hash for one in read)),
        )
        return calibration.changed(id=make_id("cal", hashlib.sha256(canonical(calibration)).digest()[:16]))


def _value(score: Score) -> float | None:
    return score.value if score.rater_kind == "judge" else None


def by_family(read: Sequence[Read]) -> dict[Place, list[Read]]:
    """Return the responses by family and language; one of several competencies is in several families."""
    found: dict[Place, list[Read]] = {}
    for one in read:
        if not one.values:
            continue
        labelled = one.labelled
        competencies = {
            criterion.competency
            for criterion in labelled.rubric.criteria
            if labelled.labels.get(criterion.id)
        }
        for name in sorted(competencies):
            found.setdefault((labelled.item.category.value, name, labelled.language), []).append(one)
    return dict(sorted(found.items()))


def case_of(read: Read, competency: str) -> Case:
    """Return a response as the family of a competency looks at it."""
    labelled = read.labelled
    marks = tuple(
        Mark(
            criterion=f"{labelled.rubric.id}/{criterion.id}",
            weight=criterion.weight,
            people=labelled.labels[criterion.id],
            judge=None if (value := read.values.get(criterion.id)) is None else int(value),
        )
        for criterion in labelled.rubric.criteria
        if criterion.competency == competency and labelled.labels.get(criterion.id)
    )
    return Case(labelled.id, marks, word_recall(labelled.text, labelled.reference))
