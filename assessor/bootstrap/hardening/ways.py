"""Ways on which what is sent could be read or changed, and who is at their other end."""

from typing import Final
from urllib.parse import parse_qs, urlsplit

from assessor.bootstrap.examining import Finding
from assessor.bootstrap.hardening.weak import Check, weak
from assessor.settings import Settings

_LOCAL_HOSTS: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})
_SAFE_WAYS: Final = frozenset({"require", "verify-ca", "verify-full"})
_GUESSED: Final = frozenset({"postgres", "assessor", "password", "admin", "secret", "changeme"})
_STRIPE: Final = "https://api.stripe.com"
_TRACES: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""The first one that is set counts."""


def _address(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_PUBLIC_URL",
        not settings.public_url.startswith("https://"),
        "is no https address: sessions and answers can be read on the way",
        "Put a proxy with TLS in front, and set its https address.",
    )


def _database_way(settings: Settings) -> Finding:
    return _way_of("ASSESSOR_DATABASE_URL", settings.database_url)


def _jobs_database_way(settings: Settings) -> Finding:
    is_told = settings.jobs_database_url == settings.database_url  # of the main database
    return _way_of("ASSESSOR_JOBS_DATABASE_URL", "" if is_told else settings.jobs_database_url)


def _way_of(what: str, url: str) -> Finding:
    address = urlsplit(url)
    way = parse_qs(address.query).get("sslmode", [""])[-1]
    return weak(
        what,
        address.scheme.startswith("postgres")
        and (address.hostname or "") not in _LOCAL_HOSTS
        and way not in _SAFE_WAYS,
        "leads to another machine without TLS",
        "Add ?sslmode=verify-full, with sslrootcert where the authority is your own.",
    )


def _database_password(settings: Settings) -> Finding:
    return weak(
        "password of the database",
        _is_guessed(settings.database_url) or _is_guessed(settings.jobs_database_url),
        "is the user's name or a word that everybody tries",
        "Set another one, drawn by chance.",
    )


def _is_guessed(url: str) -> bool:
    address = urlsplit(url)
    guessed = _GUESSED | {address.username or ""}
    return (
        address.scheme.startswith("postgres") and address.password is not None and address.password in guessed
    )


def _model(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_MODEL_BASE_URL",
        _is_readable(settings.model_base_url),
        "leads to another machine by plain http: answers and the key can be read on the way",
        "Put TLS in front of that server, and set its https address.",
    )


def _traces(settings: Settings) -> Finding:
    given = settings.child_environment()  # the SDK reads its own variables there
    sent_to = next((found for name in _TRACES if (found := given.get(name))), None)
    return weak(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        settings.traces == "otlp" and _is_readable(sent_to),
        "leads to another machine by plain http: who works on what, and when, can be read on the way",
        "Set an https address, or a collector on this machine.",
    )


def _is_readable(url: str | None) -> bool:
    """Whether what is sent to an address can be read on the way there."""
    address = urlsplit(url or "")
    return address.scheme == "http" and (address.hostname or "") not in _LOCAL_HOSTS


def _mail(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_SMTP_SECURITY",
        bool(settings.smtp_host) and settings.smtp_security == "none",
        "is none: links that let candidates in can be read on the way",
        "Set it to starttls or tls.",
    )


def _sign_in_way(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_OPENID_ISSUER",
        _is_readable(settings.openid_issuer),
        "is plain http: anybody on the way can sign in as anybody",
        "Set the provider's https address.",
    )


def _identity_way(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_STRIPE_URL",
        settings.stripe_identity_key is not None and settings.stripe_url != _STRIPE,
        "is not Stripe: another server gets the key, and says who candidates are",
        "Unset it.",
    )


CHECKS: Final[tuple[Check, ...]] = (
    _address,
    _database_way,
    _jobs_database_way,
    _database_password,
    _model,
    _traces,
    _mail,
    _sign_in_way,
    _identity_way,
)
