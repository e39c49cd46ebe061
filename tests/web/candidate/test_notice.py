"""The notice before the start, declining, and consents that can be changed later."""

import re

import pytest

from assessor.domain import events as e
from assessor.domain.assessment import Status
from assessor.domain.notice import CURRENT, QUALITY
from tests.web.candidate.people import Candidate, words

CONSENT = f"consent-{QUALITY}"


@pytest.fixture
async def let_in(candidate: Candidate) -> Candidate:
    await candidate.post(f"{candidate.link}/start")
    return candidate


async def outdate(candidate: Candidate) -> None:
    """Have the candidate have read an edition of long ago."""
    old = e.NoticeAccepted(version="2020-01", hash="sha256:0")
    log = candidate.site.services.conversing._assessments
    await log.change(candidate.id, lambda _a, _now: [old])


async def test_the_notice_says_in_short_and_in_full_what_happens(let_in: Candidate) -> None:
    hub = await let_in.get("/assessment")
    page = await let_in.get(hub.headers["location"])

    said = words(page)
    assert hub.headers["location"] == "/assessment/notice"
    for part in ("Recorded", "AI in it", "Who sees it", "Kept until", "The notice in full", CURRENT.version):
        assert part in said
    assert "held by a program, not by a person" in said
    assert re.search(r"Your work until \d+ \w+ \d{4} ?, your results .* until \d+ \w+ \d{4}", said)
    assert "{platform}" not in page.text
    assert (await let_in.assessment()).status is Status.OPENED


async def test_nothing_is_ticked_and_yes_looks_like_no(let_in: Candidate) -> None:
    page = (await let_in.get("/assessment/notice")).text

    answers = re.findall(rf'<label class="([^"]*)"><input type="radio" name="{CONSENT}"([^>]*)>', page)
    assert [classes for classes, _ in answers] == ["choice", "choice"]
    assert not any("checked" in attributes for _, attributes in answers)
    assert "I do not want to take part" in page


@pytest.mark.parametrize(
    ("sent", "agreed"),
    [
        ({}, {}),
        ({CONSENT: "yes"}, {QUALITY: True}),
        ({CONSENT: "no"}, {QUALITY: False}),
        ({CONSENT: "x"}, {}),
    ],
)
async def test_beginning_does_not_depend_on_what_is_agreed_to(
    let_in: Candidate, sent: dict[str, str], agreed: dict[str, bool]
) -> None:
    answer = await let_in.post("/assessment/begin", notice=CURRENT.version, **sent)

    begun = await let_in.assessment()
    assert answer.headers["location"] == "/assessment"
    assert (begun.status, begun.agreed_to) == (Status.IN_PROGRESS, agreed)
    assert begun.notice == e.NoticeAccepted(version=CURRENT.version, hash=CURRENT.hash)


@pytest.mark.parametrize("version", ["2020-01", ""])
async def test_who_read_another_edition_is_asked_to_read_this_one(let_in: Candidate, version: str) -> None:
    page = await let_in.post("/assessment/begin", notice=version, **{CONSENT: "no"})

    assert page.status_code == 412
    assert "Please read it once more" in words(page)
    assert re.search(rf'name="{CONSENT}" value="no" checked', page.text)
    assert (await let_in.assessment()).status is Status.OPENED


async def test_declining_says_whom_to_ask_and_ends_nothing_by_itself(let_in: Candidate) -> None:
    page = await let_in.get("/assessment/decline")

    assert "says nothing about you" in words(page)
    assert let_in.platform.tenant.name in words(page)
    assert (await let_in.assessment()).status is Status.OPENED


async def test_withdrawing_is_for_good_and_is_told(let_in: Candidate) -> None:
    answer = await let_in.post("/assessment/withdraw")
    page = await let_in.get(answer.headers["location"])

    assert (await let_in.assessment()).status is Status.WITHDRAWN
    assert "You withdrew" in words(page)


async def test_a_new_edition_in_mid_course_is_shown_before_going_on_and_nothing_is_lost(
    working: Candidate,
) -> None:
    item_id = await working.item("sft")
    await working.save(item_id, 0, {"text": "Half of it"})
    await outdate(working)

    saved = await working.save(item_id, 1, {"text": "More of it"})
    pages = [
        (await working.get(path)).headers["location"]
        for path in ("/assessment", "/assessment/interview", f"/assessment/tasks/{item_id}")
    ]
    notice = await working.get(pages[2])
    gone_on = await working.post(
        "/assessment/notice", notice=CURRENT.version, back=f"/assessment/tasks/{item_id}"
    )

    assert saved.status_code == 200
    assert all(address.startswith("/assessment/notice?back=/assessment") for address in pages)
    assert "The notice has changed" in words(notice)
    assert gone_on.headers["location"] == f"/assessment/tasks/{item_id}"
    assert "More of it" in (await working.get(gone_on.headers["location"])).text


async def test_consents_can_be_changed_later_with_a_history(working: Candidate) -> None:
    before = await working.get("/assessment/consents")
    _, answer = [
        await working.post("/assessment/consents", notice=CURRENT.version, **{CONSENT: said})
        for said in ("yes", "no")
    ]
    after = await working.get(answer.headers["location"])

    assert "Nothing yet, which means no." in words(before)
    assert "Saved. It holds from now on." in words(after)
    history = re.findall(r"<strong>(agreed|did not agree)</strong>", after.text)
    assert history == ["agreed", "did not agree"]
    assert re.search(rf'name="{CONSENT}" value="no" checked', after.text)


async def test_the_platform_reads_consents_and_reviewers_see_none(working: Candidate) -> None:
    await working.post("/assessment/consents", notice=CURRENT.version, **{CONSENT: "yes"})

    async with working.site.program(**working.platform.headers) as api:
        told = (await api.get(f"/v1/assessments/{working.id}/consents")).json()
        transcript = await api.get(f"/v1/assessments/{working.id}/transcript")

    assert (told["agreed_to"], told["notice_version"]) == ([QUALITY], CURRENT.version)
    assert [one["given"] for one in told["history"]] == [True]
    assert QUALITY not in transcript.text
