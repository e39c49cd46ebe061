"""Whoever reads what others wrote bears data with any places spoiled: banks, replies, bodies and forms.

It is read as it stands, or refused with words that name the place; nothing else is ever raised.
"""

import asyncio
import json
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.adapters.content import FileContent, check
from assessor.domain.errors import InvalidInput, ModelFault
from assessor.domain.item import Category
from assessor.domain.response import parse_response
from assessor.interview.observer import read_observation
from assessor.scoring.judge.reply import read_reply
from assessor.services.entered import read_response
from assessor.web.bodies import strict_json
from tests.adapters.test_content import sound_library, write
from tests.scoring.graders import row
from tests.scoring.works import GOOD, ITEMS
from tests.spoiled import LETTERS, VALUES, spoiled

DEEPER = 20
"""How many times as many examples a deep run has."""
IDS = ("a" * 8, "b" * 8, "c" * 8)
REPLY = {"criteria": [row(IDS[0], quotes=["one } two"]), row(IDS[1], met=False), row(IDS[2])]}
OBSERVATION = {"covered": [{"probe": "p1", "quote": "it stops working"}], "terms": ["memo table"]}
CONTROLS = (
    "justification", "text", "first_error", "error_class", "outcome", "fix", "ratings-correctness",
    "ratings-clarity", "issue-0-tag", "issue-0-quote", "row-0-criterion", "row-0-levels", "row-0-weight",
    "place-a", "place-b", "cannot_judge", "label-0",
)  # fmt: skip


def banks(examples: int) -> None:
    sound = sound_library()

    @settings(max_examples=examples)
    @given(st.data(), st.sampled_from(sorted(sound)))
    def play(data: st.DataObject, file: str) -> None:
        tree = sound | {file: data.draw(spoiled(sound[file]))}
        with TemporaryDirectory() as folder:
            question_banks, rubrics = write(Path(folder), tree)
            report = check(question_banks, rubrics)
            if not report.errors:
                asyncio.run(FileContent(question_banks, rubrics).library())
        assert all(one.file and one.field and one.problem for one in report.errors)

    play()


def judges_replies(examples: int) -> None:
    @settings(max_examples=examples)
    @given(spoiled(REPLY))
    def play(tree: Any) -> None:
        written = list(_objects(tree))

        for name, one in read_reply(json.dumps(tree), IDS).items():
            assert name == one.id
            assert one.model_dump(mode="json") in written  # nothing was guessed, completed or converted

    play()


def observations(examples: int) -> None:
    @settings(max_examples=examples)
    @given(spoiled(OBSERVATION))
    def play(tree: Any) -> None:
        with suppress(ModelFault):
            assert read_observation(json.dumps(tree)).model_dump(mode="json") == tree

    play()


def bodies(examples: int) -> None:
    @settings(max_examples=examples)
    @given(spoiled({"candidate_ref": "a", "metadata": {"b": [1, 2.5, None, True]}}))
    def play(tree: Any) -> None:
        with suppress(InvalidInput):
            assert strict_json(json.dumps(tree).encode()) == tree

    play()


def responses(examples: int) -> None:
    @settings(max_examples=examples)
    @given(st.data(), st.sampled_from(sorted(GOOD)))
    def play(data: st.DataObject, category: Category) -> None:
        payload = data.draw(spoiled(GOOD[category]).filter(lambda tree: isinstance(tree, dict)))
        try:
            response = parse_response(ITEMS[category], payload)
        except InvalidInput as refused:
            unnamed = [one for one in refused.problems if not (one.field and one.problem and one.remedy)]
        else:
            unnamed = []
            assert parse_response(ITEMS[category], response.model_dump(mode="json")) == response
        assert unnamed == []

    play()


def forms(examples: int) -> None:
    words = st.text(LETTERS, max_size=30) | st.sampled_from(["1", "2", "100", "none", "-1", "9" * 20, "²"])

    @settings(max_examples=examples)
    @given(st.dictionaries(st.sampled_from(CONTROLS), words), st.sampled_from(sorted(GOOD)))
    def play(fields: dict[str, str], category: Category) -> None:
        item = ITEMS[category]
        with suppress(InvalidInput):
            parse_response(item, read_response(item, fields, ("a", "b")))

    play()


def unlike_anything(examples: int) -> None:
    """Values that have nothing to do with what is asked for."""

    @settings(max_examples=examples)
    @given(VALUES)
    def play(value: Any) -> None:
        assert read_reply(json.dumps(value), IDS) == {}
        with suppress(ModelFault):
            read_observation(json.dumps(value))
        with suppress(InvalidInput):
            strict_json(json.dumps(value).encode())

    play()


READERS: dict[Callable[[int], None], int] = {
    banks: 25,
    judges_replies: 200,
    observations: 100,
    bodies: 100,
    responses: 150,
    forms: 100,
    unlike_anything: 100,
}
"""How many examples an ordinary run has of each."""


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_spoiled_data_is_read_as_it_stands_or_refused(reader: Callable[[int], None]) -> None:
    reader(READERS[reader])


@pytest.mark.deep
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_spoiled_data_is_read_or_refused_in_thousands_of_forms(reader: Callable[[int], None]) -> None:
    reader(DEEPER * READERS[reader])


def _objects(tree: Any) -> Collection[Any]:
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return [tree, *(one for part in inner for one in _objects(part))]
