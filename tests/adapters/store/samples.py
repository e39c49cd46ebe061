"""Small factories for what the store keeps."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from assessor.adapters.store import SqlStore
from assessor.domain import events as e
from assessor.domain.accommodation import Accommodation
from assessor.domain.appeal import AppealedCriterion
from assessor.domain.assessment import Projection, Status
from assessor.domain.evidence import Evidence
from assessor.domain.form import Form, FormItem
from assessor.domain.item import Category, ErrorClass, Outcome, StepLabel
from assessor.domain.override import OverrideCode
from assessor.domain.policy import Policy
from assessor.domain.response import (
    EvaluationResponse,
    RankingResponse,
    RubricRow,
    RubricWritingResponse,
    SftResponse,
    TrajectoryResponse,
)
from assessor.domain.score import Score, Unscored
from assessor.domain.wishes import Wish
from assessor.ports import Answered, Append, Tenant

NOW = datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
TENANT = Tenant("acme", "Acme Data", Policy())


def projection(assessment_id: str, candidate_id: str, **changed: Any) -> Projection:
    """The row of an assessment that was just ordered."""
    ordered = Projection(
        id=assessment_id,
        tenant=TENANT.id,
        candidate_id=candidate_id,
        candidate_ref="worker-17",
        track="python",
        livemode=False,
        simulated=False,
        status=Status.ORDERED,
        ordered_at=NOW,
        expires_at=NOW + 24 * HOUR,
        deadline=None,
        submitted_at=None,
        decision=None,
        open_criteria=0,
        needs_person=False,
    )
    return replace(ordered, **changed)


def ordered_by(tenant: str = TENANT.id, candidate_id: str = "cnd_1") -> e.AssessmentOrdered:
    return e.AssessmentOrdered(
        tenant=tenant,
        candidate_id=candidate_id,
        candidate_ref="worker-17",
        track="python",
        track_version=1,
        language="en",
        livemode=False,
        policy=Policy(),
        expires_at=NOW + 24 * HOUR,
    )


def message(text: str = "I would read the traceback first.", number: int = 1) -> e.CandidateMessage:
    return e.CandidateMessage(message_id=f"message-{number:04}", item_id="debugging-1", text=text)


def verdict(verdict_id: str, supersedes: str | None = None, **document: Any) -> e.VerdictIssued:
    return e.VerdictIssued(
        verdict_id=verdict_id,
        supersedes=supersedes,
        document={
            "schema_version": "1",
            "id": verdict_id,
            "score": 61.25,
            "decision": "qualified",
            "valid_until": (NOW + 365 * 24 * HOUR).isoformat(),
            **document,
        },
        jws=f"head.{verdict_id}.signature",
    )


def every_fact() -> list[e.Fact]:
    """One of each type; the responses and the scores in each of their forms."""
    return [
        ordered_by(),
        e.FormDrawn(
            seed="seed",
            form=Form(
                name="short",
                items=(
                    FormItem(
                        item_id="debugging-1", version=1, hash="h", category=Category.INTERVIEW, minutes=2.5
                    ),
                ),
                minutes=8,
                time_limit_minutes=30,
            ),
            bank_hash="b",
            rubrics_hash="r",
            prompts_hash="p",
        ),
        e.InviteIssued(token_hash="t1", expires_at=NOW + HOUR),
        e.InviteRedeemed(token_hash="t1"),
        e.NoticeAccepted(version="2026-01", hash="sha256:1"),
        e.AssessmentStarted(deadline=NOW + HOUR),
        message("Zoë wrote: „x = 0.1 + 0.2“ 🙂\nand a second line"),
        e.InterviewerMessage(run="run-1", kind="core", item_id="debugging-1", text="Why?", source="authored"),
        e.ItemSwapped(
            item_id="debugging-1",
            place=FormItem(
                item_id="debugging-2", version=1, hash="h", category=Category.INTERVIEW, minutes=2
            ),
            reason="not_my_field",
        ),
        e.HelpAsked(kind="break", message=6),
        e.HelpSeen(reviewer="rev_1", message=6),
        e.AnswerCorrected(
            correction_id="correction-1", item_id="debugging-1", replaces=7, text="The traceback."
        ),
        e.WordsRedacted(redaction_id="redaction-1"),
        e.SummaryConfirmed(item_ids=("debugging-1",)),
        e.AnswerObserved(message=6, item_id="debugging-1", covered=("why",), model="m"),
        e.InterviewFinished(reason="complete"),
        *map(_handed_in, _responses()),
        e.BlockFinished(block=0, probability=0.5, ends=False),
        e.AssessmentSubmitted(),
        e.ScoringStarted(),
        e.ModelReplied(purpose="judge", model="m", request_hash="q", reply='{"a": 1}', prompt_tokens=5),
        e.ResponseScored(item_id="debugging-1", scores=_scores()),
        e.ScoringRepeated(
            by="anna",
            reason="A clearer rubric.",
            item_ids=("debugging-1",),
            rubrics_hash="r",
            prompts_hash="p",
        ),
        e.ItemRetired(item_id="debugging-1", by="anna", reason="Its key is wrong."),
        e.ScoreOverridden(
            reviewer="rev_1",
            item_id="debugging-1",
            criterion="cause",
            code=OverrideCode.EVIDENCE_OVERLOOKED,
            mark="met",
            reason="The cause is named in the second line.",
        ),
        e.ScoreDisputed(
            reviewer="rev_1",
            item_id="debugging-1",
            criterion="cause",
            code=OverrideCode.RUBRIC_MISAPPLIED,
            mark="unmet",
            reason="The cause is another one.",
        ),
        e.ScoreAdjudicated(
            reviewer="rev_3",
            item_id="debugging-1",
            criterion="cause",
            mark="met",
            reason="The cause is named, if late.",
        ),
        e.ReviewDecided(reviewer="rev_1", decision="qualified", reason="Explains every step well."),
        verdict("vrd_1", interval=[0.1, 1e-7], level=None, big=2**60),
        e.VerdictRevoked(verdict_id="vrd_1", by="anna", reason="Somebody else sat the assessment."),
        e.ResultShared(share_id="shr_1", token_hash="t2", until=NOW + HOUR),
        e.SharingEnded(share_id="shr_1"),
        e.FaultRecorded(where="scoring", kind="timeout"),
        e.HoldReleased(by="rev_1"),
        e.AssessmentVoided(reason="a fault of ours", successor="asm_2"),
        e.AssessmentPaused(),
        e.AssessmentResumed(deadline=NOW + 2 * HOUR),
        e.AccommodationGranted(
            terms=Accommodation(time_factor=1.5), by="reviewer", who="rev_1", reason="Reads with a magnifier."
        ),
        e.AssessmentExtended(expires_at=NOW + 3 * HOUR),
        e.MetadataReplaced(metadata={"cohort": "autumn"}),
        e.AssessmentExpired(),
        e.AssessmentWithdrawn(),
        e.AssessmentCancelled(),
        e.TranscriptOpened(reviewer="rev_1"),
        e.SecondLookDrawn(criteria={"debugging-1": ("cause", "cure")}),
        e.SecondLookScored(reviewer="rev_2", item_id="debugging-1", marks={"cause": "met", "cure": "unmet"}),
        e.SecondLookCompared(levels=()),
        e.SecondLookSeen(reviewer="rev_1"),
        e.AppealFiled(
            appeal_id="appeal-1",
            criteria=(AppealedCriterion(item_id="debugging-1", criterion="c1"),),
            ground="overlooked",
            note="I named the cause in the second sentence.",
        ),
        e.AppealAnswered(
            reviewer="rev_2",
            item_id="debugging-1",
            criterion="c1",
            mark="met",
            outcome="raised",
            reason="The cause is named.",
            is_last=True,
        ),
        e.FollowUpAsked(
            follow_up_id="fol_1",
            reviewer="rev_1",
            item_id="debugging-1",
            question="How did you come to this answer?",
            due_at=NOW,
        ),
        e.FollowUpExtended(follow_up_id="fol_1", due_at=NOW),
        e.FollowUpAnswered(follow_up_id="fol_1", text="By reading the traceback from below."),
        e.AnswerFoundAlike(
            item_id="debugging-1",
            other="asm_0",
            likeness=0.75,
            passages=(Evidence(event_seq=7, start=0, end=9),),
            rule="near_duplicate@1",
        ),
        e.AnswerQuotesKey(
            item_id="debugging-1", passages=(Evidence(event_seq=7, start=0, end=9),), rule="canary@1"
        ),
        e.SignalJudged(
            reviewer="rev_1",
            what="alike",
            item_id="debugging-1",
            rule="near_duplicate@1",
            outcome="not_confirmed",
            reason="Both follow the same textbook.",
        ),
        e.SignalReplied(text="I quoted the task."),
        e.SignalUnanswered(),
        e.IdentityAsked(),
        e.IdentityCheckOpened(reference="vs_1", level="low"),
        e.IdentityReported(reference="vs_1", outcome="failed", failure="unreadable", at=NOW),
        e.IdentityUnavailable(kind="TimeoutException"),
        e.ConsentAnswered(use="quality", given=True, version="1", hash="h"),
        e.SessionMoved(),
        e.AccommodationRequested(wishes=(Wish.EXTRA_TIME_100, Wish.OTHER), note="I read with a magnifier."),
        e.AccommodationAnswered(
            request=7, granted=True, told="You have twice the time.", by="platform", who="acme"
        ),
    ]


def _handed_in(response: Any) -> e.ResponseHandedIn:
    return e.ResponseHandedIn(item_id="task-1", response=response, shown_order=("aa", "bb"))


def _responses() -> list[Any]:
    return [
        EvaluationResponse(ratings={"correctness": 2}, justification="It divides by zero."),
        RankingResponse(order=(("aa",), ("bb", "cc"))),
        RubricWritingResponse(rows=(RubricRow(criterion="Names the cause", weight=100),)),
        SftResponse(text="def f():\n    return 1"),
        TrajectoryResponse(
            labels={"s1": StepLabel.GOOD}, error_class=ErrorClass.NONE, outcome=Outcome.SUCCESS
        ),
    ]


def _scores() -> tuple[Score, ...]:
    scored = Score(
        item_id="debugging-1",
        category=Category.INTERVIEW,
        competency="debugging",
        criterion="cause",
        text="says what the cause is",
        value=1 / 3,
        evidence=(Evidence(event_seq=7, start=0, end=9),),
        rater="rule:cause",
    )
    waiting = scored.changed(value=None, evidence=(), unscored=Unscored.WAITS_FOR_PERSON, rater="none")
    return scored, waiting


async def begun(store: SqlStore, assessment_id: str = "asm_1", **changed: Any) -> Projection:
    """Begin an assessment for a candidate of its own, and return its row."""
    candidate_id = await store.candidate(TENANT.id, f"ref-{assessment_id}")
    row = projection(assessment_id, candidate_id, **changed)
    await store.begin(change(row, ordered_by(candidate_id=candidate_id)))
    return row


def change(row: Projection, *facts: e.Fact, after: int = 0, at: datetime = NOW) -> Append:
    return Append(assessment_id=row.id, after=after, at=at, facts=facts, projection=row)


async def appended(store: SqlStore, row: Projection, facts: Sequence[e.Fact], after: int) -> None:
    await store.append(change(row, *facts, after=after))


def answer(key: str = "key-1", tenant: str = TENANT.id) -> Answered:
    return Answered(
        tenant, key, "request-hash", 201, b'{"invite": "https://localhost/secret-link"}', livemode=True
    )
