"""Which model gets which address and key."""

import asyncio
import json

import pytest
import respx

from assessor.adapters.clock import SystemClock
from assessor.adapters.model import Choice, LitellmModel, models, resilient
from assessor.domain.errors import SettingsInvalid
from assessor.ports import ModelRequest
from tests.adapters.model.test_resilient import LedgerInPlace

REQUEST = ModelRequest("s", "u", 20, within_seconds=20)
OUR_SERVER = "https://models.test/v1"


@pytest.fixture(autouse=True, scope="module")
def _import_once() -> None:
    asyncio.run(LitellmModel("openai/m").load())


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resilient, "FIRST_PAUSE_SECONDS", 0.01)


@pytest.mark.parametrize(
    ("name", "owner"),
    [("openai/large", "us"), ("openai/small", "us"), ("anthropic/claude", "them"), ("gpt-4o", "them")],
)
def test_address_and_key_belong_to_models_of_the_same_provider(name: str, owner: str) -> None:
    choice = Choice("openai/large", "openai/large", ("openai/small", "anthropic/claude", "gpt-4o"))

    assert choice.belongs_to(name) is (owner == "us")


def test_beside_a_model_file_they_belong_to_the_first_model_that_is_none() -> None:
    choice = Choice("local:model.gguf", "openai/judge", ("anthropic/claude",))

    assert choice.belongs_to("openai/judge")
    assert not choice.belongs_to("anthropic/claude")


async def test_a_fallback_of_another_provider_gets_neither_our_address_nor_our_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-for-anthropic")
    reply = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": [{"type": "text", "text": "Hi."}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 5, "output_tokens": 2},
    }
    choice = Choice(
        "openai/m",
        None,
        ("anthropic/claude-sonnet-4-5",),
        base_url=OUR_SERVER,
        api_key="key-of-ours",
    )

    with respx.mock() as router:
        ours = router.post(f"{OUR_SERVER}/chat/completions").respond(500)
        theirs = router.post("https://api.anthropic.com/v1/messages").respond(200, json=reply)
        async with models(choice, LedgerInPlace(), SystemClock()) as running:
            assert running.interviewer is not None
            answer = await running.interviewer.complete(REQUEST)

    assert answer.text == "Hi."
    assert ours.calls.last.request.headers["authorization"] == "Bearer key-of-ours"
    assert theirs.calls.last.request.headers["x-api-key"] == "key-for-anthropic"
    assert "key-of-ours" not in str(theirs.calls.last.request.headers)


async def test_a_judge_is_never_replaced_by_a_fallback() -> None:
    choice = Choice("openai/a", "openai/judge", ("openai/b",), base_url=OUR_SERVER)

    with respx.mock() as router:
        route = router.post(f"{OUR_SERVER}/chat/completions").respond(401)
        async with models(choice, LedgerInPlace(), SystemClock()) as running:
            assert running.judges
            with pytest.raises(Exception, match="not_configured"):
                await running.judges[0].complete(REQUEST)

    asked = [json.loads(call.request.content)["model"] for call in route.calls]
    assert asked == ["judge"]


async def test_the_second_judge_is_a_model_of_its_own() -> None:
    choice = Choice(None, "openai/judge", second_judge="openai/second", base_url=OUR_SERVER)

    with respx.mock() as router:
        route = router.post(f"{OUR_SERVER}/chat/completions").respond(401)
        async with models(choice, LedgerInPlace(), SystemClock()) as running:
            assert len(running.judges) == 2
            with pytest.raises(Exception, match="not_configured"):
                await running.judges[1].complete(REQUEST)

    asked = [json.loads(call.request.content)["model"] for call in route.calls]
    assert (asked, running.judges[1].name) == (["second"], "openai/second")


async def test_without_a_model_there_is_none() -> None:
    async with models(Choice(None, None), LedgerInPlace(), SystemClock()) as running:
        assert running.judges == ()
        assert running.shown is None


async def test_a_file_that_is_not_there_stops_the_start() -> None:
    with pytest.raises(SettingsInvalid, match="ASSESSOR_MODEL"):
        async with models(Choice("local:no-such.gguf", None), LedgerInPlace(), SystemClock()):
            pass


def test_a_key_is_not_shown() -> None:
    assert "secret" not in repr(Choice("openai/m", None, api_key="secret"))
