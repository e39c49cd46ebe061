"""The recipes of docs/recipes.md: its code, against what each platform documents.

Mechanical Turk is stood in for by botocore's Stubber, which checks every parameter against the service's own
model: moto, which stands in for other services of AWS, has none of Mechanical Turk.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from botocore.stub import Stubber

from assessor.adapters.signing import JwsSigner
from assessor.client import VerdictRefused
from assessor.client.documents import ServedVerdict
from assessor.client.recipes import Standing, standing_of
from tests.client.documents import verdict
from tests.client.pages import python_of

SERVICE = "https://assess.example.org"
WORKER = "A1B2C3D4E5"
TYPE = "3QUALIFICATIONTYPE"
NOT_HELD = "AWS.MechanicalTurk.QualificationDoesNotExist"
VARIABLES = {
    "ASSESSOR_URL": SERVICE,
    "ASSESSOR_KEY": "sk_live",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "QUALIFICATION_TYPE_ID": TYPE,
    "TOLOKA_TOKEN": "toloka-token",
    "SKILL_ID": "32",
    "LABEL_STUDIO_URL": "https://studio.example.org",
    "LABEL_STUDIO_TOKEN": "studio-token",
    "PROJECT_ID": "7",
    "PROLIFIC_TOKEN": "prolific-token",
    "GROUP_ID": "group-1",
}


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> JwsSigner:
    folder: Path = tmp_path_factory.mktemp("keys")
    return JwsSigner.from_files(folder / "live", folder / "demonstration", create=True)


@pytest.fixture
def recipes(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names that the code of the page defines."""
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    names: dict[str, Any] = {}
    exec("\n".join(python_of("recipes.md")), names)  # noqa: S102 - the page is ours, and it is what is tested
    return names


