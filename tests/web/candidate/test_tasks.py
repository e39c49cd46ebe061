"""Task pages without scripts: drafts, handing in, and what is said of mistakes."""

import html
import re
from types import SimpleNamespace

import httpx
import pytest

from assessor.domain.item import EvaluationItem
from assessor.services.entered import read_response
from tests.web.candidate.people import Candidate, invited, words
from tests.web.site import Site


async def test_every_task_page_keeps_the_key_to_itself(working: Candidate) -> None:
    library = await working.site.services.content.library()

    for place in (await working.assessment()).form.tasks:
        page = await working.get(f"/assessment/tasks/{place.item_id}")

        item = library.item("python", place.item_id)
        assert page.status_code == 200
        assert item.title in html.unescape(page.text)
        assert html.escape(item.key.rationale[:60], quote=False) not in page.text  # type: ignore[union-attr]
        assert "rationale" not in page.text


async def test_the_whole_of_each_task_can_be_handed_in_without_scripts(working: Candidate) -> None:
    await working.hand_in_everything()

    hub = await working.get("/assessment")
    assert words(hub).count("Handed in") == 4


@pytest.mark.parametrize(
    ("category", "fields", "control", "told"),
    [
        ("evaluation", {}, "ratings-{first}", "is not rated yet"),
        ("evaluation", {"issue-0-quote": "some words"}, "issue-0-tag", "has no kind of issue"),
        (
            "evaluation",
            {"issue-3-tag": "omission", "issue-3-quote": "never said"},
            "issue-3-quote",
            "is not in the response, word for word",
        ),
        ("ranking", {}, "place-{first}", "has no place yet"),
        ("ranking", {"cannot_judge": "yes"}, "justification", "is empty"),
        ("sft", {"text": "  "}, "text", "is empty"),
        ("trajectory", {"error_class": "none"}, "first_error", "is not chosen yet"),
        (
            "trajectory",
            {"first_error": "none", "error_class": "wrong_tool", "outcome": "success"},
            "error_class",
            "does not fit",
        ),
        ("trajectory", {}, "labels-{first}", "has no label yet"),
    ],
)
async def test_what_is_missing_is_named_linked_and_nothing_typed_is_lost(
    working: Candidate, category: str, fields: dict[str, str], control: str, told: str
) -> None:
    item_id = await working.item(category)
    control = control.format(first=await working.first_name(item_id))
    typed = {"justification": "", "fix": "What I typed & kept"} | fields

    page = await working.post(f"/assessment/tasks/{item_id}", **typed)

    assert page.status_code == 422
    link = re.search(rf'<a href="#{control}">([^<]*)</a>', page.text)
    assert link is not None
    assert told in html.unescape(link.group(1))
    assert f'id="{control}"' in page.text
    draft = await working.site.services.answering.draft(working.id, item_id)
    assert draft.payload == typed
    again = words(await working.get(f"/assessment/tasks/{item_id}"))
    assert category != "trajectory" or "What I typed & kept" in again


async def test_issues_may_be_quoted_over_several_lines(working: Candidate) -> None:
    library = await working.site.services.content.library()
    items = [one for one in library.items["python"].values() if isinstance(one, EvaluationItem)]
    several = [one for one in items if "\n" in one.response]

    quoted = []
    for item in several:
        lines = "\n".join(item.response.split("\n")[:4]).strip()
        good = await working.good_answer(item.id) | {"issue-0-tag": "omission", "issue-0-quote": lines}
        sent = {name: text.replace("\n", "\r\n") for name, text in good.items()}  # as browsers send it
        quoted.append(read_response(item, sent, ())["issues"][0]["quote"])

    assert len(several) > 5
    assert all(quote in item.response for item, quote in zip(several, quoted, strict=True))


