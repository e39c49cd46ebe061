"""What a candidate sees and may do, asked over HTTP with a browser's headers and no scripts."""

import asyncio
import html
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

import httpx
import pytest

from assessor.domain.assessment import Assessment, Status
from assessor.services.ordering import Order
from assessor.simulation.candidate import EXPERT, SimulatedCandidate
from assessor.simulation.headless import _fields
from tests.web.site import Platform, Site

JSON = {"Accept": "application/json"}


@dataclass
class Candidate:
    """One invited person with a browser."""

    site: Site
    browser: httpx.AsyncClient
    platform: Platform
    id: str
    link: str

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.browser.get(path, headers=headers)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        return await self.browser.post(path, data=fields)

    async def say(self, text: str, cmid: str) -> httpx.Response:
        return await self.post("/assessment/interview/messages", cmid=cmid, text=text)

    async def save(self, name: str, base: int, payload: object) -> httpx.Response:
        return await self.browser.put(
            f"/assessment/drafts/{name}",
            content=json.dumps({"base_revision": base, "payload": payload}),
            headers={**JSON, "Content-Type": "application/json"},
        )

    async def begin(self) -> None:
        await self.post(f"{self.link}/start")

    async def assessment(self) -> Assessment:
        return await self.site.services.ordering.get(self.platform.tenant.id, self.id)

    async def interview(self) -> None:
        for number in range(30):
            await self.get("/assessment/interview")
            if (await self.assessment()).interview_finished:
                return
            await self.say(
                "I would check it against the request, because claims are easy to make.", f"said-{number:04}"
            )
        raise AssertionError("the interview did not end")

    async def item(self, category: str) -> str:
        form = (await self.assessment()).form
        return next(place.item_id for place in form.items if place.category.value == category)

    async def first_name(self, item_id: str) -> str:
        """Return the id of the first dimension, response or step of a task."""
        item = (await self.site.services.content.library()).item("python", item_id).presented()
        return next(
            (item[name][0]["id"] for name in ("dimensions", "responses", "steps") if name in item), ""
        )

    async def good_answer(self, item_id: str) -> dict[str, str]:
        library = await self.site.services.content.library()
        response = SimulatedCandidate(library, "python", EXPERT).response(item_id)
        return {name: values[0] for name, values in _fields(library, item_id, response).items()}

    async def hand_in_everything(self) -> None:
        for place in (await self.assessment()).form.tasks:
            await self.post(f"/assessment/tasks/{place.item_id}", **await self.good_answer(place.item_id))


async def invited(site: Site, browser: httpx.AsyncClient, form: str = "short") -> Candidate:
    platform = await site.platform()
    ordered = await site.services.ordering.order(
        platform.tenant, Order(candidate_ref=f"person-{next(site.orders)}", track="python", form=form)
    )
    link = "/c/" + ordered.invite_url.rsplit("/", 1)[-1]
    return Candidate(site, browser, platform, ordered.assessment.id, link)


@pytest.fixture
async def candidate(site: Site, browser: httpx.AsyncClient) -> Candidate:
    return await invited(site, browser)


@pytest.fixture
async def working(candidate: Candidate) -> Candidate:
    await candidate.begin()
    return candidate


def words(response: httpx.Response) -> str:
    without_tags = re.sub(r"<[^>]+>", " ", response.text.partition("<main")[2])
    return " ".join(html.unescape(without_tags).split())


# --- the way in ---------------------------------------------------------------------------------


async def test_the_welcome_page_says_what_happens_and_does_not_use_the_link_up(candidate: Candidate) -> None:
    first = await candidate.get(candidate.link)
    second = await candidate.get(candidate.link)

    assert first.status_code == second.status_code == 200
    said = words(first)
    for promise in (
        "up to 8 minutes",
        "60 minutes",
        "not a person",
        "What is recorded",
        "What is not scored",
        "never used as work and never as training data",
        "A rule may only decide that you are qualified",
    ):
        assert promise in said
    assert (await candidate.assessment()).status is Status.ORDERED


async def test_beginning_uses_the_link_and_leads_to_the_parts(candidate: Candidate) -> None:
    started = await candidate.post(f"{candidate.link}/start")

    assert (started.status_code, started.headers["location"]) == (303, "/assessment")
    assert "HttpOnly" in started.headers["set-cookie"]
    hub = await candidate.get("/assessment")
    assert "0 of 5 parts done" in words(hub)


async def test_the_same_browser_gets_back_in_by_its_spent_link(working: Candidate) -> None:
    looked = await working.get(working.link)
    pressed_again = await working.post(f"{working.link}/start")

    assert [looked.headers["location"], pressed_again.headers["location"]] == ["/assessment"] * 2


