"""What work on a task will look like, and what is said of it before it is handed in. Nothing is stored."""

import re

import httpx
import pytest

from assessor.domain.item import SftItem
from assessor.domain.library import Library
from assessor.web.candidate.previews import AnswerPreview, preview
from assessor.web.candidate.task_page import LINES_SHOWN, is_long
from tests.web.candidate.people import Candidate, invited, words
from tests.web.site import Site


@pytest.fixture
async def rubric_task(site: Site, browser: httpx.AsyncClient) -> tuple[Candidate, str]:
    candidate = await invited(site, browser, "full")
    await candidate.begin()
    return candidate, await candidate.item("rubric_writing")


async def test_a_response_is_shown_as_its_readers_will_see_it_and_not_stored(working: Candidate) -> None:
    item_id = await working.item("sft")

    part = await working.post(f"/assessment/tasks/{item_id}/preview", text="One **bold** word", revision="0")

    assert part.status_code == 200
    assert "<strong>bold</strong>" in part.text
    assert "<html" not in part.text
    assert (await working.site.services.answering.draft(working.id, item_id)).revision == 0


async def test_nothing_in_a_preview_runs_or_loads(working: Candidate) -> None:
    item_id = await working.item("sft")
    text = "<img src=x onerror=alert(1)> [go](javascript:alert(1)) <script>alert(1)</script>"

    part = await working.post(f"/assessment/tasks/{item_id}/preview", text=text)

    assert not re.search(r"<(img|script)|href=\"javascript", part.text)


async def test_without_scripts_the_preview_is_a_page_with_all_that_was_typed(working: Candidate) -> None:
    item_id = await working.item("sft")
    await working.save(item_id, 0, {"text": "Saved before"})

    page = await working.post(
        f"/assessment/tasks/{item_id}", text="Some *new* text", revision="1", do="preview"
    )

    assert page.status_code == 200
    assert "<em>new</em>" in page.text
    assert "Some *new* text" in page.text
    assert 'name="revision" value="1"' in page.text
    draft = await working.site.services.answering.draft(working.id, item_id)
    assert draft.payload == {"text": "Saved before"}


async def test_a_preview_on_top_of_an_old_revision_still_meets_the_other_window(working: Candidate) -> None:
    item_id = await working.item("sft")
    await working.save(item_id, 0, {"text": "From the other window"})

    page = await working.post(f"/assessment/tasks/{item_id}", text="Mine", revision="0", do="preview")

    assert 'name="revision" value="0"' in page.text


async def test_tasks_without_a_preview_have_none(working: Candidate) -> None:
    item_id = await working.item("ranking")

    answer = await working.post(f"/assessment/tasks/{item_id}/preview")

    assert answer.status_code == 404


async def test_there_is_no_preview_during_a_break(working: Candidate) -> None:
    item_id = await working.item("sft")
    await working.post("/assessment/break")

    answer = await working.post(f"/assessment/tasks/{item_id}/preview", text="More")

    assert answer.status_code == 409


async def test_a_text_that_is_too_long_is_refused_as_in_a_draft(working: Candidate) -> None:
    item_id = await working.item("sft")

    answer = await working.post(f"/assessment/tasks/{item_id}/preview", text="a" * 20_001)

    assert answer.status_code == 413


# --- an ideal response --------------------------------------------------------------------------


@pytest.fixture
async def library(site: Site) -> Library:
    return await site.services.content.library("python")


def demanding(library: Library, *constraints: dict[str, object]) -> SftItem:
    """Return an item with these demands and no others."""
    item = next(one for one in library.items["python"].values() if isinstance(one, SftItem))
    bare = item.model_dump(mode="json") | {"constraints": constraints}
    bare["key"] = bare["key"] | {"tests": []}
    return SftItem.model_validate(bare)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("  ", ["open", "open", "later"]),
        ("Two words", ["not_kept", "not_kept", "later"]),
        ("Three whole words", ["kept", "not_kept", "later"]),
        ("```\nSeefeld x = 1\n```", ["kept", "kept", "later"]),
    ],
)
async def test_each_demand_says_whether_it_is_kept_so_far(
    library: Library, text: str, states: list[str]
) -> None:
    item = demanding(
        library,
        {"kind": "min_words", "value": 3, "label": "At least 3 words"},
        {"kind": "code_block", "label": "Has a block of code"},
        {"kind": "must_not_include", "value": "Seefeld", "label": "Does not name the client"},
    )

    shown = preview(item, {"text": text})

    assert isinstance(shown, AnswerPreview)
    assert [check.state for check in shown.checks] == states
    assert (shown.kept, shown.told) == (states.count("kept"), 2)
    assert (shown.least, shown.most) == (3, None)


async def test_what_was_saved_is_checked_when_the_page_opens(working: Candidate) -> None:
    item_id = await working.item("sft")
    item = (await working.site.services.content.library("python")).item("python", item_id)
    assert isinstance(item, SftItem)
    await working.save(item_id, 0, {"text": item.key.reference})

    page = await working.get(f"/assessment/tasks/{item_id}")

    told = sum(one.is_open for one in item.constraints)
    assert words(page).count("– kept") == told
    assert words(page).count("– checked when it is scored") == len(item.constraints) - told


# --- a rubric -----------------------------------------------------------------------------------


async def test_a_rubric_is_shown_as_a_table_with_what_is_missing(rubric_task: tuple[Candidate, str]) -> None:
    candidate, item_id = rubric_task
    fields = {"row-0-criterion": "Names the `default`", "row-0-levels": "Or shows it", "row-0-weight": "60"}

    part = await candidate.post(f"/assessment/tasks/{item_id}/preview", **fields, **{"row-2-weight": "30"})

    assert "<code>default</code>" in part.text
    text = words(httpx.Response(200, text=f"<main{part.text}"))
    assert "All weights 90" in text
    assert "Criterion 3, text, is empty." in text


async def test_a_rubric_that_does_not_add_up_is_told_before_handing_in(
    rubric_task: tuple[Candidate, str],
) -> None:
    candidate, item_id = rubric_task
    fields = {f"row-{n}-criterion": f"Says what matters in point {n}" for n in range(3)}
    fields |= {f"row-{n}-weight": "30" for n in range(3)}

    part = await candidate.post(f"/assessment/tasks/{item_id}/preview", **fields)

    assert "Your rubric has weights that add up to 90. Make them add up to 100." in part.text


async def test_a_whole_rubric_misses_nothing(rubric_task: tuple[Candidate, str]) -> None:
    candidate, item_id = rubric_task

    part = await candidate.post(
        f"/assessment/tasks/{item_id}/preview", **await candidate.good_answer(item_id)
    )

    assert "Nothing is missing." in part.text


# --- long texts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_folded"),
    [
        ("", False),
        ("a line\n" * LINES_SHOWN, False),
        ("a line\n" * (LINES_SHOWN + 1), True),
        ("a" * 80 * LINES_SHOWN, False),
        ("a" * 80 * LINES_SHOWN + "a", True),
        ("\n```\n" * LINES_SHOWN + "end", False),
    ],
)
def test_a_text_of_more_lines_than_are_shown_at_first_is_long(text: str, *, is_folded: bool) -> None:
    assert is_long(text) is is_folded