async def test_equal_places_are_a_tie(working: Candidate) -> None:
    item_id = await working.item("ranking")

    library = await working.site.services.content.library()
    first, *others = [response["id"] for response in library.item("python", item_id).presented()["responses"]]

    places = {f"place-{name}": "2" for name in others} | {f"place-{first}": "1"}
    await working.post(f"/assessment/tasks/{item_id}", **places, justification="The first is safest.")

    response = (await working.assessment()).responses[item_id]
    assert [sorted(group) for group in response.order] == [[first], sorted(others)]  # type: ignore[union-attr]


async def test_saving_without_scripts_keeps_the_work_and_hands_nothing_in(working: Candidate) -> None:
    item_id = await working.item("sft")

    saved = await working.post(f"/assessment/tasks/{item_id}", text="Half of it", revision="0", do="save")

    assert saved.status_code == 303
    assert "Half of it" in (await working.get(f"/assessment/tasks/{item_id}")).text
    assert "Saved, not handed in" in words(await working.get("/assessment"))
    assert not (await working.assessment()).responses


async def test_a_draft_that_another_window_overtook_is_refused_with_what_is_kept(working: Candidate) -> None:
    item_id = await working.item("sft")
    first = await working.save(item_id, 0, {"text": "From this window"})

    second = await working.save(item_id, 0, {"text": "From the other"})

    assert first.json()["revision"] == 1
    assert second.status_code == 409
    assert second.json()["stored"] == {"revision": 1, "payload": {"text": "From this window"}}


async def test_handing_in_what_was_saved_by_itself_meanwhile_is_no_conflict(working: Candidate) -> None:
    item_id = await working.item("sft")
    fields = await working.good_answer(item_id)
    await working.save(item_id, 0, fields)

    answers = [await working.post(f"/assessment/tasks/{item_id}", **fields, revision="0") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert list((await working.assessment()).responses) == [item_id]


async def test_demands_that_are_not_kept_are_named_before_it_is_handed_in_and_stop_nobody(
    working: Candidate,
) -> None:
    item_id = await working.item("sft")
    task = f"/assessment/tasks/{item_id}"

    asked = await working.post(task, text="Too short.", revision="0", do="hand_in")

    assert asked.status_code == 200
    assert re.search(r"demands? (is|are) not kept. Hand it in all the same\?", words(asked))
    assert "At least" in words(asked)
    assert not (await working.assessment()).responses
    assert (await working.site.services.answering.draft(working.id, item_id)).payload == {
        "text": "Too short."
    }
    revision = re.search(r'name="revision" value="(\d+)"', asked.text)
    assert revision
    again = await working.post(task, text="Too short.", revision=revision[1], do="hand_in_as_it_is")
    assert again.status_code == 303
    assert list((await working.assessment()).responses) == [item_id]


async def test_who_keeps_to_every_demand_is_not_asked(working: Candidate) -> None:
    item_id = await working.item("sft")
    fields = await working.good_answer(item_id)

    answer = await working.post(f"/assessment/tasks/{item_id}", **fields, revision="0", do="hand_in")

    assert answer.status_code == 303


async def test_after_handing_in_the_hub_says_so_and_what_comes_next(working: Candidate) -> None:
    item_id = await working.item("sft")
    answer = await working.post(f"/assessment/tasks/{item_id}", **await working.good_answer(item_id))

    hub = await working.get(answer.headers["location"].partition("#")[0])

    said = re.search(r'id="handed-in" role="status" tabindex="-1">(.*?)</p>', hub.text, re.DOTALL)
    assert said
    assert "Handed in: Write an ideal response" in said[1]
    assert re.search(r'Next: <a href="/assessment/interview">\s*Interview', said[1])
    assert 'id="handed-in"' not in (await working.get("/assessment?handed_in=interview")).text


async def test_after_the_last_part_the_hub_leads_to_submitting(working: Candidate) -> None:
    await working.interview()
    await working.hand_in_everything()

    hub = await working.get(f"/assessment?handed_in={await working.item('sft')}")

    assert 'That was the last part. <a href="/assessment/submit">' in hub.text.replace("\n", "")


async def test_a_stale_save_without_scripts_shows_both_versions(working: Candidate) -> None:
    item_id = await working.item("sft")
    await working.save(item_id, 0, {"text": "From the other window"})

    page = await working.post(f"/assessment/tasks/{item_id}", text="From this one", revision="0", do="save")

    assert page.status_code == 409
    assert "From the other window" in words(page)
    assert "From this one" in words(page)
    assert 'name="revision" value="1"' in page.text


async def test_handing_in_replaces_nothing_unseen_that_another_window_saved(working: Candidate) -> None:
    item_id = await working.item("sft")
    await working.save(item_id, 0, {"text": "From the other window"})

    page = await working.post(f"/assessment/tasks/{item_id}", text="From this one", revision="0")

    assert page.status_code == 409
    assert "From the other window" in words(page)
    assert "From this one" in words(page)
    assert not (await working.assessment()).responses
    again = await working.post(f"/assessment/tasks/{item_id}", text="From this one", revision="1")
    assert again.status_code == 303


async def test_a_button_that_is_pressed_twice_hands_in_once(working: Candidate) -> None:
    item_id = await working.item("sft")
    await working.post(f"/assessment/tasks/{item_id}", text="All of it", revision="0")

    again = await working.post(f"/assessment/tasks/{item_id}", text="All of it", revision="0")

    assert again.status_code == 303
    assert (await working.assessment()).responses[item_id].text == "All of it"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "payload",
    [
        {"text": 5},
        {"text": ["a"]},
        {f"field-{n}": "" for n in range(300)},
        {"text": "\ud800"},
        {"text": "a\x00b"},
    ],
    ids=["number", "list", "too many", "lone surrogate", "NUL"],
)
async def test_a_draft_that_is_no_form_is_refused(working: Candidate, payload: object) -> None:
    answer = await working.save(await working.item("sft"), 0, payload)

    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid-input"


