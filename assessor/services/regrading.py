"""Grading one stored assessment again, beside its log, as it stood when nobody had looked at it yet.

What people scored and decided later is left out on both sides: this compares gradings, and the way to a
verdict through people stays as it is. Nothing is added to the log.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, replay
from assessor.domain.change import CriterionPair, FamilyRead, ShadowCase, Spending
from assessor.domain.grading import Grading
from assessor.domain.item import Category
from assessor.domain.library import Library
from assessor.domain.notice import QUALITY
from assessor.domain.policy import Grade, Policy
from assessor.domain.score import Score, Unscored
from assessor.domain.value import content_hash
from assessor.domain.verdict import Decision, decide
from assessor.ports import CodeRunner, Content
from assessor.scoring import Judge
from assessor.services.log import following
from assessor.services.rehearsing import Keep, scored_again
from assessor.services.rescoring import other_than_drawn, require_competencies

_AS_THE_NUMBERS_SAY = Policy(
    judge_may_score=True, least_basis=Grade.NONE, rules_may_decide=("qualified", "not_qualified")
)
"""Neither the stage nor the calibration of either judge is to hide what its scores come to."""


@dataclass(frozen=True)
class Reader:
    """Who reads: a judge with the names of its models, the hash of its prompts, and how long calls took."""

    judge: Judge | None
    models: tuple[str, ...]
    prompts_hash: str
    seconds: Mapping[str, float]


def first_graded(events: Sequence[e.Event]) -> tuple[e.Event, ...] | None:
    """Return a log up to the first verdict, with the items that were retired since.

    None where no judge had read anything, where it was not to be used for this, or where there is no verdict.
    """
    whole = replay(events[0].assessment_id, events)
    end = next((n for n, one in enumerate(events, 1) if isinstance(one.fact, e.VerdictIssued)), 0)
    until = replay(whole.id, events[:end])
    judged = any(score.rater_kind == "judge" for score in until.scores.values())
    if not end or not judged or not (whole.ordered.simulated or whole.agreed_to.get(QUALITY)):
        return None
    later = [one for one in events[end:] if isinstance(one.fact, e.ItemRetired)]
    return (*events[:end], *(one.changed(seq=end + n) for n, one in enumerate(later, 1)))


async def graded_again(
    events: Sequence[e.Event],
    grading: Grading,
    reader: Reader,
    replies: Sequence[e.ModelReplied],
    content: Content,
    code: CodeRunner,
    now: datetime,
    keep: Keep,
) -> ShadowCase | None:
    """Grade a log, as `first_graded` returns it, under a grading; None where the model was not reached.

    `replies` are those that an earlier, interrupted run paid for. Raises Conflict where the bank is not the
    one that the form was drawn from.
    """
    before = replay(events[0].assessment_id, events)
    library = await content.library(before.ordered.track)
    fact = _fact(before, library, grading, reader)
    paid = list(replies)

    async def keep_too(replied: e.ModelReplied) -> None:
        await keep(replied)
        paid.append(replied)

    log = [*_without_other_judges(events, reader, before), *_added(events, now, replies)]
    scored = await scored_again(log, fact, now, content, reader.judge, code, keep_too)
    after = following(before, (fact, *scored), now)
    if any(score.unscored is Unscored.MODEL_UNAVAILABLE for score in after.scores.values()):
        return None
    return _case(before, after, library, paid, reader.seconds)


def _fact(before: Assessment, library: Library, grading: Grading, reader: Reader) -> e.ScoringRepeated:
    rubrics = {**library.rubrics_for(before.ordered.track)}
    rubrics |= {one.id: one for one in grading.rubrics if one.id in rubrics}
    scored = [place.item_id for place in before.counted_form.items if place.is_scored]
    items = [library.item(before.ordered.track, item_id) for item_id in scored]
    other = other_than_drawn(before, items, rubrics)
    require_competencies(other, before, library)
    return e.ScoringRepeated(
        by="shadow run",
        reason="Worked out beside the log; nothing is recorded.",
        item_ids=tuple(item.id for item in items),
        models=reader.models,
        rubrics=other,
        rubrics_hash=content_hash({name: rubric.hash for name, rubric in rubrics.items()}),
        prompts_hash=reader.prompts_hash,
    )


def _without_other_judges(events: Sequence[e.Event], reader: Reader, before: Assessment) -> Iterator[e.Event]:
    """Yield the log so that replies of another judge neither answer for this one nor spend its budget."""
    drawn = before.drawn
    same_words = drawn is not None and drawn.prompts_hash == reader.prompts_hash
    for event in events:
        fact = event.fact
        if isinstance(fact, e.ModelReplied) and not (same_words and fact.model in reader.models):
            aside = fact.changed(purpose="turn", request_hash=f"set aside {event.seq}")
            yield event.changed(fact=aside)
        else:
            yield event


def _added(events: Sequence[e.Event], now: datetime, facts: Sequence[e.Fact]) -> list[e.Event]:
    begin = len(events) + 1
    return [
        e.Event(assessment_id=events[0].assessment_id, seq=begin + place, at=now, fact=fact, hash="")
        for place, fact in enumerate(facts)
    ]


def _case(
    before: Assessment,
    after: Assessment,
    library: Library,
    paid: Sequence[e.ModelReplied],
    seconds: Mapping[str, float],
) -> ShadowCase:
    was, would_be = (_as_the_numbers_say(one, library) for one in (before, after))
    asked = [one for one in before.replies.values() if one.purpose == "judge"]
    return ShadowCase(
        before=was.decision,
        after=would_be.decision,
        score_before=was.score,
        score_after=would_be.score,
        criteria=tuple(_pairs(before, after, library)),
        families=_families(before, after, library),
        spent_before=_spending(asked),
        spent=_spending(paid),
        seconds=tuple(round(seconds[one.request_hash], 3) for one in paid if one.request_hash in seconds),
    )


def _as_the_numbers_say(assessment: Assessment, library: Library) -> Decision:
    track = library.track(assessment.ordered.track)
    return decide(assessment.scores.values(), track, assessment.counted_form, _AS_THE_NUMBERS_SAY)


def _pairs(before: Assessment, after: Assessment, library: Library) -> Iterator[CriterionPair]:
    for place in dict.fromkeys((*before.scores, *after.scores)):
        was, is_now = before.scores.get(place), after.scores.get(place)
        rubric = library.item(before.ordered.track, place[0]).rubric
        if rubric and (_is_read(was) or _is_read(is_now)):
            yield CriterionPair(
                rubric=rubric,
                criterion=place[1],
                before=was.value if was else None,
                after=is_now.value if is_now else None,
            )


def _is_read(score: Score | None) -> bool:
    return score is not None and score.rater_kind == "judge"


def _families(before: Assessment, after: Assessment, library: Library) -> tuple[FamilyRead, ...]:
    spoken, written = before.ordered.language, library.track(before.ordered.track).language
    found = {
        FamilyRead(
            category=one.category,
            competency=one.competency,
            language=spoken if one.category is Category.INTERVIEW else written,
        )
        for one in after.scores.values()
        if _is_read(one)
    }
    return tuple(sorted(found, key=lambda one: (one.category, one.competency, one.language)))


def _spending(replies: Sequence[e.ModelReplied]) -> Spending:
    return Spending(
        calls=len(replies),
        tokens=sum(one.prompt_tokens + one.completion_tokens for one in replies),
        cost=sum(one.cost for one in replies),
    )
