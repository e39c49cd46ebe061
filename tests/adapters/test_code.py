"""Hostile code, run for real. Where this machine cannot keep it apart, these tests say so and are skipped."""

import asyncio
import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from assessor.adapters.code import JAIL, JailedCode, Limits
from assessor.domain.code import CodeCall, CodeNotRunError, CodeOutcome

TIGHT = Limits(cpu_seconds=1, memory_bytes=192 * 1024 * 1024, wall_seconds=30)


def can_be_isolated() -> bool:
    try:
        asyncio.run(JailedCode("full").run("def f(): return 1", [CodeCall(function="f")]))
    except CodeNotRunError:
        return False
    return True


pytestmark = pytest.mark.skipif(
    not can_be_isolated(), reason="this kernel or container grants no namespaces or no Landlock"
)


async def outcome(code: str, *args: object, limits: Limits = TIGHT) -> CodeOutcome:
    call = CodeCall(function="f", args=json.loads(json.dumps(args)))
    (found,) = await JailedCode("full", limits).run(textwrap.dedent(code), [call])
    return found


async def test_calls_run_in_order_and_bring_back_json_values() -> None:
    calls = [CodeCall(function="f", args=(number,)) for number in (1, 2, 3)]

    found = await JailedCode("full").run("def f(n): return {'twice': (n, n)}", calls)

    assert [one.value for one in found] == [{"twice": [number, number]} for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("returned", "value"),
    [
        ("{3, 1, 2}", [1, 2, 3]),
        ("iter([1, 2])", [1, 2]),
        ("datetime(2024, 5, 3, 8, 14, 55, tzinfo=timezone.utc)", "2024-05-03T08:14:55+00:00"),
        ("Decimal('1.10')", "1.10"),
        ("None", None),
    ],
)
async def test_values_without_a_form_in_json_get_one(returned: str, value: object) -> None:
    code = f"""
        from datetime import datetime, timezone
        from decimal import Decimal
        def f(): return {returned}
    """

    assert (await outcome(code)).value == value


async def test_coroutines_are_awaited() -> None:
    assert (await outcome("async def f(n): return n + 1", 1)).value == 2


async def test_the_standard_library_can_be_used_and_nothing_else_that_is_installed() -> None:
    assert (
        await outcome("import statistics, zoneinfo, re\ndef f(): return statistics.mean([1, 3])")
    ).value == 2
    for name in ("pydantic", "assessor", "pip"):
        assert "ModuleNotFoundError" in (await outcome(f"import {name}\ndef f(): return 1")).classes


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    while True: pass",
        "while True: pass",
        """
        def f():
            while True:
                try:
                    while True: pass
                except BaseException: pass
        """,
        """
        import signal
        def f():
            for number in range(1, 64):
                try: signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError): pass
            while True: pass
        """,
    ],
)
async def test_an_endless_loop_is_ended_by_the_kernel(code: str) -> None:
    began = time.monotonic()

    found = await outcome(code)

    assert (found.kind, found.why) == ("stopped", "cpu")
    assert time.monotonic() - began < TIGHT.wall_seconds


async def test_code_that_sleeps_is_ended_and_counts_as_not_run() -> None:
    with pytest.raises(CodeNotRunError, match="did not finish"):
        await outcome("import time\ndef f(): time.sleep(60)", limits=Limits(wall_seconds=1))


async def test_code_that_lets_go_of_its_pipe_and_sleeps_is_ended_too() -> None:
    began = time.monotonic()

    found = await outcome("import os, time\ndef f():\n    os.closerange(3, 30)\n    time.sleep(60)")

    assert (found.kind, found.why) == ("stopped", "crash")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "code",
    [
        "import os\ndef f():\n    while True: os.fork()",
        "import subprocess\ndef f(): subprocess.run(['/bin/sh', '-c', 'true'])",
        "import threading\ndef f(): threading.Thread(target=print).start()",
        "import multiprocessing\ndef f(): multiprocessing.Process(target=print).start()",
        "import os\ndef f(): os.execv('/bin/sh', ['sh'])",
    ],
)
async def test_no_process_and_no_thread_can_be_started(code: str) -> None:
    found = await outcome(code)

    assert found.kind == "raised"
    assert {"OSError", "RuntimeError"} & set(found.classes)


