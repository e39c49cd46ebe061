"""Metrics: what is counted, under which names, and that they can be had over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from assessor.adapters.metrics import REGISTRY
from assessor.bootstrap import running
from assessor.domain.errors import SettingsInvalid
from assessor.web.serving import free_port
from tests.web.site import Site, serving

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def watched(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with serving(tmp_path_factory.mktemp("watched"), metrics_port=free_port("127.0.0.1")) as site:
        yield site


def counted(route: str, status: int, method: str = "GET") -> float:
    labels = {"method": method, "route": route, "status": str(status)}
    return REGISTRY.get_sample_value("assessor_http_requests_total", labels) or 0.0


async def test_requests_are_counted_by_the_template_of_the_route(watched: Site) -> None:
    before = counted("/c/{token}", 410), counted("/v1/assessments/{assessment_id}", 401), counted("none", 404)

    async with watched.browser() as browser:
        await browser.get("/c/a-secret-token")
        await browser.get("/v1/assessments/asm_1")
        await browser.get("/an/address/that/there/is/not")

    assert counted("/c/{token}", 410) == before[0] + 1
    assert counted("/v1/assessments/{assessment_id}", 401) == before[1] + 1
    assert counted("none", 404) == before[2] + 1
    labels = {
        value for one in REGISTRY.collect() for sample in one.samples for value in sample.labels.values()
    }
    assert not any("secret" in label or "asm_1" in label for label in labels)


async def test_a_made_up_method_becomes_no_label(watched: Site) -> None:
    async with watched.browser() as browser:
        await browser.request("BREW", "/healthz")

    methods = {s.labels["method"] for one in REGISTRY.collect() for s in one.samples if "method" in s.labels}
    assert "BREW" not in methods
    assert "other" in methods


async def test_the_metrics_of_a_process_can_be_had_on_their_own_port(tmp_path: Path) -> None:
    port = free_port("127.0.0.1")
    async with serving(tmp_path, metrics_port=port), httpx.AsyncClient() as prometheus:
        page = (await prometheus.get(f"http://127.0.0.1:{port}/metrics")).text

    assert 'assessor_waiting{line="scoring"} 0.0' in page
    families = {family.name for family in text_string_to_metric_families(page)}
    assert {
        "assessor_http_requests",
        "assessor_waiting",
        "assessor_model_calls",
        "python_gc_objects_collected",
    } <= (families)
    async with httpx.AsyncClient() as prometheus:
        with pytest.raises(httpx.ConnectError):
            await prometheus.get(f"http://127.0.0.1:{port}/metrics")


async def test_a_port_that_is_taken_is_refused_by_its_variable(watched: Site) -> None:
    second = watched.settings.model_copy(update={"executor_id": "another"})

    with pytest.raises(SettingsInvalid) as refused:
        async with running(second):
            pass

    assert "ASSESSOR_METRICS_PORT" in str(refused.value)
