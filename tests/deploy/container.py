"""deploy/Containerfile as tests read it, and what it installs, run as a container would run it."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = ROOT / "deploy/Containerfile"
INSIDE = "/opt/assessor"
"""Where the image has the service."""

CAN_SHUT = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("unshare") is not None
"""Whether a process can be shut in here. Elsewhere it runs as it is."""

_SECONDS = 90
_POLL_SECONDS = 0.1

# A network of its own without a way out, and every file read-only but those of one folder. A Python that
# lies in a home which only its owner may enter is made visible there alone.
_SHUT = """
set -eu
data=$1 aside=$2 python=$3 user=$4
shift 4
ip link set lo up
mount --bind "$data" "$data"
mount --bind "$python" "$aside"
mount -t tmpfs -o mode=755 tmpfs /root
mkdir -p "$python"
mount --bind "$aside" "$python"
mount -o remount,bind,ro /
cd "$data"
exec setpriv --reuid "$user" --regid "$user" --clear-groups --bounding-set=-all --no-new-privs "$@"
"""


def instructions() -> list[tuple[str, str]]:
    """Return what the Containerfile says, as pairs of an instruction and its arguments."""
    text = re.sub(r"\\\n\s*", "", CONTAINERFILE.read_text())
    lines = [line.strip() for line in text.splitlines()]
    said = [line.partition(" ") for line in lines if line and not line.startswith("#")]
    return [(name, arguments.strip()) for name, _, arguments in said]


def last(instruction: str) -> str:
    """Return the arguments of an instruction of the stage that is delivered."""
    return [arguments for name, arguments in instructions() if name == instruction][-1]


@dataclass(frozen=True)
class Image:
    """What the steps of the Containerfile installed, and a folder for its data."""

    installed: Path
    data: Path

    def command(self, instruction: str) -> list[str]:
        """Return what an instruction runs, where the service lies here."""
        arguments: list[str] = json.loads(re.findall(r"\[.*\]", last(instruction))[0])
        return [part.replace(INSIDE, str(self.installed)) for part in arguments]

    def environment(self, **more: str) -> dict[str, str]:
        """Return the image's environment, where the service and its data lie here."""
        own = (pair.partition("=") for pair in last("ENV").split())
        here = {name: value.replace(INSIDE, str(self.installed)) for name, _, value in own}
        return here | {"ASSESSOR_DATA_DIR": str(self.data)} | more

    @contextmanager
    def running(self, *arguments: str, environment: Mapping[str, str]) -> Iterator["Container"]:
        """Start the image's program as it would be in a container, and end it in the end."""
        with (self.data.parent / "log").open("w") as log:
            process = subprocess.Popen(
                [*self._shut(), *self.command("ENTRYPOINT"), *arguments],
                env=dict(environment),
                cwd=self.data,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            try:
                yield Container(self, process, dict(environment))
            finally:
                process.kill()
                process.communicate()

    def _shut(self) -> list[str]:
        """Return what takes network, files and rights away from the command that follows."""
        if not CAN_SHUT:
            return []
        user = last("USER").partition(":")[0]
        aside = self.data.parent / "aside"
        aside.mkdir(exist_ok=True)
        os.chown(self.data, int(user), int(user))
        shut = ("unshare", "--net", "--mount", "sh", "-c", _SHUT, "shut")
        return [*shut, str(self.data), str(aside), sys.base_prefix, user]


@dataclass(frozen=True)
class Container:
    """One that runs, or has ended."""

    image: Image
    process: "subprocess.Popen[str]"
    environment: dict[str, str]

    def is_healthy(self, *address: str) -> bool:
        """Whether the image's own health check, inside, finds it well."""
        inside = ("nsenter", "--target", str(self.process.pid), "--net") if CAN_SHUT else ()
        check = [*inside, *self.image.command("HEALTHCHECK"), *address]
        return subprocess.run(check, env=self.environment, check=False, capture_output=True).returncode == 0

    def until_healthy(self, *address: str) -> None:
        """Wait until it is. Raises AssertionError, with what it logged, when it never is."""
        limit = time.monotonic() + _SECONDS
        while not self.is_healthy(*address):
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < limit, self.log()
            time.sleep(_POLL_SECONDS)

    def stop(self) -> int:
        """Ask it to end, as `docker stop` does, and return its status."""
        self.process.terminate()
        return self.process.wait(_SECONDS)

    def log(self) -> str:
        """Return what it wrote on its error stream."""
        return (self.image.data.parent / "log").read_text()