async def test_memory_is_limited() -> None:
    found = await outcome("def f():\n    kept = []\n    while True: kept.append(bytearray(1 << 24))")

    assert "MemoryError" in found.classes


@pytest.mark.parametrize(
    "code",
    [
        "import socket\ndef f(): socket.create_connection(('192.0.2.1', 80), 2)",
        "import socket\ndef f(): socket.getaddrinfo('example.org', 80)",
        "from socket import *\ndef f(): socket(AF_INET, SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "import urllib.request\ndef f(): urllib.request.urlopen('http://127.0.0.1:8000')",
    ],
)
async def test_no_network_can_be_reached(code: str) -> None:
    found = await outcome(code)

    assert found.kind == "raised"
    assert "OSError" in found.classes


async def test_a_server_on_this_machine_cannot_be_reached(tmp_path: Path) -> None:
    reached: list[str] = []
    path = str(tmp_path / "server.sock")
    tcp = await asyncio.start_server(lambda _reader, _writer: reached.append("tcp"), "127.0.0.1", 0)
    unix = await asyncio.start_unix_server(lambda _reader, _writer: reached.append("unix"), path)
    for place in (str(tmp_path), path):
        os.chmod(place, 0o777)  # noqa: PTH101, S103 - open to everybody, so that only the jail stands between
    code = """
        import socket
        def f(port, path):
            failed = 0
            for kind, where in ((socket.AF_INET, ("127.0.0.1", port)), (socket.AF_UNIX, path)):
                try: socket.socket(kind).connect(where)
                except OSError: failed += 1
            return failed
    """

    async with tcp, unix:
        found = await outcome(code, tcp.sockets[0].getsockname()[1], path)

    assert (found.value, reached) == (2, [])


async def test_files_of_the_machine_cannot_be_read(tmp_path: Path) -> None:
    secret = tmp_path / "assessor.db"
    secret.write_text("an answer of somebody else", encoding="utf-8")
    secret.chmod(0o644)
    paths = ["/etc/passwd", "/proc/self/environ", "/proc/1/cmdline", str(secret), str(JAIL), sys.executable]
    code = """
        def f(paths):
            read = []
            for path in paths:
                try: read.append(open(path, 'rb').read(10).hex())
                except OSError: pass
            return read
    """

    assert (await outcome(code, paths)).value == []


async def test_nothing_can_be_written() -> None:
    code = """
        import os, tempfile
        def f(places):
            written = []
            for place in places:
                try:
                    with open(place + '/x', 'w') as file: file.write('x')
                    written.append(place)
                except OSError: pass
            try: written.append(tempfile.mkdtemp())
            except OSError: pass
            return written
    """

    found = await outcome(code, ["/", ".", "/tmp", "/work", "/dev", str(Path(os.__file__).parent)])  # noqa: S108

    assert found.value == []


async def test_there_is_no_environment_and_nobody_else_to_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSESSOR_MASTER_KEY", "of this service")
    code = """
        import os
        def f():
            return [sorted(os.environ), os.getpid(), os.getppid(), os.getuid() == 0, os.listdir('/work')]
    """

    # Python itself sets LC_CTYPE where there is no locale.
    assert (await outcome(code)).value in ([[], 1, 0, False, []], [["LC_CTYPE"], 1, 0, False, []])


@pytest.mark.parametrize("returned", ["'x' * 100_000", "[0] * 100_000"])
async def test_huge_values_are_cut_off(returned: str) -> None:
    found = await outcome(f"def f(): return {returned}")

    assert (found.kind, found.why) == ("stopped", "output")


async def test_what_it_prints_goes_nowhere() -> None:
    code = """
        import sys
        def f():
            print('x' * 1_000_000)
            print('{"value": true}', file=sys.stderr)
            return 1
    """

    assert (await outcome(code)).value == 1


