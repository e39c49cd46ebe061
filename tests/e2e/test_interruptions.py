"""What goes on when the page is reloaded, a second window looks on, or the service is killed."""

import time

import pytest
from playwright.sync_api import expect

from tests.e2e.candidate import PATIENCE, Candidate
from tests.e2e.conftest import Open
from tests.e2e.service import Platform, Service
from tests.e2e.upstream import Upstream
from tests.patience import PATIENCE_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHORT = "It was a shared list, as the default of an argument."
"""Short enough for the interviewer to ask on."""
HALF = "You wrote “a shared list”."
WHOLE = "You wrote “a shared list”. What would you check before you change it?"
FIRST_PROBE = 5
"""Turns that stand once the first model-worded reply does: opening, answer, core, answer, probe."""


def before_the_first_probe(service: Service, platform: Platform, opened: Open) -> tuple[str, Candidate]:
    """Bring a candidate to the point where the next answer is replied to by the model."""
    assessment, invite = platform.order()
    candidate = Candidate(opened(service).page(), service)
    candidate.begin(invite)
    candidate.open_interview()
    candidate.say("I have been a backend engineer for nine years.")
    return assessment, candidate


def speakers(platform: Platform, assessment: str) -> list[str]:
    return [turn["speaker"] for turn in platform.turns(assessment)]


def test_words_appear_while_the_model_still_writes(
    modelled: Service, judged: Platform, upstream: Upstream, opened: Open
) -> None:
    _, candidate = before_the_first_probe(modelled, judged, opened)
    upstream.turns.clear()

    candidate.send(SHORT)

    half = candidate.page.locator(".turn.live .said")
    expect(half).to_have_text(HALF, timeout=PATIENCE)
    upstream.turns.set()
    expect(candidate.said().last).to_contain_text(WHOLE, timeout=PATIENCE)
    expect(candidate.turns()).to_have_count(FIRST_PROBE)


def test_a_reload_in_mid_reply_neither_loses_nor_doubles_a_turn(
    modelled: Service, judged: Platform, upstream: Upstream, opened: Open
) -> None:
    assessment, candidate = before_the_first_probe(modelled, judged, opened)
    upstream.turns.clear()
    candidate.send(SHORT)
    expect(candidate.page.locator(".turn.live")).to_contain_text(HALF, timeout=PATIENCE)

    candidate.page.reload()

    expect(candidate.page.locator(".turn.live")).to_contain_text(HALF, timeout=PATIENCE)
    upstream.turns.set()
    expect(candidate.said()).to_have_count(FIRST_PROBE, timeout=PATIENCE)
    expect(candidate.said().last).to_contain_text(WHOLE)
    expect(candidate.page.locator(".turn.mine").last).to_contain_text(SHORT)
    assert speakers(judged, assessment) == ["interviewer", "candidate"] * 2 + ["interviewer"]
    assert upstream.streamed == 1


def test_two_windows_show_each_message_once(
    modelled: Service, judged: Platform, upstream: Upstream, opened: Open
) -> None:
    assessment, invite = judged.order()
    watched = opened(modelled)
    first = Candidate(watched.page(), modelled)
    first.begin(invite)
    first.open_interview()
    second = Candidate(watched.page(), modelled)
    second.open_interview()

    first.say("I have been a backend engineer for nine years.")
    expect(second.said()).to_have_count(3, timeout=PATIENCE)
    second.say(SHORT)
    expect(first.said()).to_have_count(FIRST_PROBE, timeout=PATIENCE)

    stored = judged.turns(assessment)
    shown = [candidate.page.locator(".said").all_inner_texts() for candidate in (first, second)]
    assert shown[0] == shown[1]
    assert len(shown[0]) == len(stored) == len(set(shown[0]))
    assert upstream.streamed == 1


def test_a_service_killed_in_mid_turn_keeps_the_message_and_replies_once(
    modelled: Service, judged: Platform, upstream: Upstream, opened: Open
) -> None:
    assessment, candidate = before_the_first_probe(modelled, judged, opened)
    upstream.turns.clear()
    candidate.send(SHORT)
    expect(candidate.page.locator(".turn.live")).to_contain_text(HALF, timeout=PATIENCE)

    modelled.kill()
    upstream.turns.set()
    modelled.start()

    # Nobody reloads: the page finds the service again by itself.
    expect(candidate.said()).to_have_count(FIRST_PROBE, timeout=2 * PATIENCE)
    expect(candidate.page.locator(".turn.live")).to_have_count(0)
    turns = judged.turns(assessment)
    assert [turn["speaker"] for turn in turns] == ["interviewer", "candidate"] * 2 + ["interviewer"]
    assert turns[3]["text"] == SHORT
    # The model's words, or the authored ones where a busy machine takes too long to load its client.
    expect(candidate.said().last).to_contain_text(turns[4]["text"])
    assert upstream.streamed <= 2


def test_a_message_sent_while_the_service_is_away_arrives_once(
    modelled: Service, judged: Platform, upstream: Upstream, opened: Open
) -> None:
    assessment, candidate = before_the_first_probe(modelled, judged, opened)
    modelled.kill()

    candidate.send(SHORT)
    expect(candidate.page.locator(".turn.mine").last).to_contain_text("trying again")
    modelled.start()

    expect(candidate.said()).to_have_count(FIRST_PROBE, timeout=2 * PATIENCE)
    assert speakers(judged, assessment) == ["interviewer", "candidate"] * 2 + ["interviewer"]


def test_a_service_killed_in_mid_scoring_issues_exactly_one_verdict(
    modelled: Service, judged: Platform, upstream: Upstream, opened: Open
) -> None:
    assessment, invite = judged.order()
    candidate = Candidate(opened(modelled).page(), modelled)
    candidate.begin(invite)
    candidate.hold_interview()
    candidate.do_tasks()
    upstream.asked.clear()
    upstream.judgements.clear()
    candidate.submit()
    until = time.monotonic() + PATIENCE_SECONDS
    while not upstream.asked and time.monotonic() < until:
        time.sleep(0.05)
    assert upstream.asked, "scoring never asked the model"

    modelled.kill()
    upstream.judgements.set()
    modelled.start()

    candidate.sees_scores()
    time.sleep(2)  # time for a second workflow to do harm, if there were one
    assert [verdict["status"] for verdict in judged.verdicts(assessment)] == ["issued"]
