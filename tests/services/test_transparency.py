"""The model card and the instructions for use say what is, and nothing else."""

import asyncio
import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from typer.main import get_command

from assessor.bootstrap.parts import library
from assessor.cli.app import app
from assessor.domain.item import Category
from assessor.domain.library import Library
from assessor.domain.policy import Grade
from assessor.domain.thresholds import THRESHOLDS
from assessor.ports import Entry
from assessor.services.transparency import (
    Known,
    Measured,
    Models,
    Page,
    document,
    instructions_for_use,
    markdown,
    model_card,
)
from tests.domain.calibration.simulated import calibration, measure

AT = datetime(2026, 11, 23, tzinfo=UTC)
NONE = Models("", (), (), {})
SHARES = {
    "right_of_decided": 0.991,
    "referred": 0.54,
    "wrong_pass": 0.0012,
    "wrong_fail": 0.0,
    "consistency": None,
}
PAGES = [model_card, instructions_for_use]
# Mitchell et al. 2019, figure 1; and article 13(3) of Regulation (EU) 2024/1689.
ASKED = {
    model_card: {"details", "use", "factors", "metrics", "data", "analyses", "ethics", "caveats"},
    instructions_for_use: {
        "(a)", "(b)(i)", "(b)(ii)", "(b)(iii)", "(b)(iv)", "(b)(v)", "(b)(vi)", "(b)(vii)", "(c)", "(d)",
        "(e)", "(f)",
    },
}  # fmt: skip


@cache
def shipped() -> Library:
    return asyncio.run(library())


def known(**changes: Any) -> Known:
    basics: dict[str, Any] = {
        "program": "assessor 9.8.7",
        "made_at": AT,
        "provider": "",
        "models": NONE,
        "prompts": {"judge/system.j2": "sha256:12ab"},
        "prompts_hash": "sha256:34cd",
        "library": shipped(),
        "calibrations": None,
        "measured": (),
    }
    return Known(**(basics | changes))


def test_the_card_has_every_section_of_the_paper() -> None:
    assert {one.id for one in model_card(known()).sections} == ASKED[model_card]


def test_the_instructions_have_every_point_of_the_article() -> None:
    sources = " ".join(one.source for one in instructions_for_use(known()).sections)

    assert {place for place in ASKED[instructions_for_use] if place in sources} == ASKED[instructions_for_use]


@pytest.mark.parametrize("page", PAGES)
def test_both_name_version_prompts_tracks_and_thresholds(page: Any) -> None:
    text = markdown(page(known()))

    for said in ("assessor 9.8.7", "sha256:12ab", "sha256:34cd", f"{THRESHOLDS.qualified:g}"):
        assert said in text
    for track in shipped().tracks.values():
        assert track.hash in text
        assert f"| {track.id} | {track.version} |" in text


@pytest.mark.parametrize("page", PAGES)
def test_what_was_not_measured_is_said_to_be_so(page: Any) -> None:
    text = markdown(page(known()))

    assert "Error rates: Not measured for this page" in text
    assert "measured on this installation" in text
    assert "No model judges here" in text
    assert "authors' judgement and no panel's" in text


@pytest.mark.parametrize("page", PAGES)
def test_measured_numbers_stand_there_with_their_intervals(page: Any) -> None:
    agreed = calibration(
        family={"category": Category.SFT, "competency": "semantics"},
        people=measure(0.82, 50, low=0.7, high=0.91),
        grade=Grade.CALIBRATED,
    )
    judged = Models("openai/i1", ("openai/j1", "openai/j2"), (), {"region:eu": "mistral"})

    text = markdown(
        page(
            known(
                calibrations=(Entry(agreed, None, 0),),
                models=judged,
                measured=(Measured("python", 500, 1, SHARES),),
            )
        )
    )

    assert "| sft/semantics | en | m1 |" in text
    assert "0.82 (0.70 to 0.91)" in text
    assert "| python | 500 | 1 | 99.1% | 54.0% | 0.1% | 0.0% | – | – |" in text
    assert "`openai/j1`, then in doubt `openai/j2`" in text
    assert "region:eu: mistral" in text
    assert "Judges are calibrated in 1 families of rubrics" in text


@pytest.mark.parametrize("page", PAGES)
def test_neither_says_that_a_law_is_complied_with(page: Any) -> None:
    text = " ".join(markdown(page(known())).split())

    assert re.search(r"claims no compliance|this page claims neither", text)
    assert not re.search(r"\b(complies with|is compliant|fulfils|conforms to|GDPR-ready|certified)\b", text)


@pytest.mark.parametrize("page", PAGES)
def test_machines_get_the_same_sections(page: Any) -> None:
    made: Page = page(known(provider="Example GmbH, Berlin"))

    read = json.loads(json.dumps(document(made)))

    assert [one["id"] for one in read["sections"]] == [one.id for one in made.sections]
    assert "Example GmbH, Berlin" in read["sections"][0]["points"][0]
    tables = [table for one in read["sections"] for table in one["tables"]]
    assert {"python", "nursing"} <= {row.get("Track") for table in tables for row in table}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_named_exists(page: Any) -> None:
    import assessor.cli  # noqa: F401 - registers the commands

    named = re.findall(r"`assessor ((?:[a-z-]+ ?)+)", markdown(page(known())))
    command: Any = get_command(app)

    assert named
    for words in named:
        found = command
        for word in words.split():
            if hasattr(found, "commands"):
                found = found.commands[word]
