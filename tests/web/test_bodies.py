import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from fastapi import Body, FastAPI, Form
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.errors import InvalidInput
from assessor.web.bodies import MAX_JSON_DEPTH, strict_json

LIMIT = 1_000_000
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(autouse=True)
def echoing(app: FastAPI) -> None:
    async def echo(body: Any = Body(None)) -> Any:
        return {"got": body}

    async def said(text: str = Form("")) -> dict[str, str]:
        return {"got": text}

    app.add_api_route("/v1/echo", echo, methods=["POST"])
    app.add_api_route("/v1/form", said, methods=["POST"])


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"a": ', "is not JSON"),
        (b"{a: 1}", "is not JSON"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b'{"a": "\\u0000"}', "NUL"),
        (b'{"a": "\x00"}', "NUL"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"b": {"a": 1, "a": 1}}', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too many digits"),
        (b"[" * 33 + b"]" * 33, "deeper"),
        (b"[" * 100_000, "deeper"),
        (b'{"a":' * 100_000, "deeper"),
        (b"[" * 400_000 + b"]" * 400_000, "deeper"),
    ],
)
async def test_a_body_that_means_nothing_or_two_things_is_refused(
    client: httpx.AsyncClient, body: bytes, says: str
) -> None:
    answer = await client.post("/v1/echo", content=body, headers=JSON)

    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid-input"
    assert says in answer.json()["errors"][0]["problem"]


async def test_a_field_with_a_broken_character_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/echo", content=b'{"a": [{"b": "\\u0000"}]}', headers=JSON)

    assert answer.json()["errors"][0]["field"] == "a.0.b"


async def test_json_at_the_allowed_depth_arrives_unchanged(client: httpx.AsyncClient) -> None:
    body = "[" * MAX_JSON_DEPTH + "]" * MAX_JSON_DEPTH

    answer = await client.post("/v1/echo", content=body, headers=JSON)

    assert answer.json() == {"got": json.loads(body)}


@pytest.mark.parametrize("body", [b"text=%ff", b"text=%00", b"text=%ed%a0%80", b"text=\xff"])
async def test_a_form_that_is_not_plain_utf_8_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/v1/form", content=body, headers=FORM)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")


async def test_a_form_arrives_as_it_was_typed(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/form", data={"text": "naïve 日本 😀\r\n100 % sure"})

    assert answer.json() == {"got": "naïve 日本 😀\r\n100 % sure"}


@pytest.mark.parametrize(
    "address", ["/v1/%ff", "/v1/a%00b", "/v1/echo?x=%ff", "/v1/echo?x=%00", "/%ed%a0%80"]
)
async def test_an_address_that_is_not_plain_utf_8_is_refused(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(
    client: httpx.AsyncClient,
) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(20):
            read += 100_000
            yield b" " * 100_000

    headers = {**JSON, "Content-Length": str(20 * 100_000)}
    answer = await client.post("/v1/echo", content=body(), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert read == 0


async def test_a_stream_is_counted_and_refused_when_it_passes_the_limit(client: httpx.AsyncClient) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 100_000
            yield b" " * 100_000

    answer = await client.post("/v1/echo", content=body(), headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert read <= LIMIT + 2 * 100_000


async def test_a_body_of_exactly_the_limit_is_read(client: httpx.AsyncClient) -> None:
    body = b'"' + b"x" * (LIMIT - 2) + b'"'

    answer = await client.post("/v1/echo", content=body, headers=JSON)

    assert answer.status_code == 200


@given(values)
def test_every_value_that_json_can_say_once_is_read_back(value: Any) -> None:
    assert strict_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=200) | st.text('[]{}",:\\u0d8', max_size=60).map(str.encode))
def test_no_bytes_whatever_raise_anything_but_invalid_input(body: bytes) -> None:
    with suppress(InvalidInput):
        strict_json(body)
