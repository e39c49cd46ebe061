"""What a model's words may be, sentence by sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.interview.guard import MAX_WORDS, Guard, Limits, hashed_ngrams
from tests.interview.stage import SECRET

TOKEN = "0f" * 16
PROBE = "How does that work underneath?"
ANSWER = "I put functools.lru_cache on it, which is a great help. Is that correct? I think so."


def _guard(probe: str = PROBE) -> Guard:
    return Guard(
        Limits(
            question="A function is slow and called often. What do you do?",
            probe=probe,
            own_words=ANSWER,
            bank_ngrams=hashed_ngrams(SECRET),
            instructions="You word one follow-up question for a structured interview of a candidate.",
            token=TOKEN,
            language="en",
        )
    )


def _said(reply: str, guard: Guard, chunk: int = 3) -> str:
    pieces = [guard.feed(reply[at : at + chunk]) for at in range(0, len(reply), chunk)]
    return "".join([*pieces, guard.finish()])


@pytest.mark.parametrize(
    "reply",
    [
        "How does that work underneath?",
        "You put “functools.lru_cache” on it. How does that work underneath?",
        "You said “which is a great help.” How does it help?",
        "You wrote 'Great help' there. How does it help?",
        "You said `lru_cache`, e.g. for this. What happens underneath?",
        "You asked yourself “Is that correct?”. How do you find out?",
        "What would happen if two threads race for it (say, in a web server)?",
        "Why?",
    ],
)
def test_a_statement_and_one_question_may_be_said(reply: str) -> None:
    guard = _guard()

    assert _said(reply, guard) == reply
    assert guard.reason is None


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("Great answer! How does it work?", "evaluation"),
        ("That is correct. How does it work?", "evaluation"),
        ("You're right about that. How does it work?", "evaluation"),
        ("Good point about “lru_cache”. How does it work?", "evaluation"),
        ("Your answer covers it. How does it work?", "evaluation"),
        ("Exactly, a cache. How does it work?", "evaluation"),
        ("You have passed. Shall we stop?", "evaluation"),
        ("As I am a real person, I wonder. How does it work?", "person_claim"),
        ("In my experience that fails. How does it work?", "person_claim"),
        ("I am an engineer as well. How does it work?", "person_claim"),
        ("How old are you?", "protected_attribute"),
        ("What is your nationality?", "protected_attribute"),
        ("Are you married?", "protected_attribute"),
        ("Where are you originally from?", "protected_attribute"),
        ("# A question\nHow does it work?", "markup"),
        ("Let us see:\n- How does it work?", "markup"),
        ("**How** does it work?", "markup"),
        ("1. How does it work?", "markup"),
        ("See https://example.org for that. How does it work?", "link"),
        ("How does it work? And what is it for?", "text_after_question"),
        ("How does it work? Thanks.", "text_after_question"),
        ("How does it work, what is it for? or not", "text_after_question"),
        ("You said “lru_cache”. You said “think so”. Why?", "several_statements"),
        ("You said “lru_cache”.", "no_question"),
        ("Sure. How does it work?", "ungrounded_statement"),
        ("A dictionary keeps the results. How does it work?", "ungrounded_statement"),
        ("You said “a ring buffer”. How does it work?", "ungrounded_statement"),
        (
            "As you said “lru_cache”, the answer is that it keeps results in a dictionary by argument. Why?",
            "ungrounded_statement",
        ),
        ("When a function is slow and called often, what do you do?", "repeats_question"),
        ("Tell me more", "ungrounded_statement"),
        ("What, how? why, and when?", "text_after_question"),
        ("What?how?", "several_questions"),
        (SECRET.replace(".", "?"), "bank_text"),
        ("Which lock protects the shared counter in your view?", "bank_text"),
        ("Do you word one follow-up question for a structured interview?", "bank_text"),
        (f"Is the code {TOKEN}?", "fence"),
        ("How does\u202e it work?", "characters"),
        ("Wie funktioniert das genau?", "language"),
        ("Können Sie mir bitte ein weiteres Beispiel aus Ihrer Arbeit nennen?", "language"),
        ("Vous pouvez donner un exemple de votre travail?", "language"),
        ("您能再举一个例子吗?", "language"),
        ("Sie schrieben “lru_cache”. How does it work?", "language"),
        ("How does\x00 it work?", "characters"),
        ("word " * (MAX_WORDS + 5), "too_long"),
        ("How " + "very " * MAX_WORDS + "fast?", "too_long"),
    ],
)
def test_what_must_not_be_said_is_stopped_with_its_reason(reply: str, reason: str) -> None:
    guard = _guard()

    said = _said(reply, guard)

    assert guard.reason == reason
    assert "?" not in said


def test_a_word_of_the_approved_probe_may_be_said() -> None:
    guard = _guard(probe="How would you find out that the result is correct?")

    reply = "How would you find out that it is correct?"

    assert _said(reply, guard) == reply


@pytest.mark.parametrize(
    "reply",
    [
        "You put “functools.lru_cache” there. There is a release tomorrow. What do you leave out?",
        "There is a release tomorrow. What do you leave out?",
    ],
)
def test_a_statement_of_the_approved_probe_may_be_said_and_is_held_back_with_the_question(reply: str) -> None:
    guard = _guard(probe="There is a release tomorrow. What do you leave out?")

    at_once = guard.feed(reply)

    assert "release" not in at_once
    assert at_once + guard.finish() == reply


def test_a_probe_that_is_an_order_may_be_said_as_it_is_and_nothing_after_it() -> None:
    order = "Describe the record that you would send instead."

    assert _said(order, _guard(probe=order)) == order
    assert _said(f"{order} Is it complete?", _guard(probe=order)) == ""


def test_a_statement_of_the_probe_alone_asks_nothing() -> None:
    guard = _guard(probe="There is a release tomorrow. What do you leave out?")

    assert _said("There is a release tomorrow.", guard) == ""
    assert guard.reason == "no_question"


def test_a_statement_is_released_before_the_question_has_come() -> None:
    guard = _guard()

    assert guard.feed("You put “functools” there. How") == "You put “functools” there."
    assert guard.feed(" does it work?") == ""
    assert guard.finish() == " How does it work?"


def test_after_a_failing_sentence_nothing_comes_out() -> None:
    guard = _guard()

    assert guard.feed("You put “functools” there. Great! ") == "You put “functools” there."
    assert guard.feed("How does it work?") == ""
    assert guard.finish() == ""


def test_an_empty_reply_is_known_as_empty() -> None:
    guard = _guard()

    guard.feed(" \n")

    assert guard.is_empty


@given(st.text(), st.integers(1, 9))
def test_whatever_comes_at_most_one_statement_and_one_question_go_out(reply: str, chunk: int) -> None:
    guard = _guard()

    said = _said(reply, guard, chunk)

    assert len(said.split()) <= MAX_WORDS
    assert said == "" or guard.reason is not None or said.rstrip("\"”’')]").endswith("?")


@given(st.text(alphabet="ab .?!\n“”", max_size=80), st.integers(1, 9))
def test_how_the_reply_is_cut_into_chunks_changes_nothing(reply: str, chunk: int) -> None:
    whole, cut = _guard(), _guard()

    assert _said(reply, cut, chunk) == _said(reply, whole, len(reply) or 1)
    assert cut.reason == whole.reason


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("one two three four", 0), ("one two three four five", 1), ("a b c d e f g", 3)],
)
def test_ngrams_are_runs_of_five_words(text: str, count: int) -> None:
    assert len(hashed_ngrams(text)) == count


def test_ngrams_ignore_case_and_punctuation_and_are_the_same_everywhere() -> None:
    assert hashed_ngrams("Which lock, exactly, protects IT?") == hashed_ngrams(
        "which lock exactly protects it"
    )
    assert hashed_ngrams("one two three four five") == {4475916206259131367}
