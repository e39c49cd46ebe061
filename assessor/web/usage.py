"""The API for platforms: what the calls to models cost."""

from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from assessor.domain import errors as e
from assessor.domain.errors import invalid
from assessor.domain.value import Value
from assessor.ports import UsageOf
from assessor.services.admission import Scope
from assessor.web.calling import Caller, calling
from assessor.web.dependencies import Running
from assessor.web.once import OnceRoute
from assessor.web.openapi import refuses

MAX_DAYS = 366
MICRO = 1_000_000

Reader = Annotated[Caller, Depends(calling(Scope.USAGE_READ))]

router = APIRouter(
    route_class=OnceRoute, tags=["usage"], responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput)
)


class UsageEntry(Value):
    """What one purpose used in one day or month."""

    period: str
    """`2026-11-22`, or `2026-11`; in UTC."""
    purpose: str
    calls: int
    failed: int
    """Of the calls, those that gave nothing that could be used."""
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost_usd: float
    """Exact to the millionth; without the calls that are `unpriced`."""
    unpriced: int
    """Calls to models that have no known price."""


class UsageList(Value):
    """Usage, the oldest period first."""

    object: Literal["list"] = "list"
    data: tuple[UsageEntry, ...]


@router.get("/v1/usage", summary="Read what the calls to models cost")
async def usage(
    service: Running,
    caller: Reader,
    since: Annotated[date, Query(description="The first day, in UTC.", examples=["2026-11-01"])],
    until: Annotated[date, Query(description="The last day, in UTC.", examples=["2026-11-30"])],
    by: Annotated[Literal["day", "month"], Query(description="How it is added up.")] = "day",
) -> UsageList:
    """Add up the calls for your assessments of the key's mode, by day or month and purpose.

    Scope: `usage:read`.
    """
    if not timedelta(0) <= until - since < timedelta(days=MAX_DAYS):
        raise invalid("until", "is before `since`, or over a year after it", "Ask for at most a year.")
    asked = UsageOf(caller.tenant.id, caller.key.livemode, since, until, by_month=by == "month")
    return UsageList(
        data=tuple(
            UsageEntry(
                cost_usd=one.cost / MICRO,
                **{name: value for name, value in vars(one).items() if name != "cost"},
            )
            for one in await service.store.usage_of(asked)
        )
    )
