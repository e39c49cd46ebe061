"""What of an item only raters see, and what its key may name."""

import pytest

from assessor.domain.code import CodeCall, CodeTest
from assessor.domain.constraint import Constraint
from assessor.domain.item import Item
from assessor.domain.item.base import Source
from assessor.domain.key_check import ArithmeticCheck
from assessor.domain.keys.texts import key_texts, secrets, subject, texts_of
from assessor.domain.value import strings_in
from tests.scoring.works import EVALUATION, INTERVIEW, ITEMS, RANKING, RUBRIC_WRITING, SFT, TRAJECTORY, WHY

CHECKED = SFT.changed(
    constraints=(Constraint(kind="runs", label="It does what was asked"),),
    key=SFT.key.changed(
        tests=(CodeTest(call=CodeCall(function="appended", args=("one",)), returns="two"),),
        references=(Source(title="The Python Language Reference", year=2024),),
        checks=(ArithmeticCheck(name="the number of calls", formula="1 + 1", result=2),),
    ),
)


def test_what_is_secret_of_a_key_is_its_prose_and_not_what_a_machine_checks() -> None:
    assert secrets(CHECKED) == secrets(SFT)
    assert sorted(secrets(SFT)) == sorted([WHY, SFT.key.reference])


def test_a_question_has_no_key_and_no_secret() -> None:
    assert secrets(INTERVIEW) == ()


@pytest.mark.parametrize(
    "item", [one for one in ITEMS.values() if one is not INTERVIEW], ids=lambda one: one.id
)
def test_no_secret_stands_in_what_candidates_read(item: Item) -> None:
    assert WHY in secrets(item)
    assert not {text for text in secrets(item) if " " in text} & set(strings_in(item.presented())) - spans(
        item
    )


def spans(item: Item) -> set[str]:
    """What a key quotes of the item itself."""
    return {issue.span for issue in item.key.issues} if item is EVALUATION else set()


@pytest.mark.parametrize(
    ("item", "named"),
    [
        (EVALUATION, {"response": EVALUATION.response}),
        (RANKING, {one.id: one.text for one in RANKING.responses}),
        (RUBRIC_WRITING, {one.id: one.text for one in RUBRIC_WRITING.key.hidden_responses}),
        (SFT, {"reference": SFT.key.reference}),
        (TRAJECTORY, {}),
        (INTERVIEW, {}),
    ],
    ids=lambda one: getattr(one, "id", None),
)
def test_a_check_names_a_text_by_its_id_and_may_quote_what_is_read_too(
    item: Item, named: dict[str, str]
) -> None:
    assert key_texts(item) == named
    assert set(texts_of(item)) == {*strings_in(item.presented()), *named.values()}


@pytest.mark.parametrize("item", ITEMS.values(), ids=lambda one: one.id)
def test_what_an_item_is_about_is_read_by_candidates_or_said_to_them(item: Item) -> None:
    said = {probe.text for probe in INTERVIEW.probes}

    assert subject(item)
    assert set(subject(item)) <= {*strings_in(item.presented()), *said}
    assert item.title not in subject(item)
