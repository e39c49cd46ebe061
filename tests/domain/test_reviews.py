"""What people do about scores that stand: overrides, second readings, and who decides between two."""

from dataclasses import replace

import pytest

from assessor.domain import events as e
from assessor.domain.adjudication import Disagreement, Reading, reading_of
from assessor.domain.assessment import Assessment
from assessor.domain.evidence import Evidence
from assessor.domain.item import Category
from assessor.domain.override import OverrideCode
from assessor.domain.quality import QualityLevel, QualityMark
from assessor.domain.score import Score
from tests.domain.samples import NOW, SOUND, SUBMITTED, assessment, score, unscored

PLACE = ("sft-0", "cause")
PASSAGE = (Evidence(event_seq=8, start=0, end=4),)
ISSUED = e.VerdictIssued(verdict_id="ver_1", supersedes=None, document={"decision": "qualified"}, jws="x")
REFUSED = e.ReviewDecided(reviewer="rev_1", decision="not_qualified", reason=SOUND)


def stands(value: float | None = 1.0, rater: str = "judge:m1", criterion: str = "cause") -> Score:
    found = score(
        item_id="sft-0", category=Category.SFT, criterion=criterion, value=value or 0.0, rater=rater,
        reason="It names the cause.", evidence=PASSAGE,
    )  # fmt: skip
    return unscored(found) if value is None else found


def scored(*found: Score) -> e.ResponseScored:
    return e.ResponseScored(item_id="sft-0", scores=found)


def decided(*facts: e.Fact, by: tuple[Score, ...] = (stands(),)) -> Assessment:
    return assessment(*SUBMITTED, scored(*by), ISSUED, *facts)


def overridden(mark: QualityMark, reviewer: str = "rev_1") -> e.ScoreOverridden:
    code = OverrideCode.EVIDENCE_OVERLOOKED
    return e.ScoreOverridden(
        reviewer=reviewer, item_id=PLACE[0], criterion=PLACE[1], code=code, mark=mark, reason=SOUND
    )


def disputed(mark: QualityMark = "unmet") -> e.ScoreDisputed:
    code = OverrideCode.RUBRIC_MISAPPLIED
    return e.ScoreDisputed(
        reviewer="rev_2", item_id=PLACE[0], criterion=PLACE[1], code=code, mark=mark, reason=SOUND
    )


def adjudicated(mark: QualityMark, criterion: str = "cause") -> e.ScoreAdjudicated:
    return e.ScoreAdjudicated(reviewer="rev_3", item_id="sft-0", criterion=criterion, mark=mark, reason=SOUND)


@pytest.mark.parametrize(
    ("before", "mark", "is_untold", "has_raised"),
    [
        (0.0, "met", True, True),
        (0.5, "met", True, True),
        (None, "met", True, True),
        (1.0, "unmet", True, False),
        (None, "unmet", True, False),
        (0.0, "cannot_assess", True, False),
        (1.0, "met", False, False),
        (0.0, "unmet", False, False),
        (None, "cannot_assess", False, False),
    ],
)
@pytest.mark.parametrize("fact", [overridden, adjudicated])
def test_a_verdict_is_due_when_a_score_becomes_another_one(
    fact: type, before: float | None, mark: QualityMark, *, is_untold: bool, has_raised: bool
) -> None:
    found = decided(fact(mark), by=(stands(before),))

    assert (found.reviews.is_untold, found.reviews.has_raised) == (is_untold, has_raised)
    assert found.verdict_is_due is is_untold


def test_an_override_keeps_what_stood_and_who_replaced_it() -> None:
    found = decided(overridden("unmet"), scored(stands(0.0, "person:rev_1")), overridden("met", "rev_2"))

    first, second = found.reviews.overrides_of(PLACE)
    assert (first.reviewer, first.mark, first.code, first.reason) == (
        "rev_1", "unmet", OverrideCode.EVIDENCE_OVERLOOKED, SOUND,
    )  # fmt: skip
    assert (first.before.rater, second.before.rater) == ("judge:m1", "person:rev_1")
    assert NOW < first.at < second.at
    assert found.reviews.overrides_of(("sft-0", "fix")) == ()


def test_once_raised_it_stays_raised_until_a_verdict_tells_of_it() -> None:
    raised = (overridden("met"), scored(stands()), overridden("unmet"))

    before = decided(*raised, by=(stands(0.0),))
    told = decided(*raised, ISSUED.changed(verdict_id="ver_2"), by=(stands(0.0),))

    assert before.reviews.has_raised
    assert (told.reviews.is_untold, told.reviews.has_raised) == (False, False)
    assert told.reviews.overrides == before.reviews.overrides


def test_a_refusal_by_a_person_holds_no_more_once_a_score_was_raised() -> None:
    assert decided(REFUSED, by=(stands(0.0),)).person_in_force == REFUSED
    assert decided(REFUSED, overridden("met"), by=(stands(0.0),)).person_in_force is None
    assert decided(REFUSED, overridden("unmet")).person_in_force == REFUSED


def test_another_reading_waits_for_a_third_person_and_changes_no_score() -> None:
    found = decided(disputed(), by=(stands(rater="person:rev_1"),))

    (waiting,) = found.disagreements
    assert (waiting.place, waiting.source) == (PLACE, "colleague")
    assert waiting.other == Reading("unmet", SOUND, (), "person:rev_2")
    assert found.quality == "differs"
    assert found.scores[PLACE].value == 1.0
    assert not found.reviews.is_untold
    assert [waiting.involves(name) for name in ("rev_1", "rev_2", "rev_3")] == [True, True, False]


