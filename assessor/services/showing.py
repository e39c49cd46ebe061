"""In which order a candidate sees what is to be ranked."""

import hashlib

from assessor.domain.assessment import Assessment
from assessor.domain.item import Item, RankingItem


def shown_order(assessment: Assessment, item: Item) -> tuple[str, ...]:
    """Return response ids in this candidate's own order, drawn from the form's seed.

    A fixed order would favour what stands first; the order is recorded with the answer.
    """
    if not isinstance(item, RankingItem) or assessment.drawn is None:
        return ()
    seed = assessment.drawn.seed
    return tuple(
        sorted(
            (response.id for response in item.responses),
            key=lambda name: hashlib.sha256(f"{seed}\n{item.id}\n{name}".encode()).digest(),
        )
    )
