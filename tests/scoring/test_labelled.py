"""Responses that people labelled become work as every rater gets it."""

import json

import pytest

from assessor.domain.errors import InvalidInput
from assessor.domain.evidence import OwnText
from assessor.domain.item import Category, Item
from assessor.domain.response import RubricWritingResponse, SftResponse, own_texts
from assessor.scoring.labelled import Labelled, response_id, word_recall, work_on
from tests.scoring.works import ANSWER, GOOD, INTERVIEW, ITEMS, RUBRIC, RUBRIC_WRITING, SFT, handed_in

LABELLED = Labelled(
    id="sha256:1",
    item=SFT,
    rubric=RUBRIC,
    language="en",
    text=ANSWER,
    labels={"cause": (1,), "fix": (0, 1)},
)


def test_an_answer_of_an_interview_is_read_beside_its_question() -> None:
    work = work_on(INTERVIEW, RUBRIC, ANSWER)

    assert [(turn.speaker, turn.text, turn.item_id) for turn in work.turns] == [
        ("interviewer", INTERVIEW.question, INTERVIEW.id),
        ("candidate", ANSWER, INTERVIEW.id),
    ]
    asked, answered = work.turns
    assert (asked.kind, work.response) == ("core", None)
    assert work.texts == (OwnText(event_seq=answered.seq, text=ANSWER),)
    assert asked.seq < answered.seq
    assert (work.item, work.rubric) == (INTERVIEW, RUBRIC)


def test_an_ideal_response_is_plain_text() -> None:
    work = work_on(SFT, RUBRIC, ANSWER)

    assert work.response == SftResponse(text=ANSWER)
    assert [one.text for one in work.texts] == [ANSWER]
    assert (work.item, work.rubric, work.turns) == (SFT, RUBRIC, ())


def test_a_rubric_is_read_from_lines_as_the_examples_write_it() -> None:
    work = work_on(
        RUBRIC_WRITING, RUBRIC, "1. [weight 70] Names the list.  \n\n  12.  [weight  30]   Shows None.\n"
    )

    assert isinstance(work.response, RubricWritingResponse)
    assert [(row.criterion, row.weight) for row in work.response.rows] == [
        ("Names the list.", 70), ("Shows None.", 30),
    ]  # fmt: skip
    assert [one.text for one in work.texts] == ["Names the list.", "Shows None."]


@pytest.mark.parametrize("category", [one for one in GOOD if one is not Category.SFT])
def test_every_other_task_takes_what_its_form_sends(category: Category) -> None:
    work = work_on(ITEMS[category], RUBRIC, json.dumps(GOOD[category]))

    assert work.response == handed_in(category)
    assert {one.path: one.text for one in work.texts} == own_texts(handed_in(category))


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (RUBRIC_WRITING, "1. [weight 70] Names the list.\nand shows None"),
        (RUBRIC_WRITING, ""),
        (ITEMS[Category.RANKING], "the first one"),
        (ITEMS[Category.RANKING], '["aa", "bb"]'),
    ],
)
def test_what_is_no_response_to_the_item_is_refused(item: Item, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        work_on(item, RUBRIC, text)

    (problem,) = refused.value.problems
    assert (problem.field, problem.problem) == ("response", f"is no response to {item.id}")
    assert item.category.value in problem.remedy


def test_the_same_words_to_the_same_item_are_the_same_response() -> None:
    first = response_id(SFT, "en", ANSWER)

    assert first == response_id(SFT, "en", ANSWER)
    assert len({first, response_id(INTERVIEW, "en", ANSWER), response_id(SFT, "de", ANSWER)}) == 3
    assert first != response_id(SFT, "en", ANSWER + ".")


def test_a_hash_names_what_was_measured_on_what() -> None:
    labels = LABELLED.labels

    turned = dict(reversed(list(labels.items())))
    assert LABELLED.hash == changed(labels=turned).hash == changed(id="sha256:2").hash
    others = [
        changed(item=INTERVIEW),
        changed(rubric=RUBRIC.changed(purpose="Another purpose.")),
        changed(language="de"),
        changed(text="None."),
        changed(labels={"cause": labels["cause"]}),
    ]
    assert len({LABELLED.hash, *(one.hash for one in others)}) == 6


def changed(**changes: object) -> Labelled:
    return Labelled(**(vars(LABELLED) | changes))


def test_labelled_work_is_what_its_text_says() -> None:
    assert LABELLED.work == work_on(SFT, RUBRIC, ANSWER)


@pytest.mark.parametrize(
    ("text", "reference", "share"),
    [
        ("Use None, none at all.", "None at once", 0.666667),
        ("nothing of it", "Use None", 0.0),
        ("None. Use it.", "use NONE", 1.0),
        ("Use None.", "", None),
    ],
)
def test_word_recall_is_the_share_of_the_references_words(
    text: str, reference: str, share: float | None
) -> None:
    assert word_recall(text, reference) == share
