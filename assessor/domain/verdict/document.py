"""The verdict document: one writer, one reader. It carries references, never quotes."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal, NoReturn

from pydantic import AwareDatetime, Field, ValidationError

from assessor.domain.assessment import Assessment
from assessor.domain.calibration import Standing, covering
from assessor.domain.errors import DocumentRefused
from assessor.domain.identity import Attestation, HostedOutcome
from assessor.domain.item import Category
from assessor.domain.library import Library
from assessor.domain.policy import Grade, Stage
from assessor.domain.retakes import retake_after
from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.track import Level, Track
from assessor.domain.value import Value, canonical
from assessor.domain.verdict.appealed import after_appeal
from assessor.domain.verdict.basis import Basis, JudgeBasis, family_of, keys_of, model_of
from assessor.domain.verdict.counterfactual import Counterfactual, what_would_change
from assessor.domain.verdict.reasons import NEXT_STEPS, REASONS, Action, ReasonCode
from assessor.domain.verdict.retirement import after_retirement
from assessor.domain.verdict.rule import CompetencyResult, Decision, Interval, Outcome, decide

SCHEMA_VERSION: Final = "1"

_LEVEL: Final = (
    f"The highest level whose cut is reached with a probability of at least {THRESHOLDS.qualified:g}, "
    "however the unscored turn out. Null unless the decision is `qualified` and the track has levels."
)
_SCORE: Final = (
    f"{THRESHOLDS.lowest_score:g} to {THRESHOLDS.highest_score:g}, the cut at {THRESHOLDS.score_at_cut:g}; "
    f"{THRESHOLDS.points_per_logit:g} points are one standard deviation of the candidates."
)
_INTERVAL: Final = f"{THRESHOLDS.interval:.0%}, on the score's scale. Overlapping ones are not an order."
_PROBABILITY: Final = (
    f"By what is scored so far. A rule says qualified from {THRESHOLDS.qualified:g}, and not qualified up to "
    f"{THRESHOLDS.not_qualified:g}, and only if the unscored cannot change that."
)


class TrackReference(Value):
    """Which qualification, in which version."""

    id: str
    version: int
    jurisdiction: str | None
    language: str


class Reason(Value):
    """One reason: the code for programs, the text for people."""

    code: ReasonCode
    text: str


class NextStep(Value):
    """Who has to do what by when."""

    actor: Literal["reviewer", "candidate", "platform", "none"]
    action: Action
    due_at: AwareDatetime | None


class IdentityCheck(Value):
    """How it was made sure who worked: the outcome, never the document that was shown."""

    method: str = "none"
    """`none`, `platform` or `hosted`."""
    level: str = "none"
    checked_at: AwareDatetime | None = None


class EvidenceReference(Value):
    """Where the words stand that a criterion was credited for. `criterion` is `<item>/<criterion>`."""

    criterion: str
    event_seq: int
    start: int
    end: int


class Hashes(Value):
    """The content hashes of everything that made the verdict."""

    form: str
    bank: str
    rubrics: str
    prompts: str
    log_head: str


class VerdictDocument(Value):
    """A verdict as it is signed: immutable, superseded rather than edited."""

    schema_version: Literal["1"] = SCHEMA_VERSION
    id: str
    object: Literal["verdict"] = "verdict"
    livemode: bool
    assessment_id: str
    candidate_ref: str
    tenant: str
    track: TrackReference
    decision: Outcome
    decided_by: Literal["rule", "person"]
    level: Annotated[Level | None, Field(description=_LEVEL)]
    score: Annotated[float, Field(description=_SCORE)]
    interval: Annotated[Interval, Field(description=_INTERVAL)]
    probability_at_or_above_cut: Annotated[float, Field(description=_PROBABILITY)]
    competencies: tuple[CompetencyResult, ...]
    basis: Basis
    reasons: tuple[Reason, ...]
    counterfactual: Counterfactual
    next: NextStep
    identity: IdentityCheck
    evidence: tuple[EvidenceReference, ...]
    hashes: Hashes
    issued_at: AwareDatetime
    valid_until: AwareDatetime
    retake_after: AwareDatetime | None
    supersedes: str | None


def compose(
    assessment: Assessment,
    library: Library,
    track: Track,
    *,
    verdict_id: str,
    issued_at: datetime,
    standings: Sequence[Standing] = (),
    stage: Stage | None = None,
) -> VerdictDocument:
    """Decide on what the log holds, and bind the outcome to its id and its time.

    The same inputs give the same bytes.
    """
    decision = decide_on(assessment, library, track, standings, stage)
    return bind(assessment, track, decision, verdict_id=verdict_id, issued_at=issued_at, stage=stage)


def decide_on(
    assessment: Assessment,
    library: Library,
    track: Track,
    standings: Sequence[Standing] = (),
    stage: Stage | None = None,
) -> Decision:
    """Decide on what the log holds.

    `standings` are the calibrations of judges that hold now; a judge that none of them covers stands
    with grade `none`. `stage` is the pilot's, where one was set.
    """
    decision = decide(
        assessment.scores.values(),
        track,
        assessment.counted_form,
        assessment.policy,
        judges=judges_of(assessment, track, standings),
        keys=keys_of(
            library.item(track.id, place.item_id)
            for place in assessment.counted_form.items
            if place.is_scored
        ),
        person=assessment.person_in_force,
        stage=stage,
        identity_open=not assessment.identity.is_met,
    )
    if assessment.retired:
        decision = after_retirement(decision, assessment.decision)
    if assessment.raised_since_verdict and assessment.verdict:
        decision = after_appeal(decision, assessment.verdict.document)
    return decision


def bind(
    assessment: Assessment,
    track: Track,
    decision: Decision,
    *,
    verdict_id: str,
    issued_at: datetime,
    stage: Stage | None = None,
) -> VerdictDocument:
    """Write a decision down with everything that made it.

    The log head is that of the assessment as it is passed in: all that the decision was made from.
    """
    ordered = assessment.ordered
    return VerdictDocument(
        id=verdict_id,
        livemode=ordered.livemode,
        assessment_id=assessment.id,
        candidate_ref=ordered.candidate_ref,
        tenant=ordered.tenant,
        track=TrackReference(
            id=track.id,
            version=track.version,
            jurisdiction=ordered.jurisdiction,
            language=ordered.language,
        ),
        decision=decision.decision,
        decided_by=decision.decided_by,
        level=decision.level,
        score=decision.score,
        interval=decision.interval,
        probability_at_or_above_cut=decision.probability,
        competencies=decision.competencies,
        basis=decision.basis,
        reasons=tuple(Reason(code=code, text=REASONS[code]) for code in decision.reasons),
        counterfactual=what_would_change(
            assessment.scores.values(), track, assessment.form, assessment.policy.at(stage), decision
        ),
        next=_next_step(decision, assessment.policy.review_days, issued_at),
        identity=_identity(assessment.identity.made_sure),
        evidence=_evidence(assessment),
        hashes=_hashes(assessment),
        issued_at=issued_at,
        valid_until=issued_at + timedelta(days=track.valid_days),
        retake_after=retake_after(assessment, track.retakes, decision.decision, issued_at),
        supersedes=assessment.verdict.verdict_id if assessment.verdict else None,
    )


def write_verdict(document: VerdictDocument) -> bytes:
    """Return the canonical bytes, which are what is signed."""
    return canonical(document)


def read_verdict(payload: bytes) -> VerdictDocument:
    """Read a document. Raises DocumentRefused for anything that this version does not know exactly."""
    try:
        data = json.loads(payload, object_pairs_hook=_distinct, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise DocumentRefused(f"This is not a verdict document: {error}.") from None
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version != SCHEMA_VERSION:
        raise DocumentRefused(f"Schema version {version!r} is not known here; this reads {SCHEMA_VERSION!r}.")
    try:
        return VerdictDocument.model_validate_json(payload, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise DocumentRefused(f"The verdict document is wrong at {place}: {first['msg']}.") from None


def explain(document: VerdictDocument) -> tuple[str, ...]:
    """Return for the candidate what is decided, why, and who does what by when, a sentence each."""
    headlines: dict[Outcome, str] = {
        "qualified": "You are qualified.",
        "not_qualified": "You are not qualified with this attempt.",
        "needs_review": "This is not decided yet.",
        "inconclusive": "This attempt could not be judged, and it does not count against you.",
    }
    step = document.next
    due = f" by {step.due_at:%d %B %Y}" if step.due_at else ""
    sentences = [headlines[document.decision], *(reason.text for reason in document.reasons)]
    if document.level is not None:
        sentences.insert(1, f"The level that your work shows is “{document.level}”.")
    sentences.append(document.counterfactual.text)
    sentences.append(
        NEXT_STEPS[step.action] if step.action is Action.NONE else f"{NEXT_STEPS[step.action]}{due}."
    )
    if document.decision == "not_qualified" and document.retake_after:
        sentences.append(f"You may try again from {document.retake_after:%d %B %Y}.")
    return tuple(sentences)


def judges_of(assessment: Assessment, track: Track, standings: Sequence[Standing]) -> tuple[JudgeBasis, ...]:
    """Return every model that scored, once for each family, with the calibration that covers it."""
    hashes = _hashes(assessment)
    read = {(model, family_of(score)) for score in assessment.scores.values() if (model := model_of(score))}
    found = []
    for model, family in sorted(read, key=lambda one: (one[0], str(one[1]))):
        language = working_language(family.category, assessment, track)
        held = covering(standings, model, hashes.prompts, family, language)
        found.append(
            JudgeBasis(
                model=model,
                family=str(family),
                prompt_hash=hashes.prompts,
                rubric_hash=hashes.rubrics,
                calibration_id=held.calibration_id if held else None,
                grade=held.grade if held else Grade.NONE,
                stopped=held.stopped if held else False,
            )
        )
    return tuple(found)


def working_language(category: Category, assessment: Assessment, track: Track) -> str:
    """Return the language of such work: only interviews are held in another one than the track's."""
    return assessment.ordered.language if category is Category.INTERVIEW else track.language


