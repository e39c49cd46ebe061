"""A badge, from the candidate's button to whoever is shown it: verified without our code."""

import base64
import json
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import update

from assessor.adapters.store.tables.verdicts import VerdictRow
from assessor.client import VerdictRefused, verify_verdict
from assessor.services.access import Scope
from assessor.services.marking import Mark
from assessor.simulation.candidate import EXPERT, SimulatedCandidate
from tests.web.candidate.people import Candidate, words
from tests.web.candidate.test_result import scored
from tests.web.site import ORIGIN, Site

REASON = "Every part that was looked at is on the level of an expert."


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def verified(public: httpx.AsyncClient, token: str) -> dict[str, Any]:
    """Verify a JWT as RFC 7515 and RFC 8037 say, with the key that its header leads to."""
    head, body, signature = token.split(".")
    header = json.loads(decoded(head))
    assert (header["alg"], header["typ"]) == ("EdDSA", "JWT")
    key = (await public.get(header["kid"].removeprefix(ORIGIN))).json()
    Ed25519PublicKey.from_public_bytes(decoded(key["x"])).verify(
        decoded(signature), f"{head}.{body}".encode()
    )
    jwks = (await public.get("/.well-known/jwks.json")).json()
    assert key["x"] in {one["x"] for one in jwks["keys"]}
    claims: dict[str, Any] = json.loads(decoded(body))
    return claims


@pytest.fixture
async def qualified(site: Site, working: Candidate) -> Candidate:
    """Somebody of whom a person has decided that they are qualified."""
    await working.interview()
    await working.hand_in_everything()
    await working.post("/assessment/submit")
    await scored(working)
    reviewing, reviewer = site.services.reviewing, await site.reviewer(working.platform.tenant)
    careful = SimulatedCandidate(await site.services.content.library(), "python", EXPERT)
    for score in (await reviewing.case(reviewer, working.id)).open:
        mark = Mark.MET if careful.meets(score.item_id, score.criterion) else Mark.UNMET
        await reviewing.score(reviewer, working.id, score.item_id, score.criterion, mark, REASON)
    if (await working.assessment()).needs_person:
        await reviewing.decide(reviewer, working.id, "qualified", REASON)
    return working


async def test_a_qualified_candidate_takes_a_badge_that_anybody_can_check(
    site: Site, qualified: Candidate
) -> None:
    page = await qualified.get("/assessment/result")
    file = await qualified.get("/assessment/badge")

    assert "Download the badge" in words(page)
    assert file.headers["content-disposition"] == 'attachment; filename="badge.jwt"'
    assert file.headers["content-type"].startswith("application/vc+jwt")
    async with site.program() as public:
        badge = await verified(public, file.text)
        issuer = await public.get(badge["iss"].removeprefix(ORIGIN))
        subject = badge["credentialSubject"]["achievement"]
        achievement = await public.get(subject["id"].removeprefix(ORIGIN))
        status = await public.get(badge["credentialStatus"]["id"].removeprefix(ORIGIN))
    assert issuer.json() == badge["issuer"]
    assert achievement.json() == subject
    assert status.json()["id"] == badge["credentialStatus"]["id"]
    assert status.json()["revokedCredential"] == []


async def test_a_changed_badge_does_not_verify(site: Site, qualified: Candidate) -> None:
    head, body, signature = (await qualified.get("/assessment/badge")).text.split(".")
    claims = json.loads(decoded(body)) | {"exp": 9_999_999_999}
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()

    async with site.program() as public:
        with pytest.raises(InvalidSignature):
            await verified(public, f"{head}.{forged}.{signature}")


async def test_a_badge_is_never_taken_for_a_verdict(site: Site, qualified: Candidate) -> None:
    token = (await qualified.get("/assessment/badge")).text

    with pytest.raises(VerdictRefused):
        verify_verdict(token, site.services.delivering.jwks())


async def test_the_platform_reads_the_same_badge_and_no_other_platform_does(
    site: Site, qualified: Candidate
) -> None:
    document = (await site.services.store.verdicts(qualified.id))[-1]
    address = f"/v1/verdicts/{document.id}/badge"
    other = await site.platform(livemode=True)
    without = await site.key(qualified.platform.tenant, (Scope.ASSESSMENTS_READ,), livemode=True)

    async with site.program() as program:
        own = await program.get(address, headers=qualified.platform.headers)
        foreign = await program.get(address, headers=other.headers)
        unscoped = await program.get(address, headers={"Authorization": f"Bearer {without}"})
        nobody = await program.get(address)

    assert own.text == (await qualified.get("/assessment/badge")).text
    assert [one.status_code for one in (foreign, unscoped, nobody)] == [404, 403, 401]


@pytest.mark.parametrize("status", ["revoked", "superseded"])
async def test_a_badge_ends_with_its_verdict(site: Site, qualified: Candidate, status: str) -> None:
    async with site.program(**qualified.platform.headers) as program:
        badge = await verified(program, (await qualified.get("/assessment/badge")).text)
        verdict_id = badge["id"].rsplit("/", 1)[-1]
        await site.services.store._execute(  # type: ignore[attr-defined]  # however it came to its end
            update(VerdictRow).where(VerdictRow.id == verdict_id).values(status=status)
        )

        list_of_one = await program.get(badge["credentialStatus"]["id"].removeprefix(ORIGIN))
        again = await program.get(f"/v1/verdicts/{verdict_id}/badge")

    (ended,) = list_of_one.json()["revokedCredential"]
    assert (ended["id"], ended["revoked"]) == (badge["id"], True)
    assert status in again.json()["detail"]
    assert again.status_code == 409


async def test_whoever_is_not_qualified_has_no_badge_and_no_button(site: Site, working: Candidate) -> None:
    before = await working.get("/assessment/badge")
    await working.interview()
    await working.post("/assessment/submit")
    page = await scored(working)
    waiting = await working.get("/assessment/badge")
    verdict = (await site.services.store.verdicts(working.id))[-1]

    async with site.program() as public:
        status = await public.get(f"/badges/{working.id}/{verdict.id}/status")
        made_up = await public.get("/badges/asm_1/ver_1/status")

    assert [one.status_code for one in (before, waiting, status, made_up)] == [404, 409, 404, 404]
    assert "Download the badge" not in words(page)


async def test_what_does_not_exist_is_not_explained(site: Site) -> None:
    async with site.program() as public:
        answers = [await public.get(path) for path in ("/badges/achievements/none", "/.well-known/keys/none")]

    assert [one.status_code for one in answers] == [404, 404]
