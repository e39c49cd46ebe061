"""The notice before the start, and the optional uses that one may agree to, then or later."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from assessor.domain.assessment import OPEN, Assessment, Status
from assessor.domain.errors import StaleEdit
from assessor.domain.notice import CURRENT, Reader
from assessor.domain.retention import UNTIL_LIFTED
from assessor.services.consenting import has_read, require_current
from assessor.services.letting_in import waits_to_begin
from assessor.web.candidate.breaks import way_back
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, see
from assessor.web.pages import render

NOTICE: Final = "/assessment/notice"
CONSENTS: Final = "/assessment/consents"
WAITING: Final = "/assessment/waiting"

router = APIRouter(route_class=PageRoute)

Text = Annotated[str, Form()]


@router.get(NOTICE)
async def notice(request: Request, visitor: Visitor, back: str = "") -> Response:
    """Show the notice: to begin, because it has changed, or only to read it again."""
    return await _page(request, visitor, "notice", back=back)


@router.post(NOTICE)
async def read(request: Request, visitor: Visitor, notice: Text = "", back: Text = "") -> Response:
    """Record that the notice was read in mid-course."""
    try:
        await visitor.services.consenting.read(visitor.assessment_id, notice)
    except StaleEdit as changed:
        return await _page(request, visitor, "notice", 412, back=back, changed=changed)
    return see(way_back(back))


@router.post("/assessment/begin")
async def begin(request: Request, visitor: Visitor, notice: Text = "") -> Response:
    """Record the notice and what was agreed to, and start the clock, or show how long that takes."""
    answers = _answers(await request.form())
    assessment = await visitor.load()
    if assessment.status is Status.OPENED:
        try:
            require_current(notice)
        except StaleEdit as changed:
            return await _page(request, visitor, "notice", 412, answers=answers, changed=changed)
        assessment = await visitor.services.conversing.begin(visitor.assessment_id, answers)
    return see(WAITING if waits_to_begin(assessment) else "/assessment")


@router.get("/assessment/decline")
async def decline(request: Request, visitor: Visitor) -> Response:
    """Say what it means not to take part, and whom to ask for another way."""
    return await _page(request, visitor, "decline")


@router.post("/assessment/withdraw")
async def withdraw(visitor: Visitor) -> Response:
    """End it for good."""
    await visitor.services.consenting.withdraw(visitor.assessment_id)
    return see("/assessment")


@router.get(CONSENTS)
async def consents(request: Request, visitor: Visitor, done: str = "") -> Response:
    """Show what was agreed to, with its history, and the form to change it."""
    return await _page(request, visitor, "consents", done=done == "kept")


@router.post(CONSENTS)
async def answer(request: Request, visitor: Visitor, notice: Text = "") -> Response:
    """Record what is agreed to from now on."""
    answers = _answers(await request.form())
    try:
        await visitor.services.consenting.answer(visitor.assessment_id, answers, notice)
    except StaleEdit as changed:
        return await _page(request, visitor, "consents", 412, answers=answers, changed=changed)
    return see(f"{CONSENTS}?done=kept")


def must_read(assessment: Assessment, path: str) -> Response | None:
    """Lead to the notice where it has to be read before going on, and from there to the line to begin.

    None where nothing comes before the work.
    """
    is_at_work = assessment.status in {Status.OPENED, Status.IN_PROGRESS}
    if not is_at_work or has_read(assessment):
        return see(WAITING) if waits_to_begin(assessment) else None
    return see(NOTICE if assessment.status is Status.OPENED else f"{NOTICE}?back={path}")


async def _page(
    request: Request,
    visitor: Visit,
    name: str,
    status: int = 200,
    *,
    answers: Mapping[str, bool] | None = None,
    changed: StaleEdit | None = None,
    back: str = "",
    done: bool = False,
) -> Response:
    assessment = await visitor.load()
    tenant = await visitor.services.store.tenant(assessment.ordered.tenant)
    reader = Reader(tenant.name, assessment.policy, visitor.services.model_name is not None)
    return render(
        request,
        f"candidate/{name}.html",
        status,
        assessment=assessment,
        tenant=tenant,
        edition=CURRENT,
        schedule=(await visitor.services.erasing.holding_in(visitor.assessment_id)).schedule,
        open_end=UNTIL_LIFTED,
        passages=CURRENT.read_by(reader),
        uses=CURRENT.uses_for(reader),
        answers={**assessment.agreed_to, **(answers or {})},
        is_unread=assessment.status in OPEN and not has_read(assessment),
        limit=assessment.accommodation.limit(assessment.form.time_limit_minutes),
        changed=changed,
        back=way_back(back),
        done=done,
    )


def _answers(form: Mapping[str, object]) -> dict[str, bool]:
    """Read `consent-<use>`: yes or no. What was left open, and anything else, is no answer."""
    named = {use.id: form.get(f"consent-{use.id}") for use in CURRENT.uses}
    return {use: said == "yes" for use, said in named.items() if said in ("yes", "no")}
