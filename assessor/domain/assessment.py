"""The assessment: what has happened to it, and what may happen next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, get_args

from assessor.domain import events as e
from assessor.domain.adjudication import Disagreement, disagreements
from assessor.domain.appeal import Appeal, AppealAnswer, AppealState, Place
from assessor.domain.errors import IllegalTransition, invalid
from assessor.domain.evidence import OwnText
from assessor.domain.follow_up import FollowUp, followed_up
from assessor.domain.form import Form
from assessor.domain.grading import INSTALLED, Grading
from assessor.domain.identification import Identification, identification
from assessor.domain.item import Category
from assessor.domain.policy import Policy
from assessor.domain.quality import SecondLook
from assessor.domain.queue import QueuePlace, noted
from assessor.domain.response import Response, own_texts
from assessor.domain.reviews import Reviews
from assessor.domain.rubric import Rubric
from assessor.domain.score import Score
from assessor.domain.timekeeping import Timekeeping
from assessor.domain.transcript import Correction, Transcript, Turn
from assessor.domain.wishes import Answer, Asked, Wish
from assessor.domain.wording import worded


class Status(StrEnum):
    """Where an assessment stands."""

    ORDERED = "ordered"
    OPENED = "opened"
    IDENTITY = "identity"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    SUBMITTED = "submitted"
    SCORING = "scoring"
    DECIDED = "decided"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    TECHNICAL_HOLD = "technical_hold"
    VOIDED = "voided"


_ENDINGS = frozenset({Status.EXPIRED, Status.WITHDRAWN, Status.CANCELLED})

TRANSITIONS: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        Status.ORDERED: _ENDINGS | {Status.OPENED},
        Status.OPENED: _ENDINGS | {Status.IDENTITY, Status.IN_PROGRESS},
        Status.IDENTITY: _ENDINGS | {Status.IN_PROGRESS},
        Status.IN_PROGRESS: _ENDINGS | {Status.PAUSED, Status.SUBMITTED, Status.TECHNICAL_HOLD},
        Status.PAUSED: _ENDINGS | {Status.IN_PROGRESS},
        Status.SUBMITTED: frozenset({Status.SCORING}),
        Status.SCORING: frozenset({Status.DECIDED, Status.TECHNICAL_HOLD}),
        Status.DECIDED: frozenset(),
        Status.EXPIRED: frozenset(),
        Status.WITHDRAWN: frozenset(),
        Status.CANCELLED: frozenset(),
        Status.TECHNICAL_HOLD: frozenset({Status.IN_PROGRESS, Status.SCORING, Status.VOIDED}),
        Status.VOIDED: frozenset(),
    }
)
"""Every legal step. Feeds code, API documentation and tests."""

UNBEGUN = (Status.ORDERED, Status.OPENED, Status.IDENTITY)
"""The clock does not run yet."""

OPEN = frozenset({Status.ORDERED, Status.OPENED, Status.IDENTITY, Status.IN_PROGRESS, Status.PAUSED})
"""The candidate can still come and work."""


HELP_BY_URGENCY: tuple[e.HelpKind, ...] = get_args(e.HelpKind)
"""The kinds of help, the most urgent first: the order of the reviewers' queue."""

MOST_OWED = timedelta(hours=1)
"""How long a reply that never came holds the end open; the sweep ends what nobody came back to."""


QualityState = Literal["due", "differs"]
"""A second look waits for a person who has seen no scores, or found differences that nobody has seen to."""


@dataclass(frozen=True)
class Projection:
    """The row of an assessment that lists and queues are queried by. Holds no words of anyone."""

    id: str
    tenant: str
    candidate_id: str
    candidate_ref: str
    track: str
    livemode: bool
    simulated: bool
    status: Status
    ordered_at: datetime
    expires_at: datetime
    deadline: datetime | None
    submitted_at: datetime | None
    decision: str | None
    open_criteria: int
    needs_person: bool
    paused_until: datetime | None = None
    """When the clock goes on by itself, in a break."""
    needs_help: e.HelpKind | None = None
    """The most urgent thing that the candidate asked for and nobody has seen to yet."""
    quality: QualityState | None = None
    """What the quality sample has for reviewers to do."""
    erased_at: datetime | None = None
    """When what was said and written was erased; no fact of the log, since nothing opens that any more."""
    appeal_due: datetime | None = None
    """By when the appeal that waits longest is to be answered; None where none waits."""
    callback_endpoint: str | None = None
    """The one webhook endpoint that is told; None is every one that wants to be."""
    language: str | None = None
    noted: tuple[str, ...] = ()
    """Reasons to look that only the log tells: see `domain/queue.py`."""
    overrides: tuple[str, ...] = ()
    """The codes of the overrides of its scores, the oldest first: see `domain/override.py`."""

    @property
    def queue_place(self) -> QueuePlace:
        """Where it stands in the queue, if it waits."""
        rank = HELP_BY_URGENCY.index(self.needs_help) if self.needs_help else len(HELP_BY_URGENCY)
        return QueuePlace(rank, self.submitted_at or self.ordered_at, self.id)


