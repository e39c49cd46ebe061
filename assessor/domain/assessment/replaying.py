"""Adding a log up: what each fact does to an assessment."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from assessor.domain import events as e
from assessor.domain.adjudication import disagreements
from assessor.domain.appeal import Appeal, AppealAnswer, Place
from assessor.domain.assessment.assessment import Assessment
from assessor.domain.assessment.status import Status
from assessor.domain.follow_up import followed_up
from assessor.domain.identification import identification
from assessor.domain.near_duplicate import Alike
from assessor.domain.noticed import NoticedPassages
from assessor.domain.quality import SecondLook
from assessor.domain.transcript import Correction, Transcript, Turn
from assessor.domain.wishes import Answer, Asked


def replay(assessment_id: str, log: Iterable[e.Event]) -> Assessment:
    """Add a log up. Raises IllegalTransition when it tells an impossible story."""
    assessment = Assessment(assessment_id)
    for event in log:
        assessment = advanced(assessment, event.seq, event.at, event.fact, event.hash)
    return assessment


def advanced(assessment: Assessment, seq: int, at: datetime, fact: e.Fact, head: str = "") -> Assessment:
    """Return an assessment after one more fact. Raises IllegalTransition."""
    return replace(_applied(assessment, seq, at, fact), seq=seq, head=head)


def _applied(a: Assessment, seq: int, at: datetime, fact: e.Fact) -> Assessment:  # noqa: C901, PLR0911, PLR0912, PLR0915 - one case a fact; splitting the table would hide that it is complete
    match fact:
        case e.AssessmentOrdered():
            terms = replace(
                a, accommodation=fact.accommodation, standard_break=60.0 * fact.policy.break_minutes
            )
            return replace(
                terms,
                order=fact,
                ordered_at=at,
                expires_at=fact.expires_at,
                metadata=fact.metadata,
                identity=identification(fact),
            )
        case e.FormDrawn():
            return replace(a, drawn=fact)
        case e.InviteIssued():
            return replace(a, invites={fact.token_hash: fact.expires_at}, expires_at=fact.expires_at)
        case e.InviteRedeemed():
            opened = a.moved(Status.OPENED) if a.status is Status.ORDERED else a
            return replace(opened, invites={})
        case e.ScoringStarted():
            return a.moved(Status.SCORING)
        case e.IdentityAsked():
            return a.moved(Status.IDENTITY)
        case e.IdentityCheckOpened() | e.IdentityReported() | e.IdentityUnavailable():
            return _identified(a, fact)
        case e.AssessmentStarted():
            return replace(a.moved(Status.IN_PROGRESS), started_at=at, deadline=fact.deadline)
        case e.CandidateMessage():
            return replace(_with_turn(a, seq, fact), reply_owed_since=at)
        case e.InterviewerMessage():
            deadline = a.deadline + a.owed(at) if a.deadline else None
            return replace(_with_turn(a, seq, fact), reply_owed_since=None, deadline=deadline)
        case e.AnswerCorrected():
            return _with_correction(a, seq, at, fact)
        case e.WordsRedacted():
            return _without_words(a, seq, fact)
        case e.SummaryConfirmed():
            return replace(a, summary_confirmed_at=at)
        case e.ItemSwapped():
            return replace(a, swaps=(*a.swaps, fact))
        case e.HelpAsked():
            return replace(a, help_asked=(*a.help_asked, fact))
        case e.HelpSeen():
            return replace(a, help_seen_up_to=max(a.help_seen_up_to, fact.message))
        case e.AnswerObserved():
            return replace(a, observed={**a.observed, seq: fact})
        case e.InterviewFinished():
            return replace(a, interview_finished=True)
        case e.ResponseHandedIn():
            return replace(
                a,
                responses={**a.responses, fact.item_id: fact.response},
                response_seqs={**a.response_seqs, fact.item_id: seq},
                shown_orders={**a.shown_orders, fact.item_id: fact.shown_order},
            )
        case e.BlockFinished():
            return replace(a, blocks_finished=fact.block + 1, ended_early=fact.ends)
        case e.AssessmentSubmitted():
            handed_in = replace(a.moved(Status.SUBMITTED), submitted_at=at, ran_out=fact.by == "deadline")
            return replace(handed_in, unnoticed=frozenset(fact.unnoticed))
        case e.ModelReplied():
            return replace(a, replies={**a.replies, fact.request_hash: fact})
        case e.ResponseScored():
            latest = {(score.item_id, score.criterion): score for score in fact.scores}
            return replace(a, scores={**a.scores, **latest}, verdict_is_behind=a.verdict is not None)
        case e.ScoringRepeated():
            scores = {place: score for place, score in a.scores.items() if place[0] not in fact.item_ids}
            return replace(
                a, rescored=fact, scores=scores, verdict_is_behind=True, rescored_since_verdict=True
            )
        case e.ItemRetired():
            return _without_item(a, fact)
        case e.ScoreOverridden() | e.ScoreDisputed() | e.ScoreAdjudicated():
            return _reviewed(a, at, fact)
        case e.ReviewDecided():
            return replace(a, decided_by_person=fact, verdict_is_behind=a.verdict is not None)
        case e.VerdictIssued():
            decided = a.moved(Status.DECIDED)
            return replace(
                decided,
                verdict=fact,
                revoked=None,
                verdict_is_behind=False,
                rescored_since_verdict=False,
                decided_by_person=a.person_in_force,
                raised_since_verdict=False,
                reviews=a.reviews.told(),
            )
        case e.VerdictRevoked():
            return replace(a, revoked=fact)
        case e.ResultShared():
            return replace(a, shares={**a.shares, fact.share_id: fact})
        case e.SharingEnded():
            return replace(a, shares={key: one for key, one in a.shares.items() if key != fact.share_id})
        case e.FaultRecorded():
            return replace(
                a.moved(Status.TECHNICAL_HOLD), held_from=a.status, fault=fact, faults=a.faults + 1
            )
        case e.HoldReleased():
            return replace(a.moved(a.held_from or Status.SCORING), held_from=None, fault=None)
        case e.AssessmentVoided():
            return replace(a.moved(Status.VOIDED), voided=fact)
        case e.AssessmentPaused():
            return a.moved(Status.PAUSED).stopped(at, fact.reason)
        case e.AssessmentResumed():
            working = a.moved(Status.IN_PROGRESS)
            return working.going_on(at, fact.deadline, owes_reply=a.transcript.unanswered is not None)
        case e.AccommodationGranted():
            return a.accommodated(fact.terms, at)
        case e.AccommodationRequested():
            number = a.asked.number + 1 if a.asked else 1
            return replace(a, asked=Asked(seq, at, fact.wishes, fact.note, number))
        case e.AccommodationAnswered():
            answer = Answer(fact.granted, fact.told, at)
            return replace(a, asked=replace(a.asked, answer=answer) if a.asked else None)
        case e.AssessmentExtended():
            invites = dict.fromkeys(a.invites, fact.expires_at)
            return replace(a, invites=invites, expires_at=fact.expires_at)
        case e.MetadataReplaced():
            return replace(a, metadata=fact.metadata)
        case e.AssessmentExpired():
            return a.moved(Status.EXPIRED)
        case e.AssessmentWithdrawn():
            return a.moved(Status.WITHDRAWN)
        case e.AssessmentCancelled():
            return a.moved(Status.CANCELLED)
        case e.TranscriptOpened():
            return a if fact.blind else replace(a, opened_by=a.opened_by | {fact.reviewer})
        case e.SecondLookDrawn():
            return replace(a, second_look=SecondLook(fact.criteria))
        case e.SecondLookScored() | e.SecondLookCompared() | e.SecondLookSeen():
            return replace(a, second_look=_looked(a.second_look or SecondLook({}), fact))
        case e.AppealFiled():
            return replace(a, appeals={**a.appeals, **_filed(a, at, fact)})
        case e.AppealAnswered():
            return _answered(a, at, fact)
        case e.FollowUpAsked() | e.FollowUpExtended() | e.FollowUpAnswered():
            return replace(a, follow_ups=followed_up(a.follow_ups, at, fact))
        case e.AnswerFoundAlike():
            found = Alike(
                item_id=fact.item_id,
                other=fact.other,
                likeness=fact.likeness,
                passages=fact.passages,
                rule=fact.rule,
                found_at=at,
            )
            return replace(a, alike={**a.alike, fact.item_id: found})
        case e.AnswerQuotesKey(item_id=item_id):
            quoted = NoticedPassages(item_id=item_id, passages=fact.passages, rule=fact.rule, found_at=at)
            return replace(a, quoted={**a.quoted, item_id: quoted})
        case e.SignalJudged(awaits_second=True):
            return replace(a, confirmed_once={**a.confirmed_once, (fact.what, fact.item_id): fact})
        case e.SignalJudged():
            return replace(a, judged={**a.judged, (fact.what, fact.item_id): fact})
        case e.SignalReplied():
            alike = {item_id: one.replied(fact.text) for item_id, one in a.alike.items()}
            quotes = {item_id: one.replied(fact.text) for item_id, one in a.quoted.items()}
            return replace(a, signal_reply=a.signal_reply or fact.text, alike=alike, quoted=quotes)
        case e.SignalUnanswered():
            alike = {item_id: one.unanswered(at - a.reply_term) for item_id, one in a.alike.items()}
            quotes = {item_id: one.unanswered(at - a.reply_term) for item_id, one in a.quoted.items()}
            return replace(a, alike=alike, quoted=quotes)
        case e.NoticeAccepted():
            return replace(a, notice=fact)
        case e.ConsentAnswered():
            return replace(a, consents=(*a.consents, (at, fact)))
        case e.SessionMoved():
            return a


def _identified(
    a: Assessment, fact: e.IdentityCheckOpened | e.IdentityReported | e.IdentityUnavailable
) -> Assessment:
    """Follow the check. An outcome that comes after a verdict that holds makes another one due."""
    after = replace(a, identity=a.identity.after(fact))
    came_late = (
        a.verdict is not None and a.revoked is None and after.identity.made_sure != a.identity.made_sure
    )
    return replace(after, verdict_is_behind=after.verdict_is_behind or came_late)


def _filed(a: Assessment, at: datetime, fact: e.AppealFiled) -> dict[Place, Appeal]:
    due_at = at + timedelta(days=a.policy.review_days)
    places = [(one.item_id, one.criterion) for one in fact.criteria]
    return {
        place: Appeal(
            id=fact.appeal_id,
            ground=fact.ground,
            note=fact.note,
            filed_at=at,
            due_at=due_at,
            before=a.scores[place],
            decision=a.decision,
        )
        for place in places
    }


def _answered(a: Assessment, at: datetime, fact: e.AppealAnswered) -> Assessment:
    place = (fact.item_id, fact.criterion)
    answer = AppealAnswer(fact.outcome, fact.reason, at, a.scores[place])
    return replace(
        a,
        appeals={**a.appeals, place: replace(a.appeals[place], answer=answer)},
        raised_since_verdict=a.raised_since_verdict or fact.outcome == "raised",
    )


def _reviewed(
    a: Assessment, at: datetime, fact: e.ScoreOverridden | e.ScoreDisputed | e.ScoreAdjudicated
) -> Assessment:
    place = (fact.item_id, fact.criterion)
    reviews = a.reviews.after(at, fact, a.scores[place])
    after = replace(a, reviews=reviews, verdict_is_behind=a.verdict_is_behind or reviews.is_untold)
    look = a.second_look
    if not isinstance(fact, e.ScoreAdjudicated) or look is None:
        return after
    settled = replace(look, settled=look.settled | {place})
    left = disagreements(a.scores, (), settled)
    return replace(after, second_look=replace(settled, is_seen=look.is_seen or not left))


def _looked(
    look: SecondLook, fact: e.SecondLookScored | e.SecondLookCompared | e.SecondLookSeen
) -> SecondLook:
    match fact:
        case e.SecondLookScored():
            return replace(
                look,
                marks={**look.marks, fact.item_id: fact.marks},
                reasons={**look.reasons, fact.item_id: fact.reasons},
                reviewers={**look.reviewers, fact.item_id: fact.reviewer},
            )
        case e.SecondLookCompared():
            return replace(look, levels=fact.levels)
        case e.SecondLookSeen():
            return replace(look, is_seen=True)


def _without_item(a: Assessment, fact: e.ItemRetired) -> Assessment:
    """Take an item's scores away. Where it had none, nothing that was decided changes."""
    kept = {place: score for place, score in a.scores.items() if place[0] != fact.item_id}
    retired = replace(a, retired={**a.retired, fact.item_id: fact}, scores=kept)
    if a.verdict is None or len(kept) == len(a.scores):
        return retired
    return replace(retired, verdict_is_behind=True, rescored_since_verdict=True, is_given_back=True)


