import json
from datetime import timedelta
from typing import Any

import pytest

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, replay
from assessor.domain.calibration import Family, Standing
from assessor.domain.errors import DocumentRefused
from assessor.domain.item import Category, Item
from assessor.domain.library import Library
from assessor.domain.policy import Grade
from assessor.domain.track import Cut
from assessor.domain.verdict import (
    JudgeBasis,
    VerdictDocument,
    bind,
    compose,
    decide,
    explain,
    judges_of,
    keys_of,
    read_verdict,
    write_verdict,
)
from assessor.domain.verdict.basis import model_of
from tests.domain.samples import (
    BOTH_WAYS,
    DRAWN,
    NOW,
    ORDERED,
    PILOT,
    READ,
    SOUND,
    SUBMITTED,
    assessment,
    form,
    log,
    score,
    scored,
    scores,
    track,
    unscored,
)
from tests.scoring.works import INTERVIEW, RANKING

KEYS = {
    "schema_version", "id", "object", "livemode", "assessment_id", "candidate_ref", "tenant", "track",
    "decision", "decided_by", "level", "score", "interval", "probability_at_or_above_cut", "competencies",
    "basis", "reasons", "counterfactual", "next", "identity", "evidence", "hashes", "issued_at",
    "valid_until", "retake_after", "supersedes",
}  # fmt: skip

FAMILIES = sorted(f"{category}/{name}" for category in READ for name in ("semantics", "judgement"))


def finished(value: float = 0.9, *more: e.Fact) -> Assessment:
    return assessment(*SUBMITTED, *scored(scores(value)), *more)


def document(of: Assessment, **changes: Any) -> VerdictDocument:
    policy = changes.pop("policy", PILOT)
    decision = decide(
        of.scores.values(),
        track(),
        form(),
        policy,
        person=of.decided_by_person,
        judges=changes.pop("judges", ()),
    )
    return bind(of, track(), decision, verdict_id="ver_1", issued_at=NOW)


def test_the_jurisdiction_is_the_one_of_the_order() -> None:
    facts = (ORDERED.changed(jurisdiction="us"), DRAWN, *SUBMITTED, *scored(scores(0.9)))
    elsewhere = replay("as_1", log(*facts))

    assert document(elsewhere).track.jurisdiction == "us"


def test_the_document_has_every_key_of_its_schema_and_no_other() -> None:
    data = json.loads(write_verdict(document(finished())))

    assert set(data) == KEYS
    assert set(data["track"]) == {"id", "version", "jurisdiction", "language"}
    assert set(data["competencies"][0]) == {"id", "score", "interval", "floor", "observations", "unscored"}
    assert set(data["basis"]) == {"raters", "judges", "keys", "cut", "level_cut"}
    assert set(data["counterfactual"]) == {"kind", "needs", "points", "text"}
    assert set(data["next"]) == {"actor", "action", "due_at"}
    assert set(data["identity"]) == {"method", "level", "checked_at"}
    assert set(data["evidence"][0]) == {"criterion", "event_seq", "start", "end"}
    assert set(data["hashes"]) == {"form", "bank", "rubrics", "prompts", "log_head"}


def test_the_document_names_the_level_and_what_would_have_changed_the_decision() -> None:
    above = Cut(ability=0.8, standard_error=0.2, rationale="Finds the subtle faults of harder items too.")
    levelled, of = track(levels={"specialist": above}), finished(0.93)
    decision = decide(of.scores.values(), levelled, form(), PILOT)

    written = bind(of, levelled, decision, verdict_id="ver_1", issued_at=NOW)

    assert (written.level, written.basis.level_cut) == ("specialist", "authored")
    assert written.counterfactual.kind == "reached"
    assert read_verdict(write_verdict(written)) == written
    assert "The level that your work shows is “specialist”." in explain(written)


def test_what_would_have_changed_a_review_is_written_by_kind_of_work() -> None:
    written = json.loads(write_verdict(document(finished(0.72))))["counterfactual"]

    assert written["kind"] == "criteria"
    assert written["needs"] == [
        {"category": "trajectory", "competency": "semantics", "criteria": 1, "unscored": 0}
    ]
    assert written["points"] is None


def test_the_document_binds_what_made_it() -> None:
    of = finished()

    written = document(of)

    assert written.hashes.log_head == of.head == f"sha256:{of.seq:04d}"
    assert (written.hashes.form, written.hashes.bank) == (form().hash, "sha256:ba")
    assert (written.assessment_id, written.tenant, written.candidate_ref) == ("as_1", "ten_1", "c-42")
    assert written.livemode is False