def current(**changed: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    times = {"issued_at": now.isoformat(), "valid_until": (now + timedelta(days=365)).isoformat()}
    return verdict(**{**times, **changed})


def serving(signer: JwsSigner, router: respx.MockRouter, document: dict[str, Any]) -> None:
    """Serve a signed verdict as the service does."""
    payload = json.dumps(document).encode()
    token = signer.sign(
        payload,
        livemode=document["livemode"],
        audience=document["tenant"],
        jti=document["id"],
        issued_at=datetime.now(UTC),
    )
    served = {"status": "issued", "superseded_by": None, "document": document, "jws": token}
    router.get(f"{SERVICE}/v1/assessments/asm_1/verdict").respond(json=served)
    router.get(f"{SERVICE}/.well-known/jwks.json").respond(json=signer.jwks())


@pytest.mark.parametrize(
    ("changed", "status", "standing"),
    [
        ({}, "issued", Standing.GRANT),
        ({"decision": "not_qualified"}, "issued", Standing.WITHDRAW),
        ({"decision": "needs_review"}, "issued", Standing.LEAVE),
        ({"decision": "inconclusive"}, "issued", Standing.LEAVE),
        ({"decision": "a later word"}, "issued", Standing.LEAVE),
        ({"valid_until": "2026-01-01T00:00:00Z"}, "issued", Standing.WITHDRAW),
        ({}, "revoked", Standing.WITHDRAW),
        ({}, "superseded", Standing.LEAVE),
        ({"livemode": False}, "issued", Standing.LEAVE),
        ({"livemode": False}, "revoked", Standing.LEAVE),
    ],
)
def test_what_a_verdict_asks_for(changed: dict[str, Any], status: str, standing: Standing) -> None:
    served = ServedVerdict.model_validate({"status": status, "document": current(**changed), "jws": "-"})

    assert standing_of(served) is standing


def test_a_demonstrations_verdict_counts_where_it_is_asked_for() -> None:
    served = ServedVerdict.model_validate(
        {"status": "issued", "document": current(livemode=False), "jws": "-"}
    )

    assert standing_of(served, demonstration=True) is Standing.GRANT


@pytest.mark.parametrize(
    "name", ["on_mechanical_turk", "on_toloka", "on_label_studio", "on_prolific", "elsewhere"]
)
@pytest.mark.respx(assert_all_called=False)
def test_no_recipe_moves_for_a_verdict_that_does_not_verify(
    signer: JwsSigner, recipes: dict[str, Any], respx_mock: respx.MockRouter, name: str
) -> None:
    serving(signer, respx_mock, current(livemode=False))

    with pytest.raises(VerdictRefused):
        recipes[name]("asm_1", 12)

    assert {call.request.url.host for call in respx_mock.calls} == {"assess.example.org"}


def test_mechanical_turk_gets_the_score_as_the_value_without_a_letter_each_time(
    signer: JwsSigner, recipes: dict[str, Any], respx_mock: respx.MockRouter
) -> None:
    serving(signer, respx_mock, current(score=81.5))
    grant = {
        "QualificationTypeId": TYPE,
        "WorkerId": WORKER,
        "IntegerValue": 82,
        "SendNotification": False,
    }

    with Stubber(recipes["mturk"]) as stubber:
        for _ in range(2):
            stubber.add_response("associate_qualification_with_worker", {}, grant)
        done = [recipes["on_mechanical_turk"]("asm_1", WORKER) for _ in range(2)]
        stubber.assert_no_pending_responses()

    assert done == [Standing.GRANT] * 2


def test_mechanical_turk_takes_away_what_may_be_gone_already(
    signer: JwsSigner, recipes: dict[str, Any], respx_mock: respx.MockRouter
) -> None:
    serving(signer, respx_mock, current(decision="not_qualified"))
    operation = "disassociate_qualification_from_worker"

    with Stubber(recipes["mturk"]) as stubber:
        stubber.add_response(operation, {})
        stubber.add_client_error(operation, "RequestError", modeled_fields={"TurkErrorCode": NOT_HELD})
        done = [recipes["on_mechanical_turk"]("asm_1", WORKER) for _ in range(2)]
        stubber.add_client_error(operation, "RequestError", modeled_fields={"TurkErrorCode": "AWS.Other"})
        with pytest.raises(recipes["mturk"].exceptions.RequestError):
            recipes["on_mechanical_turk"]("asm_1", WORKER)

    assert done == [Standing.WITHDRAW] * 2


def test_toloka_gets_the_score_as_the_value_of_the_skill(
    signer: JwsSigner, recipes: dict[str, Any], respx_mock: respx.MockRouter
) -> None:
    serving(signer, respx_mock, current(score=81.5))
    route = respx_mock.put("https://toloka.dev/api/v1/user-skills").respond(json={"id": "43"})

    assert recipes["on_toloka"]("asm_1", "user-1") is Standing.GRANT

    sent = route.calls.last.request
    assert sent.headers["Authorization"] == "OAuth toloka-token"
    assert json.loads(sent.content) == {
        "skill_id": "32",
        "user_id": "user-1",
        "value": 81.5,
        "reason": "verdict ver_1",
    }


@pytest.mark.parametrize("status", [204, 404])
def test_toloka_loses_the_skill_of_this_performer_and_of_nobody_else(
    signer: JwsSigner, recipes: dict[str, Any], respx_mock: respx.MockRouter, status: int
) -> None:
    serving(signer, respx_mock, current(decision="not_qualified"))
    held = [
        {"id": "43", "skill_id": "32", "user_id": "user-1", "value": 82},
        {"id": "44", "skill_id": "32", "user_id": "user-2", "value": 82},
    ]
    asked = respx_mock.get("https://toloka.dev/api/v1/user-skills").respond(
        json={"items": held, "has_more": False}
    )
    removed = respx_mock.delete("https://toloka.dev/api/v1/user-skills/43").respond(status)

    assert recipes["on_toloka"]("asm_1", "user-1") is Standing.WITHDRAW

    assert dict(asked.calls.last.request.url.params) == {"skill_id": "32", "user_id": "user-1"}
    assert removed.call_count == 1


@pytest.mark.respx(assert_all_called=False)
@pytest.mark.parametrize(("members", "added"), [([], 1), ([{"id": 12}], 0)])
def test_label_studio_gets_a_member_once(
    signer: JwsSigner,
    recipes: dict[str, Any],
    respx_mock: respx.MockRouter,
    members: list[dict[str, Any]],
    added: int,
) -> None:
    serving(signer, respx_mock, current())
    project = "https://studio.example.org/api/projects/7/members/"
    asked = respx_mock.get(f"{project}paginated/").respond(json={"count": len(members), "results": members})
    route = respx_mock.post(project, json={"user": 12}).respond(201, json={"id": 1, "user": 12})

    assert recipes["on_label_studio"]("asm_1", 12) is Standing.GRANT

    assert route.call_count == added
    assert dict(asked.calls.last.request.url.params) == {"ids": "12", "implicit": "false"}
    assert asked.calls.last.request.headers["Authorization"] == "Token studio-token"


@pytest.mark.parametrize("status", [204, 404])
def test_label_studio_lets_a_member_go(
    signer: JwsSigner, recipes: dict[str, Any], respx_mock: respx.MockRouter, status: int
) -> None:
    serving(signer, respx_mock, current(decision="not_qualified"))
    route = respx_mock.delete("https://studio.example.org/api/projects/7/members/").respond(status)

    assert recipes["on_label_studio"]("asm_1", 12) is Standing.WITHDRAW

    assert dict(route.calls.last.request.url.params) == {"user": "12"}


@pytest.mark.parametrize(
    ("decision", "method", "standing"),
    [("qualified", "POST", Standing.GRANT), ("not_qualified", "DELETE", Standing.WITHDRAW)],
)
def test_prolific_adds_to_the_group_and_removes_from_it(
    signer: JwsSigner,
    recipes: dict[str, Any],
    respx_mock: respx.MockRouter,
    decision: str,
    method: str,
    standing: Standing,
) -> None:
    serving(signer, respx_mock, current(decision=decision))
    address = "https://api.prolific.com/api/v1/participant-groups/group-1/participants/"
    route = respx_mock.request(method, address).respond(json={"results": []})

    assert recipes["on_prolific"]("asm_1", "5e9b9c9b0f9c9a0001b0b1f4") is standing

    sent = route.calls.last.request
    assert sent.headers["Authorization"] == "Token prolific-token"
    assert json.loads(sent.content) == {"participant_ids": ["5e9b9c9b0f9c9a0001b0b1f4"]}


@pytest.mark.parametrize("name", ["on_toloka", "on_label_studio", "on_prolific"])
def test_a_platform_that_refuses_is_no_success(
    signer: JwsSigner, recipes: dict[str, Any], respx_mock: respx.MockRouter, name: str
) -> None:
    serving(signer, respx_mock, current())
    respx_mock.route(url__regex=r"https://(toloka|studio|api\.prolific)\.").respond(403)

    with pytest.raises(httpx.HTTPStatusError):
        recipes[name]("asm_1", 12)
