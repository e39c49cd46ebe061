"""Faults of the network between us and a provider: each is a fault of the model, told in time."""

from collections.abc import Callable

import pytest
from httpx import URL

from assessor.adapters.model import LitellmModel
from assessor.domain.errors import ModelFault
from assessor.ports import ModelRequest
from tests.faulty_upstream import says, upstream
from tests.faulty_wire import Wire, wired_service

TIMEOUT_SECONDS = 1.0
REQUEST = ModelRequest("Be brief.", "Say hello.", 8)


def _over(wire: Wire, url: str) -> LitellmModel:
    return LitellmModel("openai/m", str(URL(url).copy_with(port=wire.port)), "key", TIMEOUT_SECONDS)


async def test_a_connection_that_was_reset_in_the_meantime_is_made_anew() -> None:
    async with upstream(says("Hello.")) as server:
        with wired_service(URL(server.url).port or 0) as wire:
            model = _over(wire, server.url)
            await model.complete(REQUEST)

            wire.reset()

            assert (await model.complete(REQUEST)).text == "Hello."


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Wire.stall, "timeout"),
        (Wire.half_open, "timeout"),
        (lambda wire: wire.delay(60), "timeout"),
        (Wire.drop_in_answer, "unavailable"),
    ],
    ids=["stall", "half open", "delay", "cut off"],
)
async def test_a_fault_of_the_network_is_one_of_the_model_and_is_over_when_it_is(
    fault: Callable[[Wire], None], kind: str
) -> None:
    async with upstream(says("Hello.")) as server:
        with wired_service(URL(server.url).port or 0) as wire:
            model = _over(wire, server.url)
            assert (await model.complete(REQUEST)).text == "Hello."

            fault(wire)
            with pytest.raises(ModelFault) as told:
                await model.complete(REQUEST)
            wire.mend()

            assert told.value.kind == kind
            assert (await model.complete(REQUEST)).text == "Hello."
