"""Going on in another browser: the code, where it is typed in, and what the first browser is told."""

import re

import httpx
import pytest

from assessor.web.candidate.moving import WRONG_TRIES
from tests.web.candidate.people import JSON, Candidate, words
from tests.web.site import Site


@pytest.fixture(autouse=True)
def _nobody_has_tried(site: Site) -> None:
    site.app.state.code_throttle.forget()
    site.app.state.code_makers.forget()


async def code_of(candidate: Candidate) -> str:
    page = await candidate.post("/assessment/move")
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", page.text)
    assert found, page.text
    return found[0]


async def test_the_other_browser_goes_on_and_this_one_is_told(working: Candidate, site: Site) -> None:
    item_id = await working.item("sft")
    await working.save(item_id, 0, {"text": "Half of it"})
    code = await code_of(working)

    async with site.browser() as other:
        form = await other.get("/continue")
        typed = await other.post("/continue", data={"code": code.lower()})
        hub = await other.get(typed.headers["location"])
        task = await other.get(f"/assessment/tasks/{item_id}")
    here = await working.get("/assessment")
    saving = await working.save(item_id, 1, {"text": "From the first browser"})

    assert "Type in your code" in words(form)
    assert (typed.status_code, hub.status_code) == (303, 200)
    assert "HttpOnly" in typed.headers["set-cookie"]
    assert "Half of it" in task.text
    assert here.status_code == saving.status_code == 401
    assert "You went on in another browser" in words(here)
    assert "You went on with this assessment in another browser" in saving.json()["detail"]


async def test_the_streams_of_a_browser_that_was_signed_out_end(working: Candidate, site: Site) -> None:
    code = await code_of(working)

    async with site.browser() as other:
        await other.post("/continue", data={"code": code})
    streams = [
        await working.get(f"/assessment/{path}/stream", Accept="text/event-stream")
        for path in ("interview", "practice", "device")
    ]

    assert [stream.status_code for stream in streams] == [401] * 3


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-234", "0000-1111"])
async def test_a_slip_of_the_hand_is_named_and_is_no_try(
    site: Site, browser: httpx.AsyncClient, typed: str
) -> None:
    pages = [await browser.post("/continue", data={"code": typed}) for _ in range(WRONG_TRIES + 1)]

    assert {page.status_code for page in pages} == {422}
    assert "not a whole code" in words(pages[-1])


async def test_after_five_wrong_codes_even_a_right_one_has_to_wait(working: Candidate, site: Site) -> None:
    code = await code_of(working)

    async with site.browser() as other:
        wrong = [await other.post("/continue", data={"code": "AAAA-2222"}) for _ in range(WRONG_TRIES)]
        locked = await other.post("/continue", data={"code": code})

    assert {page.status_code for page in wrong} == {422}
    assert "does not hold any more" in words(wrong[0])
    assert (locked.status_code, "set-cookie" in locked.headers) == (429, False)
    assert int(locked.headers["retry-after"]) > 0
    assert (await working.get("/assessment")).status_code == 200


async def test_a_code_works_once(working: Candidate, site: Site) -> None:
    code = await code_of(working)

    async with site.browser() as other, site.browser() as third:
        first = await other.post("/continue", data={"code": code})
        second = await third.post("/continue", data={"code": code})

    assert (first.status_code, second.status_code) == (303, 422)


async def test_codes_are_not_made_without_end(working: Candidate) -> None:
    pages = [await working.post("/assessment/move") for _ in range(11)]

    assert [page.status_code for page in pages] == [200] * 10 + [429]


async def test_only_who_is_let_in_can_make_a_code(browser: httpx.AsyncClient) -> None:
    page = await browser.post("/assessment/move")
    program = await browser.post("/assessment/move", headers=JSON)

    assert (page.status_code, program.status_code) == (401, 401)
    assert "/continue" in page.text


async def test_the_way_to_it_is_on_the_list_of_parts(working: Candidate) -> None:
    hub = await working.get("/assessment")
    offer = await working.get("/assessment/move")

    assert 'href="/assessment/move"' in hub.text
    assert "holds for 10 minutes, and once" in words(offer)
