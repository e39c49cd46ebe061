"""Whether words are in a language is told by their small words."""

import pytest

from assessor.domain.language import is_in, is_written_in

EN, DE = "What would you do when the test fails?", "Was würden Sie tun, wenn der Test nicht besteht?"


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        ("en", EN, True),
        ("de", DE, True),
        ("de-AT", DE, True),
        ("en", DE, False),
        ("de", EN, False),
        ("en", "", True),
        ("en", "42 + 1?", True),
        ("en", "Why?", True),
        ("en", "Traceback?", False),
        ("en", "The traceback mentions wrong numbers.", True),
        ("en", "The traceback mentions several wrong numbers.", False),
        ("en", "what что", False),
    ],
)
def test_a_sentence_has_at_least_a_fifth_of_small_words_and_its_letters(
    language: str, sentence: str, *, expected: bool
) -> None:
    assert is_in(language, sentence) is expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", EN, True),
        ("de-CH", DE, True),
        ("en", DE, False),
        ("en", "", False),
        ("en", "`the of and`", False),
        ("de", f"```\n{EN}\n{EN}\n```\n{DE}", True),
        ("en", "in in in", False),
    ],
)
def test_a_text_is_in_the_language_of_most_of_its_small_words(
    language: str, text: str, *, expected: bool
) -> None:
    assert is_written_in(language, text) is expected
