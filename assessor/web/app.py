"""The application: routes, the layers around them, and the life of the service behind them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI

from assessor import __version__
from assessor.bootstrap import Services, running
from assessor.domain.verdict import stated_rules
from assessor.ports import Simulations
from assessor.settings import Settings
from assessor.web import (
    adjudications,
    agreement,
    api,
    appeals,
    assessments,
    assets,
    audit_exports,
    audit_log,
    badges,
    candidate,
    care,
    changes,
    demo,
    events,
    exchanges,
    exports,
    fairness,
    federated,
    feedback,
    follow_ups,
    handlers,
    hooks,
    incidents,
    known_agreement,
    letters,
    openapi,
    outcomes,
    overrides,
    own_library,
    people,
    pilots,
    probes,
    qualifications,
    quality,
    queue,
    reference,
    reviewer,
    revocations,
    second_looks,
    shared,
    signal_rules,
    signals,
    tracks,
    training,
    usage,
    verdict_reports,
    verdicts,
    webhooks,
)
from assessor.web.bodies import BodyGuard
from assessor.web.dependencies import services
from assessor.web.examples import illustrate
from assessor.web.handlers import FaultBarrier
from assessor.web.measuring import Measured
from assessor.web.rates import RateHeaders, Rates
from assessor.web.security import OriginCheck, SecurityHeaders
from assessor.web.streaming import Streams
from assessor.web.throttle import Throttle
from assessor.web.tracing import Traced

__all__ = ["create_app", "services"]

DESCRIPTION: Final = """
Orders assessments of people who train AI models, and reads their signed verdicts.

- Send `Authorization: Bearer <key>`. A key has scopes; a missing one is 403. What belongs to another
  platform is 404, whether it exists or not.
- Send an `Idempotency-Key` with every POST: for 24 hours the same key with the same body gets the same
  answer, and nothing is done twice.
