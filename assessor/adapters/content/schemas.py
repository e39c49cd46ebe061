"""JSON Schemas of the files of a library, so that an editor completes and checks while one writes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter

from assessor.domain.item import (
    Category,
    EvaluationItem,
    InterviewItem,
    ItemBase,
    RankingItem,
    RubricWritingItem,
    SftItem,
    TrajectoryItem,
)
from assessor.domain.rubric import Rubric
from assessor.domain.track import Track

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ITEMS: Final[Mapping[Category, type[ItemBase]]] = MappingProxyType(
    {
        Category.INTERVIEW: InterviewItem,
        Category.EVALUATION: EvaluationItem,
        Category.RANKING: RankingItem,
        Category.RUBRIC_WRITING: RubricWritingItem,
        Category.SFT: SftItem,
        Category.TRAJECTORY: TrajectoryItem,
    }
)


def schemas() -> dict[str, dict[str, Any]]:
    """Return a JSON Schema (2020-12) for each kind of file, by its name: `track`, `sft`, `rubrics` ..."""
    lists = {category.value: _listing("items", model) for category, model in _ITEMS.items()}
    documents = {"track": Track.model_json_schema(), **lists, "rubrics": _listing("rubrics", Rubric)}
    return {name: {"$schema": _DIALECT, **document} for name, document in documents.items()}


def _listing(field: str, model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of a mapping with one list, as a bank and a file of rubrics are."""
    entries = TypeAdapter(list[model]).json_schema()  # type: ignore[valid-type] # built at run time
    definitions = entries.pop("$defs", {})
    return {
        "type": "object",
        "properties": {field: entries},
        "required": [field],
        "additionalProperties": False,
        "$defs": definitions,
    }
