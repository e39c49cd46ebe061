"""Virtual environments for what is compared with; nothing of them gets into the project's own."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

PEERS: Final[Mapping[str, Sequence[str]]] = {
    "stand-in": ("fastapi", "uvicorn", "uvloop", "langgraph", "langgraph-checkpoint-sqlite", "httpx"),
    "chainlit": ("chainlit", "langgraph", "httpx"),
    "langgraph": ("langgraph-cli[inmem]", "httpx"),
    # To the version, because what they send is what is measured.
    "autorubric": ("autorubric==1.6.1",),
    "inspect-ai": ("inspect-ai==0.3.285", "openai"),
    "deepeval": ("deepeval==4.3.1",),
}
SHOWN: Final = (
    "chainlit",
    "langgraph-api",
    "langgraph",
    "fastapi",
    "uvicorn",
    "langgraph-checkpoint-sqlite",
    "autorubric",
    "inspect-ai",
    "deepeval",
    "litellm",
    "openai",
)
SECONDS: Final = 600


class PeerUnavailable(RuntimeError):
    """A peer could not be installed; the table says why, and the rest is measured."""


def python_of(peer: str) -> Path:
    """Return the interpreter of a peer's environment, made on first use. Raises PeerUnavailable."""
    folder = _cache() / peer
    if not (folder / "complete").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
        _uv("pip", "install", "--quiet", "--compile-bytecode", "--python", str(_python(folder)), *PEERS[peer])
        (folder / "complete").touch()
    return _python(folder)


def versions_of(peer: str) -> dict[str, str]:
    """Return the versions that were installed, of what matters."""
    listed = _uv("pip", "list", "--format", "freeze", "--python", str(_python(_cache() / peer)))
    found = dict(line.split("==", 1) for line in listed.splitlines() if "==" in line)
    return {name: found[name] for name in SHOWN if name in found}


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "assessor-bench" / f"py{sys.version_info.major}{sys.version_info.minor}"


def _uv(*arguments: str) -> str:
    command = [str(Path(sys.executable).parent / "uv"), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)
    except (OSError, subprocess.SubprocessError) as failed:
        reason = getattr(failed, "stderr", "") or str(failed)
        raise PeerUnavailable(reason.strip().splitlines()[-1] if reason.strip() else "uv failed") from failed
    return done.stdout