@dataclass(frozen=True)
class Assessment(Timekeeping):
    """The state that the log adds up to."""

    id: str
    seq: int = 0
    head: str = ""
    status: Status = Status.ORDERED
    held_from: Status | None = None
    order: e.AssessmentOrdered | None = None
    drawn: e.FormDrawn | None = None
    ordered_at: datetime | None = None
    started_at: datetime | None = None
    submitted_at: datetime | None = None
    invites: Mapping[str, datetime] = field(default_factory=dict)
    """Unused invites by token hash, with their expiry."""
    expires_at: datetime | None = None
    """When it expires unless it was begun: with the latest invite."""
    transcript: Transcript = field(default_factory=Transcript)
    spoken: Mapping[int, e.Spoken] = field(default_factory=dict)
    """The facts that hold words of the conversation, by sequence number."""
    summary_confirmed_at: datetime | None = None
    swaps: tuple[e.ItemSwapped, ...] = ()
    help_asked: tuple[e.HelpAsked, ...] = ()
    help_seen_up_to: int = 0
    """Sequence number of the last message that asked for help and that a reviewer has seen to."""
    observed: Mapping[int, e.AnswerObserved] = field(default_factory=dict)
    """What was observed about answers, by event seq; nothing once words changed, which it points into."""
    interview_finished: bool = False
    responses: Mapping[str, Response] = field(default_factory=dict)
    response_seqs: Mapping[str, int] = field(default_factory=dict)
    shown_orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    blocks_finished: int = 0
    """Of a sequential form: so many blocks are handed in for good."""
    ended_early: bool = False
    """Whether the blocks that were left are not given."""
    scores: Mapping[tuple[str, str], Score] = field(default_factory=dict)
    """The latest score by item id and criterion."""
    replies: Mapping[str, e.ModelReplied] = field(default_factory=dict)
    """Recorded model replies by request hash."""
    decided_by_person: e.ReviewDecided | None = None
    verdict: e.VerdictIssued | None = None
    """The latest verdict. It holds unless it was revoked."""
    revoked: e.VerdictRevoked | None = None
    """Set once the latest verdict holds no more."""
    shares: Mapping[str, e.ResultShared] = field(default_factory=dict)
    """The links to the result that the candidate gave and did not take back, by id."""
    verdict_is_behind: bool = False
    """Whether a person scored or decided, or the work was scored again, since it was issued."""
    rescored: e.ScoringRepeated | None = None
    """The latest scoring anew: its rubrics and prompts made the scores."""
    rescored_since_verdict: bool = False
    """Whether the work was scored again, or an item of it retired: a verdict is due, whatever is open."""
    retired: Mapping[str, e.ItemRetired] = field(default_factory=dict)
    """The items of the form that count no more."""
    is_given_back: bool = False
    """Whether a task fell out after it had been decided: our mistake, so it is no attempt that counts."""
    fault: e.FaultRecorded | None = None
    faults: int = 0
    """How often a fault of ours held it; scoring round `faults + 1` is the current one."""
    voided: e.AssessmentVoided | None = None
    opened_by: frozenset[str] = frozenset()
    """Reviewers who have seen the case with its scores."""
    second_look: SecondLook | None = None
    appeals: Mapping[Place, Appeal] = field(default_factory=dict)
    """By what they are about."""
    reviews: Reviews = field(default_factory=Reviews)
    """The scores that people replaced."""
    raised_since_verdict: bool = False
    """Whether an appeal raised a score since the latest verdict was issued."""
    follow_ups: tuple[FollowUp, ...] = ()
    """What reviewers asked about the candidate's own answers. Nothing that scores reads it."""
    signal_reply: str | None = None
    """What the candidate said about passages that seem to speak to whoever grades."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    identity: Identification = field(default_factory=Identification)
    """How far it has come with making sure who works."""
    notice: e.NoticeAccepted | None = None
    """The latest edition of the notice that the candidate has read."""
    consents: tuple[tuple[datetime, e.ConsentAnswered], ...] = ()
    """Every answer about an optional use, the oldest first. Nothing that scores reads it."""
    asked: Asked | None = None
    """The accommodations that the candidate asked for last."""

    @property
    def agreed_to(self) -> Mapping[str, bool]:
        """What the candidate said last about each optional use; who said nothing did not agree."""
        return {answer.use: answer.given for _, answer in self.consents}

    @property
    def waits_for_platform(self) -> tuple[Wish, ...]:
        """Return what the candidate asked for and nobody has answered; nothing once the work is handed in."""
        if self.asked is None or self.status not in OPEN:
            return ()
        return self.asked.waiting(self.accommodation)

    @property
    def ordered(self) -> e.AssessmentOrdered:
        """How it was ordered; every log begins with it."""
        if self.order is None:
            raise ValueError(f"the log of {self.id} does not begin with an order")
        return self.order

    @property
    def form(self) -> Form:
        """The items; drawn together with the order, as they stand after swaps and an early end."""
        if self.drawn is None:
            raise ValueError(f"the log of {self.id} has no form")
        form = self.drawn.form
        for swap in self.swaps:
            form = form.swapped(swap.item_id, swap.place)
        return form.until(self.blocks_finished) if self.ended_early else form

    @property
    def counted_form(self) -> Form:
        """The form without the items that were retired, which is what a verdict rests on."""
        return self.form.without(self.retired)

    @property
    def decision(self) -> str | None:
        """What the live verdict says; None without one, and once it was revoked."""
        return self.verdict.document.get("decision") if self.verdict and not self.revoked else None

    @property
    def policy(self) -> Policy:
        """The tenant's policy as it was when the assessment was ordered."""
        return self.ordered.policy

    @property
    def policy_in_force(self) -> Policy:
        """The policy at the pilot's stage at which the live verdict was made."""
        return self.policy.at(self.verdict.stage if self.verdict else None)

    @property
    def message_ids(self) -> frozenset[str]:
        """The client ids of all messages that were accepted."""
        return frozenset(turn.message_id for turn in self.transcript.turns if turn.message_id)

    @property
    def grading(self) -> Grading:
        """What it is scored with in place of what is installed. Scoring anew takes the installed judge."""
        drawn_under = self.drawn.grading if self.drawn else None
        return INSTALLED if self.rescored or drawn_under is None else drawn_under

    @property
    def rubrics(self) -> Mapping[str, Rubric]:
        """The rubrics that hold instead of the library's: those of the draw, and of a later scoring anew."""
        drawn_under = self.drawn.grading if self.drawn else None
        drawn = drawn_under.rubrics if drawn_under else ()
        later = self.rescored.rubrics if self.rescored else ()
        return {rubric.id: rubric for rubric in (*drawn, *later)}

    @property
    def verdict_is_due(self) -> bool:
        """Whether a verdict that follows from the log has not been issued yet. None follows a revocation."""
        settled = self.person_in_force is not None or not self.open_scores
        answered = settled and not self.open_appeals
        is_told = not (self.rescored_since_verdict or self.reviews.is_untold)
        return self.verdict_is_behind and not self.revoked and (answered or not is_told)

    @property
    def person_in_force(self) -> e.ReviewDecided | None:
        """The person's decision that holds. One of `not_qualified` holds no more once a score was raised, on
        appeal or by an override; any other one stands, so that no appeal can make a result worse."""
        decided = self.decided_by_person
        raised = self.raised_since_verdict or self.reviews.has_raised
        return None if raised and decided and decided.decision == "not_qualified" else decided

    @property
    def open_appeals(self) -> tuple[Appeal, ...]:
        """Appeals that wait for an answer, the oldest first. What counts no more needs none."""
        return tuple(one for one in self.appeals.values() if self.appeal_state(one) == "waiting")

    def appeal_state(self, appeal: Appeal) -> AppealState:
        """Return how one of the appeals stands."""
        if appeal.answer is not None:
            return appeal.answer.outcome
        return "void" if self.revoked or appeal.place not in self.scores else "waiting"

    @property
    def appeal_due(self) -> datetime | None:
        """By when the appeal that waits longest is to be answered.

        One that is answered waits on until its verdict is issued, so that a crash in between is found.
        """
        waiting = [one.due_at for one in self.open_appeals]
        if not waiting and self.raised_since_verdict:
            waiting = [one.due_at for one in self.appeals.values()]
        return min(waiting, default=None)

    @property
    def is_all_scored(self) -> bool:
        """Whether every item that counts has its scores, open ones among them."""
        scored = {item_id for item_id, _ in self.scores}
        return all(place.item_id in scored for place in self.counted_form.items if place.is_scored)

    @property
    def open_scores(self) -> tuple[Score, ...]:
        """Criteria that wait for a person."""
        return tuple(score for score in self.scores.values() if score.is_open)

    @property
    def needs_person(self) -> bool:
        """Whether a reviewer has something to do."""
        if self.status is Status.TECHNICAL_HOLD:
            return True
        if self.status is not Status.DECIDED or self.verdict is None or self.revoked:
            return False
        actor = self.verdict.document.get("next", {}).get("actor")
        return self.decision == "needs_review" or bool(actor == "reviewer")

    @property
    def is_decided_by_rule(self) -> bool:
        """Whether a rule said qualified or not qualified, and that holds."""
        document = self.verdict.document if self.verdict else {}
        return document.get("decided_by") == "rule" and document.get("decision") != "needs_review"

    @property
    def quality(self) -> QualityState | None:
        """What the quality sample has for reviewers to do. Where no rule decided after all, nothing."""
        look = self.second_look
        if self.disagreements:
            return "differs"
        if look is None:
            return None
        if look.levels is None:
            return "due" if self.is_decided_by_rule else None
        return "differs" if look.differences and not look.is_seen else None

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Criteria with two readings between which nobody has decided; none once the verdict was revoked."""
        return () if self.revoked else disagreements(self.scores, self.reviews.disputes, self.second_look)

    @property
    def open_help(self) -> tuple[e.HelpAsked, ...]:
        """What the candidate asked for and nobody has seen to yet, oldest first."""
        return tuple(
            asked
            for asked in self.help_asked
            if asked.message > self.help_seen_up_to and self._is_wanted_still(asked)
        )

    def _is_wanted_still(self, asked: e.HelpAsked) -> bool:
        """Whether a request for accommodations waits for its answer. Other calls wait to be seen to.

        Once the work is handed in it is not told any more: who scores must not know of it.
        """
        if asked.kind != "accommodation":
            return True
        latest = self.asked is not None and self.asked.seq == asked.message
        return latest and bool(self.waits_for_platform)

    @property
    def needs_help(self) -> e.HelpKind | None:
        """The most urgent of what nobody has seen to yet."""
        return min((asked.kind for asked in self.open_help), key=HELP_BY_URGENCY.index, default=None)

    def texts_of(self, item_id: str) -> tuple[OwnText, ...]:
        """Return the candidate's own words for one item, which is all that can be evidence."""
        place = self.form.place_of(item_id)
        if place is not None and place.category is Category.INTERVIEW:
            return self.transcript.own_texts(item_id)
        if item_id not in self.responses:
            return ()
        seq = self.response_seqs[item_id]
        return tuple(
            OwnText(event_seq=seq, path=path, text=text)
            for path, text in own_texts(self.responses[item_id]).items()
        )

    @property
    def takes_work(self) -> bool:
        """Whether what somebody writes can still become part of it."""
        return self.status in OPEN or self.status is Status.TECHNICAL_HOLD

    def is_over(self, now: datetime) -> bool:
        """Whether the time to work has run out. Waiting for the interviewer is not working."""
        if self.deadline is None or self.status is not Status.IN_PROGRESS:
            return False
        return now >= self.deadline + min(self.owed(now), MOST_OWED)

    def require(self, action: str, *allowed: Status) -> None:
        """Raise IllegalTransition unless the status is one of those in which `action` makes sense."""
        if self.status not in allowed:
            raise IllegalTransition(
                worded(
                    "The assessment is %(status)s; %(action)s is not possible now",
                    status=worded(self.status.value),
                    action=worded(action),
                ),
                _WAY_OUT[self.status],
            )

    def require_on_form(self, item_id: str) -> None:
        """Raise InvalidInput unless the item is on this assessment's form."""
        if self.form.place_of(item_id) is None:
            raise invalid(
                "item",
                worded("%(item)s is not on this form", item=repr(item_id)),
                "Answer one of the listed tasks.",
            )

    def require_its_turn(self, item_id: str) -> None:
        """Raise IllegalTransition for a task of a block that is not open yet, or is handed in for good."""
        block = self.form.block_of(item_id)
        if block is None or block == self.blocks_finished:
            return
        if block > self.blocks_finished:
            raise IllegalTransition("This task comes later", "Hand in those that are open first.")
        raise IllegalTransition(
            "This task was handed in for good", "Its group is complete; go on with those that are open."
        )

    def projection(self) -> Projection:
        """Return the row for lists and queues."""
        ordered = self.ordered
        if self.ordered_at is None:
            raise ValueError(f"the log of {self.id} has no time of order")
        return Projection(
            id=self.id,
            tenant=ordered.tenant,
            candidate_id=ordered.candidate_id,
            candidate_ref=ordered.candidate_ref,
            track=ordered.track,
            livemode=ordered.livemode,
            simulated=ordered.simulated,
            status=self.status,
            ordered_at=self.ordered_at,
            expires_at=self.expires_at or ordered.expires_at,
            deadline=self.deadline,
            submitted_at=self.submitted_at,
            decision=self.decision,
            open_criteria=len(self.open_scores),
            needs_person=self.needs_person,
            paused_until=self.paused_until if self.status is Status.PAUSED else None,
            needs_help=self.needs_help,
            quality=self.quality,
            appeal_due=self.appeal_due,
            callback_endpoint=ordered.callback_endpoint,
            language=ordered.language,
            noted=self._noted,
            overrides=tuple(one.code.value for one in self.reviews.overrides),
        )

    @property
    def _noted(self) -> tuple[str, ...]:
        if not self.needs_person or self.verdict is None:
            return ()
        return noted(self.verdict.document, self.scores.values(), replied=self.signal_reply is not None)

    def moved(self, status: Status) -> "Assessment":
        """Return the assessment in another status. Raises IllegalTransition."""
        if status is self.status:
            return self
        if status not in TRANSITIONS[self.status]:
            raise IllegalTransition(
                worded(
                    "An assessment cannot go from %(before)s to %(after)s",
                    before=worded(self.status.value),
                    after=worded(status.value),
                ),
                _WAY_OUT[self.status],
            )
        return replace(self, status=status)

    def after(self, seq: int, at: datetime, fact: e.Fact, head: str = "") -> "Assessment":
        """Return the assessment after one more fact. Raises IllegalTransition."""
        return replace(_applied(self, seq, at, fact), seq=seq, head=head)


