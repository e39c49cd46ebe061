"""The sum of what candidates say: told from five answers on, and never one person's."""

import pytest
from pydantic import ValidationError

from assessor.domain.feedback import LEAST_TOLD, SENTENCES, Feedback, summed


def test_every_sentence_has_a_field_and_the_order_of_the_page() -> None:
    assert list(SENTENCES) == list(Feedback.model_fields)
    assert [one.id for one in summed([])] == list(SENTENCES)


def test_five_answers_give_a_mean_and_counts() -> None:
    clear, shown, _ = summed([Feedback(clear=value, shown=5) for value in (1, 2, 2, 4, 5)])

    assert (clear.answers, clear.mean, clear.counts) == (5, 2.8, (1, 2, 0, 1, 1))
    assert (shown.mean, shown.counts) == (5.0, (0, 0, 0, 0, 5))


def test_of_fewer_answers_only_their_number_is_told() -> None:
    clear, _, time = summed([Feedback(clear=1)] * (LEAST_TOLD - 1) + [Feedback(shown=3)])

    assert (clear.answers, clear.mean, clear.counts) == (4, None, None)
    assert (time.answers, time.mean) == (0, None)


@pytest.mark.parametrize("value", [0, 6, 2.5])
def test_an_answer_is_a_whole_number_from_1_to_5(value: float) -> None:
    with pytest.raises(ValidationError):
        Feedback.model_validate({"clear": value})
