"""Drawing forms: exposure, what tells most, and everything that a plan demands."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assessor.domain.errors import InvalidInput
from assessor.domain.form import (
    MAX_EXPOSURE,
    MAX_OVERLAP,
    FormItem,
    draw_form,
    exposures,
    pool_size,
)
from assessor.domain.item import Category, Item, QuestionWords
from assessor.domain.library import Library
from assessor.domain.track import Section, Track
from tests.domain.banks import TWO, library, plan, ranking
from tests.scoring.works import INTERVIEW

LIMITED = st.tuples(st.integers(1, 60), st.integers(1, 6)).filter(lambda pair: pair[1] <= pair[0])


@given(LIMITED)
def test_a_pool_keeps_exposure_and_overlap_wherever_drawing_at_random_does(pair: tuple[int, int]) -> None:
    items, count = pair
    shares = exposures(items, count, pool_size(items, count))

    assert sum(shares) == pytest.approx(count)
    if count / items <= MAX_OVERLAP:
        assert max(shares) <= MAX_EXPOSURE
        assert sum(share**2 for share in shares) / count <= MAX_OVERLAP + 1e-12
    else:
        assert shares == pytest.approx([count / items] * items)


@pytest.mark.parametrize(
    ("items", "count", "size"), [(15, 3, 3), (6, 1, 1), (60, 3, 15), (5, 3, 3), (2, 2, 2)]
)
def test_the_larger_the_bank_the_more_there_is_to_choose_from(items: int, count: int, size: int) -> None:
    assert pool_size(items, count) == size


def _easy_and_at_the_cut() -> Library:
    """A bank of sixty rankings; every third is at the cut, the others are far too easy."""
    return library(*(ranking(n).changed(difficulty=1 if n % 3 else 3) for n in range(60)))


def test_what_tells_most_at_the_cut_is_drawn_more_often_and_yet_not_too_often() -> None:
    bank = _easy_and_at_the_cut()
    forms = [
        draw_form(bank, plan(Section(category=Category.RANKING, count=3)), "full", str(n)) for n in range(400)
    ]

    given = Counter(place.item_id for form in forms for place in form.items)

    telling = sum(count for name, count in given.items() if bank.items["python"][name].difficulty == 3)
    assert telling / given.total() > 0.85
    assert max(given.values()) / len(forms) < MAX_EXPOSURE
    assert sum((count / len(forms)) ** 2 for count in given.values()) / 3 <= MAX_OVERLAP


def test_a_competency_that_the_form_has_not_yet_comes_first_within_the_pool() -> None:
    items = [ranking(n).changed(difficulty=3, competency="semantics") for n in range(40)]
    rare = [ranking(n).changed(difficulty=1, competency="judgement") for n in range(40, 60)]
    drawn_by = plan(Section(category=Category.RANKING, count=3))

    forms = [draw_form(library(*items, *rare), drawn_by, "full", str(n)) for n in range(100)]

    both = [form for form in forms if len({_competency(place) for place in form.items}) == 2]
    assert len(both) > 95


def _competency(place: FormItem) -> str:
    return "judgement" if int(place.item_id.split("-")[1]) >= 40 else "semantics"


@given(st.text(min_size=1, max_size=9))
def test_what_a_plan_demands_of_a_competency_is_on_every_form(seed: str) -> None:
    bank = library(*(ranking(n).changed(competency="semantics" if n else "judgement") for n in range(12)))
    demanding = plan(Section(category=Category.RANKING, count=2), coverage={"judgement": 1})

    drawn = draw_form(bank, demanding, "full", seed)

    assert "rank-0" in {place.item_id for place in drawn.items}


@given(st.text(min_size=1, max_size=9))
def test_a_form_keeps_to_its_minutes_even_when_the_pool_does_not(seed: str) -> None:
    bank = library(*(ranking(n, minutes=5 if n % 2 else 2) for n in range(12)))
    short = plan(Section(category=Category.RANKING, count=3), minutes=9)

    drawn = draw_form(bank, short, "full", seed)

    assert len(drawn.items) == 3
    assert sum(place.minutes for place in drawn.items) <= 9


@given(st.text(min_size=1, max_size=9))
def test_enemies_that_fill_the_pool_do_not_keep_a_form_from_being_drawn(seed: str) -> None:
    clique = tuple(f"rank-{n}" for n in range(6))
    bank = library(*(ranking(n, enemies=clique if n < 6 else ()) for n in range(8)))

    drawn = draw_form(bank, plan(Section(category=Category.RANKING, count=3)), "full", seed)

    assert {"rank-6", "rank-7"} < {place.item_id for place in drawn.items}


def test_items_for_others_are_not_drawn() -> None:
    bank = library(
        ranking(1),
        ranking(2).changed(specialty="icu"),
        ranking(3).changed(specialty="midwifery"),
        ranking(4).changed(jurisdiction="de"),
    )

    drawn = draw_form(bank, TWO, "full", "s", specialty="icu")

    assert {place.item_id for place in drawn.items} == {"rank-1", "rank-2"}


def test_items_of_a_jurisdiction_are_drawn_for_it_alone() -> None:
    bank = library(
        ranking(1), *(ranking(n).changed(jurisdiction=where) for n, where in ((2, "de"), (3, "fr")))
    )

    drawn = draw_form(bank, TWO, "full", "s", jurisdiction="fr")

    assert {place.item_id for place in drawn.items} == {"rank-1", "rank-3"}
    with pytest.raises(InvalidInput, match=r"2 more are for another jurisdiction\): 1 missing"):
        draw_form(bank, TWO, "full", "s", jurisdiction="us")


def test_a_track_is_for_its_first_jurisdiction_when_nothing_is_said() -> None:
    bank = library(
        ranking(1), *(ranking(n).changed(jurisdiction=where) for n, where in ((2, "de"), (3, "fr")))
    )
    offered = TWO.changed(jurisdictions=("de", "fr"))

    drawn = draw_form(bank, offered, "full", "s")

    assert {place.item_id for place in drawn.items} == {"rank-1", "rank-2"}


def test_a_question_that_is_not_written_in_the_language_is_not_asked() -> None:
    asks = plan(Section(category=Category.INTERVIEW, count=1))
    words = QuestionWords(
        question="Was hat dieser Code getan?", probes={p.id: "Und warum das?" for p in INTERVIEW.probes}
    )
    bank = library(INTERVIEW, INTERVIEW.changed(id="spoken-in-german", translations={"de": words}))

    assert [p.item_id for p in draw_form(bank, asks, "full", "s", language="de").items] == [
        "spoken-in-german"
    ]
    with pytest.raises(InvalidInput, match=r"1 more is not written in .fr.|2 more are not written in .fr."):
        draw_form(bank, asks, "full", "s", language="fr")


FOES = tuple(f"rank-{n}" for n in range(9))


@pytest.mark.parametrize(
    ("items", "demanding", "says"),
    [
        pytest.param(
            [ranking(1), ranking(2, minutes=9), ranking(3).changed(jurisdiction="de")],
            TWO,
            r"has 1 of the 2 ranking items that it needs \(1 more is longer than 5 minutes, "
            r"1 more is for another jurisdiction\): 1 missing",
            id="places",
        ),
        pytest.param(
            [ranking(n).changed(competency="semantics") for n in range(9)],
            plan(Section(category=Category.RANKING, count=3), coverage={"judgement": 2}),
            "the competency judgement needs 2 items, and the sections can draw 0: 2 missing",
            id="coverage",
        ),
        pytest.param(
            [ranking(n, enemies=FOES) for n in range(9)],
            plan(Section(category=Category.RANKING, count=3)),
            r"\(enemies\) leave places empty; items missing: 2",
            id="enemies",
        ),
        pytest.param(
            [ranking(n, minutes=4) for n in range(9)],
            plan(Section(category=Category.RANKING, count=3), minutes=10),
            "10 minutes are too few, by 2",
            id="minutes",
        ),
        pytest.param(
            [ranking(n, enemies=FOES).changed(competency="judgement") for n in range(3)]
            + [ranking(n).changed(competency="semantics") for n in range(10, 15)],
            plan(Section(category=Category.RANKING, count=3), coverage={"judgement": 2}),
            r"\(enemies\) leave places empty; items missing: 1|cannot cover judgement \(items missing: 1\)",
            id="coverage among enemies",
        ),
    ],
)
def test_a_demand_that_cannot_be_met_is_named_with_what_is_missing(
    items: list[Item], demanding: Track, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        draw_form(library(*items), demanding, "full", "s")


small_items = st.lists(
    st.tuples(
        st.sampled_from(["semantics", "judgement"]),
        st.sampled_from([2.0, 4.0, 7.0]),
        st.sets(st.integers(0, 6), max_size=3),
    ),
    min_size=3,
    max_size=7,
)


@settings(max_examples=60)
@given(small_items, st.integers(0, 2), st.integers(6, 15))
def test_a_form_is_drawn_exactly_when_there_is_one(
    bank: list[tuple[str, float, set[int]]], least: int, minutes: int
) -> None:
    items = [
        ranking(n, minutes=length, enemies=tuple(f"rank-{e}" for e in enemies if e != n)).changed(
            competency=competency
        )
        for n, (competency, length, enemies) in enumerate(bank)
    ]
    demanding = plan(
        Section(category=Category.RANKING, count=3),
        minutes=minutes,
        coverage={"judgement": least} if least else {},
    )
    possible = any(
        sum(item.minutes for item in three) <= minutes
        and sum(item.competency == "judgement" for item in three) >= least
        and not any(other.id in item.enemies for item in three for other in three)
        for three in combinations(items, 3)
    )

    if possible:
        assert len(draw_form(library(*items), demanding, "full", "s").items) == 3
    else:
        with pytest.raises(InvalidInput, match=r"missing|cannot be kept together"):
            draw_form(library(*items), demanding, "full", "s")


@pytest.mark.parametrize(
    ("coverage", "says"),
    [
        ({"surgery": 1}, "unknown competencies surgery"),
        ({"semantics": 3}, "more items than the sections have"),
    ],
)
def test_a_plan_demands_only_what_it_has_places_for(coverage: dict[str, int], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        plan(Section(category=Category.RANKING, count=2), coverage=coverage)


FIVE_OF_NINE = frozenset(f"rank-{n}" for n in range(5))


@given(seed=st.text(max_size=9))
def test_what_a_candidate_saw_is_not_drawn_again_while_there_is_something_else(seed: str) -> None:
    drawn = draw_form(library(*map(ranking, range(9))), TWO, "full", seed, avoid=FIVE_OF_NINE)

    assert not FIVE_OF_NINE & {place.item_id for place in drawn.items}


@given(seed=st.text(max_size=9))
def test_what_a_candidate_saw_comes_again_only_as_far_as_it_has_to(seed: str) -> None:
    bank, four = library(*map(ranking, range(6))), Section(category=Category.RANKING, count=3)

    drawn = draw_form(bank, plan(four), "full", seed, avoid=frozenset(f"rank-{n}" for n in range(4)))

    assert {"rank-4", "rank-5"} < {place.item_id for place in drawn.items}


def test_a_seen_item_is_better_than_no_form_where_the_plan_demands_it() -> None:
    items = [*map(ranking, range(6)), ranking(6).changed(competency="semantics")]
    demanding = plan(Section(category=Category.RANKING, count=2), coverage={"semantics": 1})

    drawn = draw_form(library(*items), demanding, "full", "s", avoid={"rank-6", "rank-0"})

    assert "rank-6" in {place.item_id for place in drawn.items}
    assert "rank-0" not in {place.item_id for place in drawn.items}


@given(seed=st.text(max_size=9))
def test_a_retired_item_is_never_drawn(seed: str) -> None:
    drawn = draw_form(library(*map(ranking, range(4))), TWO, "full", seed, without={"rank-1"})

    assert "rank-1" not in {place.item_id for place in drawn.items}


def test_a_bank_that_is_too_small_without_what_was_retired_says_so() -> None:
    with pytest.raises(InvalidInput, match="1 missing"):
        draw_form(library(ranking(0), ranking(1)), TWO, "full", "s", without={"rank-1"})