def _with_turn(a: Assessment, seq: int, fact: e.CandidateMessage | e.InterviewerMessage) -> Assessment:
    turns = (*a.transcript.turns, _turn(seq, fact))
    transcript = Transcript(turns=turns, corrections=a.transcript.corrections)
    return replace(a, transcript=transcript, spoken={**a.spoken, seq: fact})


def _with_correction(a: Assessment, seq: int, at: datetime, fact: e.AnswerCorrected) -> Assessment:
    correction = Correction(seq=seq, at=at, **fact.model_dump(exclude={"type"}))
    corrections = (*a.transcript.corrections, correction)
    transcript = Transcript(turns=a.transcript.turns, corrections=corrections)
    return replace(a, transcript=transcript, spoken={**a.spoken, seq: fact}, observed={})


def _without_words(a: Assessment, seq: int, fact: e.WordsRedacted) -> Assessment:
    left = {one.seq: one.fact for one in fact.left}

    def turn(said: Turn) -> Turn:
        now = left.get(said.seq)
        return _turn(said.seq, now) if isinstance(now, e.CandidateMessage | e.InterviewerMessage) else said

    def correction(made: Correction) -> Correction:
        now = left.get(made.seq)
        if not isinstance(now, e.AnswerCorrected):
            return made
        return made.changed(text=now.text, redactions=now.redactions)

    transcript = Transcript(
        turns=tuple(map(turn, a.transcript.turns)),
        corrections=tuple(map(correction, a.transcript.corrections)),
    )
    return replace(a, transcript=transcript, spoken={**a.spoken, seq: fact, **left}, observed={})


def _turn(seq: int, fact: e.CandidateMessage | e.InterviewerMessage) -> Turn:
    if isinstance(fact, e.CandidateMessage):
        return Turn(
            seq=seq,
            speaker="candidate",
            text=fact.text,
            item_id=fact.item_id,
            message_id=fact.message_id,
            redactions=fact.redactions,
        )
    return Turn(
        seq=seq,
        speaker="interviewer",
        text=fact.text,
        item_id=fact.item_id,
        kind=fact.kind,
        probe_id=fact.probe_id,
        redactions=fact.redactions,
    )
