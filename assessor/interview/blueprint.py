"""Which questions fit a candidate: swaps by background, and by what is not their field."""

import re
from collections.abc import Iterable

from assessor.domain.events import ItemSwapped
from assessor.interview.state import Brief, Question, Spare

_SEPARATORS = re.compile(r"[-_]+")
_NOT_BEFORE = r"(?<!no )(?<!not )(?<!never )(?<!not in )(?<!no experience in )(?<!no experience with )"


def by_background(brief: Brief, background: str) -> tuple[ItemSwapped, ...]:
    """Swap the questions of a specialty or jurisdiction that is none of those that were named.

    Somebody who names none, and a question that belongs to none, keep what was drawn.
    """
    named = _named(brief, background)
    used: set[str] = set()
    swaps = []
    for question in brief.questions:
        if _fits(question, named):
            continue
        spare = next((s for s in _unused(brief, question, used) if _fits(s.question, named)), None)
        if spare is not None:
            used.add(spare.place.item_id)
            swaps.append(ItemSwapped(item_id=question.item_id, place=spare.place, reason="background"))
    return tuple(swaps)


def other_field(brief: Brief, question: Question) -> tuple[Spare, ItemSwapped] | None:
    """Return what is asked instead of a question that is not of the candidate's field, if anything is."""
    spares = brief.spares.get(question.item_id, ())
    if brief.swaps_left < 1 or not spares:
        return None
    return spares[0], ItemSwapped(item_id=question.item_id, place=spares[0].place, reason="not_my_field")


def after_swaps(brief: Brief, swaps: Iterable[ItemSwapped]) -> tuple[Question, ...]:
    """Return the questions as they stand after swaps."""
    new = {swap.item_id: _spare(brief, swap).question for swap in swaps}
    return tuple(new.get(question.item_id, question) for question in brief.questions)


def _spare(brief: Brief, swap: ItemSwapped) -> Spare:
    return next(s for s in brief.spares[swap.item_id] if s.place.item_id == swap.place.item_id)


def _unused(brief: Brief, question: Question, used: set[str]) -> list[Spare]:
    return [s for s in brief.spares.get(question.item_id, ()) if s.place.item_id not in used]


def _named(brief: Brief, background: str) -> frozenset[tuple[str, str]]:
    spares = [spare.question for several in brief.spares.values() for spare in several]
    tags = {tag for question in (*brief.questions, *spares) for tag in _tags(question)}
    plain = " ".join(background.casefold().split())
    return frozenset(tag for tag in tags if _is_named(tag[1], plain))


def _is_named(tag: str, background: str) -> bool:
    words = re.escape(_SEPARATORS.sub(" ", tag.casefold())).replace(r"\ ", r"[\s_-]+")
    return re.search(rf"{_NOT_BEFORE}\b{words}\b", background) is not None


def _tags(question: Question) -> tuple[tuple[str, str], ...]:
    tags = (("specialty", question.specialty), ("jurisdiction", question.jurisdiction))
    return tuple((kind, tag) for kind, tag in tags if tag)


def _fits(question: Question, named: frozenset[tuple[str, str]]) -> bool:
    kinds = {kind for kind, _ in named}
    return all(tag in named or tag[0] not in kinds for tag in _tags(question))
