"""JSON Schemas for editors: they accept what is shipped, and see what an editor should see."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from assessor.adapters.content.schemas import schemas
from assessor.adapters.shipped import shipped

FILES = sorted(shipped("question_banks").glob("*/*.yaml")) + sorted(shipped("rubrics").glob("*/*.yaml"))


def schema_of(path: Path) -> dict[str, Any]:
    return schemas()["rubrics" if path.parent.parent.name == "rubrics" else path.stem]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_shipped_fits_its_schema(path: Path) -> None:
    jsonschema.Draft202012Validator(schema_of(path)).validate(yaml.safe_load(path.read_text("utf-8")))


@pytest.mark.parametrize("name", schemas())
def test_a_schema_is_one_and_refuses_a_field_that_nobody_knows(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas()[name])

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schemas()[name]).validate({"colour": "red"})


def test_fields_are_described_where_they_are_typed() -> None:
    check = schemas()["evaluation"]["$defs"]["ArithmeticCheck"]["properties"]

    assert "rounded, half up" in check["decimals"]["description"]
