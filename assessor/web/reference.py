"""The reference of the API: a page of our own, drawn from the OpenAPI document."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from assessor.web.pages import render

KEPT_SECONDS: Final = 300

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Field:
    """One field of a document, or one parameter. `schema` names the schema that it leads to."""

    name: str
    type: str
    schema: str | None
    required: bool
    description: str


@dataclass(frozen=True)
class Shown:
    """A body: its schema, and an example as it travels."""

    media_type: str
    schema: str | None
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What may come back under one status."""

    status: str
    description: str
    bodies: tuple[Shown, ...]


@dataclass(frozen=True)
class Operation:
    """One call."""

    method: str
    path: str
    summary: str
    description: str
    tag: str
    parameters: tuple[Field, ...]
    request: tuple[Shown, ...]
    answers: tuple[Answer, ...]

    @property
    def anchor(self) -> str:
        """Where on the page it stands."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.method} {self.path}".lower()).strip("-")


@router.get("/docs")
async def reference(request: Request) -> Response:
    """Show every call with its examples."""
    document = request.app.openapi()
    operations = tuple(operations_of(document))
    page = render(
        request,
        "reference.html",
        info=document["info"],
        tags=[
            (tag, [one for one in operations if one.tag == tag["name"]]) for tag in document.get("tags", ())
        ],
        schemas={
            name: (schema, fields_of(schema))
            for name, schema in sorted(document["components"]["schemas"].items())
        },
    )
    page.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return page


def operations_of(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Read the calls of an OpenAPI document, in its order."""
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            yield Operation(
                method=method.upper(),
                path=path,
                summary=one["summary"],
                description=one.get("description", ""),
                tag=one["tags"][0],
                parameters=tuple(map(_parameter, one.get("parameters", ()))),
                request=tuple(_bodies(one.get("requestBody", {}))),
                answers=tuple(
                    Answer(status, answer.get("description", ""), tuple(_bodies(answer)))
                    for status, answer in sorted(one["responses"].items())
                ),
            )


def fields_of(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """Read the fields of an object's schema."""
    required = schema.get("required", ())
    return tuple(
        Field(name, type_words(inner), _schema_of(inner), name in required, inner.get("description", ""))
        for name, inner in schema.get("properties", {}).items()
    )


def type_words(schema: Mapping[str, Any]) -> str:
    """Say in a word or two what a schema takes."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    if "const" in schema:
        return f'"{schema["const"]}"'
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"])
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " | ".join(map(type_words, choices))
    if schema.get("type") == "array":
        return f"list of {type_words(schema.get('items', {}))}"
    kind = str(schema.get("type", "any"))
    return {"date-time": "time"}.get(schema.get("format", ""), kind)


def _parameter(parameter: Mapping[str, Any]) -> Field:
    schema = parameter.get("schema", {})
    return Field(
        name=parameter["name"],
        type=f"{parameter['in']}, {type_words(schema)}",
        schema=None,
        required=parameter.get("required", False),
        description=parameter.get("description", ""),
    )


def _bodies(holder: Mapping[str, Any]) -> Iterator[Shown]:
    for media_type, shown in holder.get("content", {}).items():
        examples = (example["value"] for example in shown.get("examples", {}).values())
        yield Shown(media_type, _schema_of(shown.get("schema", {})), tuple(map(_written, examples)))


def _schema_of(schema: Mapping[str, Any]) -> str | None:
    """Return the first schema that this one leads to, by name."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    inner = [*schema.get("anyOf", ()), schema.get("items", {})]
    return next(filter(None, map(_schema_of, filter(None, inner))), None)


def _written(example: Any) -> str:
    return example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
