"""Small factories for the domain: a track, forms, scores and a log."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, replay
from assessor.domain.evidence import Evidence
from assessor.domain.form import Form, FormItem
from assessor.domain.item import Category
from assessor.domain.policy import Grade, Policy
from assessor.domain.score import Score, Unscored
from assessor.domain.track import Competency, Cut, FormPlan, Section, Track

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
CUT = 0.2
PILOT = Policy(judge_may_score=True, least_basis=Grade.PROVISIONAL)
BOTH_WAYS = PILOT.changed(rules_may_decide=("qualified", "not_qualified"))
SOUND = "Evidence that a person looked at with care."

Plan = Sequence[tuple[Category, int, int]]
"""Category, number of items, number of criteria of each."""

FULL: Plan = (
    (Category.INTERVIEW, 3, 5),
    (Category.EVALUATION, 3, 4),
    (Category.RANKING, 3, 1),
    (Category.RUBRIC_WRITING, 1, 6),
    (Category.SFT, 1, 7),
    (Category.TRAJECTORY, 1, 4),
)
SHORT: Plan = (
    (Category.INTERVIEW, 1, 5),
    (Category.EVALUATION, 1, 4),
    (Category.RANKING, 1, 1),
    (Category.TRAJECTORY, 1, 4),
    (Category.SFT, 1, 7),
)
READ = {Category.INTERVIEW, Category.RUBRIC_WRITING, Category.SFT}
"""What a judge or a person scores."""


def track(*, floor: float | None = None, **changes: Any) -> Track:
    basics: dict[str, Any] = {
        "id": "python",
        "title": "Python",
        "summary": "Reads and writes Python with care.",
        "background_question": "What have you built with Python, and for how long?",
        "closing": "Thank you. That was all.",
        "competencies": (
            Competency(id="semantics", title="Semantics", description="Knows what the code does.", weight=2),
            Competency(id="judgement", title="Judgement", description="Knows a good answer.", floor=floor),
        ),
        "forms": {
            "full": FormPlan(
                sections=(Section(category=Category.RANKING, count=3),), minutes=45, time_limit_minutes=90
            )
        },
        "cut": Cut(ability=CUT, standard_error=0.2, rationale="Stated by the author for the pilot."),
    }
    return Track(**(basics | changes))


def form(plan: Plan = FULL) -> Form:
    items = tuple(
        FormItem(item_id=item_id(category, number), version=1, hash="sha256:00", category=category, minutes=2)
        for category, count, _ in plan
        for number in range(count)
    )
    return Form(name="full", items=items, minutes=45, time_limit_minutes=90)


def item_id(category: Category, number: int = 0) -> str:
    return f"{category.value}-{number}"


def score(**changes: Any) -> Score:
    basics: dict[str, Any] = {
        "item_id": "evaluation-0",
        "category": Category.EVALUATION,
        "criterion": "c0",
        "text": "Shows what it is about",
        "competency": "semantics",
        "value": 1.0,
        "rater": "rule:evaluation",
    }
    return Score(**(basics | changes))


def unscored(of: Score, why: Unscored = Unscored.WAITS_FOR_PERSON, rater: str = "none") -> Score:
    return of.changed(value=None, unscored=why, evidence=(), rater=rater)


def scores(value: float, plan: Plan = FULL, reader: str = "person:rev_1") -> tuple[Score, ...]:
    """Every criterion of a form at one value: rules score the keys, `reader` the rest."""
    return tuple(
        score(
            item_id=item_id(category, number),
            category=category,
            criterion=f"c{place}",
            competency="semantics" if place % 2 else "judgement",
            difficulty=(place % 4 - 1.5) * 0.4 if category in READ else 0.0,
            value=value,
            evidence=(Evidence(event_seq=1, start=0, end=20),) if category in READ else (),
            rater=reader if category in READ else f"rule:{category.value}",
        )
        for category, count, criteria in plan
        for number in range(count)
        for place in range(criteria)
    )


ORDERED = e.AssessmentOrdered(
    tenant="ten_1",
    candidate_id="can_1",
    candidate_ref="c-42",
    track="python",
    track_version=1,
    language="en",
    livemode=False,
    policy=PILOT,
    expires_at=NOW + timedelta(days=14),
)
DRAWN = e.FormDrawn(
    seed="seed",
    form=form(),
    bank_hash="sha256:ba",
    rubrics_hash="sha256:ab",
    prompts_hash="sha256:cd",
)


def log(*facts: e.Fact, start: int = 1) -> tuple[e.Event, ...]:
    """Events of one assessment, a minute apart."""
    return tuple(
        e.Event(
            assessment_id="as_1",
            seq=seq,
            at=NOW + timedelta(minutes=seq),
            fact=fact,
            hash=f"sha256:{seq:04d}",
        )
        for seq, fact in enumerate(facts, start)
    )


def assessment(*facts: e.Fact) -> Assessment:
    """An assessment with an order and a form, and what happened after."""
    return replay("as_1", log(ORDERED, DRAWN, *facts))


STARTED: tuple[e.Fact, ...] = (
    e.InviteIssued(token_hash="t1", expires_at=NOW + timedelta(days=14)),
    e.InviteRedeemed(token_hash="t1"),
    e.NoticeAccepted(version="1", hash="sha256:1"),
    e.AssessmentStarted(deadline=NOW + timedelta(hours=2)),
)
SUBMITTED: tuple[e.Fact, ...] = (*STARTED, e.AssessmentSubmitted(), e.ScoringStarted())


def scored(found: Sequence[Score]) -> tuple[e.Fact, ...]:
    """One fact an item, as scoring writes them."""
    items = dict.fromkeys(score.item_id for score in found)
    return tuple(
        e.ResponseScored(item_id=name, scores=tuple(score for score in found if score.item_id == name))
        for name in items
    )


def is_sentence(remedy: str) -> bool:
    """Whether a way out reads as a sentence of its own, as every refusal ends with one."""
    return re.fullmatch(r"[A-Z][^A-Z].*[.]", remedy) is not None
