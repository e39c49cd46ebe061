"""What is said next: the order of the conversation as tables."""

import pytest

from assessor.domain.item import ProbeKind
from assessor.domain.transcript import Transcript, Turn
from assessor.interview.observe import Observation
from assessor.interview.routing import (
    CLOSING_SECONDS,
    ENDS_A_QUESTION,
    EXCHANGE_SECONDS,
    MAX_ASIDES,
    WANTS,
    choose_probe,
    next_plan,
)
from assessor.interview.state import Heard, Progress
from tests.interview.stage import BRIEF, LONG_ANSWER, QUESTIONS

COMPLETE = Observation(words=60, has_reason=True, has_example=True, has_limits=True, terms=())


def _seen(**fields: object) -> Observation:
    return Observation(**{**COMPLETE.__dict__, **fields})


def _progress(*turns: tuple[str, str, str | None, str | None]) -> Progress:
    """Build from (kind or "candidate", text, item id, probe id)."""
    return Progress(
        BRIEF,
        Transcript(
            turns=tuple(
                Turn(
                    seq=seq,
                    speaker="candidate" if kind == "candidate" else "interviewer",
                    text=text,
                    item_id=item_id,
                    kind="" if kind == "candidate" else kind,
                    probe_id=probe_id,
                )
                for seq, (kind, text, item_id, probe_id) in enumerate(turns, start=1)
            )
        ),
    )


OPENED = (("opening", "Welcome", None, None), ("candidate", "Ten years of Python", None, None))
ASKED = (*OPENED, ("core", QUESTIONS[0].text, "caching", None))
ANSWERED = (*ASKED, ("candidate", "I cache it.", "caching", None))


@pytest.mark.parametrize(
    ("seen", "because", "kind"),
    [
        (_seen(words=24), "too_short", ProbeKind.EXAMPLE),
        (_seen(words=25, has_reason=False), "claim_without_reason", ProbeKind.JUSTIFY),
        (_seen(terms=("lru_cache",)), "named_term", ProbeKind.DEPTH),
        (_seen(has_example=False), "no_example", ProbeKind.EXAMPLE),
        (_seen(has_limits=False), "no_limits", ProbeKind.EDGE_CASE),
        (_seen(words=5, has_reason=False, has_limits=False), "too_short", ProbeKind.EXAMPLE),
        (_seen(has_reason=False, terms=("heapq",)), "claim_without_reason", ProbeKind.JUSTIFY),
    ],
)
def test_a_probe_asks_for_what_the_answer_leaves_open(
    seen: Observation, because: str, kind: ProbeKind
) -> None:
    chosen = choose_probe(QUESTIONS[0], [], seen)

    assert chosen is not None
    assert (chosen[0].because, chosen[1].kind) == (because, kind)


def test_a_complete_answer_is_not_probed() -> None:
    assert choose_probe(QUESTIONS[0], [], COMPLETE) is None


def test_what_was_asked_for_once_is_not_asked_for_again() -> None:
    justify = next(p for p in QUESTIONS[0].probes if p.kind is ProbeKind.JUSTIFY)

    assert choose_probe(QUESTIONS[0], [justify], _seen(has_reason=False)) is None


def test_without_a_justifying_probe_a_claim_is_probed_in_depth() -> None:
    first = QUESTIONS[0]
    without = type(first)(
        first.item_id, first.text, tuple(p for p in first.probes if p.kind is not ProbeKind.JUSTIFY)
    )

    chosen = choose_probe(without, [], _seen(has_reason=False))

    assert chosen is not None
    assert chosen[1].kind is ProbeKind.DEPTH


def test_every_want_names_kinds_that_can_be_asked() -> None:
    for want in WANTS:
        assert want.kinds
        assert not want.is_open(COMPLETE)


@pytest.mark.parametrize(
    ("turns", "heard", "kind", "item_id"),
    [
        pytest.param((), Heard.ANSWER, "opening", None, id="nothing was said"),
        pytest.param(OPENED, Heard.ANSWER, "core", "caching", id="the opening was answered"),
        pytest.param(OPENED, Heard.PASS, "core", "caching", id="no wish to talk about background"),
        pytest.param(OPENED, Heard.REPEAT, "answer", None, id="the opening again"),
        pytest.param(ANSWERED, Heard.ANSWER, "probe", "caching", id="a short answer"),
        pytest.param(ANSWERED, Heard.PASS, "core", "mutability", id="does not know"),
        pytest.param(ANSWERED, Heard.REPEAT, "answer", "caching", id="the question again"),
        pytest.param(ANSWERED, Heard.DISTRESS, "answer", "caching", id="distress"),
    ],
)
def test_each_kind_of_message_has_its_reply(
    turns: tuple[tuple[str, str, str | None, str | None], ...],
    heard: Heard,
    kind: str,
    item_id: str | None,
) -> None:
    plan = next_plan(_progress(*turns), heard, None)

    assert (plan.kind, plan.item_id) == (kind, item_id)


