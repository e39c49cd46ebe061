from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.errors import InvalidInput, NotFound
from assessor.domain.form import (
    Form,
    draw_form,
    placed,
    replacements,
)
from assessor.domain.item import Category, RankingItem
from assessor.domain.library import Library
from assessor.domain.track import Section
from tests.domain.banks import TWO, library, plan, ranking
from tests.scoring.works import SFT

BANK = library(*(ranking(number) for number in range(10)), SFT)


@given(st.text(min_size=1, max_size=20))
def test_the_same_seed_gives_the_same_form_and_as_many_items_as_planned(seed: str) -> None:
    drawn = draw_form(BANK, TWO, "full", seed)

    assert drawn == draw_form(BANK, TWO, "full", seed)
    assert len({item.item_id for item in drawn.items}) == 2
    assert {item.category for item in drawn.items} == {Category.RANKING}


def test_other_seeds_draw_other_items_and_in_the_end_all() -> None:
    drawn = {item.item_id for seed in range(60) for item in draw_form(BANK, TWO, "full", str(seed)).items}

    assert drawn == {f"rank-{number}" for number in range(10)}


def test_items_that_are_too_long_are_not_drawn() -> None:
    bank = library(ranking(1, minutes=6), ranking(2), ranking(3))

    assert {item.item_id for item in draw_form(bank, TWO, "full", "s").items} == {"rank-2", "rank-3"}


@pytest.mark.parametrize("seed", [str(number) for number in range(20)])
def test_enemies_never_meet_whichever_names_the_other(seed: str) -> None:
    bank = library(ranking(1, enemies=("rank-2",)), ranking(2), ranking(3))

    drawn = {item.item_id for item in draw_form(bank, TWO, "full", seed).items}

    assert not drawn >= {"rank-1", "rank-2"}


def test_a_hidden_repeat_comes_with_its_first_or_not_at_all() -> None:
    repeat = ranking(9).changed(repeat_of="rank-1")
    bank = library(ranking(1), ranking(2), ranking(3), repeat)
    with_repeats = plan(Section(category=Category.RANKING, count=2, repeats=1))

    for seed in "abcdefgh":
        plain = [place.item_id for place in draw_form(bank, TWO, "full", seed).items]
        drawn = [place.item_id for place in draw_form(bank, with_repeats, "full", seed).items]

        assert plain == drawn[:2]
        assert "rank-9" not in plain
        assert drawn[2:] == (["rank-9"] if "rank-1" in plain else [])


def test_of_a_hidden_repeat_no_score_is_expected() -> None:
    bank = library(ranking(1), ranking(2), ranking(9).changed(repeat_of="rank-1"))
    with_repeats = plan(Section(category=Category.RANKING, count=2, repeats=1))

    drawn = draw_form(bank, with_repeats, "full", "s")

    assert {place.item_id for place in drawn.items if not place.is_scored} == {"rank-9"}


def test_a_bank_that_is_too_small_says_how_many_there_are() -> None:
    with pytest.raises(InvalidInput, match="has 1 of the 2 ranking"):
        draw_form(library(ranking(1)), TWO, "full", "s")


def test_a_form_that_the_track_has_not_is_refused_with_those_it_has() -> None:
    with pytest.raises(InvalidInput, match="Use one of full"):
        draw_form(BANK, TWO, "short", "s")


def test_sections_keep_their_order_and_items_are_found_by_id() -> None:
    both = plan(Section(category=Category.SFT, count=1), Section(category=Category.RANKING, count=1))

    drawn = draw_form(BANK, both, "full", "s")

    assert [item.category for item in drawn.items] == [Category.SFT, Category.RANKING]
    place = drawn.place_of("sft-defaults")
    assert place is not None
    assert place.hash == SFT.hash
    assert drawn.place_of("rank-99") is None
    assert drawn.of(Category.SFT) == (place,)
    assert drawn.tasks == drawn.items


