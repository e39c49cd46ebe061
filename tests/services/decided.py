"""People who were assessed and decided, written straight into the store: no interview is played."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.demographics import Declaration, Sex
from assessor.domain.item import Category
from assessor.domain.policy import Policy
from assessor.domain.score import Score
from assessor.ports import Append, Clock, Store
from assessor.services.log import following
from tests.world import START

Facts = tuple[e.Fact, ...]


@dataclass
class Town:
    """A store with people in it."""

    store: Store
    clock: Clock
    tenant: str
    livemode: bool = True
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def invited(
        self, *facts: e.Fact, person: str | None = None, track: str = "python", simulated: bool = False
    ) -> str:
        """Order an assessment, let these facts follow, and return its id."""
        number = next(self.numbers)
        reference = person or f"person-{number}"
        now = self.clock.now() + timedelta(seconds=number)
        ordered = e.AssessmentOrdered(
            tenant=self.tenant,
            candidate_id=await self.store.candidate(self.tenant, reference),
            candidate_ref=reference,
            track=track,
            track_version=1,
            language="en",
            livemode=self.livemode,
            simulated=simulated,
            policy=Policy(),
            expires_at=now + timedelta(days=14),
        )
        link = e.InviteIssued(token_hash=f"{self.tenant}-{number}", expires_at=ordered.expires_at)
        opened = (e.InviteRedeemed(token_hash=link.token_hash),) if BEGUN[0] in facts else ()
        everything = (ordered, link, *opened, *facts)
        assessment_id = f"asm_{self.tenant}_{number}"
        row = following(Assessment(assessment_id), everything, now).projection()
        await self.store.begin(Append(assessment_id, 0, now, everything, row))
        return assessment_id

    async def decided(
        self,
        score: float = 70.0,
        decision: str = "qualified",
        by: str = "rule",
        *,
        sex: Sex | None = None,
        items: dict[str, float] | None = None,
        **order: Any,
    ) -> str:
        """Let somebody be decided, and declare themselves if `sex` is given."""
        scored = [answer(item_id, value) for item_id, value in (items or {}).items()]
        facts = (*BEGUN, e.AssessmentSubmitted(), e.ScoringStarted(), *scored)
        assessment_id = await self.invited(*facts, verdict(score, decision, by), **order)
        if sex is not None:
            await self.store.declare(assessment_id, Declaration(sex=sex), self.clock.now())
        return assessment_id


BEGUN: Facts = (e.AssessmentStarted(deadline=START + timedelta(days=1)),)


def answer(item_id: str, value: float) -> e.ResponseScored:
    score = Score(
        item_id=item_id,
        category=Category.RANKING,
        criterion="order",
        text="puts them in order",
        competency="judgement",
        value=value,
        rater="rule:ranking",
    )
    return e.ResponseScored(item_id=item_id, scores=(score,))


_verdicts = count(1)


def verdict(score: float, decision: str, by: str, supersedes: str | None = None) -> e.VerdictIssued:
    until = (START + timedelta(days=365)).isoformat()
    document = {"score": score, "decision": decision, "decided_by": by, "valid_until": until}
    return e.VerdictIssued(
        verdict_id=f"vrd_{next(_verdicts)}", supersedes=supersedes, document=document, jws="a.b.c"
    )
