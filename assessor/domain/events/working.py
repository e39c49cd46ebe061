"""The tasks, and handing everything in."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.ids import Slug
from assessor.domain.response import Response
from assessor.domain.signal_rule import Noticed
from assessor.domain.value import Value


class ResponseHandedIn(Value):
    """A task was answered. Handing in again supersedes the earlier response."""

    type: Literal["response.handed_in"] = "response.handed_in"
    item_id: Slug
    response: Response
    shown_order: tuple[Slug, ...] = ()
    """The order in which responses to rank were shown."""


class BlockFinished(Value):
    """Every task of a block was handed in: its answers are final, and more is given or not."""

    type: Literal["block.finished"] = "block.finished"
    block: Annotated[int, Field(ge=0)]
    probability: float
    """P(ability >= cut) by what rules score so far. Nobody is told before the verdict."""
    ends: bool
    """Whether the blocks that are left are not given. It decides nothing but that."""


class AssessmentSubmitted(Value):
    """The candidate submitted, or time ran out on what had been handed in."""

    type: Literal["assessment.submitted"] = "assessment.submitted"
    by: Literal["candidate", "deadline"] = "candidate"
    unnoticed: tuple[Noticed, ...] = ()
    """The rules that were switched off for the platform at this moment: what they would notice is told to
    nobody."""
