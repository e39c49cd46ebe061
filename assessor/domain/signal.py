"""Signals: passages of the candidate's own that seem to speak to whoever grades.

They are no evidence, and credit beside them is read twice; nothing else follows, and no score changes by
them. Reviewers are shown them, so the candidate is told first, and may reply before any reviewer sees them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assessor.domain.assessment import Assessment
from assessor.domain.evidence import Evidence, Sources


@dataclass(frozen=True)
class Signal:
    """What was noticed in the candidate's own words about one item."""

    item_id: str
    passages: tuple[str, ...]


def signals(assessment: Assessment) -> tuple[Signal, ...]:
    """Return the passages by item, in the order of the form."""
    found = []
    for place in assessment.form.items:
        texts = assessment.texts_of(place.item_id)
        said = {(one.event_seq, one.path): one.text for one in texts}
        if passages := Sources(texts).addressed_to_grader:
            found.append(Signal(place.item_id, tuple(_words(said, one) for one in passages)))
    return tuple(found)


def reply_until(assessment: Assessment) -> datetime | None:
    """Return until when the candidate may reply; None before the work is submitted."""
    if assessment.submitted_at is None:
        return None
    return assessment.submitted_at + timedelta(days=assessment.policy.reply_days)


def may_be_shown(assessment: Assessment, now: datetime) -> bool:
    """Whether reviewers may see the passages: the candidate has replied, or had the time to."""
    until = reply_until(assessment)
    return assessment.signal_reply is not None or (until is not None and now >= until)


def _words(said: dict[tuple[int, str], str], passage: Evidence) -> str:
    return said[passage.event_seq, passage.path][passage.start : passage.end].strip()
