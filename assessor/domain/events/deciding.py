"""Verdicts, and showing them to others."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from assessor.domain.calibration import Standing
from assessor.domain.policy import Stage
from assessor.domain.value import Value


class VerdictIssued(Value):
    """A verdict was decided and signed. It carries references, never quotes."""

    type: Literal["verdict.issued"] = "verdict.issued"
    verdict_id: str
    supersedes: str | None
    document: dict[str, Any]
    jws: str
    standings: tuple[Standing, ...] = ()
    """The calibrations that held at the time for the judges that scored."""
    stage: Stage | None = None
    """That the pilot was at, where one had been set."""


class VerdictRevoked(Value):
    """The live verdict must not be relied on any more. What was signed stays as it is."""

    type: Literal["verdict.revoked"] = "verdict.revoked"
    verdict_id: str
    by: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(min_length=10, max_length=500)]
    """Told to whoever reads the verdict: it names nobody and quotes nothing."""


class ResultShared(Value):
    """The candidate consented to show their result by a link; only the hash of its token is kept."""

    type: Literal["result.shared"] = "result.shared"
    share_id: str
    token_hash: str
    until: datetime


class SharingEnded(Value):
    """The candidate took that consent back; the link shows nothing any more."""

    type: Literal["sharing.ended"] = "sharing.ended"
    share_id: str
