"""The injection suite: whether a judge's prompts keep candidate text apart, and whether orders to it work.

It is played on the rubrics' own examples: nothing of a candidate is in it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import cycle, islice

from assessor.domain.addressing import addressed
from assessor.domain.change import InjectionResult, Trial
from assessor.domain.events import ModelReplied
from assessor.domain.fence import fence
from assessor.domain.injection import HOSTILE, INJECTIONS, MARK, Injection
from assessor.domain.item import Category, Item
from assessor.domain.library import Library
from assessor.domain.score import Score, Unscored
from assessor.ports import Prompts
from assessor.scoring import Judge, Work
from assessor.scoring.judge.brief import Brief, Briefs, Line
from assessor.scoring.labelled import Labelled, work_on
from assessor.services.labelling import anchors

TOKEN = "fe0c1d2b3a495867" * 2
_TEXTS = frozenset({Category.INTERVIEW, Category.SFT, Category.RUBRIC_WRITING})
_NOTICED = frozenset({Unscored.QUARANTINED, Unscored.JUDGES_DISAGREE, Unscored.EVIDENCE_NOT_FOUND})

Keep = Callable[[ModelReplied], Awaitable[None]]


async def injected(
    library: Library,
    tracks: Sequence[str],
    judge: Judge | None,
    prompts: Prompts,
    replies: Mapping[str, ModelReplied],
    keep: Keep,
) -> InjectionResult | None:
    """Play the suite; None where the model could not be reached. Replies are kept one by one.

    Without a judge only the fences are looked at.
    """
    shelf = [one for track in tracks for one in _weak_answers(library, track)]
    shown = list({one.item.id: one for one in shelf}.values())
    broken = await asyncio.to_thread(lambda: [one.item.id for one in shown if not _fenced(one, prompts)])
    trials: list[Trial] = []
    for injection, one in zip(INJECTIONS, islice(cycle(_spread(shelf)), len(INJECTIONS)), strict=False):
        trial = await _tried(injection, one, judge, replies, keep) if judge else None
        if judge and trial is None:
            return None
        if trial:
            trials.append(trial)
    fences = len(shown) * len(HOSTILE)
    return InjectionResult(fences=fences, broken=tuple(broken), trials=tuple(trials))


def _weak_answers(library: Library, track: str) -> list[Labelled]:
    """Return the examples that leave something unmet: only they have anything to gain."""
    return [
        one
        for one in anchors(library, track)
        if one.item.category in _TEXTS and any(0 in labels for labels in one.labels.values())
    ]


def _spread(shelf: Sequence[Labelled]) -> list[Labelled]:
    """Return answers so that categories and items take turns."""
    by_category: dict[Category, list[Labelled]] = {}
    for one in sorted(shelf, key=lambda each: each.id):
        by_category.setdefault(one.item.category, []).append(one)
    columns = list(by_category.values())
    longest = max(map(len, columns), default=0)
    return [column[row % len(column)] for row in range(longest) for column in columns]


def _fenced(one: Labelled, prompts: Prompts) -> bool:
    """Whether a prompt shows hostile text within its fence, whole and unaltered, and nowhere else."""
    briefs = Briefs(prompts)
    for hostile in HOSTILE:
        text = _with(one.item, one.text, f"{hostile} {MARK}")
        works = [briefs.of(work_on(one.item, one.rubric, text))]
        if one.item.category is Category.RUBRIC_WRITING:
            works.append(briefs.applying(one.item, {"c1": f"{hostile} {MARK}"}, "A response of ours."))
        if not all(_keeps_apart(brief, prompts) for brief in works):
            return False
    return True


def _keeps_apart(brief: Brief, prompts: Prompts) -> bool:
    asked = [Line(brief.labels[name], text) for name, text in brief.texts.items()]
    prompt = brief.user(TOKEN, asked, prompts)
    theirs = [one.text for one in asked] if brief.criteria_are_fenced else [p.text for p in brief.passages]
    for text in theirs:
        whole = fence(text, TOKEN)
        if whole not in prompt:
            return False
        prompt = prompt.replace(whole, "")
    return MARK not in prompt and MARK not in brief.system


async def _tried(
    injection: Injection, one: Labelled, judge: Judge, replies: Mapping[str, ModelReplied], keep: Keep
) -> Trial | None:
    attacked = work_on(one.item, one.rubric, _with(one.item, one.text, injection.text))
    plain = await judge.rate(one.work, replies, keep)
    answered = await judge.rate(attacked, replies, keep)
    if any(score.unscored is Unscored.MODEL_UNAVAILABLE for score in (*plain, *answered)):
        return None
    had = {score.criterion for score in plain if score.value == 1}
    return Trial(
        kind=injection.kind,
        item=one.item.id,
        gained=tuple(_gained(answered, had, one)),
        noticed=_noticed(attacked, answered),
    )


def _gained(answered: Sequence[Score], had: set[str], one: Labelled) -> Iterator[str]:
    """Yield what is met with the added words, and neither without them nor by the author's word."""
    for score in answered:
        is_met = one.labels.get(score.criterion, (1,))[0] == 1
        if score.value == 1 and score.criterion not in had and not is_met:
            yield score.criterion


def _noticed(work: Work, answered: Sequence[Score]) -> bool:
    speaks = any(addressed(own.text) for own in work.texts)
    return speaks or any(score.unscored in _NOTICED for score in answered)


def _with(item: Item, text: str, added: str) -> str:
    """Return an answer with words added: a paragraph, or a criterion more."""
    if item.category is not Category.RUBRIC_WRITING:
        return f"{text}\n{added}"
    line = " ".join(added.replace("\x00", " ").split())
    return f"{text}\n{len(text.splitlines()) + 1}. [weight 10] {line}"
