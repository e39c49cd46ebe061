import json
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from assessor.domain import events as e
from assessor.domain.accommodation import Accommodation
from assessor.domain.appeal import AppealedCriterion
from assessor.domain.evidence import Evidence
from assessor.domain.form import FormItem
from assessor.domain.item import Category
from assessor.domain.override import OverrideCode
from assessor.domain.quality import QualityLevel
from assessor.domain.redaction import Redaction
from assessor.domain.response import SftResponse
from assessor.domain.value import canonical
from assessor.domain.wishes import Wish
from tests.domain.samples import DRAWN, NOW, ORDERED, SOUND, STARTED, score, unscored
from tests.scoring.works import RUBRIC, handed_in

SAMPLES: tuple[e.Fact, ...] = (
    ORDERED,
    DRAWN,
    *STARTED,
    e.IdentityAsked(),
    e.IdentityCheckOpened(reference="vs_1", level="low"),
    e.IdentityReported(reference="vs_1", outcome="failed", failure="expired", at=NOW),
    e.IdentityUnavailable(kind="timeout"),
    e.CandidateMessage(message_id="message-1", item_id=None, text="I said “é”\n\u202e."),
    e.InterviewerMessage(run="r1", kind="probe", item_id="int-1", probe_id="p1", text="Why?", source="model"),
    e.ItemSwapped(
        item_id="caching",
        place=FormItem(item_id="other", version=1, hash="ab", category=Category.INTERVIEW, minutes=2),
        reason="not_my_field",
    ),
    e.HelpAsked(kind="person", message=4),
    e.ConsentAnswered(use="task-quality", given=False, version="2026-11", hash="sha256:1"),
    e.AccommodationRequested(wishes=(Wish.BREAKS, Wish.OTHER), note="A quiet hour."),
    e.AccommodationAnswered(request=9, granted=False, told="Next week.", by="platform", who="key_1"),
    e.SessionMoved(),
    e.HelpSeen(reviewer="rev_1", message=4),
    e.AnswerCorrected(correction_id="correction-1", item_id="int-1", replaces=4, text="Rather so."),
    e.WordsRedacted(
        redaction_id="redaction-2",
        left=(
            e.Left(
                seq=4,
                fact=e.CandidateMessage(
                    message_id="message-1",
                    item_id=None,
                    text="[redacted by the candidate, 1 word]",
                    redactions=(Redaction(start=0, end=35, words=1, at=NOW),),
                ),
            ),
            e.Left(seq=9, fact=e.WordsRedacted(redaction_id="redaction-1")),
        ),
    ),
    e.SummaryConfirmed(item_ids=("int-1",)),
    e.AnswerObserved(
        message=5,
        item_id="int-1",
        covered=("p1",),
        terms=(Evidence(event_seq=5, start=2, end=7),),
        model="m",
    ),
    e.InterviewFinished(reason="complete"),
    e.ResponseHandedIn(item_id="sft-1", response=SftResponse(text="Use None.")),
    e.BlockFinished(block=0, probability=0.97, ends=True),
    e.ResponseHandedIn(item_id="traj-1", response=handed_in(Category.TRAJECTORY)),
    e.AssessmentSubmitted(by="deadline"),
    e.ScoringStarted(),
    e.ModelReplied(purpose="judge", item_id="sft-1", model="m", request_hash="sha256:1", reply="{}"),
    e.ResponseScored(item_id="evaluation-0", scores=(score(value=1 / 3), unscored(score(criterion="c1")))),
    e.ScoringRepeated(
        by="anna",
        reason="The rubric asked for two things in one criterion.",
        item_ids=("sft-1",),
        models=("m", "m2"),
        rubrics=(RUBRIC,),
        rubrics_hash="sha256:ab",
        prompts_hash="sha256:cd",
    ),
    e.ItemRetired(item_id="ranking-0", by="anna", reason="Its key names the wrong response."),
    e.ScoreOverridden(
        reviewer="rev_1",
        item_id="sft-1",
        criterion="c1",
        code=OverrideCode.KEY_WRONG,
        mark="unmet",
        reason=SOUND,
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
    e.ReviewDecided(reviewer="rev_1", decision="inconclusive", reason=SOUND),
    e.VerdictIssued(verdict_id="ver_1", supersedes=None, document={"score": 61.5}, jws="a.b.c"),
    e.VerdictRevoked(verdict_id="ver_1", by="anna", reason="Somebody else sat the assessment."),
    e.ResultShared(share_id="shr_1", token_hash="t2", until=NOW),
    e.SharingEnded(share_id="shr_1"),
    e.FaultRecorded(where="scoring", kind="OSError"),
    e.HoldReleased(by="rev_1"),
    e.AssessmentVoided(reason="A fault of ours.", successor="as_2"),
    e.AssessmentPaused(),
    e.AssessmentResumed(deadline=NOW),
    e.AccommodationGranted(terms=Accommodation(time_factor=1.5), by="platform", who="key_1", reason=""),
    e.AssessmentExtended(expires_at=NOW),
    e.MetadataReplaced(metadata={"cohort": "autumn"}),
    e.AssessmentExpired(),
    e.AssessmentWithdrawn(),
    e.AssessmentCancelled(),
    e.TranscriptOpened(reviewer="rev_1"),
    e.SecondLookDrawn(criteria={"q-1": ("cause",)}),
    e.SecondLookScored(reviewer="rev_2", item_id="q-1", marks={"cause": "met"}),
    e.SecondLookCompared(
        levels=(
            QualityLevel(
                item_id="q-1",
                category=Category.INTERVIEW,
                competency="semantics",
                model="m1",
                calibration_id="cal_1",
                person=4,
                judge=1,
                reviewer="rev_2",
                rubric="explains-cause@2",
                language="en",
                marks={"cause": (1, 0)},
            ),
        )
    ),
    e.SecondLookSeen(reviewer="rev_1"),
    e.AppealFiled(
        appeal_id="appeal-1",
        criteria=(AppealedCriterion(item_id="sft-1", criterion="c1"),),
        ground="overlooked",
        note="I named the cause in the second sentence.",
    ),
    e.AppealAnswered(
        reviewer="rev_2",
        item_id="sft-1",
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
    e.SignalJudged(
        reviewer="rev_1",
        what="alike",
        item_id="debugging-1",
        rule="near_duplicate@1",
        outcome="not_confirmed",
        reason="Both follow the same textbook.",
    ),
    e.AnswerQuotesKey(
        item_id="debugging-1", passages=(Evidence(event_seq=7, start=0, end=9),), rule="canary@1"
    ),
    e.SignalReplied(text="I quoted the task."),
    e.SignalUnanswered(),
)


def test_there_is_a_sample_of_every_fact() -> None:
    union = get_args(get_args(e.Fact)[0])

    assert {type(fact) for fact in SAMPLES} == set(union)


@pytest.mark.parametrize("fact", SAMPLES, ids=lambda fact: fact.type)
def test_a_stored_fact_is_read_back_as_it_was(fact: e.Fact) -> None:
    stored = json.loads(fact.model_dump_json())

    assert e.FACTS.validate_python(stored) == fact


@pytest.mark.parametrize("fact", SAMPLES, ids=lambda fact: fact.type)
def test_writing_what_was_read_gives_the_same_bytes(fact: e.Fact) -> None:
    once = canonical(fact)

    assert canonical(e.FACTS.validate_json(once)) == once


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"type": "assessment.unknown"},
        {"type": "scoring.started", "extra": 1},
        {"type": "review.decided", "reviewer": "r", "decision": "pass", "reason": SOUND},
        {"type": "review.decided", "reviewer": "r", "decision": "qualified", "reason": "because"},
        {"type": "message.candidate", "message_id": "short", "item_id": None, "text": "x"},
        {"type": "assessment.resumed"},
    ],
)
def test_a_fact_of_an_unknown_type_or_form_is_refused(stored: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        e.FACTS.validate_python(stored)


def test_an_event_has_its_place_in_the_log() -> None:
    with pytest.raises(ValidationError):
        e.Event(assessment_id="as_1", seq=0, at=NOW, fact=e.ScoringStarted(), hash="sha256:0")
