"""A reviewer's pages of a long conversation: light, in pages, and nothing typed is lost by turning over."""

import gzip
import re
from html import escape, unescape

import httpx
import pytest

from assessor.adapters.clock import SystemClock
from assessor.domain import events as e
from assessor.domain.evidence import Evidence
from assessor.domain.roles import Role
from assessor.services.log import AssessmentLog
from assessor.simulation.playing import Player
from assessor.web.leaves import MAX_TURNS
from tests.long_talk import TURNS, spoken, talk_at_length
from tests.web.desk import Desk, sign_in
from tests.web.test_reviewer import said

MOST_BYTES = 150 * 1024


@pytest.fixture
async def item_id(desk: Desk, player: Player) -> str:
    """The first question of a case, about which far more was said than anybody says."""
    return await talk_at_length(desk.site.services.store, player.assessment_id)


def turns_on(page: httpx.Response) -> set[str]:
    return set(re.findall(r'id="turn-(\d+)"', page.text))


async def test_every_page_is_light_and_together_they_hold_every_turn(
    desk: Desk, player: Player, item_id: str
) -> None:
    address = f"/review/{player.assessment_id}"
    first = await desk.browser.get(address)
    (count,) = re.findall(r"Page 1 of (\d+)", first.text)[:1]

    pages = [first, *[await desk.browser.get(f"{address}?page={n}") for n in range(2, int(count) + 1)]]

    assert int(count) >= TURNS // MAX_TURNS
    for page in pages:
        assert len(gzip.compress(page.content, 6)) <= MOST_BYTES
        assert 0 < len(turns_on(page)) <= MAX_TURNS
    assert sum(len(turns_on(page)) for page in pages) == len(set().union(*map(turns_on, pages)))
    everything = "".join(page.text for page in pages)
    assert all(spoken(number) in everything for number in range(TURNS))
    for item in (await desk.case(player)).items:
        assert f'id="item-{item.item.id}"' in everything


@pytest.mark.parametrize("asked", ["0", "-1", "99999999999", "two", "٣", ""])
async def test_an_address_of_no_page_shows_one_that_there_is(
    desk: Desk, player: Player, item_id: str, asked: str
) -> None:
    page = await desk.browser.get(f"/review/{player.assessment_id}", params={"page": asked})

    assert page.status_code == 200
    assert turns_on(page)


async def test_turning_over_keeps_what_was_typed_and_stores_nothing(
    desk: Desk, player: Player, item_id: str
) -> None:
    score = (await desk.case(player)).open[0]
    name = f"{score.item_id}/{score.criterion}"

    page = await desk.hand_in(
        player, **{f"mark.{name}": "met", f"reason.{name}": "Half of a sentence", "page": "1", "turn": "3"}
    )

    assert page.status_code == 200
    assert "Page 3 of" in page.text
    assert "Half of a sentence" in page.text
    assert re.search(rf'name="mark.{name}"[^>]* value="met" checked', page.text)
    assert score in (await desk.load(player)).open_scores
    refused = await desk.hand_in(player, decision="qualified", decision_reason="", page="3")
    assert "Page 3 of" in refused.text


async def test_words_are_found_on_every_page_and_what_was_typed_is_kept(
    desk: Desk, player: Player, item_id: str
) -> None:
    score = (await desk.case(player)).open[0]
    name = f"{score.item_id}/{score.criterion}"
    words = spoken(101)[:40]
    typed = {f"mark.{name}": "met", f"reason.{name}": "Half of a sentence", "page": "1", "found": ""}

    sent = await desk.hand_in(player, **typed, find=f"  {words.upper()} ")
    shown = await desk.hand_in(player, **typed, find=words, turn="1")

    for page in (sent, shown):
        assert page.status_code == 200
        assert "stands in one place" in page.text
        assert f"<mark>{escape(words)}</mark>" in page.text
        assert "Half of a sentence" in page.text
        assert spoken(101) not in page.text
    (number, place) = re.findall(r'formaction="[^"]*#(turn-\d+)"[^>]* value="(\d+)"', sent.text)[0][::-1]
    there = await desk.hand_in(player, **typed, find=words, turn=number)
    assert f'id="{place}"' in there.text
    assert score in (await desk.load(player)).open_scores


