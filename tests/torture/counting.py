"""Reading the store after all kills, and counting what should not be there or is not."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise

from assessor.domain.assessment import Assessment, replay
from assessor.ports import Store
from tests.torture.hearing import Hearing, Notification, promised
from tests.torture.people import Acknowledged

EVERY = 1_000_000


@dataclass
class Damage:
    """What went wrong. All zeros is the only good answer."""

    lost: int = 0
    doubled: int = 0
    second_verdicts: int = 0
    broken_chains: int = 0
    webhooks_missing: int = 0
    webhooks_untrue: int = 0
    """Told of what is not in any log."""
    webhooks_unstable: int = 0
    webhooks_forged: int = 0
    stuck: int = 0
    """Candidates who could not go on although the service was up again."""

    def __add__(self, other: "Damage") -> "Damage":
        """Add the damage of two runs."""
        return Damage(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def __str__(self) -> str:
        return (
            f"{self.lost} lost, {self.doubled} doubled, {self.second_verdicts} second verdicts, "
            f"{self.broken_chains} broken chains, {self.webhooks_missing} webhooks missing, "
            f"{self.webhooks_untrue} untrue, {self.webhooks_unstable} under another id, "
            f"{self.webhooks_forged} wrongly signed, {self.stuck} candidates stuck"
        )

    @property
    def is_none(self) -> bool:
        """Whether nothing went wrong."""
        return self == Damage()


async def all_promised(store: Store, tenant: str) -> frozenset[Notification]:
    """Return what the platform must have been told by the logs of all its assessments."""
    every = await store.assessments(tenant, EVERY)
    return frozenset([one for row in every for one in promised(await store.events(row.id))])


async def count_damage(store: Store, tenant: str, known: Iterable[Acknowledged], heard: Hearing) -> Damage:
    """Compare every log with what was acknowledged and with what was told."""
    every = await store.assessments(tenant, EVERY)
    acknowledged = {one.assessment_id: one for one in known}
    damage = Damage()
    damage.lost += len(acknowledged.keys() - {row.id for row in every})
    damage.doubled += len(every) - len({row.candidate_ref for row in every})
    for row in every:
        log = await store.events(row.id)
        damage.broken_chains += await store.verify_chain(row.id) != len(log)
        damage += _of_log(replay(row.id, log), acknowledged.get(row.id, Acknowledged(row.id)))
        verdicts = [verdict.id for verdict in await store.verdicts(row.id)]
        damage += _of_verdicts(verdicts, acknowledged.get(row.id, Acknowledged(row.id)), heard)
    told = await all_promised(store, tenant)
    damage.webhooks_missing += len(told - heard.notifications)
    damage.webhooks_untrue += len(heard.notifications - told)
    damage.webhooks_unstable += heard.unstable
    damage.webhooks_forged += heard.forged
    return damage


def _of_log(assessment: Assessment, known: Acknowledged) -> Damage:
    turns = assessment.transcript.turns
    said = Counter(turn.message_id for turn in turns if turn.message_id)
    damage = Damage()
    damage.lost += sum(message_id not in said for message_id in known.messages)
    damage.lost += sum(
        turn.text != known.messages[turn.message_id] for turn in turns if turn.message_id in known.messages
    )
    damage.lost += sum(item_id not in assessment.responses for item_id in known.tasks)
    damage.lost += known.submitted and assessment.submitted_at is None
    damage.doubled += sum(times - 1 for times in said.values())
    speakers = [turn.speaker for turn in turns]
    damage.doubled += sum(one == next_one for one, next_one in pairwise(speakers))
    return damage


def _of_verdicts(issued: Sequence[str], known: Acknowledged, heard: Hearing) -> Damage:
    """Nobody reviewed, so that one verdict is all there may be."""
    return Damage(
        lost=sum(read not in issued for read in known.verdicts),
        second_verdicts=max(0, len(issued) - 1),
        webhooks_missing=sum(one not in heard.verdicts for one in issued),
    )