async def test_another_browser_cannot_use_a_spent_link(site: Site, working: Candidate) -> None:
    async with site.browser() as other:
        looked = await other.get(working.link)
        pressed = await other.post(f"{working.link}/start")

    assert (looked.status_code, pressed.status_code) == (410, 410)
    assert "set-cookie" not in pressed.headers
    assert "ask the platform for a new link" in words(looked)


async def test_a_link_that_nobody_made_is_gone_in_plain_words(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/c/0000")

    assert page.status_code == 410
    assert "We do not know this link" in words(page)


async def test_a_cancelled_invitation_says_so(candidate: Candidate) -> None:
    await candidate.site.services.ordering.cancel(candidate.platform.tenant.id, candidate.id)

    page = await candidate.get(candidate.link)

    assert page.status_code == 410
    assert "cancelled" in words(page)


@pytest.mark.parametrize("path", ["", "/interview", "/submit", "/result", "/tasks/sft-naive-aware"])
async def test_a_browser_without_a_session_is_told_where_to_go(browser: httpx.AsyncClient, path: str) -> None:
    page = await browser.get(f"/assessment{path}")

    assert page.status_code == 401
    assert "We do not know this browser" in words(page)


async def test_a_program_without_a_session_gets_a_problem_document(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/assessment/interview", headers=JSON)

    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


# --- the interview ------------------------------------------------------------------------------


async def test_the_interview_page_opens_with_the_interviewers_first_words(working: Candidate) -> None:
    page = await working.get("/assessment/interview")

    assert "This answer is not scored" in words(page)
    assert "http-equiv" not in page.text


async def test_a_message_without_scripts_comes_back_with_its_reply(working: Candidate) -> None:
    await working.get("/assessment/interview")

    sent = await working.say("I am an engineer and use <b>Python</b>.", "message-0001")

    assert sent.status_code == 303
    page = await working.get("/assessment/interview")
    assert "I am an engineer and use &lt;b&gt;Python&lt;/b&gt;." in page.text
    assert [turn.speaker for turn in (await working.assessment()).transcript.turns] == [
        "interviewer",
        "candidate",
        "interviewer",
    ]


async def test_the_same_message_twice_is_one_message(working: Candidate) -> None:
    await working.get("/assessment/interview")
    message = {"cmid": "message-0001", "text": "Once."}

    answers = [
        await working.browser.post("/assessment/interview/messages", data=message, headers=JSON) for _ in "ab"
    ]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert len((await working.assessment()).message_ids) == 1


@pytest.mark.parametrize(
    ("cmid", "text", "status", "told"),
    [
        ("message-0001", "   ", 422, "is empty"),
        ("message-0001", "x" * 200_000, 413, "the limit is 8000"),
        ("short", "Hello", 422, "cmid"),
        ("m" * 65, "Hello", 422, "cmid"),
    ],
)
async def test_a_message_that_cannot_be_taken_stays_in_the_box(
    working: Candidate, cmid: str, text: str, status: int, told: str
) -> None:
    await working.get("/assessment/interview")

    page = await working.say(text, cmid)

    assert page.status_code == status
    assert told in words(page)
    box = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    assert box is not None
    assert box.group(1) == text
    assert not (await working.assessment()).message_ids


async def stream_of(working: Candidate, position: str = "", **headers: str) -> list[dict[str, str]]:
    """Read the stream of a finished interview to its end."""
    answer = await working.get(
        f"/assessment/interview/stream?after={position}", Accept="text/event-stream", **headers
    )
    assert answer.status_code == 200
    blocks = answer.text.strip().split("\n\n")
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]


async def test_the_stream_gives_every_turn_in_order_and_ends(working: Candidate) -> None:
    await working.interview()

    events = await stream_of(working)

    kinds = [event["event"] for event in events]
    turns = (await working.assessment()).transcript.turns
    assert kinds[0] == "state"
    assert kinds[-1] == "end"
    assert kinds[1:-1] == ["user" if turn.speaker == "candidate" else "done" for turn in turns]
    assert [event["id"] for event in events[1:-1]] == [f"{turn.seq}..0" for turn in turns]


async def test_the_stream_goes_on_after_the_later_of_two_positions(working: Candidate) -> None:
    await working.interview()
    turns = (await working.assessment()).transcript.turns
    early, late = f"{turns[0].seq}..0", f"{turns[-2].seq}..0"

    by_header = await stream_of(working, early, **{"Last-Event-ID": late})
    by_address = await stream_of(working, late, **{"Last-Event-ID": early})

    for events in (by_header, by_address):
        assert [event["event"] for event in events] == ["state", "done", "end"]


async def test_a_finished_stream_with_nothing_new_tells_the_browser_to_stop(working: Candidate) -> None:
    await working.interview()
    last = (await working.assessment()).transcript.turns[-1].seq

    answer = await working.get(f"/assessment/interview/stream?after={last}..0")

    assert answer.status_code == 204


@pytest.mark.parametrize("position", ["nonsense", "9" * 5000, "1.run.99999999999999", "-1", "٣"])
async def test_a_position_that_we_never_wrote_means_from_the_beginning(
    working: Candidate, position: str
) -> None:
    await working.interview()

    events = await stream_of(working, position)

    assert len(events) == 2 + len((await working.assessment()).transcript.turns)


async def test_another_site_cannot_read_the_stream(working: Candidate) -> None:
    answer = await working.get(
        "/assessment/interview/stream", Accept="text/event-stream", Origin="https://elsewhere.example"
    )

    assert answer.status_code == 403


# --- tasks --------------------------------------------------------------------------------------


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
    item_id = await working.item("evaluation")
    good = await working.good_answer(item_id)
    over_lines = [name for name, text in good.items() if name.endswith("-quote") and "\n" in text]

    sent = {name: text.replace("\n", "\r\n") for name, text in good.items()}  # as browsers send it
    page = await working.post(f"/assessment/tasks/{item_id}", **sent)

    assert over_lines
    assert page.status_code == 303


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


async def test_a_stale_save_without_scripts_shows_both_versions(working: Candidate) -> None:
    item_id = await working.item("sft")
    await working.save(item_id, 0, {"text": "From the other window"})

    page = await working.post(f"/assessment/tasks/{item_id}", text="From this one", revision="0", do="save")

    assert page.status_code == 409
    assert "From the other window" in words(page)
    assert "From this one" in words(page)
    assert 'name="revision" value="1"' in page.text


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


# --- rubric writing, which only the full form has ----------------------------------------------


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
        ({}, "row-0-criterion"),
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


# --- submitting and the result ------------------------------------------------------------------


async def test_nothing_can_be_submitted_before_the_interview_is_finished(working: Candidate) -> None:
    page = await working.post("/assessment/submit")

    assert page.status_code == 409
    assert "The interview is not finished" in words(page)
    assert (await working.assessment()).status is Status.IN_PROGRESS


async def test_the_confirmation_names_what_is_missing(working: Candidate) -> None:
    await working.interview()

    page = await working.get("/assessment/submit")

    assert "4 parts are not handed in" in words(page)
    assert "counts as unanswered" in words(page)


async def scored(candidate: Candidate) -> httpx.Response:
    for _ in range(200):
        page = await candidate.get("/assessment/result")
        if 'data-stage="scoring"' not in page.text:
            return page
        await asyncio.sleep(0.05)
    raise AssertionError("scoring did not end")


async def test_the_result_shows_rule_scores_at_once_and_names_what_waits(working: Candidate) -> None:
    await working.interview()
    await working.hand_in_everything()

    submitted = await working.post("/assessment/submit")

    assert submitted.headers["location"] == "/assessment/result"
    said = words(await scored(working))
    assert "2 parts wait for a person" in said
    assert "100 of 100 : Puts the responses in the order that careful people give" in said
    assert "What happens next" in said
    library = await working.site.services.content.library()
    for criterion in library.rubric("python-sft-naive-aware").criteria:
        assert criterion.text not in said  # what a rater looks for is not told before it was scored


async def test_a_persons_decision_is_told_in_plain_words_with_its_reason(
    site: Site, working: Candidate
) -> None:
    await working.interview()
    await working.hand_in_everything()
    await working.post("/assessment/submit")
    await scored(working)
    reviewer = await site.reviewer(working.platform.tenant)

    await site.services.reviewing.decide(
        reviewer, working.id, "inconclusive", "The connection broke too often to judge this attempt."
    )

    said = words(await working.get("/assessment/result"))
    assert "This attempt could not be judged" in said
    assert "A person decided this" in said
    assert "The connection broke too often to judge this attempt." in said


async def test_after_submitting_every_way_leads_to_the_result(working: Candidate) -> None:
    await working.interview()
    await working.post("/assessment/submit")

    assert "See your result" in words(await working.get("/assessment"))
    assert (await working.get("/assessment/submit")).headers["location"] == "/assessment/result"
    assert (await working.get("/assessment/tasks/any")).headers["location"] == "/assessment"
    assert (await working.post("/assessment/submit")).status_code == 303


async def test_before_submitting_there_is_no_result(working: Candidate) -> None:
    page = await working.get("/assessment/result")

    assert page.headers["location"] == "/assessment"


# --- time ---------------------------------------------------------------------------------------


async def test_when_the_time_is_over_the_hub_says_so_and_offers_to_submit(
    working: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadline = (await working.assessment()).deadline
    assert deadline is not None
    monkeypatch.setattr("assessor.web.candidate.hub.current_time", lambda: deadline + timedelta(seconds=1))

    page = await working.get("/assessment")

    assert "The time is over" in words(page)
    assert 'href="/assessment/submit"' in page.text
    assert "/assessment/tasks/" not in page.text