def _next_step(decision: Decision, review_days: int, issued_at: datetime) -> NextStep:
    waits = decision.actor != "none"
    return NextStep(
        actor=decision.actor,
        action=decision.action,
        due_at=issued_at + timedelta(days=review_days) if waits else None,
    )


def _identity(made_sure: Attestation | HostedOutcome | None) -> IdentityCheck:
    if made_sure is None:
        return IdentityCheck()
    return IdentityCheck(method=made_sure.method, level=made_sure.level, checked_at=made_sure.checked_at)


def _evidence(assessment: Assessment) -> tuple[EvidenceReference, ...]:
    references = {
        EvidenceReference(
            criterion=f"{score.item_id}/{score.criterion}",
            event_seq=evidence.event_seq,
            start=evidence.start,
            end=evidence.end,
        )
        for score in assessment.scores.values()
        for evidence in score.evidence
    }
    return tuple(sorted(references, key=lambda r: (r.criterion, r.event_seq, r.start, r.end)))


def _hashes(assessment: Assessment) -> Hashes:
    if assessment.drawn is None:
        raise ValueError(f"the log of {assessment.id} has no form")
    drawn = assessment.drawn
    scored_by = assessment.rescored or drawn
    return Hashes(
        form=drawn.form.hash,
        bank=drawn.bank_hash,
        rubrics=scored_by.rubrics_hash,
        prompts=scored_by.prompts_hash,
        log_head=assessment.head,
    )


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")
