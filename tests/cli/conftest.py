import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command line as people do: a process of its own, in a folder of its own."""

    def run_command(
        *arguments: str, stdin: str = "", timeout: float = 120, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "ASSESSOR_DATA_DIR": str(tmp_path / "var"), **variables}
        return subprocess.run(
            [sys.executable, "-m", "assessor", *arguments],
            cwd=tmp_path,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run_command
