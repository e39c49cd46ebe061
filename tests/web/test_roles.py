"""Who may open what: every route of reviewers, with what it needs; refusals, and who opened what."""

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from assessor.domain.audit_log import Action
from assessor.domain.errors import Forbidden
from assessor.domain.roles import HOLDERS, PERMISSION_WORDS, ROLE_WORDS, Permission, Role, may, require
from assessor.ports import ActFilter
from assessor.simulation.playing import Player
from tests.web.desk import Desk, sign_in
from tests.web.site import Site

ANYBODY = frozenset(
    {
        ("GET", "/review/login"),
        ("POST", "/review/login"),
        ("POST", "/review/logout"),
        ("GET", "/review/openid"),
        ("GET", "/review/openid/callback"),
        ("GET", "/review/join/{token}"),
        ("POST", "/review/join/{token}"),
    }
)
"""What asks for no permission: coming in, and going."""

P = Permission
NEEDS = {
    ("GET", "/review"): P.SEE_QUEUE,
    ("GET", "/review/counts"): P.SEE_QUEUE,
    ("POST", "/review/next"): P.SCORE,
    ("POST", "/review/{assessment_id}/release"): P.SCORE,
    ("POST", "/review/{assessment_id}/know"): P.SCORE,
    ("POST", "/review/{assessment_id}/assign"): P.ASSIGN,
    ("GET", "/review/{assessment_id}"): P.OPEN_CASES,
    ("GET", "/review/{assessment_id}/exchanges"): P.OPEN_CASES,
    ("POST", "/review/{assessment_id}/sheet"): P.SCORE,
    ("POST", "/review/{assessment_id}/outlook"): P.SCORE,
    ("POST", "/review/{assessment_id}/retry"): P.HANDLE_FAULTS,
    ("POST", "/review/{assessment_id}/give-back"): P.HANDLE_FAULTS,
    ("POST", "/review/{assessment_id}/help-seen"): P.GRANT_TIME,
    ("GET", "/review/{assessment_id}/time"): P.GRANT_TIME,
    ("POST", "/review/{assessment_id}/time"): P.GRANT_TIME,
    ("GET", "/review/{assessment_id}/second-look"): P.SCORE,
    ("POST", "/review/{assessment_id}/second-look"): P.SCORE,
    ("POST", "/review/{assessment_id}/differences-seen"): P.ADJUDICATE,
    ("GET", "/review/{assessment_id}/adjudicate"): P.ADJUDICATE,
    ("POST", "/review/{assessment_id}/adjudicate"): P.ADJUDICATE,
    ("GET", "/review/{assessment_id}/override"): P.SCORE,
    ("GET", "/review/{assessment_id}/follow-up"): P.SCORE,
    ("POST", "/review/{assessment_id}/follow-up"): P.SCORE,
    ("POST", "/review/{assessment_id}/override"): P.SCORE,
    ("GET", "/review/{assessment_id}/signals"): P.OPEN_CASES,
    ("POST", "/review/{assessment_id}/signals"): P.SCORE,
    ("GET", "/review/quality/signals"): P.SEE_QUALITY,
    ("POST", "/review/quality/signals/{what}/switch-on"): P.CHANGE_GRADING,
    ("GET", "/review/{assessment_id}/export"): P.EXPORT,
    ("POST", "/review/{assessment_id}/export"): P.EXPORT,
    ("GET", "/review/{assessment_id}/revoke"): P.REVOKE,
    ("POST", "/review/{assessment_id}/revoke"): P.REVOKE,
    ("GET", "/review/{assessment_id}/appeal"): P.SCORE,
    ("POST", "/review/{assessment_id}/appeal"): P.SCORE,
    ("GET", "/review/quality"): P.SEE_QUALITY,
    ("GET", "/review/quality/agreement"): P.SEE_QUALITY,
    ("GET", "/review/quality/items"): P.SEE_QUALITY,
    ("GET", "/review/quality/calibration"): P.SEE_QUALITY,
    ("GET", "/review/changes"): P.SEE_QUALITY,
    ("GET", "/review/changes/{change_id}"): P.SEE_QUALITY,
    ("POST", "/review/changes/{change_id}/approve"): P.CHANGE_GRADING,
    ("POST", "/review/changes/{change_id}/reject"): P.CHANGE_GRADING,
    ("POST", "/review/changes/{change_id}/switch-on"): P.CHANGE_GRADING,
    ("POST", "/review/changes/{change_id}/roll-back"): P.CHANGE_GRADING,
    ("GET", "/review/quality/reviewers"): P.SEE_QUALITY,
    ("GET", "/review/fairness"): P.SEE_FAIRNESS,
    ("POST", "/review/fairness/ll144"): P.SEE_FAIRNESS,
    ("GET", "/review/audit"): P.SEE_AUDIT,
    ("POST", "/review/audit/check"): P.SEE_AUDIT,
    ("GET", "/review/exports"): P.EXPORT,
    ("POST", "/review/exports"): P.EXPORT,
    ("GET", "/review/exports/incident"): P.EXPORT,
    ("POST", "/review/exports/incident"): P.EXPORT,
    ("GET", "/review/people"): P.MANAGE_PEOPLE,
    ("POST", "/review/people"): P.MANAGE_PEOPLE,
    ("POST", "/review/people/{reviewer_id}/duties"): P.MANAGE_PEOPLE,
    ("POST", "/review/people/{reviewer_id}/link"): P.MANAGE_PEOPLE,
    ("POST", "/review/people/{reviewer_id}/disable"): P.MANAGE_PEOPLE,
    ("POST", "/review/people/{reviewer_id}/enable"): P.MANAGE_PEOPLE,
    ("POST", "/review/people/{reviewer_id}/unlock"): P.MANAGE_PEOPLE,
    ("POST", "/review/people/{reviewer_id}/waive-training"): P.MANAGE_PEOPLE,
    ("GET", "/review/training"): P.SCORE,
    ("GET", "/review/training/{track}"): P.SCORE,
    ("POST", "/review/training/{track}"): P.SCORE,
    ("GET", "/review/training/{track}/{answer}"): P.SCORE,
}
"""The permission of every route of reviewers. A new route names its own in the code, and stands here."""


