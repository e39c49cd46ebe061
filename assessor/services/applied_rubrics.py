"""What candidates' rubrics did, for people to look at: worked out again from the replies in the log."""

from collections.abc import Mapping

from assessor.domain.assessment import Assessment
from assessor.domain.events import ModelReplied
from assessor.domain.item import Item, RubricWritingItem
from assessor.domain.response import RubricWritingResponse
from assessor.domain.score import Unscored
from assessor.scoring.applied_rubric import Table
from assessor.services.rehearsing import JudgeOf, RecordedModel


class AppliedRubrics:
    """Reads tables of verdicts out of recorded replies. No model is asked."""

    def __init__(self, judge_of: JudgeOf) -> None:
        self._judge_of = judge_of

    async def table(self, assessment: Assessment, item: Item) -> Table | None:
        """Return the verdicts of each of a candidate's criteria by hidden response.

        None where no model applied the rubric to its end, or the prompts have been changed since: then
        the recorded replies answer other questions. Of several models the latest counts.
        """
        response = assessment.responses.get(item.id)
        if not isinstance(item, RubricWritingItem) or not isinstance(response, RubricWritingResponse):
            return None
        for name in _readers(assessment.replies, item.id):
            judge = self._judge_of([RecordedModel(name)], assessment.grading.prompts)
            found = judge and await judge.apply_rubric(item, response, assessment.replies, _nothing_new)
            if found and not isinstance(found, Unscored):
                return found
        return None


def _readers(replies: Mapping[str, ModelReplied], item_id: str) -> list[str]:
    """Return the models that read an item, the one that spoke last first."""
    spoke = (one.model for one in replies.values() if (one.purpose, one.item_id) == ("judge", item_id))
    return list(dict.fromkeys([*spoke][::-1]))


async def _nothing_new(replied: ModelReplied) -> None:
    raise AssertionError(f"a recorded model gave a new reply, {replied.request_hash}")
