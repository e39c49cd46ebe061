import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import forked

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command line as people do: a process of its own, in a folder of its own."""

    def run_command(
        *arguments: str, stdin: str = "", timeout: float = forked.STUCK_SECONDS, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "ASSESSOR_DATA_DIR": str(tmp_path / "var"), **variables}
        return forked.run(*arguments, environment=environment, folder=tmp_path, given=stdin, timeout=timeout)

    return run_command
