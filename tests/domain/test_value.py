import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assessor.domain.value import Value, canonical, content_hash


class Point(Value):
    x: float
    y: float = 0.0


def test_canonical_json_has_sorted_keys_no_spaces_and_six_places() -> None:
    assert (
        canonical({"b": 1 / 3, "a": "é", "c": [1, None, True]})
        == '{"a":"é","b":0.333333,"c":[1,null,true]}'.encode()
    )


def test_minus_zero_is_written_as_zero() -> None:
    assert canonical({"a": -0.0, "b": -0.0000001}) == b'{"a":0.0,"b":0.0}'


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        canonical({"a": number})
    with pytest.raises(ValidationError):
        Point(x=number)


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text() | st.booleans()))
def test_the_order_of_keys_does_not_change_the_hash(data: dict[str, object]) -> None:
    other = dict(reversed(data.items()))

    assert content_hash(other) == content_hash(data)
    assert json.loads(canonical(data)) == data


def test_a_value_and_its_plain_form_have_one_hash() -> None:
    point = Point(x=1.5)

    assert content_hash(point) == content_hash({"y": 0.0, "x": 1.5})
    assert content_hash(point).startswith("sha256:")


def test_a_value_refuses_unknown_fields_and_changes_of_place() -> None:
    point = Point(x=1)

    with pytest.raises(ValidationError, match="extra"):
        Point.model_validate({"x": 1, "z": 2})
    with pytest.raises(ValidationError, match="frozen"):
        point.x = 2  # type: ignore[misc]


def test_a_changed_copy_is_validated() -> None:
    point = Point(x=1)

    assert point.changed(y=2.0) == Point(x=1, y=2)
    with pytest.raises(ValidationError):
        point.changed(y="far")
