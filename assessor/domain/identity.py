"""Who worked: how that was made sure, and by whom."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints

from assessor.domain.value import Value

Level = Literal["low", "substantial", "high"]
"""How sure it is, in the words of eIDAS (Regulation (EU) No 910/2014, article 8)."""

Reference = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
"""Where whoever checked finds the check again. Printable ASCII; neither a name nor a document's number."""


class Attestation(Value):
    """What a platform attests of a candidate when it orders: that it has made sure who they are."""

    method: Literal["platform"] = "platform"
    level: Level
    reference: Reference
    """Your own, of the check: kept with the assessment, and never part of a verdict."""
    checked_at: AwareDatetime
