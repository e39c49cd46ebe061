"""Which addresses a platform may have us send to."""

from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address

import pytest

from assessor.adapters.webhooks.target import (
    may_be_sent_to,
    parse_target,
    pinned,
    resolve_by_system,
)
from assessor.domain.errors import InvalidInput

PUBLIC = "93.184.215.14"
PUBLIC_6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


def names(**found: Sequence[str]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """A name server that knows these names, with dots written as underscores."""

    async def resolve(host: str, _port: int) -> Sequence[str]:
        try:
            return found[host.replace(".", "_")]
        except KeyError:
            raise OSError("no such name") from None

    return resolve


async def accepted(url: str, *, allow_loopback: bool = False, **found: Sequence[str]) -> bool:
    try:
        parsed = parse_target(url, allow_loopback=allow_loopback)
        await pinned(parsed, names(**found), allow_loopback=allow_loopback)
    except InvalidInput as refusal:
        if [problem.field for problem in refusal.problems] != ["url"]:
            raise
        return False
    return True


@pytest.mark.parametrize(
    "url",
    [
        "https://good.example/",
        "https://good.example/hooks?tenant=7&x=a@b",
        "https://GOOD.example:8443/hooks",
        "HTTPS://good.example/",
        "https://good.example./",
        "https://good.example/redirect?to=http://10.0.0.1",  # redirects are not followed
        f"https://{PUBLIC}/",
        f"https://[{PUBLIC_6}]/",
    ],
)
async def test_an_https_address_on_the_public_internet_is_taken(url: str) -> None:
    assert await accepted(url, good_example=[PUBLIC, PUBLIC_6], GOOD_example=[PUBLIC], good_example_=[PUBLIC])


@pytest.mark.parametrize(
    "url",
    [
        "http://good.example/",
        "ftp://good.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "javascript:alert(1)",
        "//good.example/",
        "good.example",
        "https:good.example",
        "https:/good.example",
        "https://",
        "https:///hooks",
        "",
    ],
)
async def test_anything_but_https_is_refused(url: str) -> None:
    assert not await accepted(url, good_example=[PUBLIC])


@pytest.mark.parametrize(
    "url",
    [
        "https://user@good.example/",
        "https://user:password@good.example/",
        "https://good.example@169.254.169.254/",
        "https://good.example:443@127.0.0.1/",
        "https://@good.example/",
        "https://good.example\\@127.0.0.1/",
        "https://good.example\\.internal/",
        "https://good.example#@127.0.0.1/",
        "https://good.example/#fragment",
        "https://good.example /",
        "https://good.example\t/",
        "https://good.example/\r\nHost: internal",
        "https://good.example/\x00",
        "https://good.example:0/",
        "https://good.example:65536/",
        "https://good.example:99999999999/",
        "https://good.example:port/",
        "https://good..example/",
        "https://-good.example/",
        "https://go%6fd.example/",
        "https://%31%32%37.0.0.1/",
        "https://[good.example]/",
        "https://[fe80::1%25eth0]/",
        "https://good.example/" + "x" * 2000,
    ],
)
async def test_what_two_programs_could_read_differently_is_refused(url: str) -> None:
    assert not await accepted(url, good_example=[PUBLIC])


@pytest.mark.parametrize(
    "host",
    [
        "0x7f000001", "0x7f.0.0.1", "0x7f.1", "127.1", "127.0.1", "2130706433", "017700000001", "0177.0.0.1",
        "127.0.0.1.", "127.0.0.01", "0", "0x0", "1", "169.254.43518", "0xa9fea9fe", "2852039166", "1.2.3.4.5",
        "256.1.1.1", "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "\u2460\u2461\u2466.0.0.1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("allow_loopback", [False, True])
async def test_a_number_in_any_but_its_usual_form_is_refused(host: str, *, allow_loopback: bool) -> None:
    assert not await accepted(f"https://{host}/", allow_loopback=allow_loopback)


NOT_PUBLIC: list[str] = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1",  # noqa: S104 - nothing binds to it
    "172.31.255.255", "192.168.0.1", "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200",
    "100.127.255.255", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:93.184.215.14", "::127.0.0.1", "fe80::1",
    "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::",
    "2001::1", "2001:db8::1", "100::1", "3fff::1", "4000::1",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_a_number_that_is_not_on_the_public_internet_is_refused(address: str) -> None:
    host = f"[{address}]" if ":" in address else address

    assert not await accepted(f"https://{host}/latest/meta-data/")


@pytest.mark.parametrize("address", NOT_PUBLIC)
@pytest.mark.parametrize("beside", [[], [PUBLIC]])
async def test_a_name_that_leads_there_is_refused_even_if_it_leads_elsewhere_too(
    address: str, beside: list[str]
) -> None:
    assert not await accepted("https://rebind.example/", rebind_example=[*beside, address])


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "100.63.255.255", "172.32.0.1", PUBLIC_6, "2a00::1"])
def test_what_is_on_the_public_internet_may_be_sent_to(address: str) -> None:
    assert may_be_sent_to(ip_address(address), allow_loopback=False)


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("http://127.0.0.1:9000/hooks", True),
        ("https://127.0.0.1:9000/hooks", True),
        ("http://[::1]:9000/", True),
        ("http://localhost:9000/", True),
        ("http://good.example/", False),
        ("http://10.0.0.1/", False),
        ("https://10.0.0.1/", False),
        ("http://127.1:80", False),
        ("http://169.254.169.254/latest/meta-data/", False),
        ("http://[fd00:ec2::254]/", False),
        ("http://0x7f000001/", False),
        ("http://[::ffff:127.0.0.1]/", False),
        ("http://0.0.0.0:9000/", False),
        ("http://mixed.example/", False),
    ],
)
async def test_where_loopback_is_allowed_plain_http_goes_to_this_machine_only(
    url: str, *, taken: bool
) -> None:
    found = {
        "localhost": ["127.0.0.1", "::1"],
        "good_example": [PUBLIC],
        "mixed_example": ["127.0.0.1", PUBLIC],
    }

    assert await accepted(url, allow_loopback=True, **found) is taken


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "http://127.1:80"],
)
async def test_loopback_is_refused_unless_it_is_allowed(url: str) -> None:
    assert not await accepted(url, localhost=["127.0.0.1"])


async def test_a_name_with_no_address_at_all_is_refused() -> None:
    assert not await accepted("https://empty.example/", empty_example=[])


async def test_the_systems_resolver_says_what_a_name_leads_to() -> None:
    assert "127.0.0.1" in await resolve_by_system("localhost", 443)


async def test_a_label_that_no_resolver_takes_is_an_unknown_name() -> None:
    with pytest.raises(OSError, match="label"):
        await resolve_by_system("x" * 64 + ".example", 443)
