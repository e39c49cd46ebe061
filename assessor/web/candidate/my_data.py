"""My data: what is kept and until when, all of it as one archive, and deletion."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import StreamingResponse
from jinja2 import Environment

from assessor.domain.retention import UNTIL_LIFTED
from assessor.services.erasing import Holding
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, current_time, see
from assessor.web.pages import environment, language_of, render
from assessor.web.security import CANDIDATE_COOKIE, clear_session_cookie
from assessor.web.zipped import zipped

PAGE = "/assessment/my-data"

router = APIRouter(route_class=PageRoute)


@router.get(PAGE)
async def my_data(request: Request, visitor: Visitor, done: str = "") -> Response:
    """Say what is kept, where, until when and for whom."""
    found = await visitor.services.erasing.holding_in(visitor.assessment_id)
    return render(
        request,
        "candidate/my_data.html",
        **await _shown(visitor, found),
        done=done if done == "kept" and not found.person.asked_at else "",
    )


@router.get(f"{PAGE}/archive")
async def archive(request: Request, visitor: Visitor) -> Response:
    """Give everything as one archive, sent while it is made."""
    found = await visitor.services.erasing.holding_in(visitor.assessment_id)
    # Asked for before the answer begins: half an archive could not be told from a whole one.
    about = await visitor.services.subject_archive.about(found)
    shown = await _shown(visitor, found)
    headers = {"Content-Disposition": 'attachment; filename="my-data.zip"'}
    files = _files(visitor, found, about, shown, environment(language_of(request).tag))
    return StreamingResponse(zipped(files), media_type="application/zip", headers=headers)


@router.get(f"{PAGE}/delete")
async def ask_to_delete(request: Request, visitor: Visitor) -> Response:
    """Say what would go and what would stay, and ask once more."""
    found = await visitor.services.erasing.holding_in(visitor.assessment_id)
    return render(request, "candidate/delete_data.html", **await _shown(visitor, found), problem=False)


@router.post(f"{PAGE}/delete")
async def delete(request: Request, visitor: Visitor, confirmed: Annotated[bool, Form()] = False) -> Response:  # noqa: FBT002 - a field of the form
    """Delete at once where nothing holds it back, else when nothing does any more."""
    services = visitor.services
    if not confirmed:
        found = await services.erasing.holding_in(visitor.assessment_id)
        shown = await _shown(visitor, found)
        return render(request, "candidate/delete_data.html", 422, **shown, problem=True)
    if await services.erasing.ask(visitor.assessment_id) is not None:
        return see(PAGE)
    answer = see(f"{PAGE}/deleted")
    clear_session_cookie(answer, CANDIDATE_COOKIE, services.settings)
    return answer


@router.post(f"{PAGE}/keep")
async def keep(visitor: Visitor) -> Response:
    """Take back the wish to delete."""
    await visitor.services.erasing.withdraw(visitor.assessment_id)
    return see(f"{PAGE}?done=kept")


@router.get(f"{PAGE}/deleted")
async def deleted(request: Request) -> Response:
    """Say that it is done, to a browser that nobody knows any more."""
    return render(request, "candidate/deleted.html")


async def _shown(visitor: Visit, found: Holding) -> dict[str, Any]:
    services = visitor.services
    assessment = await visitor.load()
    tracks = await services.content.library(assessment.ordered.track)
    return {
        "assessment": assessment,
        "now": current_time(),
        "tenant": await services.store.tenant(found.person.tenant),
        "found": found,
        "titles": {name: track.title for name, track in tracks.tracks.items()},
        "languages_of": {name: track.language for name, track in tracks.tracks.items()},
        "open_end": UNTIL_LIFTED,
        "model": services.model_name,
        "judges": assessment.policy.judge_may_score,
    }


async def _files(
    visitor: Visit,
    found: Holding,
    about: Mapping[str, Any],
    shown: Mapping[str, Any],
    words: Environment,
) -> AsyncIterator[tuple[str, bytes]]:
    yield "README.txt", _written(words, "candidate/archive_readme.txt", **shown)
    yield "index.html", _written(words, "candidate/archive_index.html", **shown)
    for name, document in about.items():
        yield name, _json(document)
    async for one in visitor.services.subject_archive.portions(found):
        folder = f"assessments/{one.kept.id}"
        yield f"{folder}/index.html", _written(words, "candidate/archive_assessment.html", **shown, one=one)
        for name, document in one.files.items():
            yield f"{folder}/{name}", _json(document)


def _written(words: Environment, template: str, **shown: Any) -> bytes:
    # A half surrogate, which somebody typed a moment ago, must not cost them all the rest.
    return words.get_template(template).render(**shown).encode("utf-8", "replace")


def _json(document: Any) -> bytes:
    return json.dumps(document, indent=1, ensure_ascii=True, default=str).encode()
