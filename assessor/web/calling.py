"""Who calls the API for platforms: the key, its scope, its rate, and what belongs to it."""

from dataclasses import dataclass
from typing import Annotated, Final, get_args

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from assessor.bootstrap import Services
from assessor.domain.errors import StoreUnavailable
from assessor.ports import ApiKey, Owned, Tenant
from assessor.services.admission import Scope
from assessor.web.dependencies import Running, known
from assessor.web.rates import count
from assessor.web.wrong_keys import counting_wrong_keys

bearer = HTTPBearer(
    auto_error=False,
    description=f"An API key. Its scopes are {', '.join(f'`{scope}`' for scope in Scope)}.",
)
COME_AGAIN_SECONDS: Final = 2
"""For platforms, while the candidates' requests wait for the database."""
_OWNED: Final[tuple[Owned, ...]] = get_args(Owned)


@dataclass(frozen=True)
class Caller:
    """The platform that calls, and with which key."""

    key: ApiKey
    tenant: Tenant


@dataclass(frozen=True)
class Calling:
    """The dependency that asks who calls: each route names the scope that it needs.

    What an address names by one of `Owned` has to be the caller's own, in the mode of the key: this is
    asked here, once for all routes, so that none can forget it.
    """

    scope: Scope

    async def __call__(
        self,
        request: Request,
        service: Running,
        _documented: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
    ) -> Caller:
        """Raises Unauthenticated, TooManyTries, Forbidden without the scope, RateLimited, NotFound.

        StoreUnavailable while so much waits for the database that a machine should come again.
        """
        return await self.identified(request, service)

    async def identified(self, request: Request, service: Services) -> Caller:
        """Return who calls; once identified, a request is neither asked nor counted again."""
        before: Caller | None = getattr(request.state, "caller", None)
        if before is not None:
            return before
        if service.store.is_crowded:
            raise StoreUnavailable(COME_AGAIN_SECONDS)
        with counting_wrong_keys(request):
            key, tenant = await service.access.caller(request.headers.get("authorization"), self.scope)
        count(request, key)
        for kind in _OWNED:
            if kind in request.path_params:
                await service.access.require_own(key, kind, request.path_params[kind])
        known(tenant=tenant.id, assessment=request.path_params.get("assessment_id"))
        request.state.caller = caller = Caller(key, tenant)
        return caller


def calling(scope: Scope) -> Calling:
    """Return the dependency that asks who calls, and refuses keys without the scope."""
    return Calling(scope)
