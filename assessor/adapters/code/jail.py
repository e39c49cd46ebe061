"""Runs one call of a candidate's code behind everything the kernel offers. A program of its own.

Started as `python -I -S jail.py`, without any module of the service: what is not loaded cannot be
read. It reads `{"code", "function", "args", "limits", "landlock"}` from standard input and writes one
envelope to standard output:

    {"refused": "..."}          isolation could not be had; nothing was run
    {"finished", "cpu", "output", "overflowed"}

The parent half stays outside and holds the only way to standard output. The inner half is process 1
of its own namespaces, on an empty read-only root with nothing but Python's standard library, as
nobody in particular, without capabilities, and can do no more than write to one pipe. What it writes
there is the value of the call and never a judgement: expected values are not in this program.
"""

import ctypes
import json
import os
import resource
import select
import signal
import struct
import sys
import time
from types import ModuleType
from typing import Any, NoReturn

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT = 1, 2, 4, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
CAPABILITY_VERSION_3 = 0x20080522
LANDLOCK_CREATE, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT = 444, 445, 446
READ_FILE, READ_DIR = 1 << 2, 1 << 3

NOBODY = 65534
MAX_OUTPUT = 65_536
ZONES = "/usr/share/zoneinfo"
OTHERS_CODE = ("site-packages", "dist-packages")
"""Inside the standard library's folder, and not part of it: the service itself may be installed there."""

PRELOADED = ("asyncio", "datetime", "decimal", "hashlib", "math", "random", "unicodedata", "zlib")
"""Modules that need libraries of the system, which the new root has not, or are slow to find."""

_libc = ctypes.CDLL(None, use_errno=True)


class RefusedError(Exception):
    """A part of the isolation could not be had."""


def _call(what: str, name: str, *arguments: Any) -> int:
    """Call libc; raise RefusedError with the name of the step when it fails."""
    result: int = getattr(_libc, name)(*arguments)
    if result < 0:
        raise RefusedError(f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def _mount(what: str, source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    parts = (part.encode() for part in (source, target, kind))
    _call(what, "mount", *parts, ctypes.c_ulong(flags), data.encode() or None)


def main() -> None:
    """Read the request, isolate, run, and write the envelope."""
    request = json.load(sys.stdin)
    try:
        _leave_shared_namespaces()
        envelope = _supervise(request)
    except (RefusedError, OSError) as error:
        envelope = {"refused": str(error)}
    sys.stdout.write(json.dumps(envelope))
    sys.stdout.flush()


def _leave_shared_namespaces() -> None:
    """Give this process and its children namespaces of their own. Root needs no user namespace."""
    uid, gid = os.geteuid(), os.getegid()
    flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
    if uid == 0:
        _call("namespaces", "unshare", flags)
        return
    _call("namespaces", "unshare", flags | CLONE_NEWUSER)
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib would take longer to import than the code to run
            file.write(content)


def _supervise(request: dict[str, Any]) -> dict[str, Any]:
    """Fork the inner half; end it when its time is up; return how it ended and what it wrote."""
    ready_r, ready_w = os.pipe()
    output_r, output_w = os.pipe()
    child = os.fork()
    if child == 0:
        _inner(request, ready_w, output_w)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGKILL))
    os.close(ready_w)
    os.close(output_w)
    deadline = time.monotonic() + request["limits"]["wall_seconds"]
    setup, _ = _read(ready_r, deadline)
    output, finished = _read(output_r, deadline)
    # Always: it may have closed its pipe and live on. It is process 1 of its namespaces: all goes with it.
    os.kill(child, signal.SIGKILL)
    _, _, usage = os.wait4(child, 0)
    if setup != b"ready":
        raise RefusedError(setup.decode(errors="replace") or "isolation did not get ready in time")
    overflowed = len(output) > MAX_OUTPUT
    return {
        "finished": finished,
        "cpu": usage.ru_utime + usage.ru_stime,
        "output": "" if overflowed else output.decode(errors="replace"),
        "overflowed": overflowed,
    }


