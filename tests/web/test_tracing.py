"""Traces and log lines of requests: whose they are, and never what somebody wrote."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI

from assessor.adapters.content import shipped_content
from assessor.adapters.logs import configure_logs
from assessor.domain.policy import Grade, Policy
from assessor.domain.value import strings_in
from assessor.services.access import Scope
from assessor.services.own_words import passages_of
from assessor.settings import Settings
from assessor.simulation.candidate import EXPERT, SimulatedCandidate
from assessor.simulation.forms import FormBrowser
from assessor.simulation.headless import Platform, Run
from assessor.web.candidate.visit import Visitor
from assessor.web.serving import free_port
from assessor.web.serving import serving as served
from tests.faulty_upstream import GOOD_PROBE, fails, says, upstream
from tests.traced import Spans, recorded, trace_of
from tests.web.site import serving

pytestmark = pytest.mark.anyio

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{CALLER}-01"
EMAIL = "ada.lovelace@example.org"
REFERENCE = "person-of-the-analytical-engine"
POLICY = Policy(least_basis=Grade.PROVISIONAL, judge_may_score=True)
PAGE = Path(__file__).parents[2] / "docs/operations.md"


@pytest.fixture
def spans() -> Iterator[Spans]:
    with recorded() as kept:
        yield kept


@pytest.fixture
async def whole(tmp_path: Path, spans: Spans) -> tuple[Spans, list[str]]:
    """The spans of an assessment from its order to its verdict, and what must be in none of them.

    The provider words one probe, and then fails with errors that quote the conversation.
    """
    port = free_port("127.0.0.1")
    async with upstream(says(GOOD_PROBE), says(GOOD_PROBE), fails(400)) as provider:
        settings = Settings(
            data_dir=tmp_path,
            port=port,
            public_url=f"http://127.0.0.1:{port}",
            model="openai/told-everything",
            judge_model="openai/judges-everything",
            model_base_url=provider.url,
            model_api_key="none",  # type: ignore[arg-type]  # pydantic makes a secret of it
        )
        async with served(settings) as service:
            access = service.services.access
            tenant = await access.add_tenant("acme", "Acme", POLICY)
            key = (await access.add_key(tenant.id, tuple(Scope), livemode=False)).secret
            secrets = [key, EMAIL, REFERENCE, *await _played(settings.public_url, key)]
    return spans, secrets


async def _played(origin: str, key: str) -> list[str]:
    """Play; return what the candidate wrote, and the tokens that let in."""
    async with FormBrowser(origin) as browser, Platform(origin, key) as platform:
        answer = await platform._client.post(
            "/v1/assessments",
            json={"candidate_ref": REFERENCE, "candidate_email": EMAIL, "track": "python", "form": "short"},
            headers={"Idempotency-Key": "one", "traceparent": TRACEPARENT},
        )
        ordered = answer.raise_for_status().json()
        library = await shipped_content().library()
        candidate = SimulatedCandidate(library, "python", EXPERT)
        run = Run(browser, platform, library, candidate, ordered["id"])
        path = httpx.URL(ordered["invite_url"]).path
        await run.open(path)
        await run.interview()
        await run.tasks()
        await run.submit()
        transcript = await platform.transcript(ordered["id"])
    said = [one["text"] for one in transcript["turns"] if one["speaker"] == "candidate"]
    written = [text for one in transcript["responses"] for text in strings_in(one["response"])]
    passages = [part for text in [*said, *written] for part in passages_of(text)]
    return [path.rsplit("/", 1)[-1], *browser._client.cookies.values(), *passages]


async def test_an_assessment_is_seen_from_end_to_end_and_no_span_has_a_word_of_it(
    whole: tuple[Spans, list[str]],
) -> None:
    spans, secrets = whole

    text = spans.text()
    assert len(secrets) > 20
    assert [one for one in secrets if one in text or json.dumps(one)[1:-1] in text] == []
    assert not any(one.events for one in spans.all())
    assert not any(one.status.description for one in spans.all())
    names = {one.name for one in spans.all()}
    assert names >= {
        *("POST /v1/assessments", "GET /c/{token}", "POST /assessment/submit"),
        *("turn", "turn screen", "turn plan", "turn speak", "turn commit", "observation", "model call"),
        *("job score", "step"),
    }
    faults = {(one.attributes or {}).get("assessor.fault") for one in spans.named("model call")}
    assert len(faults - {None}) > 0  # errors of a provider were there to be quoted

    (ordered,) = spans.named("POST /v1/assessments")
    assert trace_of(ordered) == TRACE
    assert ordered.parent is not None
    assert f"{ordered.parent.span_id:016x}" == CALLER
    assert (ordered.attributes or {})["assessor.tenant"] == "acme"
    (submitted,), (job,) = spans.named("POST /assessment/submit"), spans.named("job score")
    assert trace_of(job) == trace_of(submitted)
    assert job.parent is not None
    assert submitted.context is not None
    assert job.parent.span_id == submitted.context.span_id
    askers = {"turn": "turn speak", "observation": "observation", "judge": "step"}
    for call in spans.named("model call"):
        above = spans.named(askers[str((call.attributes or {})["assessor.purpose"])])
        assert call.parent in [one.context for one in above]

    page = PAGE.read_text().partition("## Traces")[2].partition("\n## ")[0]
    assert spans.attributes() <= set(re.findall(r"`([a-z_.]+)`", page))


async def test_without_anybody_who_records_them_there_are_no_spans_and_requests_are_answered(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as site, site.program(traceparent=TRACEPARENT) as anybody:
        assert (await anybody.get("/v1/assessments")).status_code == 401


async def test_a_traceparent_that_is_none_begins_a_trace_of_its_own(tmp_path: Path, spans: Spans) -> None:
    async with serving(tmp_path) as site, site.program(traceparent="00-nonsense-01") as anybody:
        await anybody.get("/problems/not-ready")

    (asked,) = spans.named("GET /problems/{code}")
    assert asked.parent is None


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """What was logged, once a test has configured logs for machines."""

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]

    yield read
    structlog.reset_defaults()


async def test_a_line_of_a_request_says_whose_it_is_and_in_which_trace(tmp_path: Path, lines: Any) -> None:
    async def fail(visitor: Visitor) -> None:
        await visitor.load()
        raise ValueError("words that a candidate wrote")

    async with serving(tmp_path) as site, site.browser() as browser:
        site.app.add_api_route("/fails", fail)
        platform = await site.platform()
        async with site.program(**platform.headers) as program:
            ordered = await program.post("/v1/assessments", json={"candidate_ref": "r", "track": "python"})
        page = await browser.get(ordered.json()["invite_url"])
        await browser.post(_start(page))
        configure_logs("INFO", for_machines=True)
        answer = await browser.get(
            "/fails", headers={"traceparent": TRACEPARENT, "X-Request-Id": "theirs-1", "Accept": "*/*"}
        )
        hostile = await browser.get("/fails", headers={"X-Request-Id": "<ada@example.org>", "Accept": "*/*"})

    first, second = lines()
    assert first["event"] == "request failed"
    assert first["request"] == answer.headers["x-request-id"]
    assert first["assessment"] == ordered.json()["id"]
    assert first["tenant"] == platform.tenant.id
    assert (first["trace"], first["callers_request"]) == (TRACE, "theirs-1")
    assert second["request"] == hostile.headers["x-request-id"]
    assert "callers_request" not in second
    assert "words" not in json.dumps([first, second])
    assert structlog.contextvars.get_contextvars() == {}


def _start(page: httpx.Response) -> str:
    found = re.search(r'action="([^"]*/start)"', page.text)
    assert found is not None, page.text
    return found[1]


def test_the_framework_s_own_telemetry_is_off(app: FastAPI) -> None:
    own: Any = app

    assert not any(own._telemetry[name] for name in ("tracing", "metrics", "logs", "auto_configure"))


def test_what_sends_spans_is_loaded_only_to_send_them() -> None:
    program = "import sys, assessor.web.app, assessor.bootstrap.service; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert "opentelemetry.trace" in done.stdout
    assert not re.search(r"opentelemetry\.(sdk|exporter)", done.stdout)
