"""Settings that open something: for trying out, for finding faults, or wider than anybody needs."""

from ipaddress import ip_address
from typing import Final

from assessor.bootstrap.examining import Finding
from assessor.bootstrap.hardening.weak import Check, weak
from assessor.settings import Settings

MOST_BODY_BYTES: Final = 50_000_000
"""Of one request that is read as a whole. The largest that anybody has to send is a bank of tasks."""
MOST_INVITE_DAYS: Final = 90


def _environment(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_ENVIRONMENT",
        settings.environment != "production",
        "is development, in which keys are made beside the data and plain http is let through",
        "Set it to production.",
    )


def _isolation(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_CODE_ISOLATION",
        settings.code_isolation == "namespaces",
        "is namespaces: where the kernel has no Landlock, code of candidates sees the files of this machine",
        "Set it to full, or to off where the kernel cannot do that.",
    )


def _demonstration(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_DEMONSTRATION",
        settings.demonstration,
        "is on: anybody signs in without a password",
        "Unset it.",
    )


def _loopback(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_WEBHOOK_ALLOW_LOOPBACK",
        settings.webhook_allow_loopback,
        "is on: platforms can send requests into this machine",
        "Unset it.",
    )


def _crashing(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_CRASH_AT",
        settings.crash_at is not None,
        "is set: it ends the process in its work",
        "Unset it.",
    )


def _vouched_for(settings: Settings) -> Finding:
    key = settings.stripe_identity_key
    return weak(
        "ASSESSOR_STRIPE_IDENTITY_KEY",
        key is not None and "_test_" in key.get_secret_value()[:8],
        "is a key for tests, which vouches for made-up people",
        "Set a live one.",
    )


def _sign_in(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_OPENID_ADMITS",
        settings.openid_issuer is not None
        and settings.openid_admits == "anybody"
        and not settings.openid_roles,
        "is anybody, and no claim says who may do what: whoever has an account there reviews here",
        "Set it to invited, or give roles by a claim (docs/roles.md).",
    )


def _logging(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_LOG_LEVEL",
        settings.log_level == "DEBUG",
        "is DEBUG, which is for finding faults, and writes more than operations need",
        "Set it to INFO.",
    )


def _bodies(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_MAX_BODY_BYTES",
        settings.max_body_bytes > MOST_BODY_BYTES,
        "lets a few requests fill the memory",
        f"Set it to {MOST_BODY_BYTES} at most.",
    )


def _invitations(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_INVITE_DAYS",
        settings.invite_days > MOST_INVITE_DAYS,
        "leaves links in mailboxes that open an assessment for months",
        f"Set it to {MOST_INVITE_DAYS} at most; the API gives more time to whoever needs it.",
    )


def _metrics(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_METRICS_HOST",
        settings.metrics_port is not None and _is_public(settings.metrics_host),
        "is an address of the public network: anybody can read how much is going on",
        "Set it to an address that operators alone reach.",
    )


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:  # a name, of which nothing is known here
        return False


CHECKS: Final[tuple[Check, ...]] = (
    _environment,
    _isolation,
    _demonstration,
    _loopback,
    _crashing,
    _vouched_for,
    _sign_in,
    _logging,
    _bodies,
    _invitations,
    _metrics,
)
