"""The orders that ranking keys of the `python` bank state, shown by running the responses."""

import asyncio
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from assessor.domain.item import RankingItem
from assessor.domain.library import Library
from tests.banks.snippets import code_of, item, run


def ranked(library: Library, name: str) -> dict[str, str]:
    return {response.id: code_of(response.text) for response in item(library, RankingItem, name).responses}


def passes(code: str) -> bool:
    try:
        run(code)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize(
    ("lengths", "passing"),
    [
        (("0.1", "0.2", "0.3"), {"rb", "rc"}),
        (("1000.1", "1000.2", "2000.3"), {"rc"}),
        (("0.1", "-0.1", "0.0"), {"rb", "rc"}),
        (("0.001", "0.001", "0.003"), set()),
    ],
    ids=["the example", "kilometres", "zero", "a millimetre too much"],
)
def test_float_comparisons_pass_as_their_rank_says(
    library: Library, lengths: tuple[str, str, str], passing: set[str]
) -> None:
    def with_lengths(code: str) -> str:
        numbers = iter(lengths)
        return re.sub(r"\b0\.[123]\b", lambda _: next(numbers), code)

    responses = ranked(library, "rk-float-compare")

    # Decimal(0.1) + Decimal(-0.1) is exactly zero, so `ra` may pass there; it stands for nothing else
    tried = {name for name in responses if not (name == "ra" and lengths[2] == "0.0")}
    assert {name for name in tried if passes(with_lengths(responses[name]))} == passing


ITERABLES: dict[str, Callable[[], Any]] = {
    "list": lambda: [1.0, 2.0, 6.0],
    "generator": lambda: (price for price in [1.0, 2.0, 6.0]),
    "map": lambda: map(float, ["1", "2", "6"]),
    "filter": lambda: filter(None, [1.0, 2.0, 6.0]),
}


def test_spreads_work_with_as_many_iterables_as_their_rank_says(library: Library) -> None:
    def works(code: str, make: Callable[[], Any]) -> bool:
        try:
            return bool(run(code)["spread"](make()) == (3.0, 3.0))
        except (TypeError, ZeroDivisionError, ValueError):
            return False

    working = {
        name: {kind for kind, make in ITERABLES.items() if works(code, make)}
        for name, code in ranked(library, "rk-price-spread").items()
    }

    assert working["rb"] == working["rd"] == set(ITERABLES)
    assert working["ra"] == {"list", "generator"}
    assert "list" in working["rc"]
    assert "generator" not in working["rc"]


class VendorDown(Exception):
    pass


class Vendor:
    """Stands where the vendor's library would: blocks, counts, and fails for order -1."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running = self.peak = 0
        self.threads: set[int] = set()

    def fetch(self, order_id: int) -> dict[str, int]:
        with self.lock:
            self.running += 1
            self.peak = max(self.peak, self.running)
            self.threads.add(threading.get_ident())
        time.sleep(0.03)
        with self.lock:
            self.running -= 1
        if order_id == -1:
            raise VendorDown
        return {"order": order_id}


async def load_in_service(code: str, vendor: Vendor, orders: list[int]) -> Any:
    # the default pool of a machine with many cores, on any machine
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(32))
    return await run(code, fetch=vendor.fetch)["load"](orders)


def test_a_blocking_call_leaves_the_loop_free_as_its_rank_says(library: Library) -> None:
    orders = list(range(12))
    blocked, peaks = {}, {}
    for name, code in ranked(library, "rk-blocking-vendor").items():
        vendor = Vendor()
        if name == "rb":
            with pytest.raises(TypeError, match="not callable"):
                asyncio.run(load_in_service(code, vendor, orders))
        else:
            loaded = asyncio.run(load_in_service(code, vendor, orders))
            assert loaded == [{"order": order} for order in orders]
        blocked[name] = threading.get_ident() in vendor.threads
        peaks[name] = vendor.peak

    assert blocked == {"ra": False, "rb": True, "rc": False, "rd": False}
    assert peaks["rc"] == 1
    assert peaks["ra"] <= 5 < peaks["rd"]


@pytest.mark.parametrize("name", ["ra", "rc"])
def test_exceptions_reach_the_caller_of_the_better_responses(library: Library, name: str) -> None:
    code = ranked(library, "rk-blocking-vendor")[name]

    with pytest.raises(VendorDown):
        asyncio.run(load_in_service(code, Vendor(), [1, -1, 2]))


def test_exceptions_are_hidden_among_the_results_of_rd(library: Library) -> None:
    code = ranked(library, "rk-blocking-vendor")["rd"]

    loaded = asyncio.run(load_in_service(code, Vendor(), [1, -1]))

    assert isinstance(loaded[1], VendorDown)
