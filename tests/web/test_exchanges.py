"""What models were asked and replied, on the reviewers' page: word for word, as text, and on record."""

import re
from html import unescape

import httpx
import pytest

from assessor.adapters.clock import SystemClock
from assessor.domain import events as e
from assessor.domain.audit_log import Action
from assessor.domain.item import Category
from assessor.domain.policy import Policy
from assessor.ports import ActFilter, ModelReply, ModelRequest
from assessor.services.log import AssessmentLog
from assessor.simulation.playing import Player
from tests.services.grading import GradingModel
from tests.web.desk import Desk, sign_in, words_of
from tests.web.site import PILOT, Site
from tests.web.test_applied_rubrics import judged
from tests.web.test_reviewer import said

TOKEN = re.compile(r"\b[0-9a-f]{32}\b")


class Remembering(GradingModel):
    """Grades, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[ModelRequest] = []
        self.replies: list[ModelReply] = []

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.requests.append(request)
        self.replies.append(await super().complete(request))
        return self.replies[-1]


@pytest.fixture
async def desk(site: Site, browser: httpx.AsyncClient) -> Desk:
    """At a platform that lets a model score."""
    platform = await site.platform(policy=Policy(judge_may_score=True, least_basis=PILOT.least_basis))
    person = await site.reviewer(platform.tenant)
    site.app.state.sign_in_throttle.forget()
    await sign_in(browser, person.email)
    return Desk(site, platform, person, browser)


def texts(page: httpx.Response) -> list[str]:
    """What stands on the page as it is; a token of a fence is drawn anew each time."""
    return [TOKEN.sub("…", unescape(one)) for one in re.findall(r"<pre>(.*?)</pre>", page.text, re.DOTALL)]


async def test_every_request_and_reply_about_an_item_is_shown_word_for_word(
    desk: Desk, player: Player
) -> None:
    model = Remembering()
    assessment = await desk.load(player)
    await judged(desk.site, assessment, model)
    item_id = assessment.form.of(Category.SFT)[0].item_id
    address = f"/review/{player.assessment_id}/exchanges?item={item_id}"

    case = await desk.browser.get(f"/review/{player.assessment_id}")
    page = await desk.browser.get(address)

    assert f'href="{address}"' in case.text
    replied = [one for one in (await desk.load(player)).replies.values() if one.item_id == item_id]
    keys = {one.request_hash for one in replied}
    asked = [one for one in model.requests if one.idempotency_key in keys]
    assert asked
    shown = texts(page)
    for one in asked:
        assert one.system in shown
        assert TOKEN.sub("…", one.user) in shown
    for reply in replied:
        assert reply.reply in shown
        assert reply.request_hash in page.text
    assert "100 sent, 20 received" in page.text


async def test_a_hostile_reply_is_text_and_what_was_asked_for_it_is_not_made_up(
    desk: Desk, player: Player
) -> None:
    item_id = (await desk.case(player)).open[0].item_id
    address = f"/review/{player.assessment_id}/exchanges"
    reply = e.ModelReplied(
        purpose="judge",
        item_id=item_id,
        model="test/model",
        request_hash="sha256:12",
        reply='</pre><script>alert(1)</script><img src="https://evil.example/x">',
        cost=1234,
    )

    none = await desk.browser.get(address)
    await AssessmentLog(desk.site.services.store, SystemClock()).change(player.assessment_id, said(reply))
    page = await desk.browser.get(address)

    assert "No language model was asked" in words_of(none.text)
    assert texts(page) == [reply.reply]
    assert "<script>alert" not in page.text
    assert "<img src" not in page.text.replace('<img src="/static', "")
    assert "cannot be put together again" in page.text
    assert "0.001234 US dollars" in words_of(page.text)


async def test_every_look_is_on_record_and_another_item_is_not_found(desk: Desk, player: Player) -> None:
    await judged(desk.site, await desk.load(player))
    address = f"/review/{player.assessment_id}/exchanges"

    for _ in range(2):
        await desk.browser.get(address)
    missing = await desk.browser.get(f"{address}?item=made-up")

    assert missing.status_code == 404
    read = ActFilter(desk.platform.tenant.id, action=Action.REPLY_READ, subject=player.assessment_id)
    acts = await desk.site.services.store.recorded(read)
    assert [one.actor for one in acts] == [desk.person.id] * 2
