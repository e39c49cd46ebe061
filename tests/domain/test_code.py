import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from assessor.domain.code import CodeCall, CodeOutcome, CodeTest, code_in, outcome_from, same

F = CodeCall(function="f")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("def f(): return 1", "def f(): return 1"),
        ("Take this:\n\n```python\nx = 1\n```\n\nIt works.", "x = 1\n"),
        ("```\nx = 1\n```", "x = 1\n"),
        ("~~~ py\nx = 1\n~~~", "x = 1\n"),
        ("```python\nx = 1\n```\nand\n```python\ny = 2\n```", "x = 1\n\ny = 2\n"),
        ("```python\nx = 1\n```\nprints\n```text\n1\n```", "x = 1\n"),
        ("````python\nx = '```'\n````", "x = '```'\n"),
        ("```sh\npip install x\n```", ""),
        ("It is this:\n```python\nx = 1\n", "x = 1\n"),
    ],
)
def test_code_is_taken_out_of_fences_or_is_the_whole_answer(answer: str, code: str) -> None:
    assert code_in(answer) == code


@pytest.mark.parametrize(
    ("expected", "found", "equal"),
    [
        (1, 1.0, True),
        (0.3, 0.1 + 0.2, True),
        (1, True, False),
        (True, 1, False),
        (None, None, True),
        (None, False, False),
        (0, None, False),
        ("1", 1, False),
        ([1, [2]], [1, [2]], True),
        ([1, 2], [1], False),
        ({"a": [1]}, {"a": [1]}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([], {}, False),
        (10**400, 10**400, True),
        (10**400, 1.5, False),
    ],
)
def test_values_are_compared_as_json(expected: JsonValue, found: JsonValue, equal: bool) -> None:  # noqa: FBT001 - a column
    assert same(expected, found) is equal


RAISES = CodeTest(call=F, raises="ValueError", message_has=("41",), message_lacks=("key",))


@pytest.mark.parametrize(
    ("test", "outcome", "passes"),
    [
        (CodeTest(call=F, returns=3), CodeOutcome(kind="returned", value=3), True),
        (CodeTest(call=F, returns=3), CodeOutcome(kind="returned", value=4), False),
        (CodeTest(call=F), CodeOutcome(kind="returned"), True),
        (CodeTest(call=F), CodeOutcome(kind="stopped", why="crash"), False),
        (CodeTest(call=F), CodeOutcome(kind="raised", classes=("ValueError",)), False),
        (RAISES, CodeOutcome(kind="raised", classes=("ValueError",), message="line 41"), True),
        (RAISES, CodeOutcome(kind="raised", classes=("MyError", "ValueError"), message="line 41"), True),
        (RAISES, CodeOutcome(kind="raised", classes=("KeyError",), message="line 41"), False),
        (RAISES, CodeOutcome(kind="raised", classes=("ValueError",), message="line 42"), False),
        (RAISES, CodeOutcome(kind="raised", classes=("ValueError",), message="line 41: key"), False),
        (RAISES, CodeOutcome(kind="returned"), False),
    ],
)
def test_a_test_is_passed_by_what_it_expects(test: CodeTest, outcome: CodeOutcome, passes: bool) -> None:  # noqa: FBT001 - a column
    assert test.passed_by(outcome) is passes


@pytest.mark.parametrize(
    "output",
    [
        "",
        "passed",
        "null",
        "[1]",
        '{"passed": true}',
        '{"value": 1, "passed": true}',
        '{"value": NaN}',
        '{"value": 1}{"value": 2}',
        '{"raised": "ValueError", "message": "x"}',
        '{"raised": ["ValueError"], "message": 1}',
        "[" * 50_000,
        '{"value": ' + "9" * 5000 + "}",
        '{"value": 1e999}',
        '{"raised": [1], "message": "x"}',
        '{"value": ' + "[" * 900 + "]" * 900 + "}",
    ],
)
def test_what_is_not_the_form_of_a_result_is_none(output: str) -> None:
    assert outcome_from(output) is None


@pytest.mark.parametrize(
    ("output", "outcome"),
    [
        ('{"value": [1, null]}', CodeOutcome(kind="returned", value=[1, None])),
        ('{"value": null}', CodeOutcome(kind="returned")),
        (
            '{"raised": ["KeyError", "LookupError"], "message": "x"}',
            CodeOutcome(kind="raised", classes=("KeyError", "LookupError"), message="x"),
        ),
    ],
)
def test_a_result_is_a_value_or_an_exception_with_its_bases(output: str, outcome: CodeOutcome) -> None:
    assert outcome_from(output) == outcome


@given(st.text(max_size=60))
def test_no_output_makes_the_reader_raise(output: str) -> None:
    found = outcome_from(output)

    assert found is None or found.kind in {"returned", "raised"}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"call": {"function": "f"}, "returns": 1, "raises": "ValueError"}, "returns"),
        ({"call": {"function": "f"}, "returns": 1, "message_has": ["x"]}, "raises"),
        ({"call": {"function": "os.system"}}, "function"),
    ],
)
def test_a_test_says_one_thing(fields: dict[str, object], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        CodeTest.model_validate(fields)
