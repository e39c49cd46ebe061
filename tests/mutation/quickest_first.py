"""A plugin of pytest for mutants: the quickest tests go first, so that most mutants are killed in no time."""

import json
from pathlib import Path

import pytest

LEARNT = Path("mutmut-stats.json")
"""What mutmut learnt about the tests, in the folder in which it runs them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests in the order of how long they took, those that are not known first."""
    if LEARNT.exists():
        seconds = json.loads(LEARNT.read_text())["duration_by_test"]
        items.sort(key=lambda item: float(seconds.get(item.nodeid, 0)))
