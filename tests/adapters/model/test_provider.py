"""One attempt through litellm. respx stands where the network would be: nothing gets past it."""

import asyncio
import json
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx

from assessor.adapters.model import LitellmModel
from assessor.adapters.model.faults import ProviderFault, seconds_of
from assessor.adapters.model.provider import Tally
from assessor.domain.errors import ModelFault
from assessor.ports import Model, ModelRequest, Token

URL = "https://model.test/v1/chat/completions"
SCHEMA = {
    "type": "object",
    "properties": {"met": {"type": "boolean"}},
    "required": ["met"],
    "additionalProperties": False,
}
REQUEST = ModelRequest(system="Be brief.", user="Hello?", max_tokens=20)


@pytest.fixture(autouse=True, scope="module")
def _import_once() -> None:
    asyncio.run(LitellmModel("openai/m").load())


@pytest.fixture
def provider() -> Iterator[respx.Route]:
    with respx.mock(assert_all_called=False) as router:
        yield router.post(URL)


def _model(timeout_seconds: float = 10) -> LitellmModel:
    return LitellmModel("openai/m", base_url="https://model.test/v1", timeout_seconds=timeout_seconds)


def _reply(text: str | None, finish: str = "stop") -> httpx.Response:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    usage = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
    body = {"id": "r", "object": "chat.completion", "created": 1, "model": "m-2026", "choices": [choice]}
    return httpx.Response(200, json={**body, "usage": usage})


def _chunk(text: str | None, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    body = {"id": "r", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


class Pieces(httpx.AsyncByteStream):
    """A body that comes in pieces; an exception among them breaks the connection, a number waits."""

    def __init__(self, *pieces: bytes | Exception | float) -> None:
        self._pieces = pieces
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            if isinstance(piece, float):
                await asyncio.sleep(piece)
                continue
            yield piece

    async def aclose(self) -> None:
        self.closed = True


def _streaming(*pieces: bytes | Exception | float) -> tuple[httpx.Response, Pieces]:
    body = Pieces(*pieces)
    return httpx.Response(200, stream=body, headers={"content-type": "text/event-stream"}), body


async def _stream(model: Model) -> list[str]:
    return [words async for words in model.stream(REQUEST)]


async def test_a_reply_comes_back_with_its_cost_and_the_model_that_gave_it(provider: respx.Route) -> None:
    provider.return_value = _reply("Good evening.")

    reply = await _model().complete(REQUEST)

    assert (reply.text, reply.model) == ("Good evening.", "m-2026")
    assert (reply.prompt_tokens, reply.completion_tokens) == (7, 2)


async def test_the_request_carries_both_parts_and_the_bounds(provider: respx.Route) -> None:
    provider.return_value = _reply("Hi.")

    await _model().complete(REQUEST)

    sent = json.loads(provider.calls.last.request.content)
    assert sent["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello?"},
    ]
    assert (sent["model"], sent["max_tokens"], sent["temperature"]) == ("m", 20, 0.0)


async def test_a_schema_is_passed_on_and_the_json_comes_back(provider: respx.Route) -> None:
    provider.return_value = _reply('{"met": true}')

    reply = await _model().complete(ModelRequest("s", "u", 20, schema=SCHEMA))

    sent = json.loads(provider.calls.last.request.content)["response_format"]
    assert sent["type"] == "json_schema"
    assert sent["json_schema"]["schema"] == SCHEMA
    assert sent["json_schema"]["strict"] is True
    assert json.loads(reply.text) == {"met": True}


async def test_a_request_can_be_told_by_its_key(provider: respx.Route) -> None:
    provider.return_value = _reply("Hi.")

    await _model().complete(ModelRequest("s", "u", 20, idempotency_key="turn:1"))

    assert provider.calls.last.request.headers["idempotency-key"] == "turn:1"


async def test_an_openai_key_does_not_travel_to_another_server(
    provider: respx.Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody")
    provider.return_value = _reply("Hi.")

    await _model().complete(REQUEST)

    assert provider.calls.last.request.headers["authorization"] == "Bearer none"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(httpx.Response(400), "refused", id="bad request"),
        pytest.param(httpx.Response(401), "not_configured", id="wrong key"),
        pytest.param(httpx.Response(403), "not_configured", id="no permission"),
        pytest.param(httpx.Response(404), "not_configured", id="no such model"),
        pytest.param(httpx.Response(413), "refused", id="too large"),
        pytest.param(httpx.Response(429), "rate_limited", id="too many requests"),
        pytest.param(httpx.Response(500), "unavailable", id="server error"),
        pytest.param(httpx.Response(503), "unavailable", id="overloaded"),
        pytest.param(httpx.ConnectError("refused"), "unavailable", id="connection refused"),
        pytest.param(httpx.ReadTimeout("slow"), "timeout", id="timeout"),
        pytest.param(_reply(""), "invalid_reply", id="empty reply"),
        pytest.param(_reply(None), "invalid_reply", id="no content"),
        pytest.param(_reply("", "content_filter"), "refused", id="content filter"),
        pytest.param(httpx.Response(200, json={"choices": []}), "invalid_reply", id="no choices"),
        pytest.param(
            httpx.Response(200, text='{"id":', headers={"content-type": "application/json"}),
            "invalid_reply",
            id="truncated body",
        ),
    ],
)
async def test_every_failure_is_a_model_fault_of_its_kind(
    provider: respx.Route, answer: httpx.Response | Exception, kind: str
) -> None:
    provider.side_effect = answer if isinstance(answer, Exception) else [answer]

    with pytest.raises(ModelFault) as caught:
        await _model().complete(REQUEST)

    assert caught.value.kind == kind
    assert provider.call_count == 1


