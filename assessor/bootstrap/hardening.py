"""What is weak in an installation's settings and files: what `assessor doctor --security` names.

What is refused outside development is refused by the settings themselves; this also says so of an
installation that runs as in development, and looks at what no setting shows: who may read which file.
"""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from assessor.adapters.master_keys import AWS, PlainKeys
from assessor.bootstrap.examining import Finding
from assessor.settings import Settings

LEAST_KINDS_OF_BYTES: Final = 16
"""Different bytes of 32 that were drawn by chance: fewer than so many is a made-up key."""
_LOCAL_HOSTS: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})
_SAFE_WAYS: Final = frozenset({"require", "verify-ca", "verify-full"})
_GUESSED: Final = frozenset({"postgres", "assessor", "password", "admin", "secret", "changeme"})

Check = Callable[[Settings], Finding]


def weaknesses(settings: Settings) -> Iterator[Finding]:
    """Yield every check, with what is weak where something is."""
    for check in _CHECKS:
        yield check(settings)
    yield from _files(settings)


def _environment(settings: Settings) -> Finding:
    return _weak(
        "ASSESSOR_ENVIRONMENT",
        settings.environment != "production",
        "is development, in which keys are made beside the data and plain http is let through",
        "Set it to production.",
    )


def _address(settings: Settings) -> Finding:
    return _weak(
        "ASSESSOR_PUBLIC_URL",
        not settings.public_url.startswith("https://"),
        "is no https address: sessions and answers can be read on the way",
        "Put a proxy with TLS in front, and set its https address.",
    )


def _master_key(settings: Settings) -> Finding:
    what, key = "ASSESSOR_MASTER_KEY", settings.master_key
    if key is None:
        lies = "is not set: the key lies in the data folder, beside what it encrypts"
        return Finding(what, lies, "Make one, keep it in a secret store, and set the variable from there.")
    text = key.get_secret_value()
    return _weak(
        what,
        not text.startswith(AWS) and len(set(PlainKeys().open(text))) < LEAST_KINDS_OF_BYTES,
        "was not drawn by chance: its bytes repeat",
        "Make one with `assessor master-key make`, and replace this one (docs/keys.md).",
    )


def _left_key(settings: Settings) -> Finding:
    left = settings.data_dir / "master.key"
    return _weak(
        "key of development",
        settings.master_key is not None and left.exists(),
        f"still lies in {left}",
        "Remove it when nothing is stored under it any more.",
    )


def _signing_key(settings: Settings) -> Finding:
    return _weak(
        "ASSESSOR_SIGNING_KEY_FILE",
        settings.signing_key_file.absolute().is_relative_to(settings.data_dir.absolute()),
        "lies in the data folder, and so in its backups: whoever has one can sign verdicts",
        "Keep it where secrets are kept.",
    )


def _ledger(settings: Settings) -> Finding:
    return _weak(
        "ASSESSOR_ERASURE_LEDGER",
        settings.erasure_ledger.absolute().is_relative_to(settings.data_dir.absolute()),
        "lies in the data folder: restored with an older backup, it forgets who was erased since",
        "Keep it where the database's backups are not (docs/privacy.md).",
    )


def _database_way(settings: Settings) -> Finding:
    address = urlsplit(settings.database_url)
    way = parse_qs(address.query).get("sslmode", [""])[-1]
    return _weak(
        "ASSESSOR_DATABASE_URL",
        address.scheme.startswith("postgres")
        and (address.hostname or "") not in _LOCAL_HOSTS
        and way not in _SAFE_WAYS,
        "leads to another machine without TLS",
        "Add ?sslmode=verify-full, with sslrootcert where the authority is your own.",
    )


def _database_password(settings: Settings) -> Finding:
    address = urlsplit(settings.database_url)
    guessed = _GUESSED | {address.username or ""}
    return _weak(
        "password of the database",
        address.scheme.startswith("postgres")
        and address.password is not None
        and address.password in guessed,
        "is the user's name or a word that everybody tries",
        "Set another one, drawn by chance.",
    )


