"""What of a log its candidate gets: everything about them, and nothing that gives away a task or a colleague.

What is left out stands in the copy with the reason. A test holds the tables complete: a new fact or field has
to be thought about here.
"""

from collections.abc import Mapping
from typing import Any, Final

from assessor.domain import events as e
from assessor.domain.appeal import NO_CONTENT, UNANSWERED
from assessor.domain.assessment import Assessment
from assessor.domain.form import FormItem
from assessor.domain.item import Category
from assessor.domain.score import Score
from assessor.scoring.applied_rubric import APPLIED_SHARES

KEYED: Final = frozenset({Category.EVALUATION, Category.RANKING, Category.TRAJECTORY})

SOMEBODY: Final = "names a person who works here"
SECRET: Final = "opens a link"  # noqa: S105 - the reason, not a secret
ANOTHER: Final = "names another candidate"
KEY: Final = "gives away how tasks are scored that others still get"
LATER: Final = "tells of tasks that you have not been given yet"
UNDECIDED: Final = "is told with the decision"

WITHHELD: Final[Mapping[type[e.Fact], Mapping[str, str]]] = {
    e.FormDrawn: {"seed": KEY},
    e.InviteIssued: {"token_hash": SECRET},
    e.InviteRedeemed: {"token_hash": SECRET},
    e.ResultShared: {"token_hash": SECRET},
    e.AnswerObserved: {"covered": KEY},
    e.ModelReplied: {"reply": KEY, "request_hash": KEY, "probabilities": KEY},
    e.ScoringRepeated: {"by": SOMEBODY, "rubrics": KEY},
    e.ItemRetired: {"by": SOMEBODY, "reason": KEY},
    e.ScoreOverridden: {"reviewer": SOMEBODY},
    e.ScoreDisputed: {"reviewer": SOMEBODY},
    e.ScoreAdjudicated: {"reviewer": SOMEBODY},
    e.ReviewDecided: {"reviewer": SOMEBODY},
    e.VerdictRevoked: {"by": SOMEBODY},
    e.HoldReleased: {"by": SOMEBODY},
    e.HelpSeen: {"reviewer": SOMEBODY},
    e.AccommodationGranted: {"who": SOMEBODY},
    e.AccommodationAnswered: {"who": SOMEBODY},
    e.TranscriptOpened: {"reviewer": SOMEBODY},
    e.SecondLookDrawn: {"criteria": KEY},
    e.SecondLookScored: {"reviewer": SOMEBODY, "marks": KEY, "reasons": KEY},
    e.SecondLookCompared: {"levels": KEY},
    e.SecondLookSeen: {"reviewer": SOMEBODY},
    e.AppealAnswered: {"reviewer": SOMEBODY},
    e.FollowUpAsked: {"reviewer": SOMEBODY},
    e.AnswerFoundAlike: {"other": ANOTHER},
    e.SignalJudged: {"reviewer": SOMEBODY},
}
"""Fields that are left out, with the reason."""

WHOLE: Final[frozenset[type[e.Fact]]] = frozenset(
    {
        e.AssessmentOrdered,
        e.NoticeAccepted,
        e.ConsentAnswered,
        e.SessionMoved,
        e.AccommodationRequested,
        e.IdentityAsked,
        e.IdentityCheckOpened,
        e.IdentityReported,
        e.IdentityUnavailable,
        e.AssessmentStarted,
        e.CandidateMessage,
        e.InterviewerMessage,
        e.ItemSwapped,
        e.HelpAsked,
        e.AnswerCorrected,
        e.WordsRedacted,
        e.SummaryConfirmed,
        e.InterviewFinished,
        e.ResponseHandedIn,
        e.BlockFinished,
        e.AssessmentSubmitted,
        e.ScoringStarted,
        e.ResponseScored,
        e.VerdictIssued,
        e.AppealFiled,
        e.FollowUpExtended,
        e.FollowUpAnswered,
        e.SignalReplied,
        e.SignalUnanswered,
        e.AnswerQuotesKey,
        e.SharingEnded,
        e.FaultRecorded,
        e.AssessmentVoided,
        e.AssessmentPaused,
        e.AssessmentResumed,
        e.AssessmentExtended,
        e.MetadataReplaced,
        e.AssessmentExpired,
        e.AssessmentWithdrawn,
        e.AssessmentCancelled,
    }
)
"""Facts without such a field; some still wait for the decision, and scores are told as on the result page."""


def tells_key(score: Score) -> bool:
    """Whether a score was worked out by a key. The exact one is not told: beside the answer it tells the key,
    and the next candidate, or this one at the next attempt, gets the same item."""
    if score.criterion in APPLIED_SHARES:
        return score.rater_kind == "judge"
    return score.rater_kind == "rule" and score.category in KEYED


def disclosed(event: e.Event, assessment: Assessment) -> dict[str, Any]:
    """Return one event as its candidate gets it; `assessment` is the state after the whole log."""
    fact = event.fact
    told = fact.model_dump(mode="json")
    told |= {name: _left_out(why) for name, why in WITHHELD.get(type(fact), {}).items()}
    told |= {name: _left_out(why) for name, why in _not_yet(fact, assessment).items()}
    match fact:
        case e.ResponseScored():
            told["scores"] = [_told(score) for score in fact.scores]
        case e.FormDrawn() if assessment.submitted_at:
            told["form"]["items"] = [_place(one) for one in fact.form.items]
        case e.ItemSwapped() if assessment.submitted_at:
            told["place"] = _place(fact.place)
    return {"seq": event.seq, "at": event.at.isoformat(), "hash": event.hash, "fact": told}


def _not_yet(fact: e.Fact, assessment: Assessment) -> Mapping[str, str]:
    match fact:
        case e.FormDrawn() if assessment.submitted_at is None:
            return {"form": LATER, "avoided": LATER, "seen_before": LATER}
        case e.ItemSwapped() if assessment.submitted_at is None:
            return {"place": LATER}
        case e.BlockFinished() if assessment.verdict is None:
            return {"probability": UNDECIDED}
        case _:
            return {}


def _told(score: Score) -> dict[str, Any]:
    if score.is_open or score.rater in {UNANSWERED, NO_CONTENT}:
        # Neither an empty answer nor an early look may buy the list of what a good answer has.
        return {
            "item_id": score.item_id,
            "rater": score.rater,
            "unscored": score.unscored,
            "text": _left_out(KEY),
        }
    told = score.model_dump(mode="json")
    if score.rater_kind == "person":
        told["rater"] = "person"
    if score.value is not None and tells_key(score):
        told |= {"value": round(score.value * 2) / 2, "exact": _left_out(KEY)}
    return told


def _place(place: FormItem) -> dict[str, Any]:
    """Return a place on the form without the hashes, which bind the keys as well."""
    return place.model_dump(mode="json", include={"item_id", "version", "category", "minutes"})


def _left_out(why: str) -> dict[str, str]:
    return {"left_out": f"It {why}."}
