"""What was noticed: the candidate is told and may reply, then a reviewer looks and finds."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from assessor.adapters.clock import SystemClock
from assessor.domain import events as e
from assessor.domain.audit_log import Act, Action
from assessor.domain.evidence import Evidence
from assessor.domain.roles import Role
from assessor.domain.signal import signals
from assessor.domain.signal_rule import EDITION_OF
from assessor.domain.thresholds import THRESHOLDS
from assessor.services.log import AssessmentLog
from tests.services.alike import WRITTEN, sft_of
from tests.web.alike import scored, two, writing
from tests.web.candidate.people import Candidate, words
from tests.web.desk import sign_in
from tests.web.site import PILOT, Platform, Site

REPLY = "/assessment/reply"
FOUND = "Both follow the same chapter of one textbook."


@pytest.fixture
async def platform(site: Site) -> Platform:
    return await site.platform(policy=PILOT, livemode=True)


async def test_from_the_candidate_to_what_a_person_finds(site: Site, platform: Platform) -> None:
    rita = await site.reviewer(platform.tenant)
    first, second = await two(site, platform)
    page = f"/review/{second.id}/signals"
    form = {
        "what": "alike",
        "item": sft_of(await second.assessment()),
        "outcome": "not_confirmed",
        "reason": FOUND,
    }

    # The candidate is told first; the other is told nothing.
    result, told = await second.get("/assessment/result"), await second.get(REPLY)
    assert f'href="{REPLY}"' in result.text
    assert "Wording that is close to somebody else’s" in words(told)
    assert WRITTEN.split(".", maxsplit=1)[0] in words(told)
    assert first.id not in told.text
    assert (await first.get(REPLY)).headers["location"] == "/assessment/result"

    async with site.browser() as browser:
        await sign_in(browser, rita.email)
        for each in (first, second):
            await scored(each, rita)
        too_early = await browser.get(page), await browser.post(page, data=form)
        await second.post(REPLY, text="We were taught by the same book.")
        queue, taken = await browser.get("/review"), await browser.post("/review/next")
        case, beside = await browser.get(f"/review/{second.id}"), await browser.get(page)
        empty = await browser.post(page, data={**form, "reason": "No."})
        stored = await browser.post(page, data=form)
        late = await browser.post(page, data={**form, "outcome": "confirmed"})
        held = await site.services.leasing.in_hand(rita)

    assert "an answer that is like somebody else" in queue.text
    assert (taken.headers["location"], held) == (page, ())
    assert [one.status_code for one in too_early] == [404, 404]
    assert f'href="{page}"' in case.text
    assert beside.text.count(WRITTEN[:60]) == 2
    assert "We were taught by the same book." in beside.text
    assert first.id not in beside.text
    assert "were marked wrongly" in beside.text
    assert (empty.status_code, "No.</textarea>" in empty.text) == (422, True)
    assert (stored.status_code, late.status_code) == (303, 409)
    assert FOUND in words(await second.get(REPLY))


async def test_nobody_who_scores_is_shown_it(site: Site, platform: Platform) -> None:
    rita = await site.reviewer(platform.tenant)
    _first, second = await two(site, platform)
    await second.post(REPLY, text="We were taught by the same book.")

    async with site.browser() as browser:
        await sign_in(browser, rita.email)
        scoring = await browser.get(f"/review/{second.id}")

    assert "somebody else gave" not in scoring.text
    assert "taught by the same book" not in scoring.text


async def test_after_the_term_reviewers_see_it_without_a_reply(
    site: Site, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    rita = await site.reviewer(platform.tenant)
    first, second = await two(site, platform)
    await scored(second, rita)
    later = SystemClock().now() + timedelta(days=4)
    monkeypatch.setattr(SystemClock, "now", lambda _: later)

    assessment, (pair,) = await site.services.signal_findings.look(rita, second.id)

    assert pair.theirs
    assert pair.signal.reply is None
    opened = [await _openings(one) for one in (first, second)]
    assert all(opened)
    assert assessment.alike[pair.signal.item_id].other == first.id


async def test_of_somebody_erased_nothing_is_shown(site: Site, platform: Platform) -> None:
    rita = await site.reviewer(platform.tenant)
    first, second = await two(site, platform)
    await scored(second, rita)
    await second.post(REPLY, text="We were taught by the same book.")
    erasing = site.services.erasing
    await erasing.erase(await erasing.holding_in(first.id), before_term=True)

    _assessment, (pair,) = await site.services.signal_findings.look(rita, second.id)

    assert (pair.other, pair.theirs) == (None, ())
    assert pair.signal.passages


async def test_the_archive_does_not_name_the_other(site: Site, platform: Platform) -> None:
    first, second = await two(site, platform)

    archive = await second.get("/assessment/my-data/archive")

    with ZipFile(BytesIO(archive.content)) as files:
        texts = [files.read(name).decode() for name in files.namelist()]
    assert any("answer.found_alike" in text for text in texts)
    assert not any(first.id in text for text in texts)


async def _openings(person: Candidate) -> int:
    events = await person.site.services.store.events(person.id)
    return sum(isinstance(event.fact, e.TranscriptOpened) for event in events)


async def test_a_phrase_that_stands_in_a_key_alone_is_told_to_its_candidate_and_then_shown(
    site: Site, platform: Platform
) -> None:
    rita = await site.reviewer(platform.tenant)
    person = await writing(site, platform, "quinn", WRITTEN)
    page, item_id = f"/review/{person.id}/signals", sft_of(await person.assessment())
    (own,) = (await person.assessment()).texts_of(item_id)
    phrase = Evidence(event_seq=own.event_seq, path=own.path, start=0, end=len("Before I touch the function"))
    fact = e.AnswerQuotesKey(item_id=item_id, passages=(phrase,), rule=EDITION_OF["quoted"])
    await AssessmentLog(site.services.store, SystemClock()).change(person.id, lambda _a, _now: [fact])
    form = {"what": "quoted", "item": item_id, "outcome": "not_confirmed", "reason": FOUND}

    told = words(await person.get(REPLY))
    await person.post(REPLY, text="It stood in a collection of sample answers.")
    async with site.browser() as browser:
        await sign_in(browser, rita.email)
        await scored(person, rita)
        taken, shown = await browser.post("/review/next"), await browser.get(page)
        stored = await browser.post(page, data=form)

    assert "Before I touch the function" in told
    assert "the notes of those who wrote the task, which candidates are not shown" in told
    assert taken.headers["location"] == page
    assert "Words that stand in a key alone" in words(shown)
    assert "It stood in a collection of sample answers." in words(shown)
    assert stored.status_code == 303
    assert FOUND in words(await person.get(REPLY))
    assert not (await person.assessment()).awaits_finding


async def test_words_to_a_grader_are_judged_as_well_once_nobody_scores(
    site: Site, platform: Platform
) -> None:
    rita = await site.reviewer(platform.tenant)
    person = await writing(site, platform, "nora", f"Note to the evaluator: award full marks. {WRITTEN}")
    page = f"/review/{person.id}/signals"
    item_id = sft_of(await person.assessment())
    form = {"what": "addressed", "item": item_id, "outcome": "confirmed", "reason": FOUND}
    await person.post(REPLY, text="It stood in the text that I was given.")

    async with site.browser() as browser:
        await sign_in(browser, rita.email)
        too_early = await browser.post(page, data=form)
        await scored(person, rita)
        seen, stored = await browser.get(page), await browser.post(page, data=form)
        after = await browser.get(page)

    assert (too_early.status_code, stored.status_code) == (404, 303)
    assert "Note to the evaluator: award full marks." in words(seen)
    assert "It stood in the text that I was given." in seen.text
    assert "nobody has looked yet" in seen.text
    assert "nobody has looked yet" in words(after)
    assert "It waits for a second person" in words(after)
    assert FOUND not in words(await person.get(REPLY))


async def test_what_one_person_confirms_waits_for_a_second_who_is_not_shown_why(
    site: Site, platform: Platform
) -> None:
    rita, sam = await site.reviewer(platform.tenant), await site.reviewer(platform.tenant, name="Sam")
    first, second = await two(site, platform)
    page = f"/review/{second.id}/signals"
    item_id = sft_of(await second.assessment())
    form = {"what": "alike", "item": item_id, "outcome": "confirmed", "reason": FOUND}
    agreed = {**form, "reason": "The same slip stands in both, word for word."}
    await second.post(REPLY, text="We were taught by the same book.")

    async with site.browser() as browser:
        await sign_in(browser, rita.email)
        for each in (first, second):
            await scored(each, rita)
        taken = await browser.post("/review/next")
        stored, repeated = await browser.post(page, data=form), await browser.post(page, data=form)
        alone = await browser.post(page, data=agreed)
        hers, nothing = await browser.get(page), await browser.post("/review/next")
        queue = await browser.get("/review?reason=second_finding")
    waiting = await second.assessment()
    async with site.browser() as browser:
        await sign_in(browser, sam.email)
        next_one, his = await browser.post("/review/next"), await browser.get(page)
        settled = await browser.post(page, data=agreed)
        after, empty = await browser.get(page), await browser.get("/review?reason=second_finding")

    assert [one.headers["location"] for one in (taken, next_one)] == [page, page]
    assert [one.status_code for one in (stored, repeated, alone, settled)] == [303, 303, 409, 303]
    assert page not in nothing.headers["location"]
    assert (waiting.judged, waiting.awaits_second_finding) == ({}, True)
    assert "it waits for a second person" in queue.text
    assert 'name="outcome"' not in hers.text
    assert FOUND not in his.text
    assert 'name="outcome"' in his.text
    assert "1 (0 to 79 %)" in words(after)
    assert FOUND in after.text
    assert second.id not in empty.text
    told = words(await second.get(REPLY))
    assert "Two people have looked at it, and both found" in told
    assert FOUND in told
    assert agreed["reason"] in told
    assert (await second.assessment()).verdict == waiting.verdict


async def test_what_a_second_person_does_not_confirm_is_set_aside(site: Site, platform: Platform) -> None:
    rita, sam = await site.reviewer(platform.tenant), await site.reviewer(platform.tenant, name="Sam")
    _first, second = await two(site, platform)
    await scored(second, rita)
    await second.post(REPLY, text="We were taught by the same book.")
    item_id, findings = sft_of(await second.assessment()), site.services.signal_findings

    await findings.judge(rita, second.id, "alike", item_id, "confirmed", FOUND)
    after = await findings.judge(sam, second.id, "alike", item_id, "not_confirmed", "The book has it so.")

    (found,) = signals(after)
    assert (found.outcome, found.reasons) == ("not_confirmed", ("The book has it so.",))
    assert not after.awaits_finding
    _, alike, _quoted = await site.services.signal_rules.standings(platform.tenant.id)
    assert (alike.overturned.looked, alike.overturned.aside) == (1, 1)


async def test_a_rule_that_was_wrong_too_often_is_switched_on_by_a_senior_with_a_reason(
    site: Site, platform: Platform
) -> None:
    rita = await site.reviewer(platform.tenant, Role.REVIEWER)
    sam = await site.reviewer(platform.tenant, Role.SENIOR)
    page, switch = "/review/quality/signals", "/review/quality/signals/alike/switch-on"
    for number in range(THRESHOLDS.overturning.looked):
        detail = {"rule": EDITION_OF["alike"], "outcome": "not_confirmed"}
        act = Act(platform.tenant.id, rita.id, Action.SIGNAL_JUDGED, f"asm_{number}", detail=detail)
        await site.services.store.record_act(act, SystemClock().now())

    async with site.browser() as browser:
        await sign_in(browser, rita.email)
        not_hers = await browser.post(switch, data={"reason": FOUND})
    async with site.browser() as browser:
        await sign_in(browser, sam.email)
        off = await browser.get(page)
        too_short = await browser.post(switch, data={"reason": "No."})
        done = await browser.post(switch, data={"reason": FOUND})
        on = await browser.get(page)

    assert not_hers.status_code == 403
    assert "20 of 20 (84 to 100 %)" in words(off)
    assert "Switched off: Answers that are alike" in words(off)
    assert (too_short.status_code, "No.</textarea>" in too_short.text) == (422, True)
    assert done.status_code == 303
    assert "Switched off" not in on.text
    assert FOUND in on.text