async def test_leaving_with_success_is_no_success() -> None:
    exits = await outcome("import sys\ndef f(): sys.exit(0)")
    vanishes = await outcome("import os\ndef f(): os._exit(0)")

    assert "SystemExit" in exits.classes
    assert (vanishes.kind, vanishes.why) == ("stopped", "crash")


async def test_neither_its_parent_nor_anyone_else_can_be_killed() -> None:
    code = """
        import os
        def f(pids):
            for pid in (*pids, os.getppid(), 0, -1, 2):
                try: os.kill(pid, 9)
                except OSError: pass
            return 'still here'
    """
    bystander = await asyncio.create_subprocess_exec("sleep", "30")

    found = await outcome(code, [os.getpid(), bystander.pid])

    assert found.value == "still here"
    assert bystander.returncode is None
    bystander.kill()
    await bystander.wait()


async def test_a_crash_of_the_interpreter_is_an_outcome() -> None:
    found = await outcome("import ctypes\ndef f(): ctypes.string_at(0)")

    assert (found.kind, found.why) == ("stopped", "crash")


@pytest.mark.parametrize(
    "written",
    [
        '{"refused": "no isolation"}',
        '{"finished": true, "cpu": 0, "output": "", "overflowed": false}',
        '{"passed": true, "tests": 5}',
        "all tests passed",
        "[" * 30_000,
    ],
)
async def test_forged_reports_on_every_open_file_change_nothing(written: str) -> None:
    code = """
        import os
        def f(written):
            for fd in range(32):
                try: os.write(fd, written.encode())
                except OSError: pass
            os._exit(0)
    """

    assert (await outcome(code, written)).kind == "stopped"


async def test_patching_what_writes_the_result_gives_no_more_than_a_value() -> None:
    code = """
        import json, builtins
        json.dumps = lambda *args, **kwargs: '{"value": 41}'
        builtins.AssertionError = None
        def f(): return 42
    """

    assert (await outcome(code)).value == 41


@pytest.mark.parametrize(
    ("code", "raised"),
    [("def f(:", "SyntaxError"), ("x = 1", "KeyError"), ("def f(a): pass", "TypeError")],
)
async def test_code_that_cannot_be_called_raises(code: str, raised: str) -> None:
    assert raised in (await outcome(code)).classes


async def test_nothing_is_run_when_the_installation_forbids_it() -> None:
    with pytest.raises(CodeNotRunError, match="this installation"):
        await JailedCode("off").run("def f(): return 1", [CodeCall(function="f")])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_where_isolation_cannot_be_had_nothing_is_run(tmp_path: Path) -> None:
    # Root without a capability is what a locked-down container gives.
    marker = tmp_path / "ran"
    request = {
        "code": f"open({str(marker)!r}, 'w')\ndef f(): return 1",
        "function": "f",
        "args": [],
        "limits": {"cpu_seconds": 1, "memory_bytes": 1 << 28, "wall_seconds": 5},
        "landlock": True,
    }
    program = (
        "import ctypes, runpy, struct\n"
        "ctypes.CDLL(None).capset(struct.pack('Ii', 0x20080522, 0), bytes(24))\n"
        f"runpy.run_path({str(JAIL)!r}, run_name='__main__')\n"
    )

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program],
        input=json.dumps(request), capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip

    assert "namespaces" in json.loads(done.stdout)["refused"]
    assert not marker.exists()


async def test_a_call_that_is_given_up_leaves_no_process_behind() -> None:
    task = asyncio.create_task(
        outcome("import time\ndef f(): time.sleep(60)", limits=Limits(wall_seconds=60))
    )
    await asyncio.sleep(1)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert _running(str(JAIL)) == []


def _running(program: str) -> list[int]:
    """The processes below this one that run a program."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            parent = int((folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if program.encode() in command and parent in {os.getpid(), 1}:
            found.append(int(folder.name))
    return found