def replay(assessment_id: str, log: Iterable[e.Event]) -> Assessment:
    """Add a log up. Raises IllegalTransition when it tells an impossible story."""
    assessment = Assessment(assessment_id)
    for event in log:
        assessment = assessment.after(event.seq, event.at, event.fact, event.hash)
    return assessment


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
            return replace(a.moved(Status.SUBMITTED), submitted_at=at)
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
        case e.SignalReplied():
            return replace(a, signal_reply=fact.text)
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


_WAY_OUT: Mapping[Status, str] = MappingProxyType(
    {
        Status.ORDERED: worded("Open the invitation first."),
        Status.OPENED: worded("Begin the assessment first."),
        Status.IDENTITY: worded("Finish the identity step first."),
        Status.IN_PROGRESS: worded("Go on with the open parts, or submit."),
        Status.PAUSED: worded("Press “Go on” first; nothing is lost."),
        Status.SUBMITTED: worded("It was submitted; the result page shows what happens next."),
        Status.SCORING: worded("It is being scored; the result page shows what happens next."),
        Status.DECIDED: worded("The result page shows the decision; a review can change it."),
        Status.EXPIRED: worded("The invitation ran out; ask the platform for a new one."),
        Status.WITHDRAWN: worded("It was withdrawn; ask the platform for a new one."),
        Status.CANCELLED: worded("The platform cancelled it; ask them."),
        Status.TECHNICAL_HOLD: worded(
            "A fault of ours holds it; nothing counts against you. We will tell you more."
        ),
        Status.VOIDED: worded("It does not count; a new attempt was given."),
    }
)