def _isolation(settings: Settings) -> Finding:
    return _weak(
        "ASSESSOR_CODE_ISOLATION",
        settings.code_isolation == "namespaces",
        "is namespaces: where the kernel has no Landlock, code of candidates sees the files of this machine",
        "Set it to full, or to off where the kernel cannot do that.",
    )


def _demonstration(settings: Settings) -> Finding:
    return _weak(
        "ASSESSOR_DEMONSTRATION",
        settings.demonstration,
        "is on: anybody signs in without a password",
        "Unset it.",
    )


def _loopback(settings: Settings) -> Finding:
    return _weak(
        "ASSESSOR_WEBHOOK_ALLOW_LOOPBACK",
        settings.webhook_allow_loopback,
        "is on: platforms can send requests into this machine",
        "Unset it.",
    )


def _crashing(settings: Settings) -> Finding:
    return _weak(
        "ASSESSOR_CRASH_AT",
        settings.crash_at is not None,
        "is set: it ends the process in its work",
        "Unset it.",
    )


def _mail(settings: Settings) -> Finding:
    return _weak(
        "ASSESSOR_SMTP_SECURITY",
        bool(settings.smtp_host) and settings.smtp_security == "none",
        "is none: links that let candidates in can be read on the way",
        "Set it to starttls or tls.",
    )


def _sign_in(settings: Settings) -> Finding:
    return _weak(
        "ASSESSOR_OPENID_ADMITS",
        settings.openid_issuer is not None
        and settings.openid_admits == "anybody"
        and not settings.openid_roles,
        "is anybody, and no claim says who may do what: whoever has an account there reviews here",
        "Set it to invited, or give roles by a claim (docs/roles.md).",
    )


def _logging(settings: Settings) -> Finding:
    return _weak(
        "ASSESSOR_LOG_LEVEL",
        settings.log_level == "DEBUG",
        "is DEBUG, which is for finding faults, and writes more than operations need",
        "Set it to INFO.",
    )


def _user(_settings: Settings) -> Finding:
    return _weak(
        "user of the process",
        hasattr(os, "geteuid") and os.geteuid() == 0,
        "is root: whoever breaks in has the machine",
        "Run the service as a user of its own.",
    )


_CHECKS: Final[tuple[Check, ...]] = (
    _environment,
    _address,
    _master_key,
    _left_key,
    _signing_key,
    _ledger,
    _database_way,
    _database_password,
    _isolation,
    _demonstration,
    _loopback,
    _crashing,
    _mail,
    _sign_in,
    _logging,
    _user,
)


def _files(settings: Settings) -> Iterator[Finding]:
    """Look at who else on this machine may read what nobody else should."""
    embedded = [Path(settings.database_url.removeprefix("sqlite:///"))] if _is_embedded(settings) else []
    secret = [settings.signing_key_file, settings.erasure_ledger, settings.data_dir / "master.key", *embedded]
    given = [getattr(settings, name) for name in type(settings).model_fields if name.endswith("_file")]
    for path in dict.fromkeys(Path(one).absolute() for one in [*secret, *filter(None, given)]):
        if path.exists():
            mode = stat.S_IMODE(path.stat().st_mode)
            yield _weak(
                str(path),
                bool(mode & (stat.S_IRWXG | stat.S_IRWXO)) and not _is_shut(path.parent),
                f"can be reached by other users of this machine (mode {mode:04o})",
                f"chmod 600 {path}, or shut its folder with chmod 700.",
            )


def _is_embedded(settings: Settings) -> bool:
    return settings.database_url.startswith("sqlite:///")


def _is_shut(folder: Path) -> bool:
    """Whether only its owner gets into a folder, so that the modes within do not matter."""
    return not stat.S_IMODE(folder.stat().st_mode) & (stat.S_IXGRP | stat.S_IXOTH)


def _weak(what: str, is_weak: bool, problem: str, remedy: str) -> Finding:  # noqa: FBT001 - a line of a table
    return Finding(what, problem, remedy) if is_weak else Finding(what)