def test_the_same_inputs_give_the_same_bytes_and_reading_gives_the_document_back() -> None:
    one, other = (write_verdict(document(finished())) for _ in range(2))

    assert one == other
    assert read_verdict(one) == document(finished())
    assert write_verdict(read_verdict(one)) == one


def test_the_keys_are_a_panels_when_those_of_all_scored_items_are() -> None:
    *firsts, last = form().items
    shown = form().changed(items=(*firsts, last.changed(is_scored=False)))
    of = replay("as_1", log(ORDERED, DRAWN.changed(form=shown), *SUBMITTED, *scored(scores(0.9))))
    panel = RANKING.changed(key=RANKING.key.changed(source="panel"))
    items: dict[str, Item] = {place.item_id: panel.changed(id=place.item_id) for place in firsts}
    items[last.item_id] = RANKING.changed(id=last.item_id)

    def keys(*others: Item) -> str:
        bank = {"python": items | {item.id: item for item in others}}
        library = Library(tracks={"python": track()}, items=bank, rubrics={})
        return compose(of, library, track(), verdict_id="ver_1", issued_at=NOW).basis.keys

    assert keys() == "panel"
    assert keys(RANKING.changed(id="ranking-0")) == "authored"


def test_composing_decides_on_what_the_log_holds() -> None:
    of = assessment(*SUBMITTED, *scored(scores(0.9, reader="judge:m1")))
    library = Library(
        tracks={"python": track()},
        items={"python": {place.item_id: RANKING.changed(id=place.item_id) for place in form().items}},
        rubrics={},
    )

    written = compose(of, library, track(), verdict_id="ver_1", issued_at=NOW)

    assert written.decision == "needs_review"
    assert [one.family for one in written.basis.judges] == FAMILIES
    assert {(one.model, one.prompt_hash, one.rubric_hash) for one in written.basis.judges} == {
        ("m1", "sha256:cd", "sha256:ab")
    }
    assert {(one.calibration_id, one.grade) for one in written.basis.judges} == {(None, Grade.NONE)}
    assert (written.basis.keys, written.basis.cut) == ("authored", "authored")
    assert [reason.code for reason in written.reasons] == [
        "basis_below_policy",
        "judge_not_calibrated",
        "proposed_qualified",
    ]


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({}, Grade.CALIBRATED),
        ({"prompts_hash": "sha256:other"}, Grade.NONE),
        ({"language": "de"}, Grade.NONE),
        ({"models": ("m2",)}, Grade.NONE),
        ({"models": ("m2", "m1")}, Grade.CALIBRATED),
        ({"grade": Grade.NONE, "stopped": True}, Grade.NONE),
    ],
)
def test_a_calibration_covers_its_models_prompts_language_and_family(
    changes: dict[str, Any], grade: Grade
) -> None:
    of = assessment(*SUBMITTED, *scored(scores(0.9, reader="judge:m1")))
    standing = Standing(
        calibration_id="cal_1",
        models=("m1",),
        prompts_hash="sha256:cd",
        family=Family(category=Category.SFT, competency="semantics"),
        language="en",
        source="labels",
        grade=Grade.CALIBRATED,
    ).changed(**changes)

    found = {judge.family: judge for judge in judges_of(of, track(), [standing])}

    assert list(found) == FAMILIES
    assert found["sft/semantics"].grade is grade
    assert found["sft/judgement"].grade is Grade.NONE
    assert found["sft/semantics"].stopped is standing.stopped


def test_keys_are_a_panels_only_when_all_of_them_are() -> None:
    panel = RANKING.changed(key=RANKING.key.changed(source="panel"))

    assert keys_of([panel, INTERVIEW]) == "panel"
    assert keys_of([panel, RANKING]) == "authored"
    assert keys_of([INTERVIEW]) == "authored"


def test_it_names_the_judges_by_their_grade() -> None:
    of = assessment(*SUBMITTED, *scored(scores(0.9, reader="judge:m1")))
    m1 = [
        JudgeBasis(
            model="m1",
            family=family,
            prompt_hash="sha256:1",
            rubric_hash="sha256:2",
            grade=Grade.PROVISIONAL,
        )
        for family in FAMILIES
    ]

    written = document(of, judges=m1)

    assert list(written.basis.judges) == m1
    assert written.decision == "qualified"


def test_a_review_says_who_does_what_by_when() -> None:
    written = document(finished(0.6))

    assert written.decision == "needs_review"
    assert (written.next.actor, written.next.action) == ("reviewer", "decide")
    assert written.next.due_at == NOW + timedelta(days=PILOT.review_days)