@pytest.mark.parametrize("method", ["get", "post"])
async def test_a_task_of_another_form_cannot_be_answered(working: Candidate, method: str) -> None:
    page = await working.browser.request(method, "/assessment/tasks/rw-mutable-default")

    assert page.status_code == 422
    assert not (await working.assessment()).responses


@pytest.fixture
async def rubric(site: Site, browser: httpx.AsyncClient) -> SimpleNamespace:
    candidate = await invited(site, browser, "full")
    await candidate.begin()
    return SimpleNamespace(candidate=candidate, item=await candidate.item("rubric_writing"))


async def test_empty_rows_of_a_rubric_are_left_out(rubric: SimpleNamespace) -> None:
    weights = {0: "50", 2: "30", 3: "20"}
    fields = {f"row-{n}-criterion": f"Says what matters in point {n}" for n in weights}
    fields |= {f"row-{n}-weight": weight for n, weight in weights.items()}

    page = await rubric.candidate.post(f"/assessment/tasks/{rubric.item}", **fields)

    assert page.status_code == 303
    response = (await rubric.candidate.assessment()).responses[rubric.item]
    assert [row.weight for row in response.rows] == [50, 30, 20]


@pytest.mark.parametrize(
    ("fields", "control"),
    [
        ({}, "rows"),
        ({"row-2-weight": "40"}, "row-2-criterion"),
        ({"row-1-criterion": "Says so", "row-1-weight": "a lot"}, "row-1-weight"),
        ({"row-1-criterion": "Says so", "row-1-weight": "9" * 5000}, "row-1-weight"),
    ],
)
async def test_a_row_that_is_not_whole_is_named(
    rubric: SimpleNamespace, fields: dict[str, str], control: str
) -> None:
    page = await rubric.candidate.post(f"/assessment/tasks/{rubric.item}", **fields)

    assert page.status_code == 422
    assert f'<a href="#{control}">' in page.text