def test_who_decided_between_two_readings_ends_the_dispute() -> None:
    by = (stands(rater="person:rev_1"), stands(rater="person:rev_1", criterion="fix"))
    other = disputed().changed(criterion="fix")

    found = decided(disputed(), other, adjudicated("unmet"), by=by)

    assert [one.place for one in found.disagreements] == [("sft-0", "fix")]
    (done,) = found.reviews.adjudications
    assert (done.reviewer, done.mark, done.reason, done.before) == ("rev_3", "unmet", SOUND, by[0])


def test_a_dispute_about_a_score_that_was_replaced_since_is_moot() -> None:
    found = decided(disputed(), scored(stands(0.0, "person:rev_4")), by=(stands(rater="person:rev_1"),))

    assert found.disagreements == ()
    assert len(found.reviews.disputes) == 1


def test_nothing_waits_once_the_verdict_was_revoked() -> None:
    revoked = e.VerdictRevoked(verdict_id="ver_1", by="acme", reason="The work was not their own.")

    assert decided(disputed(), revoked).disagreements == ()


@pytest.mark.parametrize(
    ("value", "mark"), [(None, "cannot_assess"), (0.0, "unmet"), (0.4, "unmet"), (0.6, "met"), (1.0, "met")]
)
def test_a_score_reads_as_a_mark(value: float | None, mark: QualityMark) -> None:
    found = reading_of(stands(value))

    assert (found.mark, found.reason, found.rater) == (mark, stands(value).reason, stands(value).rater)
    assert found.evidence == stands(value).evidence


def test_the_order_of_two_readings_stays_and_does_not_tell_who_gave_which() -> None:
    other = Reading("unmet", SOUND, (), "person:rev_2")
    pairs = [Disagreement(stands(criterion=f"c{n}"), other, "colleague").readings for n in range(40)]

    first = [pair[0].rater for pair in pairs]
    assert {frozenset(one.rater for one in pair) for pair in pairs} == {
        frozenset({"judge:m1", "person:rev_2"})
    }
    assert 8 < first.count("person:rev_2") < 32
    again = [Disagreement(stands(criterion=f"c{n}"), other, "colleague").readings for n in range(40)]
    assert pairs == again


LEVEL = QualityLevel(
    item_id="sft-0", category=Category.SFT, competency="semantics", model="m1", calibration_id=None,
    person=1, judge=4, reviewer="rev_2", rubric="reading-code@1", language="en", marks={},
)  # fmt: skip
DRAWN = e.SecondLookDrawn(criteria={"sft-0": ("cause", "fix")})
COMPARED = e.SecondLookCompared(levels=(LEVEL,))
JUDGED = (stands(), stands(criterion="fix"))


def looked(cause: QualityMark, fix: QualityMark = "met") -> e.SecondLookScored:
    return e.SecondLookScored(
        reviewer="rev_2",
        item_id="sft-0",
        marks={"cause": cause, "fix": fix},
        reasons={"cause": "It does not."},
    )


def test_a_second_look_that_found_otherwise_waits_for_a_third_person() -> None:
    found = decided(DRAWN, looked("unmet"), COMPARED, by=JUDGED)

    (waiting,) = found.disagreements
    assert (waiting.place, waiting.source, waiting.standing) == (PLACE, "second_look", JUDGED[0])
    assert waiting.other == Reading("unmet", "It does not.", (), "person:rev_2")


def test_a_reading_without_a_reason_is_one_too() -> None:
    (waiting,) = decided(DRAWN, looked("met", "unmet"), COMPARED, by=JUDGED).disagreements

    assert (waiting.place, waiting.other.reason) == (("sft-0", "fix"), "")


@pytest.mark.parametrize(
    ("facts", "by"),
    [
        ((DRAWN, looked("unmet")), JUDGED),
        ((DRAWN, looked("met"), COMPARED), JUDGED),
        ((DRAWN, looked("cannot_assess"), COMPARED), JUDGED),
        ((DRAWN, looked("unmet"), COMPARED.changed(levels=(LEVEL.changed(person=3),))), JUDGED),
        ((DRAWN, looked("unmet"), COMPARED.changed(levels=(LEVEL.changed(competency="judgement"),))), JUDGED),
        ((DRAWN, looked("unmet"), COMPARED, e.SecondLookSeen(reviewer="rev_3")), JUDGED),
        ((DRAWN, looked("unmet"), COMPARED), (stands(rater="person:rev_1"), JUDGED[1])),
        ((DRAWN, looked("unmet"), COMPARED), (stands(None), JUDGED[1])),
        ((DRAWN, looked("unmet"), COMPARED), (JUDGED[1],)),
    ],
    ids=[
        "not compared", "the same", "could not say", "levels near", "another competency", "seen",
        "scored by a person", "not scored", "gone",
    ],
)  # fmt: skip
def test_what_does_not_differ_or_counts_no_more_waits_for_nobody(
    facts: tuple[e.Fact, ...], by: tuple[Score, ...]
) -> None:
    assert decided(*facts, by=by).disagreements == ()


def test_a_second_look_is_seen_to_once_its_last_difference_is_decided() -> None:
    look = (DRAWN, looked("unmet", "unmet"), COMPARED)

    one_left = decided(*look, adjudicated("unmet"), by=JUDGED)
    none_left = decided(*look, adjudicated("unmet"), adjudicated("met", "fix"), by=JUDGED)

    assert [one.place for one in one_left.disagreements] == [("sft-0", "fix")]
    assert none_left.disagreements == ()
    assert one_left.second_look is not None
    assert none_left.second_look == replace(
        one_left.second_look, is_seen=True, settled=frozenset({PLACE, ("sft-0", "fix")})
    )
    assert not one_left.second_look.is_seen
    assert one_left.second_look.settled == {PLACE}
