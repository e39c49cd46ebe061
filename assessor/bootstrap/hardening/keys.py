"""Keys, and what must not lie beside what they protect."""

from pathlib import Path
from typing import Final

from assessor.adapters.master_keys import AWS, PlainKeys
from assessor.bootstrap.examining import Finding
from assessor.bootstrap.hardening.weak import Check, weak
from assessor.settings import Settings
from assessor.settings.settings import IN_FILES, variable

LEAST_KINDS_OF_BYTES: Final = 16
"""Different bytes of 32 that were drawn by chance: fewer than so many is a made-up key."""


def _master_key(settings: Settings) -> Finding:
    what, key = "ASSESSOR_MASTER_KEY", settings.master_key
    if key is None:
        lies = "is not set: the key lies in the data folder, beside what it encrypts"
        return Finding(what, lies, "Make one, keep it in a secret store, and set the variable from there.")
    return weak(
        what,
        _is_made_up(key.get_secret_value()),
        "was not drawn by chance: its bytes repeat",
        "Make one with `assessor master-key make`, and replace this one (docs/keys.md).",
    )


def _other_master_keys(settings: Settings) -> Finding:
    others = [one.get_secret_value() for one in settings.other_master_keys]
    return weak(
        "ASSESSOR_OTHER_MASTER_KEYS",
        any(map(_is_made_up, others)),
        "has a key that was not drawn by chance: what it wrapped can be opened by guessing",
        "Run `assessor master-key rotate`, and take it out (docs/keys.md).",
    )


def _is_made_up(text: str) -> bool:
    return not text.startswith(AWS) and len(set(PlainKeys().open(text))) < LEAST_KINDS_OF_BYTES


def _secrets_in_files(settings: Settings) -> Finding:
    """Look where files with secrets lie: the data folder is what backups are made of."""
    given = {f"{name}_file": getattr(settings, f"{name}_file") for name in (*IN_FILES, "smtp_password")}
    beside = [variable(name) for name, file in given.items() if file and _is_beside_data(settings, file)]
    return weak(
        ", ".join(beside) or "files with secrets",
        bool(beside),
        "lies in the data folder, and so in its backups",
        "Keep it where secrets are kept.",
    )


def _is_beside_data(settings: Settings, file: Path) -> bool:
    return file.absolute().is_relative_to(settings.data_dir.absolute())


def _left_key(settings: Settings) -> Finding:
    left = settings.data_dir / "master.key"
    return weak(
        "key of development",
        settings.master_key is not None and left.exists(),
        f"still lies in {left}",
        "Remove it when nothing is stored under it any more.",
    )


def _signing_key(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_SIGNING_KEY_FILE",
        _is_beside_data(settings, settings.signing_key_file),
        "lies in the data folder, and so in its backups: whoever has one can sign verdicts",
        "Keep it where secrets are kept.",
    )


def _ledger(settings: Settings) -> Finding:
    return weak(
        "ASSESSOR_ERASURE_LEDGER",
        _is_beside_data(settings, settings.erasure_ledger),
        "lies in the data folder: restored with an older backup, it forgets who was erased since",
        "Keep it where the database's backups are not (docs/privacy.md).",
    )


CHECKS: Final[tuple[Check, ...]] = (
    _master_key,
    _other_master_keys,
    _left_key,
    _secrets_in_files,
    _signing_key,
    _ledger,
)
