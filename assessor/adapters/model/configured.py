"""From the names that an installation chose to the models that it runs with."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assessor.adapters import local_model
from assessor.adapters.model.gateway import Gateway
from assessor.adapters.model.limiter import Limiter
from assessor.adapters.model.places import provider_of
from assessor.adapters.model.provider import LitellmModel
from assessor.adapters.model.resilient import Provider
from assessor.adapters.model.shared import SharedLimits
from assessor.domain.errors import Conflict
from assessor.domain.providers import Rules
from assessor.ports import Clock, Ledger, Model, ProviderCalls, ProviderLimits


@dataclass(frozen=True)
class Choice:
    """What was chosen. Address and key belong to the provider of the first name that is no file."""

    interviewer: str | None
    judge: str | None
    fallbacks: Sequence[str] = ()
    second_judge: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    timeout_seconds: float = 20
    concurrency: int = 16
    tokens_per_minute: int | None = None
    rules: Rules = field(default_factory=dict)
    """On which providers may read whose words."""
    provider_limits: ProviderLimits = field(default_factory=ProviderLimits)
    """Over all processes."""

    def named(self) -> list[tuple[str, str]]:
        """Return every name that was chosen, after the variable that holds it."""
        return [
            *([("ASSESSOR_MODEL", self.interviewer)] if self.interviewer else []),
            *([("ASSESSOR_JUDGE_MODEL", self.judge)] if self.judge else []),
            *([("ASSESSOR_JUDGE_SECOND_MODEL", self.second_judge)] if self.second_judge else []),
            *(("ASSESSOR_FALLBACK_MODELS", name) for name in self.fallbacks),
        ]

    def belongs_to(self, name: str) -> bool:
        """Whether address and key are for this model: a key must not travel to another provider."""
        remote = (chosen for _, chosen in self.named() if not chosen.startswith(local_model.PREFIX))
        return provider_of(name) == provider_of(next(remote, name))


def check_files(choice: Choice) -> None:
    """Raise SettingsInvalid for a model file that is missing, is none, or that nothing here can serve.

    For commands that start a server, which would wrap the refusal into a traceback.
    """
    for variable, name in choice.named():
        if name.startswith(local_model.PREFIX):
            local_model.check(_path(name), variable)


@dataclass(frozen=True)
class Models:
    """What runs. `shown` is the interviewer's name as people read it."""

    interviewer: Model | None
    judges: tuple[Model, ...]
    """The one that reads first, and the one that it asks in doubt, where they are set."""
    shown: str | None
    seconds_waited: Callable[[], float]
    """For how long the turn that came first has waited for its call; 0 when none waits."""
    named: Callable[[str], Model]
    """Opens a further model of a provider, which shares the limiter, the breakers and the ledger."""


@asynccontextmanager
async def models(
    choice: Choice, ledger: Ledger, clock: Clock, calls: ProviderCalls | None = None
) -> AsyncIterator[Models]:
    """Run the chosen models; all of them share one limiter and the ledger.

    With `calls`, limits of providers hold over all processes that share them.

    Raises SettingsInvalid for a model file that cannot be served.
    """
    limiter = Limiter(choice.concurrency, choice.tokens_per_minute)
    shared = SharedLimits(calls, choice.provider_limits) if calls and choice.provider_limits else None
    gateway = Gateway(limiter, ledger, clock, choice.timeout_seconds, choice.rules, shared)
    async with AsyncExitStack() as running:
        providers = _Providers(choice, running)
        interviewer, judges = None, []
        if choice.interviewer:
            chain = [await providers.named(choice.interviewer, "ASSESSOR_MODEL")]
            chain += [await providers.named(name, "ASSESSOR_FALLBACK_MODELS") for name in choice.fallbacks]
            interviewer = gateway.model(chain)
        if choice.judge:
            # Never with fallbacks: another model is another rater, with a calibration of its own.
            judges.append(gateway.model([await providers.named(choice.judge, "ASSESSOR_JUDGE_MODEL")]))
        if choice.judge and choice.second_judge:
            second = await providers.named(choice.second_judge, "ASSESSOR_JUDGE_SECOND_MODEL")
            judges.append(gateway.model([second]))
        # Beside the start: the first candidate must not wait for the provider's library.
        loading = asyncio.create_task(gateway.load(), name="load models")
        try:
            yield Models(
                interviewer,
                tuple(judges),
                _shown(interviewer),
                lambda: gateway.seconds_waited,
                lambda name: gateway.model([providers.remote(name)]),
            )
        finally:
            await loading
            await gateway.close()


@dataclass
class _Providers:
    """Makes each provider once, and starts a server for each model file."""

    choice: Choice
    running: AsyncExitStack
    made: dict[str, Provider] = field(default_factory=dict)

    async def named(self, name: str, variable: str) -> Provider:
        if name not in self.made:
            is_file = name.startswith(local_model.PREFIX)
            self.made[name] = await self._local(name, variable) if is_file else self._remote(name)
        return self.made[name]

    def remote(self, name: str) -> Provider:
        """Return a provider's model. Raises Conflict for a file: only what is configured is served."""
        if name.startswith(local_model.PREFIX):
            raise Conflict(
                f"{name} is a file that this process does not serve",
                "Set it as ASSESSOR_JUDGE_MODEL, or name a model of a provider.",
            )
        return self.made.setdefault(name, self._remote(name))

    def _remote(self, name: str) -> Provider:
        own = self.choice.belongs_to(name)
        return LitellmModel(
            name,
            base_url=self.choice.base_url if own else None,
            api_key=self.choice.api_key if own else None,
            timeout_seconds=self.choice.timeout_seconds,
        )

    async def _local(self, name: str, variable: str) -> Provider:
        server = await self.running.enter_async_context(local_model.serving(_path(name), variable))
        return LitellmModel(
            "openai/local",
            base_url=server.base_url,
            api_key=server.api_key,
            timeout_seconds=self.choice.timeout_seconds,
            known_as=server.name,
        )


def _path(name: str) -> Path:
    return Path(name.removeprefix(local_model.PREFIX)).expanduser()


def _shown(model: Model | None) -> str | None:
    if model is None:
        return None
    is_file = model.name.startswith(local_model.PREFIX)
    return f"{model.name} ({local_model.CAUTION})" if is_file else model.name