def test_the_hash_of_a_form_changes_with_its_items() -> None:
    one, other = (draw_form(BANK, TWO, "full", seed) for seed in ("a", "b"))

    assert one.items != other.items
    assert one.hash != other.hash


@pytest.mark.parametrize(
    ("look_up", "missing"),
    [
        (lambda: BANK.track("java"), "java"),
        (lambda: BANK.item("python", "rank-99"), "rank-99"),
        (lambda: BANK.rubric("no-such"), "no-such"),
    ],
)
def test_what_the_library_has_not_is_not_found(look_up: Callable[[], object], missing: str) -> None:
    with pytest.raises(NotFound, match=missing):
        look_up()


def test_what_a_candidate_is_shown_has_no_key_rubric_or_difficulty() -> None:
    shown = SFT.presented()

    assert not {"key", "rubric", "difficulty", "enemies"} & set(shown)
    assert SFT.key.reference not in str(shown)
    assert shown["prompt"] == SFT.prompt


def _form_of(bank: Library, *item_ids: str, minutes: int = 6) -> Form:
    items = tuple(placed(bank.item("python", item_id), bank) for item_id in item_ids)
    return Form(name="full", items=items, minutes=minutes, time_limit_minutes=60)


def test_a_replacement_measures_the_same_and_is_not_on_the_form() -> None:
    other = ranking(4).changed(competency="semantics")
    bank = library(ranking(1), ranking(2), ranking(3), other, SFT.changed(competency=ranking(1).competency))

    found = replacements(bank, "python", _form_of(bank, "rank-1", "rank-2"), "rank-1", "s")

    assert [item.id for item in found] == ["rank-3"]


@pytest.mark.parametrize(
    "unfit", [ranking(3, minutes=3.5), ranking(3, enemies=("rank-2",))], ids=["too long", "an enemy"]
)
def test_what_breaks_the_form_is_no_replacement(unfit: RankingItem) -> None:
    bank = library(ranking(1), ranking(2), unfit)

    assert replacements(bank, "python", _form_of(bank, "rank-1", "rank-2"), "rank-1", "s") == ()


def test_an_enemy_of_the_item_that_goes_may_come() -> None:
    bank = library(ranking(1), ranking(2), ranking(3, enemies=("rank-1",)))

    found = replacements(bank, "python", _form_of(bank, "rank-1", "rank-2"), "rank-1", "s")

    assert [item.id for item in found] == ["rank-3"]


def test_a_retired_item_is_no_replacement_and_one_that_was_seen_is_the_last() -> None:
    form = _form_of(BANK, "rank-1", "rank-2")

    found = replacements(BANK, "python", form, "rank-1", "s", avoid={"rank-4"}, without={"rank-5"})

    assert "rank-5" not in [item.id for item in found]
    assert found[-1].id == "rank-4"


@given(st.text(max_size=9))
def test_the_seed_decides_which_replacement_comes_first_and_never_which_there_are(seed: str) -> None:
    form = _form_of(BANK, "rank-1", "rank-2")

    found = replacements(BANK, "python", form, "rank-1", seed)

    assert {item.id for item in found} == {f"rank-{n}" for n in (0, *range(3, 10))}
    assert found == replacements(BANK, "python", form, "rank-1", seed)


def test_a_swap_keeps_the_place_and_changes_what_a_verdict_binds() -> None:
    form = _form_of(BANK, "rank-1", "rank-2")

    swapped = form.swapped("rank-1", placed(BANK.item("python", "rank-5"), BANK))

    assert [place.item_id for place in swapped.items] == ["rank-5", "rank-2"]
    assert swapped.hash != form.hash


def test_a_form_that_the_track_does_not_have_is_named_with_those_that_it_has() -> None:
    several = TWO.changed(forms={"full": TWO.forms["full"], "short": TWO.forms["full"]})

    with pytest.raises(InvalidInput) as refused:
        draw_form(BANK, several, "brief", "s")

    (problem,) = refused.value.problems
    assert (problem.field, problem.problem) == ("form", "'brief' is not a form of track python")
    assert problem.remedy == "Use one of full, short."