def _read(fd: int, deadline: float) -> tuple[bytes, bool]:
    """Return what was written until the end, a little more than is allowed, or the deadline."""
    read = b""
    while len(read) <= MAX_OUTPUT:
        if not select.select([fd], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return read, False
        part = os.read(fd, MAX_OUTPUT)
        if not part:
            break
        read += part
    return read, True


def _inner(request: dict[str, Any], ready: int, output: int) -> NoReturn:
    """Isolate this process, say so, and only then look at the code."""
    try:
        for name in PRELOADED:
            __import__(name)
        _isolate(request["limits"], landlock=request["landlock"], keep=(ready, output))
    except (RefusedError, OSError, ImportError, ValueError) as error:
        os.write(ready, f"{error}".encode()[:500])
        os._exit(1)
    os.write(ready, b"ready")
    os.close(ready)
    outcome = _outcome(request["code"], request["function"], request["args"])
    os.write(output, outcome.encode()[: MAX_OUTPUT + 1])
    os._exit(0)


def _isolate(limits: dict[str, float], *, landlock: bool, keep: tuple[int, int]) -> None:
    os.setsid()  # or a signal to its own group would reach the outer half
    _only_these_files(keep)
    _enter_empty_root()
    _become_nobody()
    _call("parent's death", "prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _call("no new privileges", "prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    version = int(_libc.syscall(LANDLOCK_CREATE, None, 0, 1))
    if version > 0:
        _restrict_by_landlock(version)
    elif landlock:
        raise RefusedError("landlock: the kernel does not have it")
    _limit(limits)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _only_these_files(keep: tuple[int, int]) -> None:
    """Leave open two pipes, and nothing behind the three standard files."""
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    for fd in {int(name) for name in os.listdir("/proc/self/fd")} - {0, 1, 2, *keep}:  # noqa: PTH208 - see above
        try:
            os.close(fd)
        except OSError:
            continue  # the descriptor by which the folder was listed


def _enter_empty_root() -> None:
    """Make a small read-only root with the standard library in it, and make it the only one there is."""
    os.umask(0o022)  # it is for nobody, who runs the code; whoever lays it out may write for themselves alone
    _mount("private mounts", "none", "/", "", MS_REC | MS_PRIVATE)
    wanted = [path for path in (*sys.path, ZONES) if os.path.isdir(path)]  # noqa: PTH112 - see above
    wanted = [path for path in wanted if not any(path.startswith(f"{other}/") for other in wanted)]
    sources = {path: os.open(path, os.O_PATH) for path in wanted}
    root = "/tmp"  # noqa: S108 - covered by a file system of our own, which only this process sees
    _mount("empty root", "tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    for path, fd in sources.items():
        target = root + path
        os.makedirs(target)  # noqa: PTH103 - see above
        _mount("standard library", f"/proc/self/fd/{fd}", target, "", MS_BIND | MS_REC)
        os.close(fd)
        read_only = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV
        _mount("read-only library", "none", target, "", read_only)
        for name in OTHERS_CODE:
            if os.path.isdir(f"{target}/{name}"):  # noqa: PTH112 - see above
                _mount("others' code", "tmpfs", f"{target}/{name}", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV)
    os.mkdir(f"{root}/work")  # noqa: PTH102 - see above
    _mount("read-only root", "none", root, "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    os.chroot(root)
    os.chdir("/work")


def _become_nobody() -> None:
    """Give up root, where we have it, and every capability."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    header, nothing = struct.pack("Ii", CAPABILITY_VERSION_3, 0), bytes(24)
    _call("capabilities", "capset", header, nothing)
    _call("not dumpable", "prctl", PR_SET_DUMPABLE, 0, 0, 0, 0)


def _restrict_by_landlock(version: int) -> None:
    """Allow reading below the new root, and of everything else that this kernel can forbid nothing."""
    handled = (1 << (13 + (version >= 2) + (version >= 3))) - 1 | (1 << 15 if version >= 5 else 0)  # noqa: PLR2004 - versions of the interface, as the kernel numbers them
    attributes = struct.pack("QQQ", handled, 3, 3)[: 24 if version >= 6 else 16 if version >= 4 else 8]  # noqa: PLR2004 - as above
    size = ctypes.c_size_t(len(attributes))
    ruleset = _call("landlock", "syscall", LANDLOCK_CREATE, attributes, size, 0)
    root = os.open("/", os.O_PATH)
    rule = struct.pack("=Qi", READ_FILE | READ_DIR, root)
    _call("landlock rule", "syscall", LANDLOCK_ADD_RULE, ruleset, 1, rule, 0)
    _call("landlock", "syscall", LANDLOCK_RESTRICT, ruleset, 0)
    os.close(root)
    os.close(ruleset)


def _limit(limits: dict[str, float]) -> None:
    """Soft and hard limits are one, so that the kernel ends what goes beyond without asking it."""
    cpu, memory = int(limits["cpu_seconds"]), int(limits["memory_bytes"])
    for kind, most in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_NPROC, 1),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _outcome(code: str, function: str, args: list[Any]) -> str:
    """Run the code and the call. Return what came back, or what was raised, as JSON."""
    module = ModuleType("answer")
    sys.modules["answer"] = module
    try:
        exec(compile(code, "answer", "exec"), module.__dict__)  # noqa: S102 - what this program is for
        value = module.__dict__[function](*args)
        if hasattr(value, "__await__"):
            import asyncio

            value = asyncio.run(value)
        return json.dumps({"value": value}, default=_as_json)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the answer's
        kinds = [kind.__name__ for kind in type(error).__mro__]
        return json.dumps({"raised": kinds, "message": str(error)[:2000]})


def _as_json(value: Any) -> Any:
    """Write what JSON has no form for: sets sorted, iterators as lists, times in ISO 8601, others as text."""
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "__next__"):
        return [item for item, _ in zip(value, range(10_000))]  # noqa: B905 - ends with the shorter
    return str(value)


if __name__ == "__main__":
    main()