async def test_a_button_to_store_stores_whatever_stands_in_the_field_for_words(
    desk: Desk, player: Player
) -> None:
    score = (await desk.case(player)).open[0]
    name = f"{score.item_id}/{score.criterion}"

    await desk.hand_in(player, **{f"mark.{name}": "met", "find": "typed and not looked for", "do": "store"})

    assert score not in (await desk.load(player)).open_scores


async def test_where_nothing_waits_to_be_stored_an_address_finds_words(
    desk: Desk, player: Player, item_id: str
) -> None:
    auditor = await desk.site.reviewer(desk.platform.tenant, Role.AUDITOR)
    await sign_in(desk.browser, auditor.email)
    address = f"/review/{player.assessment_id}"

    found = unescape((await desk.browser.get(address, params={"find": spoken(101)[:40]})).text)
    hostile = (await desk.browser.get(address, params={"find": "<script>x"})).text

    (way,) = re.findall(r'href="([^"]*find=[^"]*#turn-\d+)"', found)
    assert spoken(101) in unescape((await desk.browser.get(way)).text)
    assert "stands nowhere here" in hostile
    assert "<script>x" not in hostile


async def test_a_link_to_evidence_leads_to_the_page_that_it_is_on(
    desk: Desk, player: Player, item_id: str
) -> None:
    said = (await desk.load(player)).texts_of(item_id)[-1]
    open_ = next(one for one in (await desk.case(player)).open if one.item_id == item_id)
    evidence = Evidence(event_seq=said.event_seq, start=0, end=40, path=said.path)
    scored = open_.changed(
        value=1.0, unscored=None, rater="person:made-up", reason="Seen.", evidence=(evidence,)
    )
    fact = e.ResponseScored(item_id=item_id, scores=(scored,))
    log = AssessmentLog(desk.site.services.store, SystemClock())
    await log.change(player.assessment_id, lambda _assessment, _now: [fact])
    auditor = desk.site.browser()
    await sign_in(auditor, (await desk.site.reviewer(desk.platform.tenant, Role.AUDITOR)).email)

    (form_action, number) = re.findall(
        r'formaction="([^"]+#evidence[^"]+)" formnovalidate name="turn" value="(\d+)"',
        (await desk.browser.get(f"/review/{player.assessment_id}")).text,
    )[0]
    (link,) = re.findall(
        r'href="([^"]+#evidence[^"]+)"', (await auditor.get(f"/review/{player.assessment_id}")).text
    )
    by_form = await desk.browser.post(form_action, data={"turn": number})
    by_link = await auditor.get(unescape(link))
    await auditor.aclose()

    for address, page in ((form_action, by_form), (link, by_link)):
        place = address.partition("#")[2]
        assert f'<span id="{place}"></span>' in page.text
        assert f'href="#{place}"' in page.text


async def test_a_second_look_at_a_long_item_is_in_pages_as_well(
    desk: Desk, player: Player, item_id: str
) -> None:
    verdict = (await desk.load(player)).verdict
    assert verdict is not None
    again = verdict.changed(
        verdict_id=f"ver_{player.assessment_id}",
        supersedes=verdict.verdict_id,
        document={**verdict.document, "decision": "qualified", "decided_by": "rule"},
    )
    log = AssessmentLog(desk.site.services.store, SystemClock())
    criteria = [one.criterion for one in (await desk.load(player)).scores.values() if one.item_id == item_id]
    for fact in (again, e.SecondLookDrawn(criteria={item_id: tuple(criteria)})):
        await log.change(player.assessment_id, said(fact))
    address = f"/review/{player.assessment_id}/second-look"

    first = await desk.browser.get(address)
    second = await desk.browser.post(
        address, data={"item_id": item_id, f"mark.{criteria[0]}": "met", "turn": "2"}
    )

    assert len(turns_on(first)) == MAX_TURNS
    assert "Page 2 of" in second.text
    assert turns_on(second).isdisjoint(turns_on(first))
    assert re.search(rf'name="mark.{criteria[0]}"[^>]* value="met"[^>]*checked', second.text)
    assert (await desk.load(player)).quality == "due"