def asked(dependant: Dependant) -> Iterator[Permission]:
    """What a route's dependencies ask for."""
    permission = getattr(dependant.call, "permission", None)
    if permission is not None:
        yield permission
    for inner in dependant.dependencies:
        yield from asked(inner)


def review_routes(app: FastAPI) -> dict[tuple[str, str], Any]:
    return {
        (method, path): route
        for route in iter_route_contexts(app.routes)
        if re.match(r"/review(/|$)", path := getattr(route, "path", None) or "")
        for method in getattr(route, "methods", None) or ()
    }


def test_every_route_of_reviewers_names_the_permission_that_it_needs(app: FastAPI) -> None:
    found = {
        address: [*asked(route.dependant)]
        for address, route in review_routes(app).items()
        if address not in ANYBODY
    }

    assert found == {address: [permission] for address, permission in NEEDS.items()}


@pytest.fixture(scope="module")
async def people(site: Site) -> AsyncIterator[dict[Role, httpx.AsyncClient]]:
    """One signed-in person for each role, in a browser."""
    platform = await site.platform()
    browsers = {}
    for role in Role:
        site.app.state.sign_in_throttle.forget()
        browsers[role] = site.browser()
        await sign_in(browsers[role], (await site.reviewer(platform.tenant, role)).email)
    yield browsers
    for browser in browsers.values():
        await browser.aclose()


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_opens_what_the_table_says_and_nothing_else(
    people: dict[Role, httpx.AsyncClient], role: Role
) -> None:
    refused: set[tuple[str, str]] = set()
    opened: set[tuple[str, str]] = set()

    for method, path in NEEDS:
        answer = await people[role].request(method, re.sub(r"\{[^}]+\}", "made-up", path))
        (refused if answer.status_code == 403 else opened).add((method, path))
        assert answer.status_code < 500

    assert opened == {address for address, permission in NEEDS.items() if may([role], permission)}
    assert refused == NEEDS.keys() - opened


async def test_a_refusal_says_which_role_is_needed(people: dict[Role, httpx.AsyncClient]) -> None:
    page = await people[Role.ADMIN].get("/review/made-up")

    assert page.status_code == 403
    assert "This needs the role reviewer or senior or auditor, to open a case and read its transcript." in (
        unescape(page.text)
    )


@pytest.mark.parametrize("permission", list(Permission))
def test_everybody_else_is_refused_a_permission(permission: Permission) -> None:
    others = set(Role) - HOLDERS[permission]

    for role in HOLDERS[permission]:
        require([role], permission)
    if others:
        with pytest.raises(Forbidden):
            require(others, permission)


def test_the_documentation_has_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "roles.md").read_text()

    head = "| May | " + " | ".join(Role) + " |"
    rows = [
        f"| {PERMISSION_WORDS[one]} | {' | '.join('yes' if r in HOLDERS[one] else '' for r in Role)} |"
        for one in Permission
    ]

    assert head in page
    assert [row for row in rows if row not in page] == []
    assert [role for role in Role if f"- **{role}** {ROLE_WORDS[role]}" not in page] == []


# Who saw what


async def openings(desk: Desk, tenant: str) -> list[tuple[str, str]]:
    found = await desk.site.services.store.recorded(ActFilter(tenant, action=Action.TRANSCRIPT_OPENED))
    return [(one.actor, one.subject) for one in reversed(found)]


async def test_every_opening_of_a_transcript_is_an_act_of_whoever_opened_it(
    desk: Desk, player: Player
) -> None:
    await desk.browser.get(f"/review/{player.assessment_id}")
    async with desk.site.program(**desk.platform.headers) as program:
        await program.get(f"/v1/assessments/{player.assessment_id}/transcript")

    key_id = desk.platform.key.partition(".")[0]
    assert await openings(desk, desk.platform.tenant.id) == [
        (desk.person.id, player.assessment_id),
        (key_id, player.assessment_id),
    ]


async def test_auditors_read_who_saw_a_case_and_can_change_nothing(site: Site, desk: Desk) -> None:
    player = await site.submitted(desk.platform.tenant)
    await desk.browser.get(f"/review/{player.assessment_id}")
    auditor = await site.reviewer(desk.platform.tenant, Role.AUDITOR)

    async with site.browser() as browser:
        await sign_in(browser, auditor.email)
        page = (await browser.get(f"/review/{player.assessment_id}")).text
    reviewers = (await desk.browser.get(f"/review/{player.assessment_id}")).text

    assert "Who opened this case" in page
    assert page.count("Rita Reviewer") == 2
    assert re.findall(r'<form method="post" action="([^"]+)"', page) == ["/review/logout"]
    assert "Who opened this case" not in reviewers


async def test_what_is_not_shown_was_not_opened(site: Site, desk: Desk) -> None:
    other = await site.platform()
    theirs = await site.playing(other.tenant)

    await desk.browser.get(f"/review/{theirs.assessment_id}")

    assert await openings(desk, other.tenant.id) == []
    assert await openings(desk, desk.platform.tenant.id) == []
