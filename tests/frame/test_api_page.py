"""docs/api.md: what it lists is what there is."""

import re
from pathlib import Path

from assessor.services.admission import SCOPES, Scope
from assessor.services.idempotency import STALE_AFTER
from assessor.settings import Settings
from assessor.web.app import create_app
from assessor.web.rates import Rates

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()


def test_the_scope_table_is_the_one_in_the_code() -> None:
    rows = dict(re.findall(r"^\| `([a-z]+:[a-z]+)` \| (.+) \|$", PAGE, re.MULTILINE))

    assert rows == {scope.value: meaning for scope, meaning in SCOPES.items()}
    assert set(SCOPES) == set(Scope)


def test_every_resource_is_mentioned(tmp_path: Path) -> None:
    paths = create_app(Settings(data_dir=tmp_path)).openapi()["paths"]
    names = {path.split("/")[2] for path in paths if path.startswith("/v1/")}
    actions = {
        path.split("/")[4] for path in paths if path.startswith("/v1/assessments/") and path.count("/") > 3
    }

    assert {name for name in names if f"/v1/{name}" not in PAGE} == set()
    assert {action for action in actions if f"/{action}" not in PAGE} == set()


def test_the_numbers_are_those_of_the_code() -> None:
    settings = Settings()

    assert Rates(settings.api_requests_per_minute, settings.api_burst).policy in PAGE
    assert f"after {STALE_AFTER.seconds} seconds" in PAGE
