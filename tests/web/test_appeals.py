"""The reviewers' page for appeals, the queue that leads there, and what the platform is told."""

from dataclasses import dataclass
from html import unescape

import httpx
import pytest

from assessor.domain.appeal import Choice
from assessor.domain.item import Category
from assessor.domain.response import SftResponse
from assessor.ports import Reviewer
from assessor.services.appealing import Filing
from assessor.services.marking import Mark
from assessor.simulation.playing import Player
from tests.web.desk import Desk, as_shown, words_of

pytestmark = pytest.mark.anyio

REASON = "The second sentence says it in so many words."


@dataclass
class Appealed:
    """A case that a colleague scored and decided, with an appeal of two criteria of the ideal response."""

    desk: Desk
    player: Player
    colleague: Reviewer
    choices: tuple[Choice, ...]

    @property
    def page(self) -> str:
        return f"/review/{self.player.assessment_id}/appeal"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.scores[0].criterion for one in self.choices)

    def answers(self, *marks: str) -> dict[str, str]:
        fields = {"item_id": self.choices[0].item_id}
        for name, mark in zip(self.names, marks, strict=True):
            fields |= {f"mark.{name}": mark, f"reason.{name}": REASON, f"quote.{name}": ""}
        return fields

    async def post(self, **fields: str) -> httpx.Response:
        return await self.desk.browser.post(self.page, data=fields)


@pytest.fixture
async def appealed(desk: Desk, player: Player) -> Appealed:
    services, assessment_id = desk.site.services, player.assessment_id
    colleague = await desk.site.reviewer(desk.platform.tenant)
    for score in (await services.reviewing.case(colleague, assessment_id)).open:
        await services.reviewing.score(
            colleague, assessment_id, score.item_id, score.criterion, Mark.UNMET, "Seen nowhere."
        )
    await services.reviewing.decide(colleague, assessment_id, "not_qualified", "It shows too little.")
    found = services.appealing.choices(await desk.load(player))
    chosen = [one for one in found if one.scores[0].category is Category.SFT and one.scores[0].value == 0][:2]
    filing = Filing("appeal-0001", [one.key for one in chosen], "overlooked", "Look <there>.")
    await services.appealing.file(assessment_id, filing)
    return Appealed(desk, player, colleague, tuple(chosen))


async def test_the_queue_names_the_reason_and_leads_to_the_page(appealed: Appealed) -> None:
    queue = (await appealed.desk.browser.get("/review?show=appeals")).text

    (appeal, *_) = (await appealed.desk.load(appealed.player)).open_appeals
    assert f'href="{appealed.page}"' in queue
    assert f"The candidate appeals; the answer is due by {appeal.due_at:%d %B %Y}" in words_of(queue)
    assert "appeal (1)" in words_of(queue)


async def test_the_page_shows_work_and_appeal_and_no_score(appealed: Appealed) -> None:
    page = await appealed.desk.browser.get(appealed.page)

    said = words_of(page.text)
    assert page.status_code == 200
    assert all(as_shown(one.scores[0].text) in said for one in appealed.choices)
    response = (await appealed.desk.load(appealed.player)).responses[appealed.choices[0].item_id]
    assert isinstance(response, SftResponse)
    assert response.text in unescape(page.text)
    assert "<details open>" in page.text.partition("What the candidate saw")[0]
    assert "Example answer at level 4" in said
    assert "Something that they said or did was overlooked: “Look <there>.”" in said
    assert not any(
        words in said for words in ("Seen nowhere.", "by a person", "by rule", "evidence 1", "It shows too")
    )
    assert appealed.desk.person.id not in (await appealed.desk.load(appealed.player)).opened_by


async def test_what_is_missing_is_listed_and_what_was_given_stays(appealed: Appealed) -> None:
    fields = appealed.answers("met", "met")
    del fields[f"mark.{appealed.names[1]}"]
    fields[f"reason.{appealed.names[0]}"] = "Yes <b>."

    page = await appealed.post(**fields)

    said = words_of(page.text)
    assert page.status_code == 422
    assert "The reason of appeal 1 is too short. Say why in a sentence; the candidate reads it." in said
    assert "The score of appeal 2 is not chosen yet. Choose one of the three." in said
    assert 'href="#reason-1"' in page.text
    assert 'href="#mark-2"' in page.text
    assert "Yes &lt;b&gt;.</textarea>" in page.text
    assert 'id="mark-1" value="met" required checked' in page.text


