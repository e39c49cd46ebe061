"""The one current answer for a candidate and a track."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.qualification import qualification
from assessor.domain.verdict import VerdictSummary

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST = VerdictSummary(
    id="ver_1",
    assessment_id="asm_1",
    livemode=True,
    candidate_ref="c",
    track="python",
    decision="qualified",
    level=None,
    issued_at=NOW - 30 * DAY,
    valid_until=NOW + 335 * DAY,
    status="issued",
    superseded_by=None,
    revoked_at=None,
    revoked_because=None,
)
EXPIRED = replace(FIRST, valid_until=NOW)
REFUSED = replace(FIRST, decision="not_qualified")
WAITING = replace(FIRST, decision="needs_review")
UNJUDGED = replace(FIRST, decision="inconclusive")
REVOKED = replace(FIRST, status="revoked", revoked_at=NOW - DAY, revoked_because="Somebody else sat it.")
REPLACED = replace(FIRST, status="superseded", superseded_by="ver_2")


def later(verdict: VerdictSummary) -> VerdictSummary:
    return replace(verdict, id="ver_2", assessment_id="asm_2", issued_at=NOW - DAY)


@pytest.mark.parametrize(
    ("verdicts", "status", "rests_on"),
    [
        ([], "none", None),
        ([FIRST], "qualified", "ver_1"),
        ([REFUSED], "not_qualified", "ver_1"),
        ([WAITING], "needs_review", "ver_1"),
        ([UNJUDGED], "inconclusive", "ver_1"),
        ([EXPIRED], "expired", "ver_1"),
        ([REVOKED], "revoked", "ver_1"),
        ([REPLACED], "none", None),
        ([REPLACED, later(FIRST)], "qualified", "ver_2"),
        ([REPLACED, later(REFUSED)], "not_qualified", "ver_2"),
        ([REPLACED, later(REVOKED)], "revoked", "ver_2"),
        ([FIRST, later(REFUSED)], "not_qualified", "ver_2"),
        ([REFUSED, later(FIRST)], "qualified", "ver_2"),
        ([FIRST, later(WAITING)], "qualified", "ver_1"),
        ([FIRST, later(UNJUDGED)], "qualified", "ver_1"),
        ([FIRST, later(REVOKED)], "qualified", "ver_1"),
        ([EXPIRED, later(WAITING)], "needs_review", "ver_2"),
        ([FIRST, later(EXPIRED)], "qualified", "ver_1"),
        ([REVOKED, later(EXPIRED)], "expired", "ver_2"),
    ],
)
def test_the_newest_decision_that_holds_counts(
    verdicts: list[VerdictSummary], status: str, rests_on: str | None
) -> None:
    found = qualification("c", "python", reversed(verdicts), NOW)

    assert found.status == status
    assert (found.verdict.id if found.verdict else None) == rests_on
    assert found.qualified is (status == "qualified")
    assert found.reason


SOME = st.sampled_from([FIRST, EXPIRED, REFUSED, WAITING, UNJUDGED, REVOKED, REPLACED])


@given(st.lists(st.tuples(SOME, st.integers(0, 400)), max_size=5), st.randoms())
def test_nobody_is_qualified_without_a_verdict_that_says_so_and_holds_in_whatever_order_they_come(
    drawn: list[tuple[VerdictSummary, int]], random: object
) -> None:
    verdicts = [
        replace(one, id=f"ver_{place}", issued_at=NOW - age * DAY) for place, (one, age) in enumerate(drawn)
    ]
    shuffled = list(verdicts)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # Hypothesis's own Random

    found = qualification("c", "python", verdicts, NOW)

    assert qualification("c", "python", shuffled, NOW) == found
    if found.qualified:
        assert found.verdict is not None
        assert found.verdict.decision == "qualified"
        assert found.verdict.status == "issued"
        assert found.verdict.valid_until > NOW
