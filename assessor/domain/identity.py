"""Who worked: how that was made sure, by whom, and how sure a track wants it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import AwareDatetime, StringConstraints, model_validator

from assessor.domain.value import Value

Level = Literal["low", "substantial", "high"]
"""How sure it is, in the words of eIDAS (Regulation (EU) No 910/2014, article 8)."""

LEVEL_RANK: Final[Mapping[Level, int]] = MappingProxyType({"low": 1, "substantial": 2, "high": 3})

Method = Literal["none", "platform", "hosted"]
"""Nobody, the platform that ordered, or a service that checks a government ID on a page of its own."""

METHOD_RANK: Final[Mapping[Method, int]] = MappingProxyType({"none": 0, "platform": 1, "hosted": 2})

Reference = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
"""Where whoever checked finds the check again. Printable ASCII; neither a name nor a document's number."""


class Attestation(Value):
    """What a platform attests of a candidate when it orders: that it has made sure who they are."""

    method: Literal["platform"] = "platform"
    level: Level
    reference: Reference
    """Your own, of the check: kept with the assessment, and never part of a verdict."""
    checked_at: AwareDatetime


class HostedOutcome(Value):
    """A check by a hosted service that succeeded. All that is kept of it."""

    method: Literal["hosted"] = "hosted"
    level: Level
    reference: Reference
    """The service's own name for the check; never part of a verdict."""
    checked_at: AwareDatetime


class IdentityNeed(Value):
    """How it has to be made sure who works. Without it no rule decides, and a person does."""

    method: Method = "none"
    """`platform` is also met by a hosted check; `hosted` by nothing else."""
    level: Level = "low"
    """At least so sure."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.method == "none" and self.level != "low":
            raise ValueError("level: says nothing where the method is none; name a method, or leave both out")
        return self

    def and_also(self, other: "IdentityNeed") -> "IdentityNeed":
        """Return what meets both: never less than either."""
        if "none" in (self.method, other.method):
            return other if self.method == "none" else self
        return IdentityNeed(
            method=max(self.method, other.method, key=METHOD_RANK.__getitem__),
            level=max(self.level, other.level, key=LEVEL_RANK.__getitem__),
        )

    def is_met_by(self, made_sure: Attestation | HostedOutcome | None) -> bool:
        """Whether it is sure enough, and was made sure by whom it has to be."""
        if self.method == "none":
            return True
        return (
            made_sure is not None
            and METHOD_RANK[made_sure.method] >= METHOD_RANK[self.method]
            and LEVEL_RANK[made_sure.level] >= LEVEL_RANK[self.level]
        )


NOTHING_ASKED: Final = IdentityNeed()

ReportedOutcome = Literal["processing", "failed", "cancelled", "verified"]
"""What a hosted service can say of a check, in the order in which a check goes on."""

Failure = Literal["expired", "unreadable", "unsupported", "face", "declined", "stopped", "other"]
"""Why a check failed, as coarse as a candidate needs it to try again."""


class Report(Value):
    """What a hosted service says of one check, asked or by itself."""

    assessment_id: str
    reference: Reference
    outcome: ReportedOutcome
    failure: Failure | None = None
    at: AwareDatetime
    """When it was so, by the service's clock: reports are put in order by it, whenever they come."""
    livemode: bool
    """Whether a real document was looked at."""
