"""The tables that New York City's rules ask for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.demographics import CHARACTERISTICS, RACE_NAMES, SEX_NAMES, Declaration, Race, Sex
from assessor.domain.fairness import Audit, AuditRow, Course, audit
from assessor.domain.fairness.audit import SMALL_NOTE

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def applicants(selected: int, n: int, sex: Sex | None = None, race: Race | None = None) -> list[Course]:
    groups = Declaration(sex=sex, race=race).groups
    return [
        Course(final=place < selected, score=80.0 - place / n, groups=groups, submitted=True, began=True)
        for place in range(n)
    ]


def audited(courses: list[Course]) -> Audit:
    about = {"tenant": "acme", "track": "python", "since": DAY, "until": None, "source": "here"}
    return audit(courses, 3, first_ordered=DAY, last_ordered=DAY, **about)


def row(found: Audit, table: str, sex: str | None = None, race: str | None = None) -> AuditRow:
    return next(one for one in found.rows if (one.table, one.sex, one.race_ethnicity) == (table, sex, race))


def test_rates_and_ratios_are_those_of_the_rules_own_reckoning() -> None:
    found = audited(applicants(60, 200, Sex.MALE) + applicants(25, 100, Sex.FEMALE))

    male, female = row(found, "sex", "Male"), row(found, "sex", "Female")
    assert (male.applicants, male.selected, male.selection_rate, male.impact_ratio) == (200, 60, 0.3, 1.0)
    assert (female.applicants, female.selected, female.selection_rate) == (100, 25, 0.25)
    assert female.impact_ratio == pytest.approx(0.8333, abs=5e-5)
    assert (found.applicants, found.selected, found.undecided) == (300, 85, 3)


def test_every_category_stands_there_and_both_together() -> None:
    found = audited(applicants(6, 20, Sex.MALE, Race.ASIAN))

    assert sum(one.table == "race_ethnicity" for one in found.rows) == len(RACE_NAMES) + 1
    assert sum(one.table == "intersectional" for one in found.rows) == 2 * len(RACE_NAMES) + 1
    asian = RACE_NAMES[Race.ASIAN]
    declared = [("sex", "Male", None), ("race_ethnicity", None, asian), ("intersectional", "Male", asian)]
    assert [row(found, *place).applicants for place in declared] == [20, 20, 20]
    empty = row(found, "intersectional", "Female", RACE_NAMES[Race.WHITE])
    assert (empty.applicants, empty.selection_rate, empty.impact_ratio, empty.note) == (0, None, None, "")


def test_a_further_sex_has_its_rows_once_somebody_declared_it() -> None:
    found = audited(applicants(6, 20, Sex.MALE) + applicants(3, 20, Sex.ANOTHER))

    assert row(found, "sex", SEX_NAMES[Sex.ANOTHER]).impact_ratio == 0.5


def test_a_category_below_two_percent_keeps_its_numbers_and_is_out_of_the_ratios() -> None:
    found = audited(
        applicants(50, 100, race=Race.WHITE)
        + applicants(40, 100, race=Race.BLACK)
        + applicants(3, 3, race=Race.NATIVE)
    )

    small = row(found, "race_ethnicity", race=RACE_NAMES[Race.NATIVE])
    assert (small.applicants, small.selected, small.selection_rate) == (3, 3, 1.0)
    assert (small.impact_ratio, small.scoring_impact_ratio, small.note) == (None, None, SMALL_NOTE)
    assert row(found, "race_ethnicity", race=RACE_NAMES[Race.WHITE]).impact_ratio == 1.0
    assert row(found, "race_ethnicity", race=RACE_NAMES[Race.BLACK]).impact_ratio == 0.8


def test_people_of_unknown_category_are_counted_apart_in_each_table() -> None:
    found = audited(applicants(5, 10, Sex.MALE) + applicants(2, 4, race=Race.WHITE))

    assert row(found, "sex", "Unknown").applicants == 4
    assert row(found, "race_ethnicity", race="Unknown").applicants == 10
    unknown = row(found, "intersectional", "Unknown", "Unknown")
    assert (unknown.applicants, unknown.impact_ratio) == (14, None)


def test_the_scoring_rate_is_the_share_above_the_median_of_all() -> None:
    high = [Course(final=True, score=90.0, groups={"sex": "Male"})] * 6
    low = [Course(final=False, score=40.0, groups={"sex": "Male"})] * 2
    others = [Course(final=False, score=40.0, groups={"sex": "Female"})] * 5
    another = [Course(final=True, score=90.0, groups={"sex": "Female"})]

    found = audited(high + low + others + another)

    assert found.median_score == 65.0
    assert row(found, "sex", "Male").scoring_rate == 0.75
    assert row(found, "sex", "Female").scoring_impact_ratio == pytest.approx(0.1667 / 0.75, abs=1e-3)


def test_nobody_at_all_gives_tables_without_numbers() -> None:
    found = audited([])

    assert found.median_score is None
    assert all(one.selection_rate is one.impact_ratio is None for one in found.rows)


declared = st.builds(
    Declaration, sex=st.none() | st.sampled_from(Sex), race=st.none() | st.sampled_from(Race)
)
anybody = st.builds(
    lambda said, final, score: Course(final=final, score=score, groups=said.groups),
    declared,
    st.booleans(),
    st.floats(0, 100),
)


@given(st.lists(anybody, max_size=60))
def test_every_table_counts_everybody_once_and_no_ratio_is_above_one(everybody: list[Course]) -> None:
    found = audited(everybody)

    for table in (*CHARACTERISTICS, "intersectional"):
        rows = [one for one in found.rows if one.table == table]
        assert sum(one.applicants for one in rows) == len(everybody)
        assert sum(one.selected for one in rows) == found.selected
        ratios = [one.impact_ratio for one in rows if one.impact_ratio is not None]
        assert not ratios or max(ratios) == 1.0
