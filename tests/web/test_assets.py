"""Static files: found by one address each, kept, packed, and nothing else is sent."""

import gzip
import re

import httpx
import pytest

from assessor.web.assets import STATIC, asset


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.glob("*.js")))
async def test_scripts_import_each_other_by_the_addresses_of_pages(
    client: httpx.AsyncClient, name: str
) -> None:
    sent = await client.get(asset(name))

    named = re.findall(r'from "([^"]+)"', sent.text)
    assert all(address == asset(address.partition("?")[0].rpartition("/")[2]) for address in named)
    assert len(named) == len(re.findall(r'from "', (STATIC / name).read_text()))
    assert "immutable" in sent.headers["cache-control"]


async def test_a_file_is_sent_packed_to_whoever_can_unpack_it(client: httpx.AsyncClient) -> None:
    address = asset("style.css")

    plain = await client.get(address, headers={"Accept-Encoding": "identity"})
    async with client.stream("GET", address, headers={"Accept-Encoding": "br, gzip"}) as packed:
        raw = b"".join([piece async for piece in packed.aiter_raw()])

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert {plain.headers["vary"], packed.headers["vary"]} == {"Accept-Encoding"}
    assert gzip.decompress(raw) == plain.content == (STATIC / "style.css").read_bytes()
    assert len(raw) < len(plain.content) / 3


@pytest.mark.parametrize("path", ["none.css", "", "..%2Fassets.py", "../assets.py", "%2Fetc%2Fpasswd"])
async def test_nothing_but_the_files_of_the_folder_is_sent(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/static/{path}")

    assert answer.status_code == 404


async def test_the_head_of_a_file_is_that_of_the_file(client: httpx.AsyncClient) -> None:
    whole, head = await client.get(asset("icon.svg")), await client.head(asset("icon.svg"))

    assert {**head.headers, "x-request-id": ""} == {**whole.headers, "x-request-id": ""}