@pytest.mark.parametrize("heard", [heard for heard in Heard if heard not in ENDS_A_QUESTION])
def test_a_question_is_held_open_a_few_times_and_then_the_interview_goes_on(heard: Heard) -> None:
    aside = (("answer", "Of course.", "caching", None), ("candidate", "?", "caching", None))

    still_open = next_plan(_progress(*ANSWERED, *aside * (MAX_ASIDES - 1)), heard, None)
    goes_on = next_plan(_progress(*ANSWERED, *aside * MAX_ASIDES), heard, None)

    assert still_open.kind == "answer"
    assert (goes_on.kind, goes_on.item_id) == ("core", "mutability")
    assert goes_on.text.endswith(QUESTIONS[1].text)


def test_going_on_after_repeated_distress_still_says_where_help_is() -> None:
    aside = (("answer", "You matter.", "caching", None), ("candidate", "I feel suicidal", "caching", None))

    plan = next_plan(_progress(*ANSWERED, *aside * MAX_ASIDES), Heard.DISTRESS, None)

    assert "crisis line" in plan.text


def test_a_term_is_quoted_back_in_the_candidates_own_words() -> None:
    answer = LONG_ANSWER.replace("the parsed configuration", "it with functools.lru_cache")

    plan = next_plan(_progress(*ASKED, ("candidate", answer, "caching", None)), Heard.ANSWER, None)

    assert plan.because == "named_term"
    assert plan.text == "You mentioned “functools.lru_cache”. How does that work underneath?"


def test_a_request_to_repeat_a_probe_gets_the_approved_wording() -> None:
    turns = (
        *ANSWERED,
        ("probe", "You said “cache”. One time you did so?", "caching", "caching-example"),
        ("candidate", "Repeat please", "caching", None),
    )

    plan = next_plan(_progress(*turns), Heard.REPEAT, None)

    assert plan.text.endswith("Can you tell me about one time you did this?")


def test_requests_do_not_count_as_part_of_an_answer() -> None:
    turns = (
        *ASKED,
        ("candidate", "Can you repeat the question please?", "caching", None),
        ("answer", "Of course.", "caching", None),
        ("candidate", LONG_ANSWER, "caching", None),
    )

    plan = next_plan(_progress(*turns), Heard.ANSWER, None)

    assert plan.kind == "core"


@pytest.mark.parametrize(
    ("seconds", "kind"),
    [
        (None, "probe"),
        (CLOSING_SECONDS + 3 * EXCHANGE_SECONDS, "probe"),
        (CLOSING_SECONDS + 3 * EXCHANGE_SECONDS - 1, "core"),
        (CLOSING_SECONDS, "core"),
        (CLOSING_SECONDS - 1, "closing"),
        (-5, "closing"),
    ],
)
def test_a_probe_leaves_time_for_every_core_question(seconds: float | None, kind: str) -> None:
    assert next_plan(_progress(*ANSWERED), Heard.ANSWER, seconds).kind == kind


def test_time_that_runs_out_before_the_last_question_is_recorded() -> None:
    plan = next_plan(_progress(*ANSWERED), Heard.ANSWER, 10)

    assert plan.finished == "time"
    assert plan.text.endswith(BRIEF.closing)


def test_time_that_runs_out_after_the_last_question_leaves_nothing_out() -> None:
    every = tuple(("core", q.text, q.item_id, None) for q in QUESTIONS)

    plan = next_plan(_progress(*every, ("candidate", "Yes.", "review", None)), Heard.ANSWER, 10)

    assert plan.finished == "complete"


@pytest.mark.parametrize(
    ("has_model", "says"), [(True, "I am an AI interviewer, not a person"), (False, "prepared ones")]
)
def test_the_welcome_says_who_asks_and_what_is_recorded(has_model: bool, says: str) -> None:  # noqa: FBT001
    text = next_plan(_progress(), Heard.ANSWER, None, has_model=has_model).text

    assert says in text
    assert "recorded" in text
    assert "do not name patients or clients" in text
    assert text.endswith(BRIEF.opening)
