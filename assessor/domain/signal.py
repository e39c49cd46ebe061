"""Signals: what was noticed in the candidate's own words, and told to them before anybody else.

Three things are: passages that seem to speak to whoever grades, an answer that shares much of its wording
with an earlier one of somebody else, and a phrase that stands in an item's key alone. None changes a score.
Reviewers are shown them, so the candidate is told first, and may reply before any reviewer sees them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from assessor.domain.assessment import Assessment
from assessor.domain.evidence import Evidence, Sources
from assessor.domain.near_duplicate import Alike
from assessor.domain.noticed import NoticedPassages
from assessor.domain.signal_rule import EDITION_OF, Noticed, Outcome


@dataclass(frozen=True)
class Signal:
    """What was noticed in the candidate's own words about one item."""

    item_id: str
    passages: tuple[str, ...]
    what: Noticed
    until: datetime | None
    """Until when the candidate may reply; None before the work is submitted."""
    rule: str
    """The edition of the rule that noticed it."""
    reply: str | None = None
    outcome: Outcome | None = None
    """What people found who looked at it; confirmed only once two of them did."""
    reasons: tuple[str, ...] = ()
    """Why, in their words. The candidate may read it."""
    confirmed_by: str | None = None
    """Who confirmed it first, also before a second person has looked."""

    def may_be_shown(self, now: datetime) -> bool:
        """Whether reviewers may see it: the candidate has replied, or had the time to."""
        return self.reply is not None or (self.until is not None and now >= self.until)


def signals(assessment: Assessment) -> tuple[Signal, ...]:
    """Return what was noticed, by kind and item, in the order of the form."""
    return (
        *_addressed(assessment),
        *_found_later(assessment, "alike", assessment.alike),
        *_found_later(assessment, "quoted", assessment.quoted),
    )


def unanswered(found: Iterable[Signal], now: datetime) -> tuple[Signal, ...]:
    """Return those that the candidate may still reply to."""
    return tuple(one for one in found if one.until is not None and not one.may_be_shown(now))


def reply_until(assessment: Assessment) -> datetime | None:
    """Return until when a reply to what stood in the work on submitting is asked for; None before that."""
    if assessment.submitted_at is None:
        return None
    return assessment.submitted_at + assessment.reply_term


def may_be_shown(assessment: Assessment, now: datetime) -> bool:
    """Whether reviewers may see passages that speak to whoever grades."""
    until = reply_until(assessment)
    is_replied = assessment.signal_reply is not None or (until is not None and now >= until)
    return is_replied and "addressed" not in assessment.unnoticed


def may_show_alike(assessment: Assessment, found: Alike, now: datetime) -> bool:
    """Whether reviewers may see an answer beside the one that it is like.

    Not while a criterion waits for a person: whoever scores must not know of it.
    """
    is_replied = found.reply is not None or now >= found.found_at + assessment.reply_term
    return assessment.is_scored_whole and is_replied


def may_judge(assessment: Assessment, found: Signal, now: datetime) -> bool:
    """Whether a person may say what they find of it: it may be shown, and nobody scores any more."""
    return assessment.is_scored_whole and found.may_be_shown(now)


def _addressed(assessment: Assessment) -> Iterator[Signal]:
    """Yield what the rule notices, unless it was switched off when the work was handed in."""
    if "addressed" in assessment.unnoticed:
        return
    until = reply_until(assessment)
    for place in assessment.form.items:
        found = Sources(assessment.texts_of(place.item_id)).addressed_to_grader
        if found:
            passages = words_of(assessment, place.item_id, found)
            judged = _judged(assessment, "addressed", place.item_id)
            rule, reply = EDITION_OF["addressed"], assessment.signal_reply
            yield Signal(place.item_id, passages, "addressed", until, rule, reply, *judged)


def _found_later(
    assessment: Assessment, what: Noticed, by_item: Mapping[str, NoticedPassages]
) -> Iterator[Signal]:
    """Yield what was noticed once the work was scored, each with a term of its own for a reply."""
    for place in assessment.form.items:
        if found := by_item.get(place.item_id):
            passages = words_of(assessment, place.item_id, found.passages)
            until = found.found_at + assessment.reply_term
            judged = _judged(assessment, what, place.item_id)
            yield Signal(place.item_id, passages, what, until, found.rule, found.reply, *judged)


def _judged(
    assessment: Assessment, what: Noticed, item_id: str
) -> tuple[Outcome | None, tuple[str, ...], str | None]:
    first, last = assessment.confirmed_once.get((what, item_id)), assessment.judged.get((what, item_id))
    confirmed_by = first.reviewer if first else None
    if last is None:
        return None, (), confirmed_by
    agreed = (first,) if first and first.outcome == last.outcome else ()
    return last.outcome, tuple(one.reason for one in (*agreed, last)), confirmed_by


def words_of(assessment: Assessment, item_id: str, passages: Iterable[Evidence]) -> tuple[str, ...]:
    """Return passages of the candidate's about one item, word for word."""
    said = {(one.event_seq, one.path): one.text for one in assessment.texts_of(item_id)}
    return tuple(said[one.event_seq, one.path][one.start : one.end].strip() for one in passages)
