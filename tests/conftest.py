"""No test reaches a network beyond this machine, and Hypothesis behaves alike everywhere."""

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from argon2 import Parameters

pytest_plugins = ["tests.postgres", "tests.databases"]

settings.register_profile(
    "assessor",
    deadline=None,  # a busy machine is no failure
    derandomize="CI" in os.environ,
)
settings.load_profile("assessor")

# A model or a key in the developer's shell must not turn a test, or a server it starts, into a paid call.
for _name in [name for name in os.environ if name.startswith("ASSESSOR_") or name.endswith("_API_KEY")]:
    if _name != "ASSESSOR_CHROMIUM":
        del os.environ[_name]


class OutsideNetworkError(RuntimeError):
    """A test tried to leave this machine."""


_attempts: list[str] = []


def _is_name_of_another_machine(host: str | bytes | None) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return name not in {None, "", "localhost", socket.gethostname()} and _address(str(name)) is None


def _is_here(host: str) -> bool:
    address = _address(host)
    return address.is_loopback if address else not _is_name_of_another_machine(host)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _leaves_this_machine(event: str, args: tuple[Any, ...]) -> bool:
    if event == "socket.getaddrinfo":  # a number is only parsed; a name is asked of a server
        return _is_name_of_another_machine(args[0])
    connection, address = args[0], args[1]
    return connection.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address[0])


def _refuse_outside(event: str, args: tuple[Any, ...]) -> None:
    if event not in {"socket.connect", "socket.sendto", "socket.getaddrinfo"}:
        return
    if _leaves_this_machine(event, args):
        target = args[0] if event == "socket.getaddrinfo" else args[1]
        _attempts.append(f"{event} to {target!r}")
        raise OutsideNetworkError(
            f"A test tried {_attempts[-1]}. Tests stay on this machine: use respx, or a server on 127.0.0.1."
        )


# An audit hook sees every socket of the interpreter, however it was made, and cannot be patched away.
sys.addaudithook(_refuse_outside)


@pytest.fixture(autouse=True)
def outside_attempts() -> Iterator[list[str]]:
    """Fail a test that tried, even where the code under test took the refusal for an outage."""
    _attempts.clear()
    yield _attempts
    if _attempts:
        pytest.fail(f"The test tried to leave this machine: {', '.join(_attempts)}")


@pytest.fixture(scope="session", autouse=True)
def shipped_password_profile() -> Iterator["Parameters"]:
    """Hash passwords in no time: a quarter of a second for each reviewer was a tenth of the whole run."""
    from argon2.profiles import CHEAPEST

    from assessor.adapters.passwords import Argon2Passwords

    with pytest.MonkeyPatch.context() as patched:
        shipped = Argon2Passwords.profile
        patched.setattr(Argon2Passwords, "profile", CHEAPEST)
        yield shipped


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print at the very end what tests recorded as measured: how many steps, how many lives."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
