"""What no setting shows: who runs the process, and who else on this machine gets at its files."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from assessor.bootstrap.examining import Finding
from assessor.bootstrap.hardening.weak import Check, weak
from assessor.settings import Settings


def _user(_settings: Settings) -> Finding:
    return weak(
        "user of the process",
        hasattr(os, "geteuid") and os.geteuid() == 0,
        "is root: whoever breaks in has the machine",
        "Run the service as a user of its own.",
    )


def _folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    mode = stat.S_IMODE(folder.stat().st_mode) if folder.exists() else 0
    return weak(
        "data folder",
        bool(mode & (stat.S_IWGRP | stat.S_IWOTH)),
        f"{folder} can be written by other users of this machine (mode {mode:04o})",
        f"chmod 700 {folder}",
    )


def files(settings: Settings) -> Iterator[Finding]:
    """Yield each file that nobody else should read, with who else on this machine may."""
    embedded = [Path(settings.database_url.removeprefix("sqlite:///"))] if _is_embedded(settings) else []
    secret = [settings.signing_key_file, settings.erasure_ledger, settings.data_dir / "master.key", *embedded]
    given = [getattr(settings, name) for name in type(settings).model_fields if name.endswith("_file")]
    for path in dict.fromkeys(Path(one).absolute() for one in [*secret, *filter(None, given)]):
        if path.exists():
            mode = stat.S_IMODE(path.stat().st_mode)
            yield weak(
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


CHECKS: Final[tuple[Check, ...]] = (_user, _folder)