@pytest.mark.parametrize(
    ("decision", "retake"),
    [("qualified", None), ("not_qualified", timedelta(days=30)), ("inconclusive", timedelta(0))],
)
def test_a_retake_is_given_by_what_was_decided(decision: str, retake: timedelta | None) -> None:
    person = e.ReviewDecided.model_validate({"reviewer": "rev_1", "decision": decision, "reason": SOUND})

    over = finished(0.6, person)

    written = document(over)

    assert over.submitted_at is not None
    since = over.submitted_at if decision == "not_qualified" else NOW
    assert written.decision == decision
    assert written.retake_after == (None if retake is None else since + retake)
    assert written.valid_until == NOW + timedelta(days=365)


def test_a_later_verdict_names_the_one_that_it_supersedes() -> None:
    issued = e.VerdictIssued(verdict_id="ver_0", supersedes=None, document={}, jws="x")

    assert document(finished()).supersedes is None
    assert document(finished(0.9, issued)).supersedes == "ver_0"


def test_it_points_at_evidence_and_quotes_nobody() -> None:
    person = e.ReviewDecided(reviewer="rev_1", decision="qualified", reason="She named a patient: Jane.")
    of = finished(0.6, person)

    payload = write_verdict(document(of)).decode()

    assert "Jane" not in payload
    assert "Shows what it is about" not in payload
    assert len(json.loads(payload)["evidence"]) == sum(len(s.evidence) for s in of.scores.values())


def _changed(**changes: Any) -> bytes:
    return json.dumps(json.loads(write_verdict(document(finished()))) | changes).encode()


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not a verdict"),
        (b"no json", "not a verdict"),
        (b"\xff\xfe", "not a verdict"),
        (b"[" * 100_000, "not a verdict"),
        (b"[]", "version None"),
        (b'{"schema_version": "1", "schema_version": "1"}', "twice"),
        (b'{"schema_version": "1", "track": {"id": "a", "id": "b"}}', "twice"),
        (b'{"schema_version": "1", "score": NaN}', "NaN"),
        (_changed(schema_version="2"), "version '2'"),
        (_changed(schema_version=1), "version 1"),
        (_changed(extra="x"), "wrong at extra"),
        (_changed(score="77"), "wrong at score"),
        (_changed(decision="pass"), "wrong at decision"),
        (_changed(level="master"), "wrong at level"),
        (_changed(counterfactual={"kind": "reached"}), "wrong at counterfactual.text"),
        (_changed(issued_at="2026-03-01T09:30:00"), "wrong at issued_at"),
        (_changed(next={"actor": "nobody", "action": "none", "due_at": None}), "wrong at next.actor"),
        (b'{"schema_version": "1"}', "wrong at id"),
    ],
)
def test_a_document_that_this_version_does_not_know_exactly_is_refused(payload: bytes, reason: str) -> None:
    with pytest.raises(DocumentRefused, match=reason):
        read_verdict(payload)


@pytest.mark.parametrize(
    ("value", "policy", "sentences"),
    [
        (0.9, PILOT, ("You are qualified.", "above", "points above the line", "Nothing is left to do.")),
        (
            0.6,
            PILOT,
            (
                "This is not decided yet.",
                "do not tell",
                "No small change would have",
                "A reviewer looks at the work and decides by 06 March",
            ),
        ),
        (
            0.15,
            BOTH_WAYS,
            (
                "You are not qualified with this attempt.",
                "below",
                "No small change would have",
                "Nothing",
                "try again from 31 March",
            ),
        ),
    ],
)
def test_the_candidate_reads_what_is_decided_and_what_waits_for_whom(
    value: float, policy: Any, sentences: tuple[str, ...]
) -> None:
    said = explain(document(finished(value), policy=policy))

    assert len(said) == len(sentences)
    assert all(part in sentence for part, sentence in zip(sentences, said, strict=True))


def test_the_candidate_reads_that_a_person_scores_what_is_open() -> None:
    first, *rest = scores(0.6)
    of = assessment(*SUBMITTED, *scored([unscored(first), *rest]))

    said = explain(document(of))

    assert "A reviewer scores the open parts by 06 March 2026." in said


@pytest.mark.parametrize(
    ("rater", "model"),
    [("judge:m1", "m1"), ("judge:local:m1:8b", "local:m1:8b"), ("rule:sft", None), ("person:rev_1", None)],
)
def test_the_model_that_scored_goes_by_its_whole_name(rater: str, model: str | None) -> None:
    assert model_of(score(rater=rater)) == model
