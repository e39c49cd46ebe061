"""How long a form takes, as candidates are told: what its items take to be read and answered."""

import math

import pytest

from assessor.domain.constraint import Constraint
from assessor.domain.form import draw_form, form_minutes, interview_minutes, measured, working_minutes
from assessor.domain.item import Item
from tests.domain.banks import TWO, library, ranking
from tests.scoring.works import SFT


def test_the_authors_minutes_hold_where_reading_and_writing_take_less() -> None:
    assert working_minutes(ranking(1, minutes=9)) == 9


@pytest.mark.parametrize("item", [ranking(1, minutes=0.5), SFT.changed(minutes=0.5)])
def test_nobody_is_told_less_than_reading_and_writing_take(item: Item) -> None:
    assert working_minutes(item) > 1
    assert (2 * working_minutes(item)).is_integer()


def test_an_ideal_response_of_few_words_takes_less_than_a_long_one() -> None:
    few = Constraint(kind="max_words", value=10, label="At most 10 words")

    short = SFT.changed(minutes=0.5, constraints=(few,))

    assert working_minutes(short) < working_minutes(SFT.changed(minutes=0.5, constraints=()))


def test_a_form_takes_what_its_parts_do_and_the_question_about_ones_background() -> None:
    tasks = [ranking(1), ranking(2)]

    assert interview_minutes([]) > 0
    assert form_minutes(tasks) == math.ceil(interview_minutes([]) + sum(map(working_minutes, tasks)))


def test_of_a_tracks_competencies_a_form_measures_those_of_its_items() -> None:
    bank = library(ranking(1), ranking(2))

    found = measured(draw_form(bank, TWO, "full", "s"), TWO, bank)

    assert [one.id for one in found] == [ranking(1).competency]
    assert len(TWO.competencies) > 1
