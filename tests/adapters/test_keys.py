"""Keys that a machine can check: sound ones pass, and one broken in each way makes the check fail."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.adapters.code import JailedCode
from assessor.adapters.content import check
from tests.adapters.test_code import pytestmark as needs_isolation
from tests.adapters.test_content import (
    CODE_TEST,
    REASON,
    RUNS,
    SFT,
    Tree,
    errors_of,
    sft_item,
    sound_library,
    write,
)

EVALUATION = "question_banks/logic/evaluation.yaml"
TRAJECTORY = "question_banks/logic/trajectory.yaml"

RESPONSE = """The drip runs at 500 / 4 = 125 mL an hour, and at a drop factor of 20 that is 42 drops a minute.

```python
def twice(n):
    return n + n
```
"""


def evaluation_item(*checks: Tree) -> Tree:
    return {
        "id": "rate",
        "title": "A drip rate",
        "competency": "reasoning",
        "difficulty": 2,
        "minutes": 2,
        "prompt": "How fast does half a litre run in over four hours?",
        "response": RESPONSE,
        "dimensions": [{"id": "right", "label": "Is it right?", "low": "No.", "high": "Yes."}],
        "key": {
            "rationale": REASON,
            "ratings": {"right": {"rating": 5, "tolerance": 0.5, "rationale": REASON}},
            "checks": list(checks),
        },
    }


ARITHMETIC: Tree = {
    "kind": "arithmetic", "name": "Drops a minute", "formula": "volume / minutes * factor",
    "values": {"volume": 500, "minutes": 240, "factor": 20}, "result": 42, "decimals": 0,
    "quote": "that is 42 drops a minute",
}  # fmt: skip
NEWS2: Tree = {
    "kind": "news2", "respiration": 22, "saturation": 93, "on_oxygen": True, "systolic": 105, "pulse": 112,
    "consciousness": "alert", "temperature": 38.4, "result": 10,
}  # fmt: skip
GLOSS: Tree = {"kind": "gloss", "words": "ev-ler-im-de kal-dı", "gloss": "house-PL-1SG.POSS-LOC stay-PST"}
TRANSCRIPTION: Tree = {"kind": "transcription", "text": "ˈt͡ʃiːz.kʰeɪ̯k"}
CODE: Tree = {
    "kind": "code", "of": "response", "passes": True,
    "tests": [
        {"call": {"function": "twice", "args": [2]}, "returns": 4},
        {"call": {"function": "twice", "args": [None]}, "raises": "TypeError"},
    ],
}  # fmt: skip


def library(*checks: Tree) -> Tree:
    return sound_library() | {EVALUATION: {"items": [evaluation_item(*checks)]}}


@pytest.mark.parametrize("checked", [ARITHMETIC, NEWS2, GLOSS, TRANSCRIPTION, CODE], ids=lambda c: c["kind"])
def test_a_key_that_holds_is_no_problem(tmp_path: Path, checked: Tree) -> None:
    assert errors_of(tmp_path, library(checked)) == ()


BROKEN: list[tuple[str, Tree, Tree, str, str]] = [
    ("another result", ARITHMETIC, {"result": 41}, "result", "is 41.0, and the formula gives 42"),
    ("a formula that is none", ARITHMETIC, {"formula": "volume //"}, "formula", "is not a formula"),
    ("a name without a value", ARITHMETIC, {"formula": "volume * dose"}, "formula", "uses 'dose'"),
    ("a value that nothing uses", ARITHMETIC, {"formula": "volume / minutes * 20"}, "values", "'factor'"),
    ("a division by zero", ARITHMETIC, {"formula": "volume / (minutes - 240)"}, "formula", "divides by zero"),
    ("code in a formula", ARITHMETIC, {"formula": "volume.real"}, "formula", "nothing else"),
    ("a quote that is nowhere", ARITHMETIC, {"quote": "42 drops"[::-1]}, "quote", "not stand in the item"),
    ("a quote of something else", ARITHMETIC, {"quote": "125 mL an hour"}, "quote", "not state the result"),
    ("a quote of only another figure",
     ARITHMETIC, {"quoted_rightly": False}, "quoted_rightly", "no figure other than 42"),
    ("a wrong sum", NEWS2, {"result": 9}, "result", "add up to 10: respiration 2, saturation 2, oxygen 2"),
    ("another scale", NEWS2, {"scale": 2}, "result", "saturation 1"),
    ("a word without a gloss", GLOSS, {"gloss": "house-PL-1SG.POSS-LOC"}, "gloss", "2 words have 1 glosses"),
    ("a morpheme without a gloss",
     GLOSS, {"gloss": "house-PL-LOC stay-PST"}, "gloss", "'ev-ler-im-de' has 4 parts, and its gloss"),
    ("a clitic glossed as an affix", GLOSS, {"words": "ev-ler-im=de kal-dı"}, "gloss", "clitics (=)"),
    ("a misalignment that is none", GLOSS, {"well_formed": False}, "well_formed", "are aligned"),
    ("a colon for length", TRANSCRIPTION, {"text": "tʃi:z"}, "text", "ː was probably meant"),
    ("a letter that is no sign", TRANSCRIPTION, {"text": "šip"}, "text", "ʃ was probably meant"),
    ("code that is not there", CODE, {"of": "reference"}, "of", "it has: response"),
    ("a function that is not there",
     CODE, {"tests": [{"call": {"function": "thrice"}, "returns": 1}]}, "of", "does not define 'thrice'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sound", "change", "field", "problem"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_a_broken_key_is_an_error_with_its_file_line_and_field(
    tmp_path: Path, sound: Tree, change: Tree, field: str, problem: str
) -> None:
    (error,) = errors_of(tmp_path, library(sound | change))

    assert (error.file, error.field) == (EVALUATION, f"items[0].key.checks[0].{field}")
    assert problem in error.problem
    assert error.line > 15


def test_a_figure_that_the_response_gets_wrong_is_checked_as_wrong(tmp_path: Path) -> None:
    flaw = ARITHMETIC | {"formula": "volume / minutes * factor * 2", "result": 83, "quoted_rightly": False}

    assert errors_of(tmp_path, library(flaw)) == ()


def test_the_example_of_the_documentation_holds(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "library.md").read_text("utf-8")
    example = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])
    for item in example["items"]:
        item |= {"competency": "reasoning", "enemies": []}

    assert errors_of(tmp_path, sound_library() | {EVALUATION: example}) == ()


def run_errors(root: Path, tree: Tree) -> list[tuple[str, str]]:
    report = check(*write(root, tree), JailedCode("full"))
    return [(error.field, error.problem) for error in report.errors]


@needs_isolation
def test_code_that_does_what_its_key_says_is_no_problem(tmp_path: Path) -> None:
    flawed = CODE | {"passes": False, "tests": [{"call": {"function": "twice", "args": [2]}, "returns": 5}]}

    assert run_errors(tmp_path, library(CODE, flawed)) == []


@needs_isolation
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"passes": False}, "is false, and the code passes all its tests"),
        (
            {"tests": [{"call": {"function": "twice", "args": ["a"]}, "returns": "aaa"}]},
            'its code fails test 1: twice("a") returned "aa", and "aaa" is expected',
        ),
        (
            {"tests": [{"call": {"function": "twice", "args": [None]}, "raises": "ValueError"}]},
            (
                "its code fails test 1: twice(null) raised TypeError: unsupported operand type(s) for +: "
                "'NoneType' and 'NoneType', and ValueError is expected"
            ),
        ),
    ],
    ids=["good code that should fail", "a wrong value", "a wrong exception"],
)
def test_code_that_does_not_do_what_its_key_says_is_an_error(
    tmp_path: Path, change: Tree, problem: str
) -> None:
    assert run_errors(tmp_path, library(CODE | change)) == [("items[0].key.checks[0].passes", problem)]


@needs_isolation
def test_a_reference_that_fails_its_own_tests_is_an_error(tmp_path: Path) -> None:
    tree = sound_library()
    item = sft_item("four")
    item["key"] |= {"reference": "def f(n): return n", "tests": [CODE_TEST]}
    item["constraints"] = [RUNS]
    tree[SFT]["items"] = [item]

    (found,) = run_errors(tmp_path, tree)

    assert found == ("items[0].key.reference", "its code fails test 1: f(1) returned 1, and 2 is expected")


def test_code_that_nothing_may_run_is_a_warning_and_never_a_pass(tmp_path: Path) -> None:
    report = check(*write(tmp_path, library(CODE)), JailedCode("off"))

    assert report.errors == ()
    (warning,) = [one for one in report.warnings if "was not run here" in one.problem]
    assert warning.field == "items[0].key.checks[0].passes"


def trajectory_item(**key: Any) -> Tree:
    names = [f"s{place}" for place in range(1, 9)]
    return {
        "id": "run",
        "title": "A run of an agent",
        "competency": "reasoning",
        "difficulty": 2,
        "minutes": 3,
        "goal": "Find out how it is done.",
        "steps": [{"id": name, "thought": f"I think of {name}."} for name in names],
        "final_answer": "It is done so.",
        "key": {
            "rationale": REASON,
            "steps": {name: {"label": "good"} for name in names} | {"s4": {"label": "poor"}},
            "first_error": "s4",
            "error_class": "misread_result",
            "outcome": "partial",
            "fix": REASON,
        }
        | key,
    }


def labelled(**labels: str) -> Tree:
    steps: Tree = deepcopy(trajectory_item()["key"]["steps"])
    return steps | {name: {"label": label} for name, label in labels.items()}


LATER_BAD = dict.fromkeys(("s4", "s5", "s6", "s7", "s8"), "poor")

DISAGREEING: list[tuple[str, Tree, str, str]] = [
    ("an earlier step is bad", {"steps": labelled(s2="harmful")},
     "steps.s2.label", "is labelled harmful, though 's4' is marked as the first error"),
    ("the first error is good", {"steps": labelled(s4="not_needed")},
     "steps.s4.label", "the first error is labelled not_needed"),
    ("a bad step and no error", {"first_error": None, "error_class": "none", "outcome": "success"},
     "steps.s4.label", "though no error is marked"),
    ("a label twice", {"steps": labelled() | {"s4": {"label": "poor", "also": ["poor"]}}},
     "steps.s4.also", "names a label twice"),
    ("success that nothing restored", {"outcome": "success", "steps": labelled(**LATER_BAD)},
     "outcome", "no step after the error in 's4' is good"),
    ("success after giving up", {"outcome": "success", "error_class": "gave_up"},
     "outcome", "the agent gave up"),
    ("an error in no step", {"first_error": "s9"},
     "first_error", "'s9' is not a step"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "field", "problem"), [case[1:] for case in DISAGREEING], ids=[case[0] for case in DISAGREEING]
)
def test_a_trajectory_that_contradicts_its_key_is_an_error(
    tmp_path: Path, key: Tree, field: str, problem: str
) -> None:
    (error,) = errors_of(tmp_path, sound_library() | {TRAJECTORY: {"items": [trajectory_item(**key)]}})

    assert (error.file, error.field) == (TRAJECTORY, f"items[0].key.{field}")
    assert problem in error.problem


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"outcome": "success"},
        {"outcome": "failure", "steps": labelled(**LATER_BAD)},
        {
            "first_error": None,
            "error_class": "none",
            "outcome": "success",
            "steps": labelled(s4="not_needed"),
        },
    ],
    ids=["partial", "an error put right", "failure", "no error"],
)
def test_a_trajectory_that_agrees_with_its_key_is_no_problem(tmp_path: Path, key: Tree) -> None:
    assert errors_of(tmp_path, sound_library() | {TRAJECTORY: {"items": [trajectory_item(**key)]}}) == ()
