"""The form of a judge's reply, as a provider is told it that can hold its model to a JSON Schema."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import jsonschema
import pytest

from assessor.scoring.judge.reply import Judgement, Verdict, read_reply, reply_schema
from tests.scoring.graders import row

IDS = ["a" * 8, "b" * 8]
ROW = row(IDS[0], quotes=["one two three four"])


def parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema and every one within it."""
    yield schema
    within = [*schema.get("properties", {}).values(), schema.get("items")]
    for inner in filter(None, within):
        yield from parts(inner)


def is_valid(reply: object) -> bool:
    return bool(jsonschema.Draft202012Validator(reply_schema(IDS)).is_valid(reply))


def test_it_is_a_schema_that_strict_providers_accept() -> None:
    """They want a type for everything, lists with items, and objects that are closed and always whole."""
    schema = reply_schema(IDS)

    jsonschema.Draft202012Validator.check_schema(schema)
    for part in parts(schema):
        assert set(part) <= {"type", "enum", "properties", "required", "items", "additionalProperties"}
        assert part["type"] in {"object", "array", "string", "number"}
        assert ("items" in part) == (part["type"] == "array")
        if part["type"] == "object":
            assert sorted(part["required"]) == sorted(part["properties"])
            assert part["additionalProperties"] is False


@pytest.mark.parametrize("verdict", get_args(Verdict))
@pytest.mark.parametrize("name", IDS)
def test_what_keeps_to_the_schema_can_be_read(name: str, verdict: str) -> None:
    reply = {"criteria": [ROW | {"id": name, "verdict": verdict, "probability": 0.5}]}

    assert is_valid(reply)
    assert list(read_reply(json.dumps(reply), IDS)) == [name]


@pytest.mark.parametrize("field", Judgement.model_fields)
@pytest.mark.parametrize("wrong", [None, True, {}, ["x", 1]], ids=repr)
def test_no_field_is_of_another_type(field: str, wrong: object) -> None:
    assert not is_valid({"criteria": [ROW | {field: wrong}]})


@pytest.mark.parametrize("field", Judgement.model_fields)
def test_no_field_is_left_out(field: str) -> None:
    assert not is_valid({"criteria": [{name: said for name, said in ROW.items() if name != field}]})


@pytest.mark.parametrize(
    "reply",
    [
        [ROW],
        {},
        {"criteria": ROW},
        {"criteria": ["met"]},
        {"criteria": [ROW], "total": 4},
        {"criteria": [ROW | {"decision": "qualified"}]},
        {"criteria": [ROW | {"id": "c" * 8}]},
        {"criteria": [ROW | {"verdict": "exemplary"}]},
    ],
    ids=[
        "a list",
        "nothing",
        "one criterion",
        "words",
        "a total",
        "a decision",
        "another id",
        "another verdict",
    ],
)
def test_nothing_else_is_a_reply(reply: object) -> None:
    assert not is_valid(reply)
