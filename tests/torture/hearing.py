"""What the platform's own server heard, against what the logs promise it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from standardwebhooks import WebhookVerificationError

from assessor.domain import events as e
from assessor.domain.notification import EventType, types_of
from tests.receiver import Receiver


class Notification(NamedTuple):
    """A public event, named by its place in a log rather than by the id that it was sent under."""

    assessment_id: str
    sequence: int
    type: str


def promised(log: Sequence[e.Event]) -> Iterator[Notification]:
    """Name what a platform must be told of a log."""
    decision: str | None = None
    for event in log:
        for public in types_of(decision, event.fact):
            yield Notification(event.assessment_id, event.seq, public.value)
        if isinstance(event.fact, e.VerdictIssued):
            decision = event.fact.document.get("decision")


@dataclass
class Hearing:
    """Takes in what the receiver got."""

    receiver: Receiver
    secret: str
    attempts: int = 0
    forged: int = 0
    """How many were not signed with the endpoint's secret, or not rightly."""
    verdicts: set[str] = field(default_factory=set)
    """Ids of the verdicts that were announced."""
    _ids: dict[Notification, set[str]] = field(default_factory=lambda: defaultdict(set))
    _events: dict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))

    @property
    def notifications(self) -> frozenset[Notification]:
        """What was heard at least once."""
        return frozenset(self._ids)

    @property
    def unstable(self) -> int:
        """How often one notification came under another id, or one id with another body."""
        ids = sum(len(found) - 1 for found in self._ids.values())
        return ids + sum(len(found) - 1 for found in self._events.values())

    def take_in(self) -> None:
        """Verify what came since the last time. It must not be long ago: a signature is good for minutes."""
        came = self.receiver.received[:]
        del self.receiver.received[: len(came)]
        for one in came:
            self.attempts += 1
            try:
                event = one.verified(self.secret)
            except WebhookVerificationError:
                self.forged += 1
            else:
                self._note(event, one.id, one.body)

    def _note(self, event: dict[str, Any], header: str, body: bytes) -> None:
        data = event["data"]
        notification = Notification(data["assessment_id"], data["sequence"], event["type"])
        self._ids[notification] |= {header, event["id"]}
        self._events[header].add(body)
        if event["type"] == EventType.VERDICT_ISSUED:
            self.verdicts.add(data["verdict_id"])
