"""The identity step in a browser without scripts, with Stripe behind it."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import respx

from assessor.domain.assessment import Status
from assessor.domain.identification import CheckState
from assessor.services.order import Order
from tests.patience import PATIENCE_SECONDS
from tests.web.candidate.people import Candidate, words
from tests.web.site import Site, serving

SECRET = "whsec_of_the_test"
SESSIONS = "https://api.stripe.com/v1/identity/verification_sessions"
PAGE = "https://verify.stripe.com/start/live_abc"
HOOK = "/hooks/stripe-identity"


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("identity")
    key = "rk_live_of_the_test"
    async with serving(folder, stripe_identity_key=key, stripe_webhook_secret=SECRET) as site:
        yield site


@pytest.fixture
def stripe() -> Any:
    with respx.mock(assert_all_called=False) as router:
        yield router


@dataclass
class AtTheStep(Candidate):
    """A candidate who has to show who they are."""

    reference: str = ""

    async def goes_to(self, stripe: Any) -> httpx.Response:
        """Open the check. Each candidate gets a session of their own."""
        self.reference = f"vs_{self.id}"
        stripe.post(SESSIONS).respond(json=self.session())
        return await self.post("/assessment/identity")

    def session(self, **changed: Any) -> dict[str, Any]:
        return {
            "id": self.reference,
            "status": "requires_input",
            "url": PAGE,
            "last_error": None,
            "livemode": True,
            "metadata": {"assessment_id": self.id},
        } | changed

    async def hears(self, kind: str, *, created: float | None = None, **changed: Any) -> httpx.Response:
        """Let Stripe report, and return our answer."""
        event = {
            "id": "evt_1",
            "type": f"identity.verification_session.{kind}",
            "created": int(created or time.time()),
            "data": {"object": self.session(status=kind, url=None, **changed)},
        }
        return await self.sends(json.dumps(event).encode())

    async def sends(self, body: bytes, at: float | None = None, **headers: str) -> httpx.Response:
        sent_at = str(int(at or time.time()))
        digest = hmac.new(SECRET.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()
        signed = {"Stripe-Signature": f"t={sent_at},v1={digest}", "Content-Type": "application/json"}
        async with self.site.program(**signed | headers) as service:
            return await service.post(HOOK, content=body)

    async def page(self) -> str:
        return words(await self.get("/assessment/identity"))


async def invited(site: Site, browser: httpx.AsyncClient) -> AtTheStep:
    platform = await site.platform(livemode=True)
    order = Order(
        candidate_ref=f"person-{next(site.orders)}",
        track="python",
        form="short",
        require_identity={"method": "hosted", "level": "low"},
    )
    ordered = await site.services.ordering.order(platform.tenant, order)
    link = "/c/" + ordered.invite_url.rsplit("/", 1)[-1]
    return AtTheStep(site, browser, platform, ordered.assessment.id, link)


@pytest.fixture
async def candidate(site: Site, browser: httpx.AsyncClient) -> AtTheStep:
    found = await invited(site, browser)
    await found.begin()
    return found


async def test_who_is_invited_is_told_before_that_a_document_is_needed(
    site: Site, browser: httpx.AsyncClient
) -> None:
    person = await invited(site, browser)

    said = words(await person.get(person.link))

    assert "a government ID of yours is checked" in said
    assert "Stripe does that on a page of its own" in said


async def test_the_step_says_what_is_asked_why_who_checks_and_what_is_kept(candidate: AtTheStep) -> None:
    hub = await candidate.get("/assessment")

    assert (hub.status_code, hub.headers["location"]) == (303, "/assessment/identity")
    said = await candidate.page()
    for promise in (
        "has to know that it is you",
        "before the clock starts",
        "Stripe, on a page of its own",
        "the number of this assessment and nothing else",
        "Never the document, a picture, your name",
        "changes no score",
        "Write to platform-",
    ):
        assert promise in said
    assert (await candidate.assessment()).status is Status.IDENTITY


async def test_the_way_to_the_service_is_a_link_that_no_policy_stops(
    candidate: AtTheStep, stripe: Any
) -> None:
    page = await candidate.goes_to(stripe)

    assert page.status_code == 200
    assert f'href="{PAGE}" rel="noopener noreferrer"' in page.text
    assert "verify.stripe.com" in words(page)
    assert page.headers["cache-control"] == "no-store"
    sent = stripe.calls.last.request.content.decode()
    assert "return_url=http%3A%2F%2F127.0.0.1%3A8000%2Fassessment%2Fidentity" in sent
    assert candidate.id in sent


async def test_while_the_outcome_is_not_there_one_can_ask_or_go_on(candidate: AtTheStep, stripe: Any) -> None:
    await candidate.goes_to(stripe)

    before = await candidate.get("/assessment/identity")
    heard = await candidate.hears("processing")
    said = await candidate.page()

    assert '<noscript><meta http-equiv="refresh"' in before.text
    assert "has not told us anything yet" in words(before)
    assert heard.status_code == 200
    assert "is looking at what you sent" in said
    assert "Go on to the assessment" in said


async def test_who_is_verified_goes_on_and_only_then_does_the_clock_start(
    candidate: AtTheStep, stripe: Any
) -> None:
    await candidate.goes_to(stripe)
    await candidate.hears("verified")
    said = await candidate.page()
    before = await candidate.assessment()

    gone = await candidate.post("/assessment/identity/go-on")

    after = await candidate.assessment()
    assert "Your identity is checked" in said
    assert (before.status, before.deadline) == (Status.IDENTITY, None)
    assert (gone.status_code, gone.headers["location"]) == (303, "/assessment")
    assert (after.status, after.deadline is None) == (Status.IN_PROGRESS, False)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("document_expired", "The document has expired."),
        ("document_unverified_other", "Good light and a sharp picture often help."),
        ("country_not_supported", "cannot check this kind of document"),
        ("selfie_face_mismatch", "could not be matched"),
        ("consent_declined", "You did not agree"),
        ("abandoned", "ended before it was complete"),
        ("never_heard_of", "did not say why"),
    ],
)
async def test_a_failure_says_why_in_plain_words_and_offers_a_second_way(
    candidate: AtTheStep, stripe: Any, code: str, told: str
) -> None:
    await candidate.goes_to(stripe)

    await candidate.hears("requires_input", last_error={"code": code, "reason": "Jenny Rosen’s passport"})

    said = await candidate.page()
    assert told in said
    assert "Try again" in said
    assert "You can also go on without it" in said
    assert "Jenny" not in said


async def test_trying_again_leads_to_a_fresh_address_of_the_same_check(
    candidate: AtTheStep, stripe: Any
) -> None:
    await candidate.goes_to(stripe)
    await candidate.hears("requires_input", last_error={"code": "document_expired"})
    stripe.get(f"{SESSIONS}/{candidate.reference}").respond(json=candidate.session(url=f"{PAGE}_2"))

    page = await candidate.post("/assessment/identity")

    assert f"{PAGE}_2" in page.text
    assert (await candidate.assessment()).identity.state is CheckState.OPENED


@pytest.mark.parametrize("trouble", [httpx.Response(500), httpx.Response(503), httpx.ReadTimeout("slow")])
async def test_when_the_service_is_down_the_candidate_goes_on_and_can_come_back_to_it(
    candidate: AtTheStep, stripe: Any, trouble: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidate.site.services.identifying.service, "_pause_seconds", 0)
    stripe.post(SESSIONS).mock(side_effect=[trouble, trouble])

    answer = await candidate.post("/assessment/identity")
    said = await candidate.page()
    await candidate.post("/assessment/identity/go-on")

    assert (answer.status_code, answer.headers["location"]) == (303, "/assessment/identity")
    assert "That is not your fault and costs you nothing." in said
    assert "up to 24 hours" in said
    hub = words(await candidate.get("/assessment"))
    assert "0 of 5 parts done" in hub
    assert "the service could not be reached. That costs you nothing. See how it stands" in hub
    assert "Back to where you were" in await candidate.page()


async def test_asking_how_it_stands_asks_the_service(candidate: AtTheStep, stripe: Any) -> None:
    await candidate.goes_to(stripe)
    stripe.get(f"{SESSIONS}/{candidate.reference}").respond(
        json=candidate.session(status="verified", url=None)
    )

    asked = await candidate.post("/assessment/identity/look")

    assert asked.headers["location"] == "/assessment/identity"
    assert "Your identity is checked" in await candidate.page()


async def test_who_has_not_tried_is_told_so_instead_of_going_on(candidate: AtTheStep) -> None:
    refused = await candidate.post("/assessment/identity/go-on")

    assert refused.status_code == 409
    assert "Begin the check first" in words(refused)


@pytest.mark.parametrize("path", ["/assessment/interview", "/assessment/submit", "/assessment/result"])
async def test_no_other_page_leads_around_the_step(candidate: AtTheStep, path: str) -> None:
    page = await candidate.get(path)

    while page.status_code == 303:
        page = await candidate.get(page.headers["location"])
    assert page.request.url.path == "/assessment/identity"


async def test_where_nothing_is_asked_there_is_no_step(site: Site, browser: httpx.AsyncClient) -> None:
    platform = await site.platform(livemode=True)
    order = Order(candidate_ref=f"person-{next(site.orders)}", track="python", form="short")
    ordered = await site.services.ordering.order(platform.tenant, order)
    link = "/c/" + ordered.invite_url.rsplit("/", 1)[-1]
    person = Candidate(site, browser, platform, ordered.assessment.id, link)
    welcome = words(await person.get(link))
    await person.begin()

    page = await person.get("/assessment/identity")

    assert "government ID" not in welcome
    assert (page.status_code, page.headers["location"]) == (303, "/assessment")


async def test_a_result_that_waits_says_for_what_and_until_when_and_the_outcome_releases_it(
    candidate: AtTheStep, stripe: Any
) -> None:
    await candidate.goes_to(stripe)
    await candidate.hears("processing", created=time.time() - 60)
    await candidate.post("/assessment/identity/go-on")
    await candidate.interview()
    await candidate.hand_in_everything()
    await candidate.post("/assessment/submit")
    await until_scored(candidate)

    waiting = words(await candidate.get("/assessment/result"))
    await candidate.hears("verified")

    after = await candidate.assessment()
    assert "Your result waits for your identity check" in waiting
    assert "We are waiting for the outcome of your identity check" in waiting
    assert after.verdict is not None
    assert after.verdict.document["identity"]["method"] == "hosted"
    assert "Your result waits" not in words(await candidate.get("/assessment/result"))


async def until_scored(candidate: AtTheStep) -> None:
    """Wait for the workers, without whom nothing is scored."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not (await candidate.assessment()).is_all_scored:
        assert time.monotonic() < ends
        await candidate.get("/assessment/result")


