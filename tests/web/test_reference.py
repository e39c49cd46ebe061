"""The OpenAPI document is whole, and the page that shows it needs nothing from elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from assessor.domain.verdict import VerdictDocument
from assessor.settings import Settings
from assessor.web.app import create_app
from assessor.web.examples import VERDICT
from assessor.web.problems import KINDS
from tests.web.site import Site

PROBLEM = "application/problem+json"
NO_BODY = {"204", "304"}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("documented")
    return create_app(Settings(data_dir=folder)).openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body that is sent either way, with where it stands."""
    for where, operation in operations(document):
        for media_type, shown in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{where} {media_type}", shown
        for status, response in operation["responses"].items():
            for media_type, shown in response.get("content", {}).items():
                yield f"{where} {status} {media_type}", shown


def test_every_operation_says_what_it_does_and_what_comes_back(document: dict[str, Any]) -> None:
    described = list(operations(document))

    assert len(described) > 20
    for where, operation in described:
        assert operation["summary"], where
        assert operation["description"], where
        statuses = set(operation["responses"])
        assert any(status < "300" for status in statuses), where
        for status in statuses - NO_BODY:
            assert operation["responses"][status]["content"], (where, status)


def test_every_operation_of_the_api_documents_its_refusals_and_our_faults(document: dict[str, Any]) -> None:
    for where, operation in operations(document):
        if " /v1/" in where:
            assert {"401", "403", "422", "500"} <= set(operation["responses"]), where
        if "{" in where:
            assert "404" in operation["responses"], where


def test_every_body_and_every_problem_has_an_example_that_fits_its_schema(document: dict[str, Any]) -> None:
    shown = list(bodies(document))

    assert shown
    for where, body in shown:
        schema = {**body["schema"], "components": document["components"]}
        examples = [one["value"] for one in body["examples"].values()]
        assert examples, where
        for example in examples:
            jsonschema.validate(example, schema, cls=jsonschema.Draft202012Validator)


def test_every_problem_shown_is_one_that_the_service_explains(document: dict[str, Any]) -> None:
    seen = set()
    for where, body in bodies(document):
        if where.endswith(PROBLEM):
            for code, example in body["examples"].items():
                assert KINDS[code].status == example["value"]["status"]
                assert example["value"]["instance"] == where.split()[1]
                seen.add(code)

    assert {"unauthenticated", "forbidden", "invalid-input", "not-found", "verdict-not-ready"} <= seen


def test_the_verdict_that_is_shown_is_one(document: dict[str, Any]) -> None:
    read = VerdictDocument.model_validate(VERDICT)

    assert read.decision == "qualified"


async def test_the_reference_shows_every_call_and_loads_nothing_from_elsewhere(
    site: Site, document: dict[str, Any]
) -> None:
    async with site.browser() as browser:
        page = await browser.get("/docs")
        told = await browser.get("/openapi.json")

    assert (page.status_code, told.status_code) == (200, 200)
    assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    loaded = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]*)"', page.text)
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    assert not re.search(r"<script(?![^>]*src=)|style=|onclick=", page.text)
    for _, operation in operations(document):
        assert operation["summary"].replace("'", "&#39;") in page.text
    for name in told.json()["components"]["schemas"]:
        assert f'id="schema-{name}"' in page.text


async def test_every_link_within_the_reference_leads_somewhere(site: Site) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site.app), base_url="http://x") as client:
        page = (await client.get("/docs")).text

    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', page))
