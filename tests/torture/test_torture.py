from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.torture.killing import Result, torture_one_process, torture_several


@pytest.mark.slow
@pytest.mark.parametrize("torture", [torture_one_process, torture_several])
async def test_ten_kills_lose_and_double_nothing(
    tmp_path: Path, torture: Callable[..., Coroutine[Any, Any, Result]]
) -> None:
    result = await torture(tmp_path, kills=10, people=3, seed=7, tell=lambda _line: None)

    assert result.kills >= 10
    assert result.at_points >= 1
    assert result.finished >= 3
    assert result.damage.is_none, result
