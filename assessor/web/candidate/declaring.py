"""Questions about the person, for checking fairness: after submitting, and only for who wants to answer."""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Form, Request, Response

from assessor.domain.demographics import RACE_NAMES, SEX_NAMES, Declaration, Race, Sex
from assessor.domain.errors import InvalidInput, invalid
from assessor.web.candidate.visit import PageRoute, Visitor, see
from assessor.web.pages import render

router = APIRouter(route_class=PageRoute)

ADDRESS = "/assessment/about-you"
PREFER_NOT = "prefer_not"

Choice = Annotated[str, Form()]
Known = TypeVar("Known", Sex, Race)


@router.get(ADDRESS)
async def about_you(request: Request, visitor: Visitor) -> Response:
    """Ask, with what was answered before, if anything was."""
    if (await visitor.load()).submitted_at is None:
        return see("/assessment")
    return await _page(request, visitor, 200)


@router.post(ADDRESS)
async def declare(request: Request, visitor: Visitor, sex: Choice = "", race: Choice = "") -> Response:
    """Keep the answers in place of earlier ones; a question that is left open is not answered."""
    try:
        declaration = Declaration(sex=_chosen("sex", sex, Sex), race=_chosen("race", race, Race))
    except InvalidInput:
        return await _page(request, visitor, 422, problem=True)
    await visitor.services.declaring.declare(visitor.assessment_id, declaration)
    return see(f"{ADDRESS}?done=kept")


@router.post(f"{ADDRESS}/delete")
async def forget(visitor: Visitor) -> Response:
    """Delete the answers."""
    await visitor.services.declaring.forget(visitor.assessment_id)
    return see(f"{ADDRESS}?done=deleted")


async def _page(request: Request, visitor: Visitor, status: int, *, problem: bool = False) -> Response:
    declared = await visitor.services.declaring.look(visitor.assessment_id)
    done = request.query_params.get("done")
    return render(
        request,
        "candidate/about_you.html",
        status,
        declared=declared,
        sexes=SEX_NAMES,
        races=RACE_NAMES,
        prefer_not=PREFER_NOT,
        problem=problem,
        # A reload, or the other button, must not leave a word there that is no longer true.
        done=done if done == ("kept" if declared else "deleted") else None,
    )


def _chosen(field: str, said: str, known: type[Known]) -> Known | None:
    if said in {"", PREFER_NOT}:
        return None
    try:
        return known(said)
    except ValueError:
        raise invalid(field, "is none of the answers", "Choose one of them.") from None
