"""What is no mistake, and what an author should look at: cues, echoes, and what a bank still lacks."""

from copy import deepcopy
from pathlib import Path

import pytest

from assessor.adapters.content import check
from tests.adapters.test_content import (
    INTERVIEW,
    RANKING,
    RUBRICS,
    SFT,
    TRACK,
    Tree,
    interview_item,
    ranking_item,
    sft_item,
    sound_library,
    warnings_about,
    write,
)
from tests.adapters.test_keys import EVALUATION, TRAJECTORY, evaluation_item, trajectory_item

LONG_PROMPT = (
    "A customer writes that the invoice of last month lists an article twice which was delivered only once, "
    "and asks for the difference back before the end of the week."
)


def rankings(places: str) -> Tree:
    """A library with a ranking for each digit: in which place its best response stands."""
    tree = sound_library()
    tree[RANKING]["items"] = []
    for number, place in enumerate(places):
        item = ranking_item(f"item{number}")
        names = [response["id"] for response in item["responses"]]
        best = names[int(place)]
        item["responses"] = [{"id": name, "text": "all as long"} for name in names]
        item["key"]["order"] = [[best], *([name] for name in names if name != best)]
        tree[RANKING]["items"].append(item)
    return tree


def test_keys_that_stand_in_one_place_too_often_are_a_warning_with_the_figures(tmp_path: Path) -> None:
    (warning,) = warnings_about(RANKING, tmp_path, rankings("1111112"))

    assert warning.field == "items[0].key"
    assert "stand in places 1 to 3 so often: 0, 6, 1 (chance: 2.3, 2.3, 2.3; p = 0.0" in warning.problem


def test_keys_in_all_places_alike_are_no_warning(tmp_path: Path) -> None:
    assert warnings_about(RANKING, tmp_path, rankings("0120121")) == []


def test_the_statistics_are_shown_where_nothing_is_wrong_as_well(tmp_path: Path) -> None:
    figures = check(*write(tmp_path, rankings("0120121"))).statistics["logic"]

    assert figures.positions["ranking"].counts == (2, 3, 2)
    assert figures.positions["ranking"].p == pytest.approx(1.0)
    assert figures.first["ranking"].cued == ("item0", "item3")
    assert figures.first["ranking"].expected == pytest.approx(7 / 3, abs=1e-4)


def test_a_hidden_repeat_counts_for_no_cue(tmp_path: Path) -> None:
    tree = rankings("012")
    tree[RANKING]["items"].append(deepcopy(tree[RANKING]["items"][0]) | {"id": "again", "repeat_of": "item0"})

    figures = check(*write(tmp_path, tree)).statistics["logic"]

    assert figures.longest["ranking"].items == 3


def evaluations(lengths: str) -> Tree:
    """A library with an evaluation for each letter: `S` and `s` are sound, `F` flawed; capitals are long."""
    tree = sound_library()
    tree[EVALUATION] = {"items": []}
    for number, letter in enumerate(lengths):
        item = evaluation_item() | {"id": f"item{number}"}
        item["response"] += " It goes on and on about what nobody had asked." * letter.isupper()
        if letter in "Ff":
            flaw = {"tag": "omission", "span": item["response"][:12], "severity": "minor"}
            item["key"]["issues"] = [flaw | {"rationale": "It leaves out what matters most."}]
        tree[EVALUATION]["items"].append(item)
    return tree


def test_sound_responses_that_are_always_longer_are_a_warning_with_the_figures(tmp_path: Path) -> None:
    warnings = warnings_about(EVALUATION, tmp_path, evaluations("SSSSffff"))

    (warning,) = [one for one in warnings if one.field.endswith("response")]
    assert "in 100% of all pairs of evaluation items (chance: 50%, p = 0.029)" in warning.problem


def test_sound_responses_of_any_length_are_no_warning(tmp_path: Path) -> None:
    tree = evaluations("SsSsfFfF")

    assert all("of all pairs" not in one.problem for one in warnings_about(EVALUATION, tmp_path, tree))
    figures = check(*write(tmp_path, tree)).statistics["logic"].lengths["evaluation"]
    assert (figures.sound, figures.flawed, figures.sound_longer, figures.p) == (4, 4, 0.5, 1.0)


def alike(**second: object) -> Tree:
    items = [ranking_item(name) | {"prompt": LONG_PROMPT} for name in ("three", "five")]
    items[1] |= {"prompt": LONG_PROMPT.replace("customer", "client"), **second}
    return sound_library() | {RANKING: {"items": items}}


def test_two_items_that_are_nearly_the_same_are_a_warning(tmp_path: Path) -> None:
    (warning,) = warnings_about(RANKING, tmp_path, alike())

    assert warning.field == "items[1].id"
    assert "is much like 'three'" in warning.problem


@pytest.mark.parametrize("second", [{"enemies": ["three"]}, {"prompt": "Something else is asked for here."}])
def test_enemies_and_items_of_their_own_are_not_alike(tmp_path: Path, second: Tree) -> None:
    assert warnings_about(RANKING, tmp_path, alike(**second)) == []


