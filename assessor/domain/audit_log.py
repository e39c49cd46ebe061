"""The audit log: who did what, to what and why, one record an act, each chained to the one before.

There is one log a platform, and one for what concerns none. A record's reason can be taken out, as when
the person it is about is erased: the chain runs over a salted digest of it, which stays.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from assessor.domain import events as e
from assessor.domain.errors import DocumentRefused
from assessor.domain.value import canonical, content_hash

SERVICE: Final = "service"
"""Who acted where no person did."""


class Action(StrEnum):
    """What can be done. Of an act that is a fact of an assessment, the type of that fact."""

    SIGNED_IN = "session.opened"
    SIGN_IN_REFUSED = "session.refused"
    SIGNED_OUT = "session.closed"
    REVIEWER_ADDED = "reviewer.added"
    ROLES_CHANGED = "reviewer.roles_changed"
    REVIEWER_REMOVED = "reviewer.removed"
    REVIEWER_UNLOCKED = "reviewer.unlocked"
    REVIEWER_LINKED = "reviewer.link_made"
    TRAINING_WAIVED = "reviewer.training_waived"
    TRAINING_PASSED = "reviewer.training_passed"
    CASE_ASSIGNED = "case.assigned"
    RECUSED = "case.recused"
    KEY_MADE = "api_key.made"
    KEY_REVOKED = "api_key.revoked"
    TRANSCRIPT_OPENED = "transcript.opened"
    REPLY_READ = "model_reply.read"
    SCORED = "response.scored"
    OVERRIDDEN = "score.overridden"
    DISPUTED = "score.disputed"
    ADJUDICATED = "score.adjudicated"
    DECIDED = "review.decided"
    VERDICT_REVOKED = "verdict.revoked"
    SCORED_AGAIN = "scoring.repeated"
    ITEM_RETIRED = "item.retired"
    HOLD_RELEASED = "hold.released"
    HELP_SEEN = "help.seen"
    ACCOMMODATION_GRANTED = "accommodation.granted"
    ACCOMMODATION_ANSWERED = "accommodation.answered"
    SECOND_LOOK_SCORED = "second_look.scored"
    SECOND_LOOK_SEEN = "second_look.seen"
    APPEAL_ANSWERED = "appeal.answered"
    FOLLOW_UP_ASKED = "follow_up.asked"
    SIGNAL_JUDGED = "signal.judged"
    RULE_SWITCHED_OFF = "signal_rule.switched_off"
    RULE_SWITCHED_ON = "signal_rule.switched_on"
    PACKAGE_EXPORTED = "export.package"
    LIST_EXPORTED = "export.list"
    INCIDENT_EXPORTED = "export.incident"
    FAIRNESS_SEEN = "fairness.seen"
    BIAS_AUDIT_RECORDED = "bias_audit.recorded"
    ANSWERS_GATHERED = "answers.gathered"
    CHAIN_CHECKED = "chain.checked"
    CHANGE_PROPOSED = "change.proposed"
    CHANGE_REPORTED = "change.reported"
    CHANGE_APPROVED = "change.approved"
    CHANGE_OVERRIDDEN = "change.overridden"
    CHANGE_REJECTED = "change.rejected"
    CHANGE_SWITCHED_ON = "change.switched_on"
    CHANGE_ROLLED_BACK = "change.rolled_back"
    CANDIDATE_ERASED = "candidate.erased"
    RESULTS_FORGOTTEN = "candidate.forgotten"


_ACTOR_OF: Final[Mapping[Action, str]] = MappingProxyType(
    {
        Action.TRANSCRIPT_OPENED: "reviewer",
        Action.OVERRIDDEN: "reviewer",
        Action.DISPUTED: "reviewer",
        Action.ADJUDICATED: "reviewer",
        Action.DECIDED: "reviewer",
        Action.VERDICT_REVOKED: "by",
        Action.SCORED_AGAIN: "by",
        Action.ITEM_RETIRED: "by",
        Action.HOLD_RELEASED: "by",
        Action.HELP_SEEN: "reviewer",
        Action.ACCOMMODATION_GRANTED: "who",
        Action.ACCOMMODATION_ANSWERED: "who",
        Action.SECOND_LOOK_SCORED: "reviewer",
        Action.SECOND_LOOK_SEEN: "reviewer",
        Action.APPEAL_ANSWERED: "reviewer",
        Action.FOLLOW_UP_ASKED: "reviewer",
        Action.SIGNAL_JUDGED: "reviewer",
    }
)
"""Which field of a fact names the person who acted."""


@dataclass(frozen=True)
class Act:
    """Something that somebody did. None as `tenant` is what concerns no platform, or all."""

    tenant: str | None
    actor: str
    """A reviewer's id, an operator's name, or `service`."""
    action: Action
    subject: str = ""
    """What it was done to, by id, never by name: of a verdict or transcript, the assessment."""
    reason: str = ""
    """In the actor's own words; goes with the person it is about."""
    detail: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditRecord:
    """One act as it was recorded. `words_digest` commits to reason and detail, which may be gone."""

    tenant: str | None
    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    words_digest: str
    hash: str
    reason: str | None
    detail: Mapping[str, str | int | bool] | None
    salt: bytes | None

    def hash_after(self, previous: str) -> str:
        """Return this record's hash; `previous` is the hash of the record before, or empty."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        parts = [self.tenant, self.seq, at, self.actor, self.action, self.subject, self.words_digest]
        return content_hash([*parts, previous])

    @property
    def words_fit(self) -> bool:
        """Whether reason and detail are those that were recorded; what was taken out fits."""
        if self.salt is None or self.reason is None or self.detail is None:
            return self.salt is None and self.reason is None and self.detail is None
        return words_digest(self.salt, self.reason, self.detail) == self.words_digest


@dataclass(frozen=True)
class AuditEnd:
    """Where a log ends, as it was noted apart from its records."""

    tenant: str | None
    seq: int
    head: str


def words_digest(salt: bytes, reason: str, detail: Mapping[str, str | int | bool]) -> str:
    """Return what the chain knows of reason and detail; without the salt they cannot be guessed from it."""
    return hmac.digest(salt, canonical([reason, dict(detail)]), hashlib.sha256).hex()


def verify_records(end: AuditEnd, records: Iterable[AuditRecord]) -> None:
    """Check records, in order, against the end that was noted.

    Raises DocumentRefused naming the first record that is missing, out of place or changed.
    """
    previous, expected = "", 1
    for record in records:
        if record.seq != expected:
            raise _refused(end, expected, "is missing")
        if record.hash_after(previous) != record.hash or not record.words_fit:
            raise _refused(end, expected, "was changed or moved")
        previous, expected = record.hash, expected + 1
    if expected <= end.seq:
        raise _refused(end, expected, "is missing")
    if expected > end.seq + 1:
        raise _refused(end, end.seq + 1, "was added after the end that was noted")
    if previous != end.head:
        raise _refused(end, end.seq, "is not the end that was noted")


def words_missing(end: AuditEnd, seq: int) -> DocumentRefused:
    """Return the refusal of a record whose words were taken out, and nobody was erased."""
    return _refused(end, seq, "lost its reason, and nobody was erased whom it is about")


def acts_of(tenant: str, events: Sequence[e.Event]) -> Iterator[Act]:
    """Yield what people did among the facts of one append. Their words stay in the log of the assessment."""
    repeats = any(isinstance(event.fact, e.ScoringRepeated) for event in events)
    for event in events:
        fact = event.fact
        if fact.type not in _TYPES:
            continue
        if isinstance(fact, e.ResponseScored):
            # Scoring again writes people's scores anew, as they had given them: that is nobody's act.
            actor = "" if repeats else _who_scored(fact)
        else:
            actor = str(getattr(fact, _ACTOR_OF[Action(fact.type)]))
        if actor:
            detail: dict[str, str | int | bool] = {"event": event.seq}
            if isinstance(fact, e.ScoreOverridden | e.ScoreDisputed):
                detail["code"] = fact.code.value
            if isinstance(fact, e.SignalJudged):
                detail |= {"rule": fact.rule, "outcome": fact.outcome, "awaits_second": fact.awaits_second}
            yield Act(tenant, actor, Action(fact.type), event.assessment_id, detail=detail)


_TYPES: Final = frozenset({*_ACTOR_OF, Action.SCORED})


def _who_scored(fact: e.ResponseScored) -> str:
    people = {score.rater.removeprefix("person:") for score in fact.scores if score.rater_kind == "person"}
    return next(iter(people)) if len(people) == 1 else ""


def _refused(end: AuditEnd, seq: int, what: str) -> DocumentRefused:
    of = end.tenant or "the service"
    return DocumentRefused(f"Record {seq} of the audit log of {of} {what}")
