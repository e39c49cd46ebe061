"""An appeal in Chromium: the candidate asks, a second reviewer answers, the platform gets the verdict."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.candidate import PATIENCE, Candidate
from tests.e2e.conftest import Open
from tests.e2e.looks import faults
from tests.e2e.service import Platform, Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "a long enough password"
REASON = "The last sentence names the cause in so many words."
NARROW = {"viewport": {"width": 320, "height": 640}}


@dataclass
class Hooks:
    """The platform's own server, which keeps what it is sent."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    server: ThreadingHTTPServer = field(init=False)

    def __post_init__(self) -> None:
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing on the test's own output."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture(scope="module")
def appeals_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service without a model, which may send webhooks to this machine."""
    settings = {"ASSESSOR_WEBHOOK_ALLOW_LOOPBACK": "true"}
    service = Service(tmp_path_factory.mktemp("appeals"), settings)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    hooks = Hooks()
    yield hooks
    hooks.server.shutdown()
    hooks.server.server_close()


@dataclass
class Looks:
    """What is wrong with the pages that were looked at."""

    findings: list[str] = field(default_factory=list)

    def at(self, page: Page, where: str) -> None:
        self.findings.extend(f"{where}: {finding}" for finding in faults(page))


def test_an_appeal_goes_from_the_result_to_a_superseding_verdict(
    appeals_service: Service, hooks: Hooks, opened: Open
) -> None:
    service, looks = appeals_service, Looks()
    platform = Platform.of(service, "acme", "--name", "Acme AI")
    for name in ("rita", "eve"):
        email = f"{name}@acme.example"
        service.run("reviewers", "add", email, "--tenant", "acme", "--password", PASSWORD)
        service.run("reviewers", "waive-training", email, "--reason", "This is about an appeal.")
    _subscribe(platform, hooks)
    candidate = Candidate(opened(service, color_scheme="dark", **NARROW).page(), service)
    page, eve = candidate.page, opened(service).page()

    assessment = _decided_against(candidate, platform, opened(service).page())
    _appeals(candidate, looks)
    _sign_in(eve, service, "eve")
    _answers(eve, assessment, looks)
    page.reload()
    expect(page.get_by_text("The score was raised")).to_be_visible()
    expect(page.get_by_text(REASON)).to_be_visible()
    expect(page.locator("dl.pairs").last).to_contain_text("Not shown")
    looks.at(page, "appeal, raised")
    _says_how_it_was(candidate, looks)

    assert looks.findings == []
    *_, former, last = platform.verdicts(assessment)
    assert last["document"]["supersedes"] == former["document"]["id"]
    assert (former["status"], last["status"]) == ("superseded", "issued")
    assert "raised_by_appeal" in [one["code"] for one in last["document"]["reasons"]]
    _heard(page, hooks, last["document"]["id"])


def _appeals(candidate: Candidate, looks: Looks) -> None:
    page = candidate.page
    candidate.go("/assessment/result")
    expect(page.get_by_text("A person decided: not qualified")).to_be_visible()
    looks.at(page, "result")
    page.get_by_role("link", name="Appeal a criterion").click()
    expect(page.get_by_role("button", name="Send the appeal")).to_be_visible()
    looks.at(page, "appeal")
    page.get_by_role("button", name="Send the appeal").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was sent yet")
    looks.at(page, "appeal, refused")
    page.get_by_role("checkbox", name="Not shown").first.check()
    page.get_by_role("radio", name="overlooked").check()
    page.get_by_label("What should the reviewer look at?").fill("See the last sentence.")
    page.get_by_role("button", name="Send the appeal").click()
    expect(page.get_by_text("Waits for an answer")).to_be_visible()
    looks.at(page, "appeal, waiting")


def _answers(eve: Page, assessment: str, looks: Looks) -> None:
    expect(eve.get_by_text("The candidate appeals; the answer is due by")).to_be_visible()
    looks.at(eve, "queue")
    eve.get_by_role("link", name=assessment).click()
    expect(eve.get_by_text("See the last sentence.")).to_be_visible()
    looks.at(eve, "reviewer's appeal")
    eve.get_by_label("Met", exact=True).check()
    eve.get_by_label("Reason").fill(REASON)
    eve.get_by_role("button", name="Answer").click()
    expect(eve.get_by_text("No appeal is left to answer here.")).to_be_visible()
    looks.at(eve, "reviewer's appeal, answered")


def _says_how_it_was(candidate: Candidate, looks: Looks) -> None:
    page = candidate.page
    candidate.go("/assessment/feedback")
    looks.at(page, "feedback")
    page.get_by_role("radio", name="5: yes").first.check()
    page.get_by_role("button", name="Save my answers").click()
    expect(page.get_by_role("status")).to_contain_text("Your answers are saved")
    looks.at(page, "feedback, saved")


def _subscribe(platform: Platform, hooks: Hooks) -> None:
    httpx.post(
        f"{platform.service.url}/v1/webhook-endpoints",
        json={"url": hooks.url},
        headers={"Authorization": f"Bearer {platform.key}", "Idempotency-Key": "hooks-1"},
    ).raise_for_status()


def _decided_against(candidate: Candidate, platform: Platform, rita: Page) -> str:
    """Let somebody do the short form, and a reviewer find nothing in it; return the assessment's id."""
    assessment, invite = platform.order()
    candidate.begin(invite)
    candidate.hold_interview()
    candidate.do_tasks()
    candidate.submit()
    candidate.sees_scores()
    _sign_in(rita, candidate.service, "rita")
    rita.get_by_role("link", name=assessment).click()
    for more in rita.locator("form details:has(fieldset):not([open]) > summary").all():
        more.click()
    for unmet in rita.get_by_label("Not met", exact=True).all():
        unmet.check()
    rita.get_by_label("Not qualified", exact=True).check()
    rita.get_by_label("Reason for the decision").fill("Nothing of what is looked for was found.")
    rita.get_by_role("button", name="Store").click()
    expect(rita.get_by_text("Your decision is stored")).to_be_visible()
    return assessment


def _sign_in(page: Page, service: Service, name: str) -> None:
    page.goto(f"{service.url}/review")
    page.get_by_label("E-mail address").fill(f"{name}@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="What waits for a person")).to_be_visible()


def _heard(page: Page, hooks: Hooks, verdict_id: str) -> None:
    """Wait until the platform's server was told of the appeal and of the last verdict."""
    for _ in range(PATIENCE // 100):
        if any(body["data"].get("superseded_by") == verdict_id for body in hooks.bodies):
            break
        page.wait_for_timeout(100)
    causes = [body["type"] for body in hooks.bodies if body["data"].get("cause") == "appeal"]
    assert sorted(causes) == ["assessor.review.completed", "assessor.review.requested"]
    assert any(body["data"].get("superseded_by") == verdict_id for body in hooks.bodies)
    issued = [body for body in hooks.bodies if body["type"] == "assessor.verdict.issued"]
    assert verdict_id in [body["data"]["verdict_id"] for body in issued]
