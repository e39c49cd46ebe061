"""How often the rules are right: what the command counts, and what the documentation says of it."""

import asyncio

import pytest

from assessor.domain.signal_rule import EDITION_OF, NOTICED
from tests.attacks.judging import library
from tests.attacks.signals import HEADER, PAGE, Measured, SignalReport, measured_addressed
from tests.attacks.table import written

COPIES = Measured("near_duplicate@1", "copies", there=40, found=30, ordinary=1000, wrong=10)


def test_precision_hangs_on_how_many_are_so() -> None:
    assert COPIES.precision_at(0.5) == pytest.approx(0.75 / (0.75 + 0.01))
    assert COPIES.precision_at(0.01) == pytest.approx(0.0075 / (0.0075 + 0.0099))
    assert COPIES.precision_at(0.0) == 0


def test_every_share_stands_with_its_interval() -> None:
    row = dict(zip(HEADER, COPIES.row(), strict=True))

    assert row["noticed (recall)"] == "30 of 40: 75.0 % (59.8 to 85.8)"
    assert row["precision"] == "30 of 40: 75.0 % (59.8 to 85.8)"
    assert row["noticed wrongly"] == "10 of 1000: 1.0 % (0.5 to 1.8)"


def test_a_rule_that_takes_more_than_one_in_a_hundred_for_something_else_fails_the_run() -> None:
    worse = Measured("near_duplicate@1", "copies", there=40, found=30, ordinary=1000, wrong=11)

    assert SignalReport((COPIES,)).holds
    assert not SignalReport((COPIES, worse)).holds


def test_the_page_has_the_table_of_every_rule_as_the_command_writes_it() -> None:
    page = PAGE.read_text("utf-8")
    measured = measured_addressed(asyncio.run(library()))

    assert SignalReport((measured,)).holds
    assert f"| {' | '.join(measured.row())} |" in page
    assert all(f"| {EDITION_OF[what]} |" in page for what in NOTICED)
    assert f"| {' | '.join(HEADER)} |" in written(page, SignalReport((measured,)).markdown())
