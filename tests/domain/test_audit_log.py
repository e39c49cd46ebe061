"""The audit log notices what was changed, lost or added; a reason may be taken out, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from assessor.domain import events as e
from assessor.domain.audit_log import (
    Action,
    AuditEnd,
    AuditRecord,
    acts_of,
    verify_records,
    words_digest,
    words_missing,
)
from assessor.domain.errors import DocumentRefused
from assessor.domain.override import OverrideCode
from assessor.domain.score import Score
from tests.domain.samples import SOUND, log, score

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SALT = bytes(range(16))
DETAIL: Mapping[str, str | int | bool] = {"event": 7}
Log = list[AuditRecord]


def record(seq: int, **changes: object) -> AuditRecord:
    basics = AuditRecord(
        "acme", seq, NOW, "rev_1", Action.OVERRIDDEN, "as_1", words_digest(SALT, "A reason.", DETAIL), "",
        "A reason.", DETAIL, SALT,
    )  # fmt: skip
    return replace(basics, **changes)  # type: ignore[arg-type] # fields by their names


def chained(*records: AuditRecord) -> Log:
    log: Log = []
    for one in records:
        log.append(replace(one, hash=one.hash_after(log[-1].hash if log else "")))
    return log


FOUR = chained(*map(record, range(1, 5)))
END = AuditEnd("acme", 4, FOUR[-1].hash)
GONE = {"reason": None, "detail": None, "salt": None}


def test_a_whole_log_holds_and_so_does_an_empty_one() -> None:
    verify_records(END, FOUR)
    verify_records(AuditEnd(None, 0, ""), [])


def test_a_reason_that_was_taken_out_leaves_the_log_whole() -> None:
    verify_records(END, [FOUR[0], replace(FOUR[1], reason=None, detail=None, salt=None), *FOUR[2:]])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda four: four[1:], "1 .* is missing"),
        (lambda four: [*four[:2], *four[3:]], "3 .* is missing"),
        (lambda four: four[:-1], "4 .* is missing"),
        (lambda four: [*four, four[-1]], "5 .* is missing"),
        (lambda four: chained(*four, record(5)), "5 .*was added after the end that was noted"),
        (lambda four: chained(*four[:3], record(4, actor="rev_2")), "acme is not the end that was noted"),
    ],
)
def test_the_first_record_that_is_missing_or_too_many_is_named(
    spoil: Callable[[Log], Log], said: str
) -> None:
    with pytest.raises(DocumentRefused, match=said):
        verify_records(END, spoil(FOUR))


@pytest.mark.parametrize(
    "change",
    [
        {"tenant": "other"},
        {"at": NOW + timedelta(microseconds=1)},
        {"actor": "rev_2"},
        {"action": Action.DECIDED},
        {"subject": "as_2"},
        {"words_digest": words_digest(SALT, "Another reason.", DETAIL)},
        {"reason": "Another reason."},
        {"detail": {"event": 8}},
        {"salt": bytes(16)},
        GONE | {"reason": "A reason."},
        GONE | {"detail": DETAIL},
        GONE | {"salt": SALT},
    ],
    ids=" ".join,
)
def test_whatever_is_changed_in_a_record_is_noticed(change: dict[str, object]) -> None:
    changed = replace(FOUR[2], **change)  # type: ignore[arg-type] # fields by their names

    with pytest.raises(DocumentRefused, match=r"3 .*was changed or moved"):
        verify_records(END, [*FOUR[:2], changed, *FOUR[3:]])


def test_where_a_clock_stands_makes_no_difference() -> None:
    elsewhere = record(1, at=NOW.astimezone(timezone(timedelta(hours=-8))))

    assert elsewhere.hash_after("") == record(1).hash_after("") != record(1).hash_after("before")


@pytest.mark.parametrize("tenant", ["acme", None])
def test_a_refusal_names_the_record_and_whose_log_it_is(tenant: str | None) -> None:
    said = str(words_missing(AuditEnd(tenant, 4, ""), 3))

    assert "3" in said
    assert said.endswith("lost its reason, and nobody was erased whom it is about")
    assert ("acme" in said) is (tenant is not None)


def acts(*facts: e.Fact) -> list[tuple[str, Action, Mapping[str, str | int | bool]]]:
    found = list(acts_of("acme", log(*facts)))
    assert {(act.tenant, act.subject, act.reason) for act in found} <= {("acme", "as_1", "")}
    return [(act.actor, act.action, act.detail) for act in found]


def scored_by(*raters: str) -> e.ResponseScored:
    given: tuple[Score, ...] = tuple(score(criterion=f"c{n}", rater=name) for n, name in enumerate(raters))
    return e.ResponseScored(item_id="evaluation-0", scores=given)


def test_an_append_tells_what_people_did_and_nothing_of_what_they_wrote() -> None:
    overridden = e.ScoreOverridden(
        reviewer="rev_1",
        item_id="sft-0",
        criterion="cause",
        code=OverrideCode.KEY_WRONG,
        mark="met",
        reason=SOUND,
    )
    judged = e.SignalJudged(
        reviewer="rev_2", what="alike", item_id="sft-0", rule="alike-1", outcome="confirmed", reason=SOUND
    )

    assert acts(e.AssessmentSubmitted(), overridden, judged, e.ScoringStarted()) == [
        ("rev_1", Action.OVERRIDDEN, {"event": 2, "code": "key_wrong"}),
        (
            "rev_2",
            Action.SIGNAL_JUDGED,
            {"event": 3, "rule": "alike-1", "outcome": "confirmed", "awaits_second": False},
        ),
    ]


@pytest.mark.parametrize(
    ("raters", "actor"),
    [
        (["person:rev_1", "rule:evaluation"], "rev_1"),
        (["person:rev_1", "person:rev_1"], "rev_1"),
        (["person:rev_1", "person:rev_2"], None),
        (["judge:m1", "rule:evaluation"], None),
    ],
)
def test_scores_are_the_act_of_the_person_who_gave_them(raters: list[str], actor: str | None) -> None:
    assert acts(scored_by(*raters)) == ([(actor, Action.SCORED, {"event": 1})] if actor else [])


def test_scoring_again_is_the_act_of_who_asked_for_it_alone() -> None:
    again = e.ScoringRepeated(
        by="olga", reason=SOUND, item_ids=("evaluation-0",), rubrics_hash="r", prompts_hash="p"
    )

    assert acts(again, scored_by("person:rev_1")) == [("olga", Action.SCORED_AGAIN, {"event": 1})]
