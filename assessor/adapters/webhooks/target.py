"""Which addresses a platform may have us send to.

A platform chooses the address, and our network is not theirs to explore: only what is on the public
internet is sent to, over https. A name is resolved once, every address that it has is checked, and the
connection goes to one of those very addresses: a name that changes its mind in between gains nothing.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

import httpx

from assessor.domain.errors import InvalidInput, invalid

MAX_URL_CHARS: Final = 2000
MAX_PORT: Final = 65_535

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From host name and port to addresses. Raises OSError when there are none."""

_NOT_PUBLIC: Final[tuple[IPv4Network | IPv6Network, ...]] = tuple(
    ip_network(text)
    for text in (
        # The special-purpose registries of IANA. Python's own `is_global` differs between its versions.
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, and the metadata service of one cloud
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the metadata service of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",  # answers within one cloud only, although the range is public
        "2001::/23",  # Teredo and other protocols, which carry IPv4 addresses inside
        "2001:db8::/32",
        "2002::/16",  # 6to4, the same
        "3fff::/20",
    )
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
"""Everything else of IPv6 is local, mapped, translated, multicast or not given out."""

_AUTHORITY: Final = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_LABEL: Final = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_NUMBER: Final = re.compile(r"(0[xX][0-9a-fA-F]*|[0-9]+)")
_REMEDY: Final = "Give an https address on the public internet, such as https://hooks.example.com/assessor."


@dataclass(frozen=True)
class Target:
    """Where to connect: the address as it was written, and the numbers it stands for."""

    url: httpx.URL
    addresses: tuple[Address, ...]

    @property
    def host(self) -> str:
        """The host as it goes over the wire: httpx shows `xn--` names in their own script."""
        return host_of(self.url)


def parse_target(text: str, *, allow_loopback: bool) -> httpx.URL:
    """Read an address as strictly as it can be read. Raises InvalidInput.

    Whatever two programs could read differently is refused: the check must be of what is connected to.
    """
    if len(text) > MAX_URL_CHARS or not re.fullmatch(r"[!-~]+", text) or "\\" in text:
        raise refused("is longer than 2000 characters, or has others than printable ASCII ones")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise refused("cannot be read as an address") from None
    authority = _AUTHORITY.match(text)
    if authority is None or url.scheme not in ({"http", "https"} if allow_loopback else {"https"}):
        raise refused("is not an https address")
    if "@" in authority[1]:
        raise refused("carries a name or a password")
    if "#" in text:
        raise refused("has a fragment, which is never sent")
    if not 0 < _port(url) <= MAX_PORT:
        raise refused("has no port that can be connected to")
    _require_plain_host(host_of(url))
    return url


def _require_plain_host(host: str) -> None:
    """Refuse numbers in any but their usual form, such as 127.1 or 0x7f000001, and what is no name."""
    if _as_address(host) is not None:
        return
    labels = host.removesuffix(".").split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or _NUMBER.fullmatch(labels[-1]):
        raise refused("has no host name or number in its usual form")


def may_be_sent_to(address: Address, *, allow_loopback: bool) -> bool:
    """Whether an address is on the public internet, or this machine where that is allowed."""
    if allow_loopback and address.is_loopback:
        return True
    if isinstance(address, IPv6Address) and (address not in _GLOBAL_UNICAST or address.scope_id):
        return False
    return not any(address in network for network in _NOT_PUBLIC)


async def pinned(url: httpx.URL, resolve: Resolve, *, allow_loopback: bool) -> Target:
    """Return the address with the numbers to connect to.

    Raises InvalidInput unless every one may be sent to, OSError when the name is not known.
    """
    literal = _as_address(host_of(url))
    found = [literal] if literal else [ip_address(text) for text in await resolve(host_of(url), _port(url))]
    if not found or not all(may_be_sent_to(address, allow_loopback=allow_loopback) for address in found):
        raise refused("leads to an address that is not on the public internet")
    if url.scheme == "http" and not all(address.is_loopback for address in found):
        raise refused("is plain http to another machine")
    return Target(url, tuple(dict.fromkeys(found)))


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver. Raises OSError."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label that the resolver's own encoding refuses
        raise OSError(str(error)) from None
    return [str(entry[4][0]) for entry in found]


def refused(problem: str) -> InvalidInput:
    """Return the error for an address that is not sent to. It never repeats the address."""
    return invalid("url", problem, _REMEDY)


def host_of(url: httpx.URL) -> str:
    """Return the ASCII host, of an IPv6 number without its brackets."""
    return url.raw_host.decode("ascii").strip("[]")


def _as_address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _port(url: httpx.URL) -> int:
    if url.port is not None:
        return url.port
    return 443 if url.scheme == "https" else 80
