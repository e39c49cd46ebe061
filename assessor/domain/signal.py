"""Signals: what was noticed in the candidate's own words, and told to them before anybody else.

Two things are: passages that seem to speak to whoever grades, and an answer that shares much of its wording
with an earlier one of somebody else. Neither changes a score. Reviewers are shown them, so the candidate is
told first, and may reply before any reviewer sees them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from assessor.domain.assessment import Assessment
from assessor.domain.evidence import Evidence, Sources
from assessor.domain.near_duplicate import Alike, Outcome

Noticed = Literal["addressed", "alike"]


@dataclass(frozen=True)
class Signal:
    """What was noticed in the candidate's own words about one item."""

    item_id: str
    passages: tuple[str, ...]
    what: Noticed
    until: datetime | None
    """Until when the candidate may reply; None before the work is submitted."""
    reply: str | None = None
    outcome: Outcome | None = None
    reason: str = ""
    """What a person found who looked at both answers, and why."""

    def may_be_shown(self, now: datetime) -> bool:
        """Whether reviewers may see it: the candidate has replied, or had the time to."""
        return self.reply is not None or (self.until is not None and now >= self.until)


def signals(assessment: Assessment) -> tuple[Signal, ...]:
    """Return what was noticed, by kind and item, in the order of the form."""
    return (*_addressed(assessment), *_alike(assessment))


def unanswered(found: Iterable[Signal], now: datetime) -> tuple[Signal, ...]:
    """Return those that the candidate may still reply to."""
    return tuple(one for one in found if one.until is not None and not one.may_be_shown(now))


def reply_until(assessment: Assessment) -> datetime | None:
    """Return until when a reply to what stood in the work on submitting is asked for; None before that."""
    if assessment.submitted_at is None:
        return None
    return assessment.submitted_at + _term(assessment)


def may_be_shown(assessment: Assessment, now: datetime) -> bool:
    """Whether reviewers may see passages that speak to whoever grades."""
    until = reply_until(assessment)
    return assessment.signal_reply is not None or (until is not None and now >= until)


def may_show_alike(assessment: Assessment, found: Alike, now: datetime) -> bool:
    """Whether reviewers may see an answer beside the one that it is like.

    Not while a criterion waits for a person: whoever scores must not know of it.
    """
    is_scored = assessment.verdict is not None and not assessment.open_scores
    return is_scored and (found.reply is not None or now >= found.found_at + _term(assessment))


def _addressed(assessment: Assessment) -> Iterator[Signal]:
    until = reply_until(assessment)
    for place in assessment.form.items:
        found = Sources(assessment.texts_of(place.item_id)).addressed_to_grader
        if found:
            passages = words_of(assessment, place.item_id, found)
            yield Signal(place.item_id, passages, "addressed", until, assessment.signal_reply)


def _alike(assessment: Assessment) -> Iterator[Signal]:
    for place in assessment.form.items:
        if found := assessment.alike.get(place.item_id):
            passages = words_of(assessment, place.item_id, found.passages)
            until = found.found_at + _term(assessment)
            yield Signal(place.item_id, passages, "alike", until, found.reply, found.outcome, found.reason)


def _term(assessment: Assessment) -> timedelta:
    return timedelta(days=assessment.policy.reply_days)


def words_of(assessment: Assessment, item_id: str, passages: Iterable[Evidence]) -> tuple[str, ...]:
    """Return passages of the candidate's about one item, word for word."""
    said = {(one.event_seq, one.path): one.text for one in assessment.texts_of(item_id)}
    return tuple(said[one.event_seq, one.path][one.start : one.end].strip() for one in passages)
