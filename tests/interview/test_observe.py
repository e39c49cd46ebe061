"""What is observed about an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.interview.observe import MAX_TERM_CHARS, named_terms, observe


@pytest.mark.parametrize(
    ("answer", "has_reason"),
    [
        ("I use a set because look-ups are fast.", True),
        ("I freeze it so that nobody changes it.", True),
        ("Since it is called often, I cache it.", True),
        ("The file is read once, which means later calls are free.", True),
        ("I use a set.", False),
        ("Sincerely yours", False),
    ],
)
def test_a_reason_is_a_clause_that_says_why(answer: str, has_reason: bool) -> None:  # noqa: FBT001
    assert observe(answer, "en").has_reason is has_reason


@pytest.mark.parametrize(
    ("answer", "has_example"),
    [
        ("For example, a web server under load.", True),
        ("e.g. a web server", True),
        ("In one project we had two processes writing.", True),
        ("When I worked on the parser it was slow.", True),
        ("I would measure first.", False),
        ("When I would need it, I cache.", False),
    ],
)
def test_an_example_is_something_that_happened_or_is_named(
    answer: str,
    has_example: bool,  # noqa: FBT001
) -> None:
    assert observe(answer, "en").has_example is has_example


@pytest.mark.parametrize(
    ("answer", "has_limits"),
    [
        ("It is faster, but it takes memory.", True),
        ("It depends on the size.", True),
        ("The trade-off is memory.", True),
        ("Unless the key is mutable.", True),
        ("It is faster.", False),
    ],
)
def test_limits_say_where_something_ends(answer: str, has_limits: bool) -> None:  # noqa: FBT001
    assert observe(answer, "en").has_limits is has_limits


@pytest.mark.parametrize(
    ("answer", "terms"),
    [
        ("I put `lru_cache` on it.", ("lru_cache",)),
        ("I put functools.lru_cache on it.", ("functools.lru_cache",)),
        ("I call sorted() on the keys.", ("sorted()",)),
        ("We used a “circuit breaker” there.", ("circuit breaker",)),
        ("The SBAR handover helps.", ("SBAR",)),
        ("We moved it, using Redis, last year.", ("Redis",)),
        ("First `heapq`, then asyncio.gather() for the rest.", ("heapq", "asyncio.gather()")),
        ("Nothing is named here.", ()),
        ("I cache it.", ()),
    ],
)
def test_named_terms_are_the_candidates_own_words(answer: str, terms: tuple[str, ...]) -> None:
    assert named_terms(answer, "en") == terms


@pytest.mark.parametrize(
    "answer",
    [
        "I asked my colleague Anna about it.",
        "We did that at Siemens for years.",
        "The patient Miller was confused.",
        "I come from Germany originally.",
        "It was on a Monday morning.",
        "I speak English at work.",
        "Mail jane@example_corp.org about it.",
    ],
)
def test_people_places_and_employers_are_not_said_back(answer: str) -> None:
    assert named_terms(answer, "en") == ()


@given(st.text())
def test_every_term_stands_in_the_answer_and_fits_into_one_line(answer: str) -> None:
    for term in named_terms(answer, "en"):
        assert term in answer
        assert 3 <= len(term) <= MAX_TERM_CHARS
        assert term.isprintable()
        assert not set(term) & set('?!“”"<>')
