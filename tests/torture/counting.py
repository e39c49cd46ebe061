"""Reading the store after all kills, and counting what should not be there or is not."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from itertools import pairwise

from assessor.domain.assessment import replay
from assessor.ports import Store
from tests.torture.people import Acknowledged


@dataclass
class Damage:
    """What went wrong. All zeros is the only good answer."""

    lost: int = 0
    doubled: int = 0
    second_verdicts: int = 0
    broken_chains: int = 0

    def __add__(self, other: "Damage") -> "Damage":
        """Add the damage of two runs."""
        return Damage(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    @property
    def is_none(self) -> bool:
        """Whether nothing went wrong."""
        return self == Damage()


async def count_damage(store: Store, known: Iterable[Acknowledged]) -> Damage:
    """Compare every log with what was acknowledged."""
    damage = Damage()
    for one in known:
        log = await store.events(one.assessment_id)
        damage.broken_chains += await store.verify_chain(one.assessment_id) != len(log)
        assessment = replay(one.assessment_id, log)
        turns = assessment.transcript.turns
        said = Counter(turn.message_id for turn in turns if turn.message_id)
        damage.lost += sum(message_id not in said for message_id in one.messages)
        damage.lost += sum(
            turn.text != one.messages[turn.message_id] for turn in turns if turn.message_id in one.messages
        )
        damage.doubled += sum(times - 1 for times in said.values())
        speakers = [turn.speaker for turn in turns]
        damage.doubled += sum(pair == (pair[0], pair[0]) for pair in pairwise(speakers))
        damage.lost += sum(item_id not in assessment.responses for item_id in one.tasks)
        damage.lost += one.submitted and assessment.submitted_at is None
        verdicts = await store.verdicts(one.assessment_id)
        damage.second_verdicts += max(0, sum(verdict.status == "issued" for verdict in verdicts) - 1)
        damage.second_verdicts += max(0, len(verdicts) - 1)  # nobody reviewed, so nothing may supersede
        damage.lost += sum(read not in {verdict.id for verdict in verdicts} for read in one.verdicts)
    return damage
