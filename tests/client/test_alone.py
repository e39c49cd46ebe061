"""The client weighs nothing: what makes up the service is not loaded with it."""

import subprocess
import sys

LOADED = "import sys, assessor.client; print(*sorted(sys.modules))"
OF_THE_SERVICE = {
    "alembic", "dbos", "fastapi", "langgraph", "litellm", "numpy", "sqlalchemy", "sqlmodel", "starlette",
    "uvicorn",
}  # fmt: skip


def test_importing_the_client_loads_nothing_of_the_service() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    modules = loaded.stdout.split()

    assert "assessor.client" in modules
    assert not OF_THE_SERVICE & {name.partition(".")[0] for name in modules}
    assert [
        name
        for name in modules
        if name.startswith("assessor") and not name.startswith(("assessor.client.", "assessor.client"))
    ] == ["assessor"]