- A test key (`ak_test_...`) sees and makes test data only, and a live key (`ak_live_...`) live data only.
- `RateLimit` on every answer tells how many requests the key has left; beyond them there is 429.
- Every error is `application/problem+json` (RFC 9457), and its `type` leads to a page that explains it.
- A verdict is a signed document (JWS, Ed25519). Its public keys are at `/.well-known/jwks.json`.
"""

RULES: Final = "What decides, unless your policy says otherwise:\n\n" + "\n".join(
    f"- `{rule.id}`: {rule.text}" for rule in stated_rules()
)

TAGS: Final = [
    {"name": "assessments", "description": "Order an assessment, invite its candidate, follow it."},
    {"name": "verdicts", "description": f"Read what was decided, with its signature.\n\n{RULES}"},
    {"name": "badges", "description": "What a candidate takes along, and how anybody checks it."},
    {"name": "agreement", "description": "How well those who score agree with people."},
    {"name": "pilots", "description": "How far your pilot of each track has come."},
    {"name": "feedback", "description": "What candidates say of assessments, summed up."},
    {"name": "webhooks", "description": "Be told what happens, instead of asking."},
    {"name": "outcomes", "description": "Tell how good later work was, so that verdicts can be checked."},
    {"name": "tracks", "description": "What one can be assessed for."},
    {"name": "library", "description": "Tasks of your own: upload them, look at them, activate them."},
    {"name": "usage", "description": "What the calls to models cost."},
    {"name": "operations", "description": "Whether the service lives and can serve."},
]

Simulating = Callable[[Services], AbstractAsyncContextManager[Simulations]]
"""Makes what plays simulated candidates; it stands above the web, and is handed in."""


def create_app(settings: Settings, *, works: bool = True, simulating: Simulating | None = None) -> FastAPI:
    """Build the application. The service behind it starts and ends with the application's lifespan.

    One that does not work leaves scoring and deliveries to workers. With `simulating`, test keys may order
    simulated candidates.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.services = service = await stack.enter_async_context(running(settings, works=works))
            if simulating is not None:
                app.state.simulations = await stack.enter_async_context(simulating(service))
            yield

    app = _Application(
        title="Assessor",
        version=__version__,
        summary="Qualification assessments with signed verdicts.",
        description=DESCRIPTION,
        openapi_tags=TAGS,
        servers=[{"url": settings.public_url}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,  # the stock pages load scripts from elsewhere; `reference` has our own
        redoc_url=None,
        redirect_slashes=False,  # one address for one thing
        # Its own traces and logs would carry whole addresses, with invitations' tokens, and what exceptions
        # say, as soon as anything in the process sets up OpenTelemetry.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        lifespan=lifespan,
    )
    app.state.public_url = settings.public_url
    app.state.sign_in_throttle = reviewer.new_throttle()
    app.state.wrong_keys = Throttle(settings.api_wrong_keys_per_minute, 60)
    app.state.code_throttle = candidate.moving.new_throttle()
    app.state.code_makers = candidate.moving.new_maker()
    app.state.simulations = None
    app.state.stopping = False
    app.state.streams = Streams(settings.streams_at_once)
    app.state.rates = Rates(settings.api_requests_per_minute, settings.api_burst)
    _add_layers(app, settings)
    _add_routes(app, settings)
    return app


class _Application(FastAPI):
    """FastAPI, whose OpenAPI document also describes our problems, and shows an example of everything."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI 3.1 document of the platforms' API."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.complete(super().openapi())
            illustrate(self.openapi_schema)
        return self.openapi_schema


def _add_layers(app: FastAPI, settings: Settings) -> None:
    # The layer that is added last stands outermost.
    app.add_middleware(BodyGuard, max_bytes=settings.max_body_bytes)
    app.add_middleware(OriginCheck, public_url=settings.public_url)
    app.add_middleware(FaultBarrier)
    app.add_middleware(RateHeaders, policy=app.state.rates.policy)
    app.add_middleware(SecurityHeaders, hsts=settings.environment != "development")
    if settings.metrics_port:
        app.add_middleware(Measured)
    app.add_middleware(Traced)


def _add_routes(app: FastAPI, settings: Settings) -> None:
    handlers.install(app)
    for router in (
        verdicts.polled,
        verdicts.router,
        verdicts.public,
        qualifications.router,
        verdict_reports.router,
        api.router,
        assessments.router,
        tracks.router,
        usage.router,
        agreement.router,
        pilots.router,
        feedback.router,
        webhooks.router,
        outcomes.router,
        own_library.router,
        badges.router,
        events.router,
    ):
        # As routes of the application itself: a router within it matches every address twice.
        app.router.routes.extend(router.routes)
    app.include_router(reference.router)
    app.include_router(candidate.router, include_in_schema=False)
    app.include_router(shared.router, include_in_schema=False)
    app.include_router(hooks.router)
    app.include_router(letters.router, include_in_schema=False)
    app.include_router(quality.router)
    app.include_router(known_agreement.router)
    app.include_router(signal_rules.router)
    app.include_router(fairness.router)
    app.include_router(training.router)
    app.include_router(changes.router)
    app.include_router(people.router)  # before the cases: their addresses look alike
    app.include_router(audit_log.router)
    app.include_router(exports.router)
    app.include_router(incidents.router)
    app.include_router(federated.router)
    app.include_router(queue.router)
    app.include_router(reviewer.router)
    app.include_router(exchanges.router)
    app.include_router(care.router)
    app.include_router(second_looks.router)
    app.include_router(overrides.router)
    app.include_router(follow_ups.router)
    app.include_router(signals.router)
    app.include_router(adjudications.router)
    app.include_router(revocations.router)
    app.include_router(audit_exports.router)
    app.include_router(appeals.router)
    if settings.demonstration:
        app.include_router(demo.router)
    app.include_router(probes.router)
    app.include_router(assets.router, include_in_schema=False)
