"""What does not hold of a key is named with its field."""

from typing import Any

import pytest

from assessor.domain.code import CodeCall, CodeTest
from assessor.domain.item import Item, SftKey
from assessor.domain.key_check import (
    ArithmeticCheck,
    CodeCheck,
    GlossCheck,
    KeyCheck,
    News2Check,
    TranscriptionCheck,
)
from assessor.domain.keys.checking import Failure, failures
from tests.scoring.works import SFT, WHY

ITEM = SFT.changed(
    prompt="The fee is 2% of 1,250.00, that is 25.00 in all.",
    key=SftKey(rationale=WHY, reference="```python\ndef fee(amount):\n    return amount * 0.02\n```"),
)


def found(check: KeyCheck, item: Item = ITEM) -> list[Failure]:
    return list(failures(check, item))


def sum_of(**changes: Any) -> ArithmeticCheck:
    basics: dict[str, Any] = {
        "name": "The fee in euros",
        "formula": "share * amount",
        "values": {"share": 0.02, "amount": 1250},
        "result": 25,
        "quote": "that is 25.00 in all",
    }
    return ArithmeticCheck(**(basics | changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"quote": ""}, []),
        ({"result": 25.004}, []),
        ({"result": 25.01}, [Failure("result", "is 25.01, and the formula gives 25.00")]),
        ({"result": 26, "decimals": 0}, [Failure("result", "is 26.0, and the formula gives 25")]),
        (
            {"values": {"share": 0.02, "amount": 1250, "year": 2, "day": 1}},
            [
                Failure("values", "'day' is not used by the formula"),
                Failure("values", "'year' is not used by the formula"),
            ],
        ),
        ({"quote": "that is 25.00 at most"}, [Failure("quote", "does not stand in the item, verbatim")]),
        ({"quote": "The fee is"}, [Failure("quote", "does not state the result, 25.00, in figures")]),
        (
            {"quoted_rightly": False},
            [Failure("quoted_rightly", "is false, and the quote states no figure other than 25.00")],
        ),
        ({"formula": "share * 1000", "result": 20, "quoted_rightly": False, "values": {"share": 0.02}}, []),
    ],
)
def test_a_figure_is_what_its_formula_gives_and_its_quote_states(
    changes: dict[str, Any], said: list[Failure]
) -> None:
    assert found(sum_of(**changes)) == said


def test_a_formula_that_cannot_be_worked_out_is_the_one_thing_said() -> None:
    (failure,) = found(sum_of(formula="share / 0", quote="nowhere"))

    assert failure.field == "formula"
    assert failure.problem


CALM = News2Check(
    respiration=16, saturation=97, on_oxygen=False, systolic=120, pulse=70, consciousness="alert",
    temperature=36.8, result=0,
)  # fmt: skip


def test_a_warning_score_is_the_sum_of_its_parts() -> None:
    assert found(CALM) == []
    (failure,) = found(CALM.changed(on_oxygen=True, pulse=135, result=4))

    assert failure.field == "result"
    assert failure.problem.startswith("is 4, and the parts add up to 5: ")
    assert "pulse 3" in failure.problem


GLOSS = GlossCheck(words="Haus-es", gloss="house-GEN", well_formed=True)


@pytest.mark.parametrize(
    ("check", "field", "said"),
    [
        (GLOSS, None, ""),
        (GLOSS.changed(gloss="house"), "gloss", "is not aligned: "),
        (GLOSS.changed(well_formed=False), "well_formed", "is false, and words and gloss are aligned"),
        (GLOSS.changed(gloss="house", well_formed=False), None, ""),
        (TranscriptionCheck(text="ˈhaʊ̯zəs"), None, ""),
        (
            TranscriptionCheck(text="TV"),
            "text",
            "has what is no sign of the International Phonetic Alphabet: 'T'",
        ),
    ],
)
def test_glosses_are_aligned_and_transcriptions_spelt(check: KeyCheck, field: str | None, said: str) -> None:
    told = found(check)

    assert [one.field for one in told] == ([field] if field else [])
    assert all(one.problem.startswith(said) for one in told)


def calls(name: str, of: str = "reference") -> CodeCheck:
    return CodeCheck(of=of, tests=(CodeTest(call=CodeCall(function=name)),), passes=True)


def test_code_is_there_and_defines_what_its_tests_call() -> None:
    assert found(calls("fee")) == []
    assert found(calls("tax")) == [
        Failure("of", "the code of 'reference' does not define 'tax', which a test calls")
    ]
    assert found(calls("fee", of="response")) == [
        Failure("of", "the item has no text 'response' that could be run; it has: reference")
    ]