ANSWER = "the second delivery note was signed by nobody at all"


def answered(**other: object) -> Tree:
    """A library in which one item's key is what another item shows."""
    tree = sound_library()
    tree[RANKING]["items"][0]["key"]["rationale"] = f"What decides is that {ANSWER}."
    tree[EVALUATION] = {"items": [evaluation_item() | {"response": f"Mind that {ANSWER}!"} | other]}
    return tree


def test_an_answer_that_stands_in_another_item_is_a_warning(tmp_path: Path) -> None:
    (warning,) = warnings_about(RANKING, tmp_path, answered())

    assert warning.field == "items[0].key"
    assert "its answer stands in what 'rate' shows" in warning.problem


def test_an_answer_to_an_interview_question_is_found_by_its_rubric(tmp_path: Path) -> None:
    tree = sound_library()
    tree[RUBRICS]["rubrics"][0]["anchors"][4]["answer"] = f"I would point out that {ANSWER}."
    tree[EVALUATION] = {"items": [evaluation_item() | {"response": f"Mind that {ANSWER}!"}]}

    warnings = warnings_about(INTERVIEW, tmp_path, tree)

    assert [one.field for one in warnings if "'rate' shows" in one.problem] == [
        "items[0].rubric",
        "items[1].rubric",
    ]


def test_enemies_may_answer_each_other(tmp_path: Path) -> None:
    assert warnings_about(RANKING, tmp_path, answered(enemies=["three"])) == []


def shortages(root: Path, tree: Tree) -> list[tuple[str, str]]:
    warnings = check(*write(root, tree)).warnings
    return [(one.file, one.problem) for one in warnings if one.problem.startswith("a bank needs")]


def test_what_a_bank_lacks_is_named_by_category(tmp_path: Path) -> None:
    tree = sound_library()
    tree[SFT]["items"] = [sft_item(f"sft{number}") | {"difficulty": 1 + number % 2} for number in range(6)]

    found = shortages(tmp_path, tree)

    assert (INTERVIEW, "a bank needs at least 12 interview items and has 2: 10 missing") in found
    assert [problem for file, problem in found if file == SFT] == [
        "a bank needs sft items of at least 3 difficulties, and all of these are 1 or 2"
    ]
    assert not any(file == EVALUATION for file, _ in found)  # no form asks for one


def test_a_category_that_a_form_draws_from_and_that_has_no_file_yet_is_named_too(tmp_path: Path) -> None:
    tree = sound_library()
    tree[TRACK]["forms"]["full"]["sections"].append({"category": "evaluation", "count": 1})

    assert (EVALUATION, "a bank needs at least 15 evaluation items and has 0: 15 missing") in shortages(
        tmp_path, tree
    )


def test_items_with_a_mistake_are_not_counted_as_missing(tmp_path: Path) -> None:
    tree = sound_library()
    tree[INTERVIEW]["items"] = [interview_item(f"q{number}") for number in range(12)]
    tree[INTERVIEW]["items"][3]["minutes"] = -1

    assert not any(file == INTERVIEW for file, _ in shortages(tmp_path, tree))


def test_a_trajectory_of_few_steps_is_a_warning_unless_it_is_meant_to_be_brief(tmp_path: Path) -> None:
    item = trajectory_item()
    item["steps"] = item["steps"][:5]
    item["key"]["steps"] = {name: item["key"]["steps"][name] for name in ("s1", "s2", "s3", "s4", "s5")}
    tree = sound_library() | {TRAJECTORY: {"items": [item, deepcopy(item) | {"id": "brief", "minutes": 2}]}}

    fields = [one.field for one in warnings_about(TRAJECTORY, tmp_path, tree) if "steps" in one.field]

    assert fields == ["items[0].steps"]


def test_a_failure_that_nobody_caused_is_a_warning(tmp_path: Path) -> None:
    steps = trajectory_item()["key"]["steps"] | {"s4": {"label": "good"}}
    item = trajectory_item(first_error=None, error_class="none", outcome="failure", steps=steps)

    (warning,) = warnings_about(TRAJECTORY, tmp_path, sound_library() | {TRAJECTORY: {"items": [item]}})

    assert warning.field == "items[0].key.outcome"


@pytest.mark.parametrize(
    ("text", "judged"),
    [
        ("Sounds confident and explains one fault.", "Sounds confident"),
        ("Keeps eye contact while it explains the fault.", "eye contact"),
        ("Names what a frightened caller needs to hear.", None),
        ("Declines the address in a respectful tone.", None),
    ],
)
def test_a_criterion_that_judges_feelings_or_a_body_is_a_warning(
    tmp_path: Path, text: str, judged: str | None
) -> None:
    tree = sound_library()
    tree[RUBRICS]["rubrics"][0]["criteria"][1]["text"] = text

    found = [one for one in warnings_about(RUBRICS, tmp_path, tree) if "judges a person" in one.problem]

    assert [one.field for one in found] == (["rubrics[0].criteria[1].text"] if judged else [])
    assert all(repr(judged) in one.problem for one in found)
