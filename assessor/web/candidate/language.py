"""The choice of the language of the pages, which holds in this browser."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Response

from assessor.domain.errors import invalid
from assessor.domain.wording import worded
from assessor.locale import PSEUDO, offered
from assessor.web.candidate.visit import PageRoute, see
from assessor.web.dependencies import Running
from assessor.web.pages import LANGUAGE_COOKIE

KEPT_SECONDS: Final = 365 * 86_400

router = APIRouter(route_class=PageRoute)

Text = Annotated[str, Form()]


@router.post("/language")
async def choose(services: Running, language: Text = "", back: Text = "") -> Response:
    """Remember the language, and lead back to the page on which it was chosen."""
    is_development = services.settings.environment == "development"
    if language not in (*offered(), *(PSEUDO if is_development else ())):
        raise invalid(
            "language",
            "is none of the languages of these pages",
            worded("Choose one of %(known)s.", known=_tags()),
        )
    response = see(_ours(back))
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=KEPT_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=not is_development,
    )
    return response


def _tags() -> str:
    return ", ".join(offered())


def _ours(back: str) -> str:
    """Return a page of ours, with its query, else the list of parts: nobody is led elsewhere."""
    place = urlsplit(back.replace("\\", "/"))
    is_ours = back.startswith("/") and back.isprintable() and not place.scheme and not place.netloc
    return back if is_ours and not place.path.startswith("//") else "/assessment"
