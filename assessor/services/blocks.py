"""The end of a block of tasks: whether the next one is given."""

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.library import Library
from assessor.domain.verdict import is_clear, probability_by_rules
from assessor.scoring import rate_by_rule
from assessor.services.scoring import work_of


def finished_block(assessment: Assessment, library: Library) -> e.BlockFinished | None:
    """Return what follows when the open block is handed in completely, None while it is not.

    The last block is never finished: nothing comes after it, so its answers may change until the end. The
    same log and library give the same fact.
    """
    form, number = assessment.form, assessment.blocks_finished
    if number >= len(form.blocks) - 1 or not set(form.blocks[number]) <= set(assessment.responses):
        return None
    track = library.track(assessment.ordered.track)
    scores = [
        score
        for block in form.blocks[: number + 1]
        for item_id in block
        for score in rate_by_rule(work_of(assessment, library.item(track.id, item_id), library))
    ]
    probability = probability_by_rules(scores, track)
    return e.BlockFinished(block=number, probability=probability, ends=is_clear(probability))
