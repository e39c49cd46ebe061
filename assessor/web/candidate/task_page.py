"""A task as a page: what is asked, what was typed, and what is wrong with it."""

import math

from fastapi import Request, Response

from assessor.domain.errors import AssessorError, FieldProblem, InvalidInput, NotFound, StaleRevision
from assessor.domain.item import RankingItem
from assessor.services.answering import Task
from assessor.services.entered import ISSUE_ROWS, NO_STEP, Fields, control_names, letter, typed
from assessor.web.candidate.previews import broken_demands, preview
from assessor.web.candidate.visit import Visit, current_time, track_of
from assessor.web.pages import render
from assessor.web.problems import kind_of

LINES_SHOWN = 12
"""Of a longer text only so many lines are shown at first."""
_LINE_CHARS = 80


async def task_page(
    request: Request,
    visitor: Visit,
    found: Task,
    fields: Fields,
    error: AssessorError | None = None,
    *,
    base: int | None = None,
    previewed: bool = False,
    asks: bool = False,
) -> Response:
    """Return the page with what was typed, on top of revision `base`, if not of the last.

    It `asks` whether to hand in although demands are not kept, and names them.
    """
    stored = typed(error.stored_payload) if isinstance(error, StaleRevision) else None
    assessment = await visitor.load()
    return render(
        request,
        f"candidate/tasks/{found.item.category.value}.html",
        kind_of(type(error)).status if error else 200,
        assessment=assessment,
        track=await track_of(visitor.services, assessment),
        task=found,
        item=found.item.presented(),
        shown=_shown(found),
        fields=fields,
        # Who has been shown both versions saves on top of the last.
        revision=found.draft.revision if base is None or error else base,
        base=base,
        error=error,
        problems=_by_control(error),
        names=control_names(found.item, found.shown_order),
        stored=stored,
        now=current_time(),
        issue_rows=ISSUE_ROWS,
        no_step=NO_STEP,
        is_long=is_long,
        preview=preview(found.item, fields),
        previewed=previewed,
        broken=broken_demands(found.item, fields) if asks else (),
    )


async def preview_part(request: Request, visitor: Visit, found: Task, fields: Fields) -> Response:
    """Return the preview alone, for a page that shows the rest. Raises NotFound where there is none."""
    shown = preview(found.item, fields)
    if shown is None:
        raise NotFound("preview", found.item.id)
    return render(
        request,
        f"candidate/tasks/{found.item.category.value}_preview.html",
        track=await track_of(visitor.services, await visitor.load()),
        preview=shown,
        names=control_names(found.item, found.shown_order),
    )


def is_long(text: str) -> bool:
    """Whether a text fills more lines than are shown at first, at the width of a page.

    What becomes the edge of a paragraph or a block of code fills none.
    """
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("```")]
    return sum(math.ceil(len(line) / _LINE_CHARS) for line in lines) > LINES_SHOWN


def _shown(found: Task) -> list[dict[str, str]]:
    """Return the responses of a ranking as the page shows them: in this candidate's order, by letter."""
    if not isinstance(found.item, RankingItem):
        return []
    texts = {response.id: response.text for response in found.item.responses}
    return [
        {"id": name, "letter": letter(place), "text": texts[name]}
        for place, name in enumerate(found.shown_order)
    ]


def _by_control(error: AssessorError | None) -> dict[str, FieldProblem]:
    return {problem.field: problem for problem in error.problems} if isinstance(error, InvalidInput) else {}
