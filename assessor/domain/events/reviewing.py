"""What people who review looked at, gave and decided."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.evidence import Evidence
from assessor.domain.ids import Slug
from assessor.domain.override import OverrideCode
from assessor.domain.quality import QualityLevel, QualityMark
from assessor.domain.value import Value


class ScoreOverridden(Value):
    """A person put another score in the place of one that stood. The new one comes just after."""

    type: Literal["score.overridden"] = "score.overridden"
    reviewer: str
    item_id: Slug
    criterion: str
    code: OverrideCode
    mark: QualityMark
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
    """The candidate may read it."""


class ScoreDisputed(Value):
    """A person read a criterion otherwise than a colleague who scored it. The score stands until a third
    person has decided."""

    type: Literal["score.disputed"] = "score.disputed"
    reviewer: str
    item_id: Slug
    criterion: str
    code: OverrideCode
    mark: QualityMark
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
    evidence: tuple[Evidence, ...] = ()


class ScoreAdjudicated(Value):
    """Somebody who gave neither of two readings decided between them. A new score comes just after."""

    type: Literal["score.adjudicated"] = "score.adjudicated"
    reviewer: str
    item_id: Slug
    criterion: str
    mark: QualityMark
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
    """The candidate may read it."""


class ReviewDecided(Value):
    """A person decided; final for the attempt."""

    type: Literal["review.decided"] = "review.decided"
    reviewer: str
    decision: Literal["qualified", "not_qualified", "inconclusive"]
    reason: Annotated[str, Field(min_length=10, max_length=2000)]


class TranscriptOpened(Value):
    """A person of the platform read the transcript."""

    type: Literal["transcript.opened"] = "transcript.opened"
    reviewer: str
    blind: bool = False
    """Whether without any score, for a second look."""


class SecondLookDrawn(Value):
    """A decision by rule was drawn for the quality sample: a person scores what the judge has scored."""

    type: Literal["second_look.drawn"] = "second_look.drawn"
    criteria: dict[Slug, tuple[Slug, ...]]
    """By item."""


class SecondLookScored(Value):
    """A person who has seen no score scored one item. No verdict follows from it."""

    type: Literal["second_look.scored"] = "second_look.scored"
    reviewer: str
    item_id: Slug
    marks: dict[Slug, QualityMark]
    reasons: dict[Slug, Annotated[str, Field(max_length=2000)]] = Field(default_factory=dict)
    """By criterion, where one was given: for whoever decides when the judge found otherwise."""


class SecondLookCompared(Value):
    """Every item was looked at a second time: the levels by the person and by the judge."""

    type: Literal["second_look.compared"] = "second_look.compared"
    levels: tuple[QualityLevel, ...]


class SecondLookSeen(Value):
    """A reviewer has seen to the differences that a second look found."""

    type: Literal["second_look.seen"] = "second_look.seen"
    reviewer: str