@pytest.mark.parametrize("text", ['{"met": tr', "Sure! Here it is.", "[" * 100_000])
async def test_a_reply_that_is_not_json_where_json_was_asked_for_is_invalid(
    provider: respx.Route, text: str
) -> None:
    provider.return_value = _reply(text)

    with pytest.raises(ModelFault) as caught:
        await _model().complete(ModelRequest("s", "u", 20, schema=SCHEMA))

    assert caught.value.kind == "invalid_reply"


async def test_the_time_limit_holds(provider: respx.Route) -> None:
    async def never(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError

    provider.side_effect = never

    with pytest.raises(ModelFault) as caught:
        await _model(timeout_seconds=0.2).complete(REQUEST)

    assert caught.value.kind == "timeout"


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [("3", 3, 3), ("0.5", 0.5, 0.5), ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0), ("-4", 0, 0)],
)
def test_a_wait_that_is_asked_for_is_read_as_seconds_or_as_a_date(
    value: str, least: float, most: float
) -> None:
    seconds = seconds_of(value)

    assert seconds is not None
    assert least <= seconds <= most


def test_a_wait_that_makes_no_sense_is_none() -> None:
    assert seconds_of("soon") is None


async def test_a_fault_says_when_to_ask_again(provider: respx.Route) -> None:
    provider.return_value = httpx.Response(429, headers={"retry-after": "7"})

    with pytest.raises(ProviderFault) as caught:
        await _model().complete(REQUEST)

    assert caught.value.retry_after == 7


async def test_what_a_reply_used_is_counted_without_a_price_for_a_server_of_unknown_prices(
    provider: respx.Route,
) -> None:
    provider.return_value = _reply("Hi.")
    tally = Tally()

    await _model().complete(REQUEST, tally)

    assert tally == Tally(prompt_tokens=7, cached_tokens=0, completion_tokens=2, cost=None)


async def test_a_reply_that_cannot_be_used_is_counted_all_the_same(provider: respx.Route) -> None:
    provider.return_value = _reply("no JSON")
    tally = Tally()

    with pytest.raises(ModelFault):
        await _model().complete(ModelRequest("s", "u", 20, schema=SCHEMA), tally)

    assert (tally.prompt_tokens, tally.completion_tokens) == (7, 2)


async def test_the_price_comes_from_the_map_of_prices_and_knows_cached_tokens() -> None:
    body = json.loads(_reply("Hi.").content)
    body["usage"] = {
        "prompt_tokens": 2_000_000,
        "completion_tokens": 1000,
        "total_tokens": 2_001_000,
        "prompt_tokens_details": {"cached_tokens": 1_000_000},
    }
    tally = Tally()

    with respx.mock() as router:
        router.post("https://api.openai.com/v1/chat/completions").respond(200, json=body)
        reply = await LitellmModel("openai/gpt-4o", api_key="sk-test").complete(REQUEST, tally)

    import litellm

    price = litellm.model_cost["gpt-4o"]
    dollars = 1_000_000 * (price["input_cost_per_token"] + price["cache_read_input_token_cost"])
    assert tally.cached_tokens == 1_000_000
    assert tally.cost == round(1e6 * (dollars + 1000 * price["output_cost_per_token"]))
    assert reply.cost == tally.cost


