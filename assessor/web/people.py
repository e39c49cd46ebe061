"""Pages for administrators: who reviews for the platform, and the page on which somebody sets a password."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from assessor.domain.errors import AssessorError, Conflict, InvalidInput, TooLarge
from assessor.domain.roles import ROLE_WORDS, Role
from assessor.ports import Reviewer
from assessor.services.access import MIN_PASSWORD_CHARS
from assessor.services.people import Duties
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import ManagesPeople
from assessor.web.problems import problem_of
from assessor.web.reviewer import field_problems_of
from assessor.web.security import REVIEWER_COOKIE, set_session_cookie

DONE: Final = {
    "changed": "The change is stored, and holds from the next page on.",
    "disabled": "The account is disabled, and signed out everywhere.",
    "enabled": "The account can be used again.",
    "waived": "The training is waived, and the reason stands in the audit log.",
    "unlocked": "The wrong passwords are forgotten.",
}
_LABELS: Final = {
    "email": "The address",
    "name": "The name",
    "roles": "The roles",
    "password": "The password",
    "reason": "The reason",
    "track": "The track",
}
_TARGETS: Final = {"email": "email", "name": "name", "roles": "roles-reviewer", "password": "password"}

router = APIRouter(prefix="/review", include_in_schema=False)

Text = Annotated[str, Form()]


@router.get("/people")
async def people(request: Request, service: Running, admin: ManagesPeople, done: str = "") -> Response:
    """Show everybody with what they may do, and the form to invite somebody."""
    return await _page(request, service, admin, done=DONE.get(done, ""))


@router.post("/people")
async def invite(request: Request, service: Running, admin: ManagesPeople) -> Response:
    """Invite somebody, and show the link for them once."""
    form = await request.form()
    email, name = _text(form, "email"), _text(form, "name")
    try:
        person, token = await service.people.invite(admin.id, admin.tenant, email, name, _duties(form))
    except (InvalidInput, Conflict) as refused:
        return await _page(request, service, admin, form, refused)
    return await _page(request, service, admin, link=_link(service, token), link_for=person)


@router.post("/people/{reviewer_id}/duties")
async def change(request: Request, service: Running, admin: ManagesPeople, reviewer_id: str) -> Response:
    """Give somebody other roles, tracks or languages."""
    try:
        await service.people.change(admin.id, admin.tenant, reviewer_id, _duties(await request.form()))
    except (InvalidInput, Conflict) as refused:
        return await _page(request, service, admin, refused=refused)
    return _done("changed")


@router.post("/people/{reviewer_id}/link")
async def link(request: Request, service: Running, admin: ManagesPeople, reviewer_id: str) -> Response:
    """Show a new link to set a password, once."""
    person, token = await service.people.link(admin.id, admin.tenant, reviewer_id)
    return await _page(request, service, admin, link=_link(service, token), link_for=person)


@router.post("/people/{reviewer_id}/disable")
async def disable(request: Request, service: Running, admin: ManagesPeople, reviewer_id: str) -> Response:
    """End an account."""
    try:
        await service.people.disable(admin.id, admin.tenant, reviewer_id)
    except Conflict as refused:
        return await _page(request, service, admin, refused=refused)
    return _done("disabled")


@router.post("/people/{reviewer_id}/enable")
async def enable(service: Running, admin: ManagesPeople, reviewer_id: str) -> Response:
    """Let somebody sign in again."""
    await service.people.enable(admin.id, admin.tenant, reviewer_id)
    return _done("enabled")


@router.post("/people/{reviewer_id}/unlock")
async def unlock(service: Running, admin: ManagesPeople, reviewer_id: str) -> Response:
    """Forget somebody's wrong passwords."""
    await service.people.unlock(admin.id, admin.tenant, reviewer_id)
    return _done("unlocked")


@router.post("/people/{reviewer_id}/waive-training")
async def waive_training(
    request: Request,
    service: Running,
    admin: ManagesPeople,
    reviewer_id: str,
    track: Text = "",
    reason: Text = "",
) -> Response:
    """Let somebody score people without training, in one track or in all."""
    try:
        await service.training.waive(admin.id, admin.tenant, reviewer_id, track or None, reason)
    except (InvalidInput, TooLarge) as refused:
        return await _page(request, service, admin, refused=refused)
    return _done("waived")


@router.get("/join/{token}")
async def joining(request: Request, service: Running, token: str) -> Response:
    """Ask somebody who was invited for a password."""
    return _join_form(request, await service.people.invited(token))


@router.post("/join/{token}")
async def join(request: Request, service: Running, token: str, password: Text = "") -> Response:
    """Set the password and sign in."""
    try:
        person = await service.people.join(token, password)
    except InvalidInput as refused:
        return _join_form(request, await service.people.invited(token), refused)
    response = RedirectResponse("/review", 303)
    secret = await service.access.open_reviewer_session(person)
    set_session_cookie(response, REVIEWER_COOKIE, secret, service.settings)
    return response


def _join_form(request: Request, person: Reviewer, refused: InvalidInput | None = None) -> Response:
    return render(
        request,
        "reviewer/join.html",
        422 if refused else 200,
        person=person,
        least=MIN_PASSWORD_CHARS,
        problems=field_problems_of(refused),
        targets=_TARGETS,
        labels=_LABELS,
    )


def _duties(form: FormData) -> Duties:
    """Read what was ticked. A role that there is not is none; an unknown track fits no case."""
    roles = [role for role in Role if role.value in form.getlist("roles")]
    return Duties(roles, _ticked(form, "tracks"), _ticked(form, "languages"))


def _ticked(form: FormData, name: str) -> Sequence[str]:
    return sorted({one for one in form.getlist(name) if isinstance(one, str) and one})


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _link(service: Running, token: str) -> str:
    return f"{service.settings.public_url}/review/join/{token}"


def _done(what: str) -> Response:
    return RedirectResponse(f"/review/people?done={what}", 303)


async def _page(
    request: Request,
    service: Running,
    admin: Reviewer,
    given: FormData | None = None,
    refused: AssessorError | None = None,
    *,
    done: str = "",
    link: str = "",
    link_for: Reviewer | None = None,
) -> Response:
    library = await service.content.library()
    shared = [one for one in library.tracks.values() if one.id not in library.owners]
    tracks = [*shared, *await service.libraries.offered(admin.tenant)]
    members = await service.people.members(admin.tenant)
    form = given or FormData()
    return render(
        request,
        "reviewer/people.html",
        problem_of(refused).kind.status if refused else 200,
        members=members,
        training=await service.training.standings_of([one.reviewer for one in members]),
        tracks={one.id: one.title for one in tracks},
        languages=sorted({language for one in tracks for language in one.languages}),
        roles=ROLE_WORDS,
        given={"email": _text(form, "email"), "name": _text(form, "name")},
        chosen=_duties(form) if given else Duties([Role.REVIEWER]),
        problems=field_problems_of(refused),
        targets=_TARGETS,
        labels=_LABELS,
        done=done,
        link=link,
        link_for=link_for,
    )