async def test_the_answer_leaves_the_queue_and_the_platform_reads_how_it_came_out(
    appealed: Appealed,
) -> None:
    before = (await appealed.desk.load(appealed.player)).verdict

    stored = await appealed.post(**appealed.answers("met", "unmet"))
    page = await appealed.desk.browser.get(stored.headers["location"])

    after = (await appealed.desk.load(appealed.player)).verdict
    assert stored.status_code == 303
    assert "Your answer is stored, and the candidate can read it." in words_of(page.text)
    assert "No appeal is left to answer here." in words_of(page.text)
    assert before is not None
    assert after is not None
    assert after.supersedes == before.verdict_id
    async with appealed.desk.site.program(**appealed.desk.platform.headers) as api:
        told = (await api.get(f"/v1/assessments/{appealed.player.assessment_id}")).json()["appeals"]
    assert [(one["criterion"], one["status"], one["score_before"], one["score_after"]) for one in told] == [
        (appealed.names[0], "raised", 0.0, 1.0),
        (appealed.names[1], "kept", 0.0, 0.0),
    ]
    assert all(one["answered_at"] for one in told)
    assert "Look" not in str(told)


async def test_events_tell_of_the_appeal_and_of_what_followed(appealed: Appealed) -> None:
    await appealed.post(**appealed.answers("met", "met"))

    async with appealed.desk.site.program(**appealed.desk.platform.headers) as api:
        events = (await api.get("/v1/events?limit=100")).json()["data"]

    mine = [one for one in events if one["subject"] == appealed.player.assessment_id]
    first = next(place for place, one in enumerate(mine) if "cause" in one["data"])
    types = [one["type"].removeprefix("assessor.") for one in mine[first:]]
    assert types[:4] == ["review.requested", "review.completed", "verdict.superseded", "verdict.issued"]
    assert [one["data"]["cause"] for one in mine if "cause" in one["data"]] == ["appeal", "appeal"]


async def test_who_has_opened_the_case_reads_why_a_colleague_answers(appealed: Appealed) -> None:
    case = await appealed.desk.browser.get(f"/review/{appealed.player.assessment_id}")

    page = await appealed.desk.browser.get(appealed.page)

    said = words_of(case.text)
    assert "The candidate appeals 2 criteria." in said
    assert "Look <there>." in said
    articles = case.text.split('<article class="card" id="item-')[1:]
    assert articles[0].startswith(appealed.choices[0].item_id)
    assert page.status_code == 200
    assert "You have opened this case and seen its scores" in words_of(page.text)
    assert "Problem" not in words_of(page.text)
    assert "Nobody of your platform may as it is" in words_of(page.text)


async def test_who_may_not_answer_reads_who_may_and_keeps_what_they_wrote(appealed: Appealed) -> None:
    await appealed.desk.browser.get(f"/review/{appealed.player.assessment_id}")
    fresh = await appealed.desk.site.reviewer(appealed.desk.platform.tenant, name="Fiona Fresh")

    page = await appealed.desk.browser.get(appealed.page)
    refused = await appealed.post(**appealed.answers("met", "met"))

    assert f"Who may: {fresh.name}." in words_of(page.text)
    assert "Nobody of your platform" not in words_of(page.text)
    assert refused.status_code == 409
    assert "Nothing was stored" in words_of(refused.text)
    assert REASON in words_of(refused.text)


async def test_the_case_keeps_what_was_answered(appealed: Appealed) -> None:
    await appealed.post(**appealed.answers("met", "unmet"))

    case = unescape(
        words_of((await appealed.desk.browser.get(f"/review/{appealed.player.assessment_id}")).text)
    )

    assert "Appeals that were answered" in case
    assert f"not met; after the appeal met. {REASON}" in case


async def test_another_platforms_appeal_is_not_there(appealed: Appealed) -> None:
    other = await appealed.desk.site.platform()
    theirs = await appealed.desk.site.playing(other.tenant)

    answers = [
        await appealed.desk.browser.get(f"/review/{theirs.assessment_id}/appeal"),
        await appealed.desk.browser.post(f"/review/{theirs.assessment_id}/appeal", data={"item_id": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
