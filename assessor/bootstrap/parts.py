"""What settings stand for: store, content, prompts, keys, models and judge."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from assessor.adapters.clock import SystemRandom
from assessor.adapters.content import FileContent, shipped_content
from assessor.adapters.content.tenants import TenantContent
from assessor.adapters.content.uploads import UploadReader
from assessor.adapters.destroyed_keys import DestroyedKeysFile
from assessor.adapters.shipped import shipped
from assessor.adapters.stream import InProcessStream
from assessor.domain.errors import SettingProblem, SettingsInvalid
from assessor.domain.library import Library
from assessor.domain.providers import rules_of
from assessor.ports import (
    Clock,
    Floor,
    IdentityService,
    LetterWriter,
    Mailer,
    Model,
    Prompts,
    ProviderLimits,
    Random,
    Store,
    Stream,
    Typesetting,
)
from assessor.services.erasing import destroy_again
from assessor.services.federating import Federation, Terms
from assessor.services.graders import Graders
from assessor.services.links import SignedLinks
from assessor.settings import Settings

if TYPE_CHECKING:
    from assessor.adapters.model import Choice, Models
    from assessor.adapters.prompts import FilePrompts
    from assessor.adapters.signing import JwsSigner
    from assessor.adapters.store import Replica
    from assessor.adapters.vault import Vault
    from assessor.scoring.judge import Judge, Watch

TOP_LOGPROBS = 5
"""Enough to hold the beginnings of both verdicts."""


@asynccontextmanager
async def stored(settings: Settings, *, durable: bool = True, serving: bool = False) -> AsyncIterator[Store]:
    """Open the store. Its schema must be this version's (`assessor migrate`).

    What serves is held to shorter statements than a command, which nobody waits for.
    One that is not durable may lose its last commits with the machine: for what can be made again.
    Before anything is read, keys are destroyed again that an older backup brought back.
    """
    from assessor.adapters.store import ServerLimits, SqlStore

    limits = ServerLimits(
        connections=settings.database_connections,
        wait_seconds=settings.database_wait_seconds,
        waiting=settings.database_waiting,
        statement_seconds=settings.database_statement_seconds
        if serving
        else settings.database_command_seconds,
        idle_seconds=settings.database_idle_seconds,
    )
    opens = await asyncio.to_thread(vault, settings)
    store = SqlStore(settings.database_url, opens, durable=durable, limits=limits, replica=replica(settings))
    try:
        await store.ping()
        await destroy_again(store, ledger(settings))
        yield store
    finally:
        await store.close()


def replica(settings: Settings) -> "Replica | None":
    """Return the replica that lists and reports may be read from; None where none is set."""
    from assessor.adapters.store import Replica

    address = settings.database_replica_url
    return Replica(address, settings.database_replica_lag_seconds) if address else None


def vault(settings: Settings) -> "Vault":
    """Return what wraps and opens data keys; may ask a key service. Raises SettingsInvalid."""
    from assessor.adapters.vault import Vault

    others = [one.get_secret_value() for one in settings.other_master_keys]
    return Vault(
        _opened("ASSESSOR_MASTER_KEY", settings.master_key_text()),
        *(_opened("ASSESSOR_OTHER_MASTER_KEYS", one) for one in others),
    )


def _opened(variable: str, text: str) -> bytes:
    from assessor.adapters.master_keys import service_of

    try:
        return service_of(text).open(text)
    except ValueError as refused:
        remedy = "See docs/keys.md for what the service needs to be allowed"
        raise SettingsInvalid([SettingProblem(variable, str(refused), remedy)]) from None


def ledger(settings: Settings) -> DestroyedKeysFile:
    """Return the ledger of destroyed keys."""
    return DestroyedKeysFile(settings.erasure_ledger)


async def library() -> Library:
    """Return the shipped library alone. Raises LibraryInvalid with every problem there is."""
    return await content().library()


def content() -> FileContent:
    """Return the shipped library, read when it is first asked for."""
    return shipped_content()


def content_with_own(store: Store) -> TenantContent:
    """Return the shipped library, with what platforms uploaded where it is asked for."""
    return TenantContent(content(), store, UploadReader())


def typesetting() -> Typesetting:
    """Return what prints lists."""
    from assessor.adapters.pdf import Pdf

    return Pdf()


def prompts() -> "FilePrompts":
    """Return the shipped prompts."""
    from assessor.adapters.prompts import FilePrompts

    return FilePrompts(shipped("prompts"))


def signer(settings: Settings) -> "JwsSigner":
    """Return what signs verdicts. In development it makes its own key where none is given."""
    from assessor.adapters.signing import JwsSigner

    return JwsSigner.from_files(
        settings.signing_key_file,
        settings.data_dir / "demonstration.jwk",
        create=settings.environment == "development",
    )


@asynccontextmanager
async def stream(settings: Settings, store: Store) -> AsyncIterator[tuple[Stream, Floor | None]]:
    """Open the live stream, and what says who speaks; None where there is one process that could."""
    if settings.database_url.startswith("sqlite"):
        yield InProcessStream(), None
        return
    from assessor.adapters.shared_stream import shared_stream

    async with shared_stream(settings.database_url, await store.derived_key("stream")) as shared:
        yield shared


@asynccontextmanager
async def identity_service(settings: Settings) -> AsyncIterator[IdentityService | None]:
    """Open what checks identities; None where nothing is set up."""
    key, secret = settings.stripe_identity_key, settings.stripe_webhook_secret
    if key is None or secret is None:
        yield None
        return
    from assessor.adapters.identity import StripeIdentity

    stripe = StripeIdentity(
        key.get_secret_value(),
        secret.get_secret_value(),
        base_url=settings.stripe_url,
        compares_face=settings.stripe_identity_face,
    )
    async with stripe:
        yield stripe


def federation(settings: Settings, store: Store, clock: Clock, random: Random) -> Federation | None:
    """Return what signs reviewers in by a provider; None where none is set up."""
    if settings.openid_issuer is None or settings.openid_client_id is None or settings.openid_tenant is None:
        return None
    from assessor.adapters.openid import OpenIdProvider

    secret = settings.openid_client_secret
    provider = OpenIdProvider(
        settings.openid_issuer,
        settings.openid_client_id,
        secret.get_secret_value() if secret else None,
        f"{settings.public_url}/review/openid/callback",
    )
    terms = Terms(
        settings.openid_tenant, settings.openid_admits, settings.openid_roles_claim, settings.openid_roles
    )
    return Federation(store, provider, terms, clock, random)


def judge(models: Sequence[Model], prompts: Prompts, settings: Settings) -> "Judge | None":
    """Return a judge by the first model, which asks the second one in doubt; None without any."""
    from assessor.scoring.judge import Budget, Judge

    if not models:
        return None
    return Judge(
        models[0],
        prompts,
        lambda: SystemRandom().bytes(16).hex(),
        second=models[1] if len(models) > 1 else None,
        budget=Budget(settings.judge_calls, settings.judge_tokens, _in_millionths(settings.judge_money)),
        top_logprobs=TOP_LOGPROBS if settings.judge_token_probabilities else 0,
    )


def graders(chosen: "Models", prompts: Prompts, settings: Settings) -> Graders:
    """Return the judges: the configured one, and those that a change of the grading names."""
    return Graders(
        chosen.judges, prompts, lambda models, worded: judge(models, worded, settings), chosen.named
    )


def recorded_judge(models: Sequence[Model], prompts: Prompts, watch: "Watch | None" = None) -> "Judge | None":
    """Return a judge that reads what was recorded, without settings: its models are never asked."""
    from assessor.scoring.judge import Judge

    if not models:
        return None
    second = models[1] if len(models) > 1 else None
    return Judge(models[0], prompts, lambda: SystemRandom().bytes(16).hex(), second=second, watch=watch)


def _in_millionths(dollars: float | None) -> int | None:
    return None if dollars is None else max(1, round(dollars * 1_000_000))


def check_models(settings: Settings) -> None:
    """Raise SettingsInvalid for a model file that cannot be served, before anything is started."""
    from assessor.adapters.model import check_files

    check_files(choice(settings))


def choice(settings: Settings) -> "Choice":
    """Return the models that are configured, and how they are reached."""
    from assessor.adapters.model import Choice

    key = settings.model_api_key
    return Choice(
        interviewer=settings.model,
        judge=settings.judge_model,
        second_judge=settings.judge_second_model,
        fallbacks=settings.fallback_models,
        base_url=settings.model_base_url,
        api_key=key.get_secret_value() if key else None,
        timeout_seconds=settings.model_timeout_seconds,
        concurrency=settings.model_concurrency,
        tokens_per_minute=settings.model_tokens_per_minute,
        rules=rules_of(settings.model_providers),
        provider_limits=ProviderLimits(
            settings.provider_concurrency,
            settings.provider_requests_per_minute,
            settings.provider_tokens_per_minute,
        ),
    )


def mailer(settings: Settings) -> Mailer:
    """Return the way to the mail server; without one, what only tells of mail. Raises SettingsInvalid."""
    from assessor.adapters.mail import FolderMailer, SmtpMailer, SmtpServer

    if settings.smtp_host is None or settings.mail_from is None:
        folder = settings.data_dir / "mail" if settings.environment == "development" else None
        return FolderMailer(folder, shows=settings.demonstration)
    server = SmtpServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        _smtp_password(settings),
    )
    return SmtpMailer(server, settings.mail_from)


def letters() -> LetterWriter:
    """Return what puts letters into words."""
    from assessor.adapters.mail import TemplateLetters

    return TemplateLetters()


async def mail_links(settings: Settings, store: Store) -> SignedLinks:
    """Return what makes and follows the links of mails."""
    return SignedLinks(await store.derived_key("mail-links"), public_url=settings.public_url)


def _smtp_password(settings: Settings) -> str | None:
    if settings.smtp_password_file is None:
        return settings.smtp_password.get_secret_value() if settings.smtp_password else None
    try:
        return settings.smtp_password_file.read_text("utf-8").strip()
    except OSError as fault:
        problem = f"names a file that cannot be read ({type(fault).__name__})"
        remedy = "Give the path of a file that this user may read"
        raise SettingsInvalid([SettingProblem("ASSESSOR_SMTP_PASSWORD_FILE", problem, remedy)]) from None