async def test_a_stream_is_counted_by_its_last_chunk(provider: respx.Route) -> None:
    usage = {"prompt_tokens": 40, "completion_tokens": 8, "total_tokens": 48}
    last = {"id": "r", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []}
    provider.return_value, _ = _streaming(
        _chunk("Why?"),
        _chunk(None, "stop"),
        b"data: " + json.dumps({**last, "usage": usage}).encode() + b"\n\n",
        b"data: [DONE]\n\n",
    )
    tally = Tally()

    async for _ in _model().stream(REQUEST, tally):
        pass

    assert (tally.prompt_tokens, tally.completion_tokens) == (40, 8)
    sent = json.loads(provider.calls.last.request.content)
    assert sent["stream_options"] == {"include_usage": True}


async def test_a_stream_whose_provider_does_not_count_is_counted_here(provider: respx.Route) -> None:
    provider.return_value, _ = _streaming(_chunk("Why is that?"), _chunk(None, "stop"), b"data: [DONE]\n\n")
    tally = Tally()

    async for _ in _model().stream(REQUEST, tally):
        pass

    assert 5 < (tally.prompt_tokens or 0) < 30
    assert 3 <= (tally.completion_tokens or 0) < 8


async def test_probabilities_come_back_where_they_were_asked_for(provider: respx.Route) -> None:
    body = json.loads(_reply("Yes").content)
    rivals = [{"token": "Yes", "logprob": -0.1}, {"token": "No", "logprob": -2.4}]
    places = [{"token": "Yes", "logprob": -0.1, "bytes": None, "top_logprobs": rivals}]
    body["choices"][0]["logprobs"] = {"content": places}
    provider.return_value = httpx.Response(200, json=body)

    reply = await _model().complete(ModelRequest("s", "u", 20, top_logprobs=2))

    sent = json.loads(provider.calls.last.request.content)
    assert (sent["logprobs"], sent["top_logprobs"]) == (True, 2)
    assert reply.tokens == (Token("Yes", -0.1, {"Yes": -0.1, "No": -2.4}),)


async def test_an_unknown_provider_is_a_question_of_configuration() -> None:
    with pytest.raises(ModelFault) as caught:
        await LitellmModel("no-such-model").complete(REQUEST)

    assert caught.value.kind == "not_configured"


async def test_the_detail_of_a_fault_quotes_nothing_of_the_conversation(provider: respx.Route) -> None:
    provider.return_value = httpx.Response(400, json={"error": {"message": "cannot read 'Hello?' of Ms Doe"}})

    with pytest.raises(ModelFault) as caught:
        await _model().complete(REQUEST)

    logged = "".join(traceback.format_exception(caught.value))
    assert "Hello?" not in logged
    assert "Doe" not in logged


async def test_a_stream_comes_in_the_chunks_that_the_provider_sent(provider: respx.Route) -> None:
    provider.return_value, _ = _streaming(
        _chunk("You said "), _chunk("so. Why?"), _chunk(None, "stop"), b"data: [DONE]\n\n"
    )

    assert await _stream(_model()) == ["You said ", "so. Why?"]
    assert json.loads(provider.calls.last.request.content)["stream"] is True


