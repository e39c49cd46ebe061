"""Nobody is judged for what they feel or what their body does: no prompt, schema or rubric asks for it."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from assessor.adapters.content import shipped_content
from assessor.adapters.store.tables import Row
from assessor.domain import events as e
from assessor.domain.inference import inferring
from assessor.domain.item import Item
from assessor.domain.response import Response
from assessor.domain.rubric import Rubric
from assessor.domain.verdict import VerdictDocument
from assessor.interview.observer import observation_schema
from assessor.scoring.judge.reply import reply_schema

ROOT = Path(__file__).parents[2]
PROMPTS = sorted(path for path in (ROOT / "prompts").rglob("*") if path.suffix in {".j2", ".yaml"})
SCHEMAS: dict[str, Any] = {
    "the judge's reply": reply_schema(["one"]),
    "the observer's reply": observation_schema(["one"]),
    "facts of the log": TypeAdapter(e.Fact).json_schema(),
    "responses": TypeAdapter(Response).json_schema(),
    "items": TypeAdapter(Item).json_schema(),
    "rubrics": Rubric.model_json_schema(),
    "verdicts": VerdictDocument.model_json_schema(),
}
ASKING = [
    "Say which emotions the answer shows.",
    "Rate the candidate's mood from 0 to 1.",
    "Does the person seem nervous? Say so.",
    "Credit an answer that comes across as confident.",
    "Note whether the candidate speaks with hesitation.",
    "Estimate the personality of whoever wrote it.",
    "typing_rhythm",
    "keystroke intervals in milliseconds",
    "voicePitch",
    "gaze, facial expression and body language",
    "sentiment: positive, negative or neutral",
    "heart_rate",
]
SUBJECT_MATTER = [
    "Names findings such as breathing rate, colour or pulse.",
    "Says that the speaker can be identified by role or voice.",
    "Length, fluency, tone and layout neither help nor hurt.",
    "Has a criterion for kindness to the daughter.",
    "An honest, plain explanation of invented answers.",
    "A number from 0 to 1, how likely careful graders would say met.",
]


def names_and_words(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        for name, part in schema.items():
            yield name
            yield from names_and_words(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from names_and_words(part)
    elif isinstance(schema, str):
        yield schema.rpartition("/")[2]


@pytest.mark.parametrize("asking", ASKING)
def test_what_asks_for_a_feeling_or_a_body_is_recognised(asking: str) -> None:
    assert list(inferring(asking))


@pytest.mark.parametrize("subject", SUBJECT_MATTER)
def test_what_tasks_are_about_is_not_taken_for_it(subject: str) -> None:
    assert list(inferring(subject)) == []


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_prompt_asks_for_feelings_or_bodies(prompt: Path) -> None:
    assert list(inferring(prompt.read_text("utf-8"))) == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_schema_has_a_place_for_feelings_or_bodies(name: str) -> None:
    found = {word: list(inferring(word)) for word in set(names_and_words(SCHEMAS[name]))}

    assert len(found) > 4
    assert {word: terms for word, terms in found.items() if terms} == {}


def test_no_table_has_a_column_for_feelings_or_bodies() -> None:
    names = [f"{table}.{column.name}" for table, of in Row.metadata.tables.items() for column in of.columns]

    assert [name for name in names if list(inferring(re.sub(r"[._]", " ", name)))] == []


def test_no_rubric_judges_feelings_or_bodies() -> None:
    library = asyncio.run(shipped_content().library())
    texts = [
        f"{rubric.id}: {text}"
        for rubric in library.rubrics.values()
        for text in (rubric.purpose, *(one.text for one in rubric.criteria))
    ]

    assert len(texts) > len(get_args(get_args(e.Fact)[0]))
    assert [text for text in texts if list(inferring(text))] == []


def test_nothing_of_the_browser_hears_sees_or_times_the_keys() -> None:
    scripts = "\n".join(path.read_text("utf-8") for path in (ROOT / "assessor/web/static").glob("*.js"))

    assert "addEventListener" in scripts
    for reach in (
        "getUserMedia",
        "mediaDevices",
        "MediaRecorder",
        "FaceDetector",
        "DeviceMotion",
        "timeStamp",
    ):
        assert reach not in scripts
