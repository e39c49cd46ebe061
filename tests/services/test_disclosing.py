"""What a candidate gets of their log: every fact was thought about, and no key or colleague is in it."""

import json
from datetime import UTC, datetime
from typing import get_args

import pytest

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.item import Category
from assessor.domain.score import Score, Unscored
from assessor.services.disclosing import WHOLE, WITHHELD, disclosed
from tests.adapters.store.samples import every_fact

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FACTS: tuple[type[e.Fact], ...] = get_args(get_args(e.Fact)[0])
OPEN = Assessment("asm_1")
SUBMITTED = Assessment("asm_1", submitted_at=NOW)


def told(fact: e.Fact, assessment: Assessment = SUBMITTED) -> dict[str, object]:
    event = e.Event(assessment_id="asm_1", seq=1, at=NOW, fact=fact, hash="h")
    return dict(disclosed(event, assessment)["fact"])


def score(**changed: object) -> Score:
    return Score.model_validate(
        {
            "item_id": "task-1",
            "category": Category.INTERVIEW,
            "competency": "debugging",
            "criterion": "cause",
            "text": "says what the cause is",
            "value": 0.81,
            "rater": "judge:m",
            **changed,
        }
    )


def test_every_fact_is_either_shown_whole_or_has_its_withheld_fields_named() -> None:
    assert set(FACTS) == WHOLE | set(WITHHELD)
    assert not WHOLE & set(WITHHELD)


def test_every_withheld_field_is_a_field_of_its_fact() -> None:
    assert all(set(fields) <= set(fact.model_fields) for fact, fields in WITHHELD.items())


def test_nobody_of_the_platform_is_named() -> None:
    names = {(fact, field) for fact in FACTS for field in ("reviewer", "by", "who") if _is_text(fact, field)}

    assert len(names) > 5, "the facts name people in other fields now"
    assert all(field in WITHHELD.get(fact, {}) for fact, field in names)


def _is_text(fact: type[e.Fact], field: str) -> bool:
    """Whether a field is free text; one of a few fixed words names nobody."""
    return field in fact.model_fields and fact.model_fields[field].annotation is str


def test_no_fact_of_any_kind_tells_a_reviewer_a_token_or_a_reply() -> None:
    everything = json.dumps([told(fact) for fact in every_fact()])

    for secret in ("rev_1", "rev_2", "anna", '"t1"', '"t2"', '{\\"a\\": 1}', '"seed"'):
        assert secret not in everything.replace('"seed": {', ""), secret


def test_a_score_by_a_key_is_told_as_roughly_as_the_result_page_tells_it() -> None:
    keyed = score(category=Category.EVALUATION, rater="rule:evaluation")
    judged = score()

    scores = told(e.ResponseScored(item_id="task-1", scores=(keyed, judged)))["scores"]

    assert isinstance(scores, list)
    assert [one["value"] for one in scores] == [1.0, 0.81]


@pytest.mark.parametrize(
    "hidden",
    [
        score(value=None, unscored=Unscored.WAITS_FOR_PERSON, rater="none"),
        score(value=0.0, rater="rule:unanswered"),
        score(value=0.0, rater="rule:no_content"),
    ],
)
def test_neither_an_open_criterion_nor_an_empty_answer_tells_what_is_looked_for(hidden: Score) -> None:
    scores = told(e.ResponseScored(item_id="task-1", scores=(hidden,)))["scores"]

    assert "cause" not in json.dumps(scores)


def test_what_a_form_still_has_in_store_is_told_once_it_is_handed_in_and_never_with_its_hashes() -> None:
    drawn = next(fact for fact in every_fact() if isinstance(fact, e.FormDrawn))

    before, after = told(drawn, OPEN)["form"], told(drawn)["form"]

    assert "debugging-1" not in json.dumps(before)
    assert isinstance(after, dict)
    assert after["items"] == [
        {"item_id": "debugging-1", "version": 1, "category": "interview", "minutes": 2.5}
    ]