async def test_an_event_that_is_sent_again_is_acknowledged_and_ignored(
    candidate: AtTheStep, stripe: Any
) -> None:
    await candidate.goes_to(stripe)
    at = time.time() - 5
    first = await candidate.hears("processing", created=at)
    seq = (await candidate.assessment()).seq

    again = await candidate.hears("processing", created=at)

    assert (first.status_code, again.status_code) == (200, 200)
    assert (await candidate.assessment()).seq == seq


async def test_events_out_of_order_end_where_the_latest_says(candidate: AtTheStep, stripe: Any) -> None:
    await candidate.goes_to(stripe)
    at = time.time() - 60
    await candidate.hears("requires_input", created=at + 9, last_error={"code": "document_expired"})

    late = await candidate.hears("processing", created=at)

    assert late.status_code == 200
    assert (await candidate.assessment()).identity.state is CheckState.FAILED


@pytest.mark.parametrize("tampered", ["body", "signature", "missing", "late", "early"])
async def test_an_event_that_the_service_did_not_send_just_now_is_refused(
    candidate: AtTheStep, stripe: Any, tampered: str
) -> None:
    await candidate.goes_to(stripe)
    event = {
        "type": "identity.verification_session.verified",
        "created": int(time.time()),
        "data": {"object": candidate.session(status="verified")},
    }
    body = json.dumps(event).encode()
    at = {"late": time.time() - 301, "early": time.time() + 303}.get(tampered)
    header = {"signature": "t=1,v1=00", "missing": ""}.get(tampered)
    headers = {} if header is None else {"Stripe-Signature": header}
    if tampered == "body":
        digest = hmac.new(SECRET.encode(), b"1." + body, hashlib.sha256).hexdigest()
        headers["Stripe-Signature"] = f"t={int(time.time())},v1={digest}"

    refused = await candidate.sends(body, at, **headers)

    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert (await candidate.assessment()).identity.state is CheckState.OPENED


async def test_a_browser_cannot_report_with_its_cookies_for_another_site(
    candidate: AtTheStep, stripe: Any
) -> None:
    refused = await candidate.sends(b"{}", Cookie="assessor_candidate=x", Origin="https://evil.example")

    assert refused.status_code == 403


async def test_without_a_service_nobody_can_report(demonstration: Site) -> None:
    async with demonstration.program() as service:
        answer = await service.post(HOOK, json={})

    assert answer.status_code == 404


async def test_a_platform_reads_how_it_stands(candidate: AtTheStep, stripe: Any) -> None:
    await candidate.goes_to(stripe)

    async with candidate.site.program(**candidate.platform.headers) as program:
        found = (await program.get(f"/v1/assessments/{candidate.id}")).json()
        track = (await program.get("/v1/tracks/python")).json()

    assert found["identity"] == {"needs": {"method": "hosted", "level": "low"}, "check": "opened"}
    assert track["identity"] == {"method": "none", "level": "low"}
