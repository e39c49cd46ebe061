"""What a candidate agreed to."""

from datetime import datetime
from typing import Literal

from assessor.domain.assessment import Assessment
from assessor.domain.value import Value


class ConsentAnswer(Value):
    """What the candidate said once about one use."""

    use: str
    given: bool
    at: datetime
    version: str
    """Of the notice whose words were answered."""
    hash: str


class ConsentResource(Value):
    """What a candidate agreed to beyond the notice. Reviewers who score do not see it."""

    object: Literal["consents"] = "consents"
    assessment_id: str
    notice_version: str | None
    """The edition of the notice that was read last; null before the start."""
    notice_hash: str | None
    agreed_to: tuple[str, ...]
    """The uses that are allowed now, such as `task-quality`."""
    history: tuple[ConsentAnswer, ...]
    """Every answer, the oldest first."""


def consent_resource(assessment: Assessment) -> ConsentResource:
    """Write down what a candidate agreed to."""
    notice = assessment.notice
    return ConsentResource(
        assessment_id=assessment.id,
        notice_version=notice.version if notice else None,
        notice_hash=notice.hash if notice else None,
        agreed_to=tuple(use for use, given in assessment.agreed_to.items() if given),
        history=tuple(
            ConsentAnswer(use=one.use, given=one.given, at=at, version=one.version, hash=one.hash)
            for at, one in assessment.consents
        ),
    )
