"""The assessment: what has happened to it, and what may happen next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from assessor.domain import events as e
from assessor.domain.adjudication import Disagreement, disagreements
from assessor.domain.appeal import Appeal, AppealState, Place
from assessor.domain.assessment.projection import HELP_BY_URGENCY, Projection, QualityState
from assessor.domain.assessment.status import OPEN, TRANSITIONS, WAY_OUT, Status
from assessor.domain.errors import IllegalTransition, invalid
from assessor.domain.evidence import OwnText
from assessor.domain.follow_up import FollowUp
from assessor.domain.form import Form
from assessor.domain.grading import INSTALLED, Grading
from assessor.domain.identification import Identification
from assessor.domain.item import Category
from assessor.domain.near_duplicate import Alike
from assessor.domain.noticed import NoticedPassages
from assessor.domain.policy import Policy
from assessor.domain.quality import SecondLook
from assessor.domain.queue import noted
from assessor.domain.response import Response, own_texts
from assessor.domain.reviews import Reviews
from assessor.domain.rubric import Rubric
from assessor.domain.score import Score
from assessor.domain.signal_rule import Noticed
from assessor.domain.timekeeping import Timekeeping
from assessor.domain.transcript import Transcript
from assessor.domain.wishes import Asked, Wish
from assessor.domain.wording import worded

MOST_OWED = timedelta(hours=1)
"""How long a reply that never came holds the end open; the sweep ends what nobody came back to."""


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
    ran_out: bool = False
    """Whether it was submitted because the time was over."""
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
    """What the candidate said first about what was noticed in their words."""
    alike: Mapping[str, Alike] = field(default_factory=dict)
    """By item: answers that share much of their wording with an earlier one of somebody else."""
    quoted: Mapping[str, NoticedPassages] = field(default_factory=dict)
    """By item: answers that have the item's canary, which stands in its key alone."""
    judged: Mapping[tuple[Noticed, str], e.SignalJudged] = field(default_factory=dict)
    """What people found who looked at what was noticed, by its kind and the item."""
    confirmed_once: Mapping[tuple[Noticed, str], e.SignalJudged] = field(default_factory=dict)
    """Likewise what one person confirmed, which holds only once another one does."""
    unnoticed: frozenset[Noticed] = frozenset()
    """The rules that were switched off when it was submitted."""
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
    def is_scored_whole(self) -> bool:
        """Whether there is a verdict and nobody scores any more, who must not know what was noticed."""
        return self.verdict is not None and not self.open_scores

    @property
    def reply_term(self) -> timedelta:
        """How long the candidate may reply to what was noticed."""
        return timedelta(days=self.policy.reply_days)

    @property
    def alike_reply_until(self) -> datetime | None:
        """Until when a reply to an answer found alike, or to a canary, is waited for; None where none is."""
        found = (*self.alike.values(), *self.quoted.values())
        waiting = [one.found_at for one in found if not one.is_heard]
        return min(waiting) + self.reply_term if waiting else None

    @property
    def awaits_finding(self) -> bool:
        """Whether a person has to look at answers that are alike, or at what one person confirmed.

        Not before a reply or the end of the time for one, and not while somebody scores or scores again, who
        must not know of it. A result that was revoked needs none.
        """
        is_scoring = not self.is_scored_whole or self.quality is not None or bool(self.open_appeals)
        return bool(self._unfound) and not is_scoring and self.revoked is None

    @property
    def awaits_second_finding(self) -> bool:
        """Whether one person confirmed something, and a second one has to look."""
        return self.awaits_finding and bool(self.confirmed_once.keys() - self.judged.keys())

    def may_be_found_by(self, reviewer: str) -> bool:
        """Whether something waits for a finding that this person has not given."""
        first = {key: one.reviewer for key, one in self.confirmed_once.items()}
        return self.awaits_finding and any(first.get(key) != reviewer for key in self._unfound)

    @property
    def _unfound(self) -> set[tuple[Noticed, str]]:
        heard: set[tuple[Noticed, str]] = {
            *(("alike", item_id) for item_id, one in self.alike.items() if one.is_heard),
            *(("quoted", item_id) for item_id, one in self.quoted.items() if one.is_heard),
        }
        return (heard | self.confirmed_once.keys()) - self.judged.keys()

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
                WAY_OUT[self.status],
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
            alike_reply_until=self.alike_reply_until,
        )

    @property
    def _noted(self) -> tuple[str, ...]:
        if not self.needs_person or self.verdict is None:
            return noted({}, (), integrity=self.awaits_finding, second=self.awaits_second_finding)
        integrity = self.signal_reply is not None or self.awaits_finding
        return noted(self.verdict.document, self.scores.values(), integrity=integrity)

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
                WAY_OUT[self.status],
            )
        return replace(self, status=status)
