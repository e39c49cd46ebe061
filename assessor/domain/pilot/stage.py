"""Where a pilot stands: changes of its stage, of which the newest holds."""

from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from assessor.domain.errors import invalid
from assessor.domain.ids import Region, Slug
from assessor.domain.policy import Stage
from assessor.domain.value import Value

MAX_NAME_CHARS = 200
MIN_REASON_CHARS = 10
MAX_REASON_CHARS = 2000


class StageChange(Value):
    """One change of a pilot's stage: who, when and why. Without a region it is the track's default."""

    tenant: str
    track: Slug
    region: Region | None = None
    stage: Stage
    by: Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARS)]
    """A person's name, or what of the service noticed something."""
    reason: Annotated[str, Field(min_length=MIN_REASON_CHARS, max_length=MAX_REASON_CHARS)]
    at: AwareDatetime


def holding(newest_first: Iterable[StageChange]) -> tuple[StageChange, ...]:
    """Return the newest change of each tenant, track and region, in that order."""
    newest: dict[tuple[str, str, str], StageChange] = {}
    for one in newest_first:
        newest.setdefault((one.tenant, one.track, one.region or ""), one)
    return tuple(newest[place] for place in sorted(newest))


def stage_for(newest_first: Iterable[StageChange], region: str | None) -> Stage | None:
    """Return the stage of one track for an order: that of its region, else the default, else None."""
    by_region = {one.region: one.stage for one in holding(newest_first)}
    return by_region.get(region, by_region.get(None))


_REGION: Final[TypeAdapter[str]] = TypeAdapter(Region)


def accept_region(region: str | None) -> None:
    """Raise InvalidInput for what is no code of a region."""
    try:
        if region is not None:
            _REGION.validate_python(region)
    except ValidationError:
        remedy = "Use a short code as in your orders: small letters, digits and hyphens, e.g. eu or us-ny."
        raise invalid("region", f"{region!r} is no code", remedy) from None
