"""The page that replaces a score, what the case shows of it, and the export."""

import csv
from dataclasses import dataclass
from html import unescape
from io import StringIO

import httpx
import pytest

from assessor.domain.override import OverrideCode
from assessor.domain.roles import Role
from assessor.domain.score import Score
from assessor.services.marking import Mark
from assessor.services.overriding import fingerprint
from assessor.simulation.playing import Player
from assessor.web.casework import OVERRIDE_WORDS
from tests.web.desk import Desk, sign_in, words_of

pytestmark = pytest.mark.anyio

REASON = "The second <sentence> says it in so many words."


@dataclass
class Scored:
    """A case with a score that Rita gave."""

    desk: Desk
    player: Player
    score: Score

    @property
    def of(self) -> str:
        return f"{self.score.item_id}/{self.score.criterion}"

    @property
    def page(self) -> str:
        return f"/review/{self.player.assessment_id}/override"

    async def override(self, browser: httpx.AsyncClient | None = None, **changes: str) -> httpx.Response:
        fields = {
            "of": self.of,
            "seen": fingerprint(self.score),
            "mark": "met",
            "code": "evidence_overlooked",
            "reason": REASON,
        }
        return await (browser or self.desk.browser).post(self.page, data=fields | changes)


@pytest.fixture
async def scored(desk: Desk, player: Player) -> Scored:
    (first, *_) = (await desk.case(player)).open
    await desk.site.services.reviewing.score(
        desk.person, player.assessment_id, first.item_id, first.criterion, Mark.UNMET, "Not there."
    )
    return Scored(desk, player, (await desk.load(player)).scores[first.item_id, first.criterion])


def test_every_code_has_words() -> None:
    assert set(OVERRIDE_WORDS) == set(OverrideCode)


async def test_the_case_leads_to_the_page_which_shows_the_score_and_the_work(scored: Scored) -> None:
    case = await scored.desk.browser.get(f"/review/{scored.player.assessment_id}")
    page = await scored.desk.browser.get(scored.page, params={"of": scored.of})

    assert f'{scored.page}?of={scored.of}"' in unescape(case.text)
    assert page.status_code == 200
    assert "not met by a person: Not there." in words_of(page.text)
    assert f'id="item-{scored.score.item_id}"' in page.text


async def test_an_override_is_shown_with_both_scores_and_counted_by_its_code(scored: Scored) -> None:
    stored = await scored.override()
    case = await scored.desk.browser.get(stored.headers["location"])

    said = words_of(case.text)
    assert stored.status_code == 303
    assert "The new score is stored beside the old one" in said
    assert "Overrides: Evidence was overlooked: 1" in said
    assert "not met by a person (“Not there.”)" in said
    assert f"met. Evidence was overlooked: {REASON}" in said
    assert "<sentence>" not in case.text

    file = await scored.desk.browser.post(
        "/review/exports", data={"format": "csv", "reason": "The yearly report."}
    )
    (row,) = csv.DictReader(StringIO(file.text, newline=""))
    assert row["overrides"] == "evidence_overlooked 1"


async def test_what_is_wrong_is_listed_and_what_was_typed_stays(scored: Scored) -> None:
    page = await scored.override(code="", mark="unmet", quote="never said by anybody here")

    said = words_of(page.text)
    assert page.status_code == 422
    assert "The new score is what stands already." in said
    assert "Why it was wrong is not chosen yet." in said
    assert "The quote is not in the candidate's own words" in said
    assert 'href="#code"' in page.text
    assert "The second &lt;sentence&gt; says it" in page.text
    assert "never said by anybody here</textarea>" in page.text


async def test_of_two_overrides_of_one_score_the_second_is_refused_and_keeps_its_words(
    scored: Scored,
) -> None:
    await scored.override()

    late = await scored.override(mark="cannot_assess", reason="I cannot tell what is meant here.")

    assert late.status_code == 409
    assert "The score was replaced meanwhile" in words_of(late.text)
    assert "I cannot tell what is meant here.</textarea>" in late.text
    assert len((await scored.desk.load(scored.player)).reviews.overrides) == 1


async def test_a_case_in_somebody_elses_hands_is_refused_with_412(scored: Scored) -> None:
    await scored.desk.browser.get(f"/review/{scored.player.assessment_id}")
    other = await scored.desk.site.reviewer(scored.desk.platform.tenant)
    async with scored.desk.site.browser() as browser:
        await sign_in(browser, other.email)

        refused = await scored.override(browser)

    assert refused.status_code == 412
    assert "The second &lt;sentence&gt; says it" in refused.text
    assert (await scored.desk.load(scored.player)).reviews.overrides == ()


async def test_a_colleagues_reading_is_kept_beside_the_score_for_a_senior(scored: Scored) -> None:
    services = scored.desk.site.services
    await services.leasing.give_back(scored.desk.person, scored.player.assessment_id)
    other = await scored.desk.site.reviewer(scored.desk.platform.tenant, Role.REVIEWER)
    async with scored.desk.site.browser() as browser:
        await sign_in(browser, other.email)

        page = await browser.get(scored.page, params={"of": scored.of})
        stored = await scored.override(browser)
        case = await browser.get(stored.headers["location"])

    assert "It stands, with your reading beside it" in words_of(page.text)
    assert stored.status_code == 303
    assert "Your reading is stored beside your colleague's." in words_of(case.text)
    assert "There are two readings of the same work that differ." in words_of(case.text)
    after = await scored.desk.load(scored.player)
    assert after.scores[scored.score.item_id, scored.score.criterion] == scored.score


async def test_a_criterion_that_is_not_there_is_404(scored: Scored) -> None:
    for of in ("", "x", "made-up/criterion"):
        assert (await scored.desk.browser.get(scored.page, params={"of": of})).status_code == 404
        assert (await scored.override(of=of)).status_code == 404
