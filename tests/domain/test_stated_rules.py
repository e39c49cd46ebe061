"""The rules in words say what the code does, and every number comes from the one table."""

from dataclasses import replace
from typing import Any

import pytest

from assessor.domain.ability import INTERVAL
from assessor.domain.calibration import REQUIRED, WATCH
from assessor.domain.evidence import MIN_WORDS
from assessor.domain.form import MAX_EXPOSURE, MAX_OVERLAP
from assessor.domain.policy import Grade, Policy
from assessor.domain.thresholds import THRESHOLDS, Required
from assessor.domain.track import MAX_FORM_MINUTES, Cut
from assessor.domain.verdict import stated, stated_rules
from tests.domain.samples import BOTH_WAYS, PILOT, track

STUDY = Cut(
    ability=1.0,
    method="angoff",
    record="spring",
    standard_error=0.1,
    rationale="Twelve judges met, in two rounds.",
)


def text_of(name: str, *args: Any) -> str:
    return next(rule.text for rule in stated_rules(*args) if rule.id == name)


def test_every_module_reads_the_one_table() -> None:
    assert REQUIRED is THRESHOLDS.required
    assert WATCH is THRESHOLDS.watch
    assert THRESHOLDS.interval == INTERVAL
    assert THRESHOLDS.quoted_words == MIN_WORDS
    forms = THRESHOLDS.forms
    assert (forms.exposure, forms.overlap, forms.minutes) == (MAX_EXPOSURE, MAX_OVERLAP, MAX_FORM_MINUTES)


def test_nobody_can_change_the_table() -> None:
    with pytest.raises(AttributeError):
        THRESHOLDS.qualified = 0.5  # type: ignore[misc]
    with pytest.raises(AttributeError):
        THRESHOLDS.required.qwk = 0.1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "name", "said"),
    [
        ({"qualified": 0.97}, "qualified", "at least 97 of 100"),
        ({"not_qualified": 0.02}, "not_qualified", "at most 2 of 100"),
        ({"interval": 0.8}, "interval", "in 80 of 100 cases"),
        ({"points_per_logit": 10.0}, "scale", "within 10 points of the middle"),
        ({"quoted_words": 6}, "evidence", "at least 6 of them"),
        ({"required": Required(qwk=0.8)}, "agreement", "at least 0.80"),
        ({"required": Required(below_people=0.07)}, "agreement", "more than 0.07 less than two people"),
        ({"required": Required(smd=0.12)}, "agreement", "at most 0.12 of the spread"),
        ({"forms": replace(THRESHOLDS.forms, minutes=77)}, "minutes", "more than 77 minutes"),
        ({"forms": replace(THRESHOLDS.forms, exposure=0.31)}, "exposure", "more than 31 of 100 candidates"),
        ({"forms": replace(THRESHOLDS.forms, overlap=0.17)}, "exposure", "share 17 of 100 on average"),
    ],
)
def test_a_number_that_changes_in_the_table_changes_in_the_words(
    changes: dict[str, Any], name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stated, "THRESHOLDS", replace(THRESHOLDS, **changes))

    assert said in text_of(name)


@pytest.mark.parametrize(
    ("policy", "name", "said"),
    [
        (Policy(), "not_qualified", "“Not qualified” is never said by a rule."),
        (BOTH_WAYS, "not_qualified", "A rule may say “not qualified” only"),
        (Policy(), "qualified", "A rule may say “qualified” only"),
        (PILOT.changed(rules_may_decide=()), "qualified", "“Qualified” is never said by a rule."),
        (Policy(), "basis", "200 responses scored by people"),
        (PILOT, "basis", "on keys and a line that an author has set"),
        (PILOT.changed(least_basis=Grade.NONE), "basis", "whether or not"),
        (Policy(), "models", "No language model scores here"),
        (PILOT, "models", "A language model may score"),
        (PILOT.changed(review_days=9), "between", "within 9 days"),
        (PILOT.changed(appeal_days=11), "appeal", "For 11 days after a result"),
        (PILOT.changed(review_days=9), "appeal", "within 9 days"),
    ],
)
def test_the_words_follow_the_policy(policy: Policy, name: str, said: str) -> None:
    assert said in text_of(name, policy)


def test_the_words_of_a_track_name_its_line_its_levels_and_who_set_them() -> None:
    plain, levelled = track(), track(levels={"specialist": STUDY})

    assert "The line lies at 60 of 100 points. The track's author has set it" in text_of("cut", PILOT, plain)
    assert "lie 3.0 points higher or lower" in text_of("cut", PILOT, plain)
    assert text_of("levels", PILOT, plain) == "There is one line, and no levels above it."
    said = text_of("level-specialist", PILOT, levelled)
    assert "begins at 72 points" in said
    assert "A panel has set it, item by item (study spring)." in said


def test_each_rule_has_an_id_of_its_own_and_is_made_of_sentences() -> None:
    rules = stated_rules(PILOT, track(levels={"specialist": STUDY}))

    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.text.endswith(".") and rule.text.lstrip("“")[0].isupper() for rule in rules)


def test_what_holds_for_raters_and_forms_stands_under_them() -> None:
    found = [(rule.about, rule.id) for rule in stated_rules() if rule.about in ("raters", "form")]

    assert found == [
        *(("raters", name) for name in ("models", "basis", "agreement", "evidence")),
        *(("form", name) for name in ("minutes", "exposure")),
    ]
