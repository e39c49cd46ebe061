"""What a judge read and gave, and scoring anew."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.ids import Slug
from assessor.domain.rubric import Rubric
from assessor.domain.score import Score
from assessor.domain.value import Value


class ScoringStarted(Value):
    """The scoring workflow runs."""

    type: Literal["scoring.started"] = "scoring.started"


class ModelReplied(Value):
    """A recorded model reply: a replay reads it instead of calling again."""

    type: Literal["model.replied"] = "model.replied"
    purpose: Literal["judge", "turn"]
    item_id: Slug | None = None
    model: str
    request_hash: str
    reply: str
    """Empty when the model was reached and gave nothing usable."""
    probabilities: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    """By the ids of the reply, where the provider told how likely each verdict's token was."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Annotated[int, Field(ge=0)] = 0
    """What was billed for it, in millionths of a US dollar; 0 where no price is known."""


class ResponseScored(Value):
    """Scores for one item; a later score for the same criterion supersedes an earlier one."""

    type: Literal["response.scored"] = "response.scored"
    item_id: Slug
    scores: tuple[Score, ...]


class ScoringRepeated(Value):
    """Stored work was scored again under another rubric, prompt or model.

    The scores of `item_ids` give way to those that follow in the same transaction. What people scored
    is among them as they scored it.
    """

    type: Literal["scoring.repeated"] = "scoring.repeated"
    by: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
    item_ids: tuple[Slug, ...]
    models: tuple[str, ...] = ()
    """The judge's, and then the one it asks in doubt; none when no model was set."""
    rubrics: tuple[Rubric, ...] = ()
    """Used instead of those that the form was drawn with; whole, so that a replay needs no file."""
    rubrics_hash: str
    prompts_hash: str


class ItemRetired(Value):
    """An item of the form was found to be faulty. It counts no more, as if it had never been asked."""

    type: Literal["item.retired"] = "item.retired"
    item_id: Slug
    by: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