@pytest.mark.parametrize("cut", range(1, 60, 7))
async def test_words_survive_whatever_the_network_cuts_them_into(provider: respx.Route, cut: int) -> None:
    words = "Line one\u2028line two\x85“quoted” \U0001f600"
    choice = {"index": 0, "delta": {"content": words}, "finish_reason": None}
    body = {"id": "r", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    line = b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"
    provider.return_value, _ = _streaming(line[:-cut], line[-cut:], _chunk(None, "stop"))

    assert await _stream(_model()) == [words]


async def test_an_error_that_is_told_in_mid_stream_is_a_fault(provider: respx.Route) -> None:
    told = b'data: {"error": {"message": "overloaded", "type": "server_error"}}\n\n'
    provider.return_value, _ = _streaming(_chunk("You said "), told)

    with pytest.raises(ModelFault) as caught:
        await _stream(_model())

    assert caught.value.kind == "unavailable"


async def test_a_provider_with_a_protocol_of_its_own_is_read_through_litellm() -> None:
    def event(kind: str, **fields: object) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()

    message = {"id": "m", "type": "message", "role": "assistant", "model": "c", "content": []}
    usage = {"input_tokens": 40, "output_tokens": 1}
    answer, _ = _streaming(
        event("message_start", message={**message, "usage": usage}),
        event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        event("content_block_delta", index=0, delta={"type": "text_delta", "text": "You said so. "}),
        event("content_block_delta", index=0, delta={"type": "text_delta", "text": "Why?"}),
        event("content_block_stop", index=0),
        event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 8}),
        event("message_stop"),
    )
    tally = Tally()

    with respx.mock() as router:
        router.post("https://api.anthropic.com/v1/messages").mock(return_value=answer)
        model = LitellmModel("anthropic/claude-sonnet-4-20250514", api_key="opens-nothing")
        words = [words async for words in model.stream(REQUEST, tally)]

    assert words == ["You said so. ", "Why?"]
    assert (tally.prompt_tokens, tally.completion_tokens) == (40, 8)


@pytest.mark.parametrize("pieces", [[b""], [_chunk("What would ")], [_chunk("Why?"), b"data: [DONE]\n\n"]])
async def test_a_stream_that_stops_without_the_provider_saying_so_is_a_fault(
    provider: respx.Route, pieces: list[bytes]
) -> None:
    provider.return_value, _ = _streaming(*pieces)

    with pytest.raises(ModelFault) as caught:
        await _stream(_model())

    assert caught.value.kind == "unavailable"


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        pytest.param(httpx.ReadError("reset"), "unavailable", id="connection reset"),
        pytest.param(httpx.ReadTimeout("slow"), "timeout", id="stalled"),
        pytest.param(b"data: {nope\n\n", "invalid_reply", id="garbage"),
        pytest.param(_chunk(None, "content_filter"), "refused", id="content filter"),
        pytest.param(5.0, "timeout", id="over the time limit"),
        pytest.param(b"", "unavailable", id="clean end in mid-sentence"),
    ],
)
async def test_a_stream_that_breaks_off_is_a_fault_after_what_had_come(
    provider: respx.Route, broken: bytes | Exception | float, kind: str
) -> None:
    provider.return_value, body = _streaming(_chunk("You said "), broken)
    stream = _model(timeout_seconds=1).stream(REQUEST)

    received = await anext(stream)
    with pytest.raises(ModelFault) as caught:
        await anext(stream)

    assert received == "You said "
    assert caught.value.kind == kind
    assert body.closed


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(httpx.Response(429), "rate_limited", id="too many requests"),
        pytest.param(httpx.Response(500), "unavailable", id="server error"),
        pytest.param(httpx.ConnectError("refused"), "unavailable", id="connection refused"),
    ],
)
async def test_a_stream_that_does_not_start_is_a_fault_without_a_retry(
    provider: respx.Route, answer: httpx.Response | Exception, kind: str
) -> None:
    provider.side_effect = answer if isinstance(answer, Exception) else [answer]

    with pytest.raises(ModelFault) as caught:
        await _stream(_model())

    assert caught.value.kind == kind
    assert provider.call_count == 1


async def test_leaving_a_stream_early_closes_the_connection(provider: respx.Route) -> None:
    provider.return_value, body = _streaming(_chunk("You said "), _chunk("more"), 60.0)
    stream = _model().stream(REQUEST)

    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]

    assert body.closed


def test_what_is_heavy_is_not_loaded_before_it_is_needed() -> None:
    script = (
        "import sys, assessor.interview, assessor.adapters.model, assessor.adapters.prompts\n"
        "print([name for name in ('litellm', 'langgraph', 'langsmith', 'numpy') if name in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


async def test_no_test_can_reach_the_network_by_accident(provider: respx.Route) -> None:
    elsewhere = LitellmModel("openai/m", base_url="https://elsewhere.test/v1")

    with pytest.raises(respx.models.AllMockedAssertionError):
        async with httpx.AsyncClient() as client:
            await client.get("https://elsewhere.test/")
    with pytest.raises(ModelFault):
        await elsewhere.complete(REQUEST)
    assert provider.call_count == 0
