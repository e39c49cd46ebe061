"""An appeal in Chromium: the candidate asks, a second reviewer answers, the platform gets the verdict.

Then the reviewer overrides one score and differs from a colleague on another, a senior decides between the
two, and the whole leaves the service as a package that can be checked offline.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
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
    appeals_service: Service, hooks: Hooks, opened: Open, tmp_path: Path
) -> None:
    service, looks = appeals_service, Looks()
    platform = Platform.of(service, "acme", "--name", "Acme AI")
    for name, role in (("rita", "reviewer"), ("eve", "reviewer"), ("sam", "senior")):
        email = f"{name}@acme.example"
        account = ("--tenant", "acme", "--password", PASSWORD, "--role", role)
        service.run("reviewers", "add", email, *account)
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
    _overrides(eve, assessment, looks)
    _differs(eve, assessment)
    sam = opened(service).page()
    _sign_in(sam, service, "sam")
    _decides_between(sam, assessment, looks)
    assert looks.findings == []
    *_, last = platform.verdicts(assessment)
    _heard(page, hooks, last["document"]["id"])
    _package_is_checked(service, assessment, tmp_path)


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


def _overrides(eve: Page, assessment: str, looks: Looks) -> None:
    """Replace a score that a rule gave."""
    _open_score(eve, assessment, "by rule")
    eve.get_by_label("Cannot assess", exact=True).check()
    eve.get_by_label("Why the score was wrong").select_option("key_wrong")
    eve.get_by_label("Reason").fill(REASON)
    looks.at(eve, "override")
    eve.get_by_role("button", name="Override the score").click()
    expect(eve.get_by_text("The new score is stored beside the old one")).to_be_visible()
    expect(eve.get_by_text("The key is wrong: 1")).to_be_visible()


def _differs(eve: Page, assessment: str) -> None:
    """Keep another reading beside a score that Rita gave."""
    _open_score(eve, assessment, "not met by a person")
    eve.get_by_label("Met", exact=True).check()
    eve.get_by_label("Why the score was wrong").select_option("evidence_overlooked")
    eve.get_by_label("Reason").fill(REASON)
    eve.get_by_role("button", name="Store your reading").click()
    expect(eve.get_by_text("Your reading is stored beside your colleague's")).to_be_visible()
    eve.get_by_role("button", name="Give it back to the queue").click()
    expect(eve.get_by_role("heading", name="What waits for a person")).to_be_visible()


def _open_score(reviewer: Page, assessment: str, told: str) -> None:
    reviewer.goto(f"{reviewer.url.partition('/review')[0]}/review/{assessment}")
    score = reviewer.locator("#criteria li", has_text=told).first
    score.locator("xpath=ancestor::details/summary").click()
    score.get_by_role("link", name="Override").click()
    expect(reviewer.get_by_role("heading", name="Override a score")).to_be_visible()


def _decides_between(sam: Page, assessment: str, looks: Looks) -> None:
    """Decide, as somebody who gave neither reading, and who sees not whose they are."""
    sam.get_by_role("link", name=assessment).click()
    sam.get_by_role("link", name="Decide between them").click()
    expect(sam.get_by_role("heading", name="Reading 2")).to_be_visible()
    expect(sam.locator("#act")).not_to_contain_text("by a person")
    looks.at(sam, "two readings")
    sam.get_by_label("Met", exact=True).check()
    sam.get_by_label("Reason").fill(REASON)
    sam.get_by_role("button", name="Decide", exact=True).click()
    expect(sam.get_by_text("There is nothing left to decide between here.")).to_be_visible()


def _package_is_checked(service: Service, assessment: str, folder: Path) -> None:
    package = folder / "package.zip"
    reason = ("--reason", "A question of the board.")
    service.run("audit", "export", assessment, "--output", str(package), *reason)
    service.run("audit", "verify", str(package), "--demonstration")
    content = bytearray(package.read_bytes())
    content[content.index(b'"message.candidate"') + 40] ^= 1
    package.write_bytes(content)
    service.run("audit", "verify", str(package), "--demonstration", status=1)


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
