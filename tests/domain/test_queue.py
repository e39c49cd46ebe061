"""Why an assessment waits for a person, and who comes first."""

from typing import Any

import pytest

from assessor.domain.assessment import Status
from assessor.domain.queue import Reason, noted, reasons_of
from assessor.domain.score import Notice, Unscored
from tests.adapters.store.samples import NOW, projection
from tests.domain.samples import score, unscored

CASE = {"needs_person": True, "status": Status.DECIDED}


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({}, []),
        ({"needs_help": "person"}, ["help"]),
        ({"appeal_due": NOW}, ["appeal"]),
        (CASE, ["decision"]),
        (CASE | {"open_criteria": 2}, ["open_criteria"]),
        (CASE | {"status": Status.TECHNICAL_HOLD, "noted": ("near_cut",)}, ["technical"]),
        ({"status": Status.TECHNICAL_HOLD}, []),
        (CASE | {"noted": ("near_cut", "disagreement")}, ["decision", "near_cut", "disagreement"]),
        ({"noted": ("near_cut",)}, []),
        (CASE | {"noted": ("integrity",)}, ["decision", "integrity"]),
        ({"noted": ("near_cut", "integrity")}, ["integrity"]),
        ({"quality": "due"}, ["quality_sample"]),
        ({"quality": "differs"}, ["disagreement"]),
        (
            CASE | {"needs_help": "person", "appeal_due": NOW, "open_criteria": 1, "quality": "due"},
            ["help", "appeal", "open_criteria", "quality_sample"],
        ),
        (CASE | {"needs_help": "person", "erased_at": NOW}, []),
    ],
)
def test_an_assessment_waits_for_reasons_the_most_pressing_first(
    changes: dict[str, Any], reasons: list[str]
) -> None:
    assert reasons_of(projection("asm_1", "cnd_1", **changes)) == tuple(map(Reason, reasons))


DIFFER = unscored(score(), Unscored.JUDGES_DISAGREE)
READ_TWICE = score().changed(noticed=(Notice.READINGS_DIFFERED,))


@pytest.mark.parametrize(
    ("codes", "found", "integrity", "reasons"),
    [
        ([], [score()], False, ()),
        (["near_cut"], [], False, ("near_cut",)),
        (["identity_open", "other"], [], False, ("integrity",)),
        ([], [score()], True, ("integrity",)),
        ([], [score(), DIFFER], False, ("disagreement",)),
        ([], [READ_TWICE], False, ("disagreement",)),
        ([], [score().changed(noticed=(Notice.QUARANTINED,)), unscored(score())], False, ()),
        (["near_cut"], [DIFFER], True, ("near_cut", "disagreement", "integrity")),
    ],
)
def test_what_only_the_log_tells_is_noted(
    codes: list[str], found: list[Any], reasons: tuple[str, ...], *, integrity: bool
) -> None:
    document = {"reasons": [{"code": code} for code in codes]} if codes else {}

    assert noted(document, found, integrity=integrity) == reasons
