"""From a panel's ratings to a cut with its error."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assessor.domain.errors import InvalidInput
from assessor.domain.standard_setting import (
    JudgeRating,
    RatedItem,
    StandardSetting,
    ability_at,
    hold,
    rounds_of,
)
from tests.domain.samples import is_sentence

DAY = date(2026, 11, 20)
ALIKE = [RatedItem(item=f"item-{n}", difficulty=0.5, discrimination=1.3) for n in range(4)]


def ratings(shares: Mapping[str, Sequence[float]], number: int = 1) -> list[JudgeRating]:
    """Each judge's shares of the items of `ALIKE`."""
    return [
        JudgeRating(judge=judge, round=number, item=f"item-{place}", share=share)
        for judge, given in shares.items()
        for place, share in enumerate(given)
    ]


FIRST = ratings({"ada": [0.5, 0.6, 0.7, 0.8], "ben": [0.4, 0.4, 0.6, 0.6], "cleo": [0.8, 0.8, 0.9, 0.9]})
SECOND = ratings({"ada": [0.6] * 4, "ben": [0.5, 0.6, 0.6, 0.7], "cleo": [0.7] * 4}, 2)


def study(given: Sequence[JudgeRating] = (*FIRST, *SECOND), error: float = 0.5) -> StandardSetting:
    return hold("study-1", "python", DAY, ALIKE, given, error)


def test_each_judges_cut_is_where_items_are_expected_to_give_the_share_that_the_judge_named() -> None:
    (first,) = rounds_of(ALIKE, FIRST)

    # On items that are alike the expected share has a closed inverse: b + logit(share) / a.
    for judge, share in {"ada": 0.65, "ben": 0.5, "cleo": 0.85}.items():
        assert first.judges[judge] == pytest.approx(0.5 + math.log(share / (1 - share)) / 1.3, abs=1e-6)


def test_the_panels_cut_is_the_mean_and_its_error_the_deviation_over_the_root_of_the_judges() -> None:
    (first,) = rounds_of(ALIKE, FIRST)
    cuts = list(first.judges.values())

    assert first.ability == pytest.approx(sum(cuts) / 3, abs=1e-6)
    assert first.standard_error == pytest.approx(stdev(cuts) / math.sqrt(3), abs=1e-6)
    assert first.share == pytest.approx((0.65 + 0.5 + 0.85) / 3, abs=1e-6)
    assert first.share_standard_error == pytest.approx(stdev([0.65, 0.5, 0.85]) / math.sqrt(3), abs=1e-6)


def test_the_last_round_counts_and_the_earlier_ones_are_kept() -> None:
    held = study()

    assert [one.round for one in held.rounds] == [1, 2]
    assert (held.ability, held.standard_error) == (held.rounds[1].ability, held.rounds[1].standard_error)
    assert held.rounds[1].standard_error < held.rounds[0].standard_error


@pytest.mark.parametrize(("error", "warnings"), [(0.5, 0), (0.2, 1)])
def test_a_cut_whose_error_exceeds_half_the_measurement_error_is_warned_of(
    error: float, warnings: int
) -> None:
    held = study(error=error)

    assert sum("more than half of the measurement error" in one for one in held.warnings) == warnings
    assert any(one.startswith("3 judges are few") for one in held.warnings)


def test_a_panel_that_agrees_to_the_last_digit_is_asked_whether_it_rated_on_its_own() -> None:
    held = study(ratings({"ada": [0.6] * 4, "ben": [0.6] * 4}))

    assert held.standard_error == 0
    assert any("rated on their own" in one for one in held.warnings)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (FIRST[:4], "round 1: has 1 judge; an error takes at least 2"),
        (FIRST[:-1], "round 1, judge cleo: has no rating for item-3"),
        ([*FIRST, FIRST[0]], "round 1, judge ada: rates item-0 twice"),
        (
            [*FIRST, FIRST[0].changed(item="item-9")],
            "round 1, judge ada: rates item-9, which is not asked for",
        ),
        (ratings({"ada": [1.0] * 4, "ben": [0.5] * 4}), "judge ada: rates everything 1, which is the share"),
        (ratings({"ada": [0.0] * 4, "ben": [0.5] * 4}), "judge ada: rates everything 0, which is the share"),
        (ratings({"ada": [0.99] * 4, "ben": [0.99] * 4}), "the scale ends at 3 to either side"),
        ([*FIRST, *SECOND[:4]], "round 2: has 1 judge"),
    ],
)
def test_ratings_that_settle_no_cut_are_refused_with_judge_and_round(
    given: Sequence[JudgeRating], said: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        study(given)

    assert said in str(refused.value)
    assert all(is_sentence(problem.remedy) for problem in refused.value.problems)


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput, match="--id"):
        hold("Spring 2026!", "python", DAY, ALIKE, FIRST, 0.5)


def test_reading_a_record_works_its_results_out_again() -> None:
    record = study().model_dump(mode="json")

    assert StandardSetting.model_validate(record) == study()
    with pytest.raises(ValidationError, match="ability: does not follow"):
        StandardSetting.model_validate({**record, "ability": record["ability"] - 0.2})
    with pytest.raises(ValidationError, match="rounds: do not follow"):
        StandardSetting.model_validate({**record, "rounds": record["rounds"][:1]})


@given(
    st.lists(
        st.builds(
            RatedItem, item=st.just("item"), difficulty=st.floats(-2, 2), discrimination=st.floats(0.8, 2)
        ),
        min_size=1,
        max_size=8,
    ),
    st.floats(0.05, 0.9),
    st.floats(0.01, 0.05),
)
def test_who_asks_for_more_sets_a_higher_cut(items: list[RatedItem], share: float, more: float) -> None:
    assert ability_at(share, items) < ability_at(share + more, items)
