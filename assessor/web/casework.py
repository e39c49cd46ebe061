"""What a reviewer's page shows, made from a case: texts with their evidence marked, and criteria in order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from assessor.domain.appeal import Ground
from assessor.domain.assessment import Assessment, Projection, QualityState, Status
from assessor.domain.events import HelpKind
from assessor.domain.evidence import Evidence
from assessor.domain.override import OverrideCode, counted_codes
from assessor.domain.queue import Reason
from assessor.domain.response import RubricWritingResponse, own_texts
from assessor.domain.score import Score, Unscored
from assessor.domain.transcript import Correction, Turn
from assessor.scoring.applied_rubric import Applied, total
from assessor.scoring.diagnostics import Diagnostics
from assessor.services.reviewing import Case, CaseItem

UNSCORED_WORDS: Final[Mapping[Unscored, str]] = MappingProxyType(
    {
        Unscored.WAITS_FOR_PERSON: "waits for a person",
        Unscored.POLICY_WANTS_PERSON: "the platform wants a person to score it",
        Unscored.MODEL_UNAVAILABLE: "the language model could not be reached",
        Unscored.MODEL_OUTPUT_INVALID: "the language model's answer was not usable",
        Unscored.CANNOT_ASSESS: "could not be assessed",
        Unscored.EVIDENCE_NOT_FOUND: "the quoted evidence is not in the candidate's words",
        Unscored.QUARANTINED: "the language model failed its control questions",
        Unscored.JUDGES_DISAGREE: "several readings by language models differ",
        Unscored.BUDGET_EXHAUSTED: "the budget for language models is used up",
        Unscored.CANDIDATE_COULD_NOT_JUDGE: "the candidate said that it cannot be judged",
        Unscored.TECHNICAL_FAULT: "a fault of ours",
    }
)

DECISION_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "qualified": "Qualified",
        "not_qualified": "Not qualified",
        "needs_review": "Needs a person's review",
        "inconclusive": "Inconclusive: the attempt cannot be judged",
    }
)

PATH_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"justification": "Reasons given", "text": "Response written", "fix": "What the agent should have done"}
)


VERDICT_SIGNS: Final[Mapping[Applied, tuple[str, str]]] = MappingProxyType(
    {"met": ("✓", "met"), "unmet": ("–", "not met"), "cannot_assess": ("?", "could not be told")}
)
"""What a cell shows, and what is read out."""

HELP_WORDS: Final[Mapping[HelpKind, str]] = MappingProxyType(
    {
        "distress": "Said that they may hurt themselves or cannot go on",
        "person": "Asked to speak to a person",
        "more_time": "Asked for more time",
        "accommodation": "Asked for an accommodation",
        "break": "Asked for a break",
    }
)

HELP_BADGES: Final[Mapping[HelpKind, str]] = MappingProxyType(
    {
        "distress": "In distress",
        "person": "Wants a person",
        "more_time": "Needs more time",
        "accommodation": "Waits for an accommodation",
        "break": "Asked for a break",
    }
)


QUALITY_WORDS: Final[Mapping[QualityState, str]] = MappingProxyType(
    {
        "due": "Quality sample: decided; a person scores it again without seeing any score",
        "differs": "Two readings of the same work disagree; a senior who gave neither decides",
    }
)


REASON_WORDS: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.HELP: "needs help",
        Reason.APPEAL: "appeal",
        Reason.TECHNICAL: "technical",
        Reason.OPEN_CRITERIA: "open criteria",
        Reason.DECISION: "decision",
        Reason.NEAR_CUT: "near the cut",
        Reason.DISAGREEMENT: "disagreement",
        Reason.INTEGRITY: "integrity",
        Reason.SECOND_FINDING: "second person",
        Reason.QUALITY_SAMPLE: "quality sample",
    }
)


GROUND_WORDS: Final[Mapping[Ground, str]] = MappingProxyType(
    {
        "overlooked": "Something that they said or did was overlooked",
        "misunderstood": "It was understood in another way than they meant it",
        "task": "The task, or what it is scored by, is wrong or unclear",
        "other": "Something else",
    }
)


OVERRIDE_WORDS: Final[Mapping[OverrideCode, str]] = MappingProxyType(
    {
        OverrideCode.EVIDENCE_OVERLOOKED: "Evidence was overlooked",
        OverrideCode.EVIDENCE_MISREAD: "Evidence was misread",
        OverrideCode.RUBRIC_MISAPPLIED: "The rubric was misapplied",
        OverrideCode.KEY_WRONG: "The key is wrong",
        OverrideCode.TECHNICAL_FAULT: "A technical fault",
        OverrideCode.ACCOMMODATION: "An accommodation was not taken into account",
        OverrideCode.OTHER: "Something else",
    }
)

MARK_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"met": "met", "unmet": "not met", "cannot_assess": "could not be assessed"}
)


@dataclass(frozen=True)
class Mark:
    """One piece of evidence in a text: what it is evidence for."""

    start: int
    end: int
    number: int | None
    """Of the criterion in the item's list; shown beside the mark. None where it shows no criterion: a
    passage that speaks to the grader."""
    id: str
    """Where a link to this evidence leads."""


@dataclass(frozen=True)
class Segment:
    """A stretch of text under the same marks, with those that begin and end here."""

    text: str
    marks: tuple[Mark, ...]
    begins: tuple[Mark, ...]
    ends: tuple[Mark, ...]

    @property
    def shape(self) -> str:
        """The shape of the underline: for a passage to the grader, for several criteria, or plain."""
        if any(mark.number is None for mark in self.marks):
            return "aside"
        return "second" if len(self.marks) > 1 else ""

    @property
    def numbers(self) -> str:
        """The numbers of the criteria whose evidence ends here."""
        return ", ".join(str(mark.number) for mark in self.ends if mark.number is not None)


@dataclass(frozen=True)
class OwnWords:
    """One text of the candidate, cut where evidence begins and ends."""

    label: str
    segments: tuple[Segment, ...]


def segments(text: str, marks: Iterable[Mark]) -> tuple[Segment, ...]:
    """Cut a text at every beginning and end of a mark. The pieces joined are the text."""
    inside = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    cuts = sorted({0, len(text), *(mark.start for mark in inside), *(mark.end for mark in inside)})
    return tuple(
        Segment(
            text[start:end],
            tuple(mark for mark in inside if mark.start <= start and end <= mark.end),
            tuple(mark for mark in inside if mark.start == start),
            tuple(mark for mark in inside if mark.end == end),
        )
        for start, end in pairwise(cuts)
    )


def turn_words(item: CaseItem, seq: int, text: str) -> OwnWords:
    """Return one utterance of the candidate with its evidence marked."""
    return OwnWords("Candidate", segments(text, _marks(item, seq, "")))


def correction_of(item: CaseItem, seq: int) -> Correction | None:
    """Return the latest correction of a message or an addition, None when it stands as it was."""
    return next((one for one in reversed(item.corrections) if one.replaces == seq), None)


def superseded(item: CaseItem, turn: Turn) -> tuple[Turn | Correction, ...]:
    """Return every version of an answer but the one that counts, oldest first."""
    versions = [one for one in item.corrections if one.replaces == turn.seq]
    return (turn, *versions[:-1])


def additions(item: CaseItem) -> tuple[Correction, ...]:
    """Return what was added to an answer, each as it counts."""
    return tuple(correction_of(item, one.seq) or one for one in item.corrections if one.replaces is None)


def response_words(item: CaseItem) -> tuple[OwnWords, ...]:
    """Return every text that the candidate wrote in a response, with its evidence marked."""
    if item.response is None or item.response_seq is None:
        return ()
    return tuple(
        OwnWords(_label(path), segments(text, _marks(item, item.response_seq, path)))
        for path, text in own_texts(item.response).items()
        if text
    )


def why_it_waits(row: Projection) -> str:
    """Say why a case is in the queue."""
    if row.status is Status.TECHNICAL_HOLD:
        return "A fault of ours holds it"
    if row.needs_help and not row.needs_person:
        return HELP_WORDS[row.needs_help]
    if row.appeal_due:
        return f"The candidate appeals; the answer is due by {row.appeal_due:%d %B %Y}"
    if row.quality and not row.needs_person:
        return QUALITY_WORDS[row.quality]
    if row.open_criteria:
        wait = "criterion waits" if row.open_criteria == 1 else "criteria wait"
        return f"{row.open_criteria} {wait} to be scored"
    looked_at = (
        "Decided; one person confirmed what was noticed, and it waits for a second person"
        if Reason.SECOND_FINDING in row.noted
        else "Decided; an answer that is like somebody else's, or like a key, is to be looked at"
    )
    return looked_at if row.awaits_finding else "Everything is scored; the decision waits for a person"


def page_of(row: Projection, *, adjudicates: bool = False) -> str:
    """Return which page of a case is for whoever takes it next; what is scored blind has one of its own."""
    if row.needs_help or (row.needs_person and not row.appeal_due and row.quality != "due"):
        return ""
    if adjudicates and row.quality == "differs" and not row.appeal_due:
        return "/adjudicate"
    if row.appeal_due:
        return "/appeal"
    if row.quality == "due":
        return "/second-look"
    return "/signals" if row.awaits_finding else ""


def appealed_first(case: Case) -> tuple[CaseItem, ...]:
    """Return the items, those with an open appeal in front."""
    appealed = {one.before.item_id for one in case.assessment.open_appeals}
    return tuple(sorted(case.items, key=lambda one: one.item.id not in appealed))


def stands(assessment: Assessment) -> str:
    """Say where a case stands, in one of the words that its page is laid out by."""
    if assessment.status is Status.TECHNICAL_HOLD:
        return "held"
    if assessment.revoked:
        return "revoked"
    return "undecided" if assessment.needs_person else "done"


def patterns(found: Diagnostics) -> tuple[str, ...]:
    """Say what the form shows about how somebody rates. Nothing of it enters a score."""
    said = []
    if (severity := found.severity) is not None:
        steps = f"{abs(severity.mean):.1f} steps (standard error {severity.standard_error:.1f})"
        side = "above" if severity.mean > 0 else "below"
        clear = "" if severity.is_clear else ", which may be chance"
        said.append(
            f"Ratings lie {steps} {side} what careful people give, over {severity.ratings} ratings{clear}."
        )
    if (length := found.length_bias) is not None and length.probes:
        said.append(
            f"Of {length.probes} pairs in which the longer response is the worse one, "
            f"{length.taken_in} were not placed so."
        )
    if length is not None and length.partial_tau is not None:
        said.append(
            f"Order and length go together with {length.partial_tau:+.2f} (-1 to 1) beyond what the key "
            f"explains, over {length.pairs} pairs."
        )
    if (again := found.consistency) is not None:
        said.append(f"Of {again.pairs} pairs that were shown twice, {again.agreement:.0%} were placed alike.")
    return tuple(said)


def applied_points(item: CaseItem) -> tuple[int, ...]:
    """Return what each hidden response earns by the candidate's rubric, of 100, in the order of the key."""
    if item.applied is None or not isinstance(item.response, RubricWritingResponse):
        return ()
    weights = [row.weight for row in item.response.rows]
    return tuple(round(100 * total(weights, item.applied, shown)) for shown in item.applied[0])


def value_words(score: Score) -> str:
    """Say what a criterion got."""
    if score.unscored is not None:
        return UNSCORED_WORDS[score.unscored]
    return {1.0: "met", 0.0: "not met"}.get(score.value or 0.0, f"{score.value:.0%} of it")


def rater_words(score: Score) -> str:
    """Say who scored, without naming a colleague."""
    return {"rule": "by rule", "judge": "by a language model", "person": "by a person"}.get(
        score.rater_kind, ""
    )


def override_counts(assessment: Assessment) -> tuple[str, ...]:
    """Say how often each code was given when a score was overridden."""
    counts = counted_codes(one.code for one in assessment.reviews.overrides)
    return tuple(f"{OVERRIDE_WORDS[code]}: {count}" for code, count in counts.items())


def mark_id(item: CaseItem, number: int, place: int = 0) -> str:
    """Return the id of a piece of evidence: the criterion's number in its item, and which of its quotes."""
    return f"evidence-{item.item.id}-{number}-{place}"


def passage_id(item: CaseItem, place: int) -> str:
    """Return the id of a passage that speaks to the grader."""
    return f"passage-{item.item.id}-{place}"


def _marks(item: CaseItem, seq: int, path: str) -> list[Mark]:
    evidence = [
        Mark(found.start, found.end, number, mark_id(item, number, place))
        for number, score in enumerate(item.scores, 1)
        for place, found in enumerate(score.evidence)
        if _points_at(found, seq, path)
    ]
    passages = [
        Mark(found.start, found.end, None, passage_id(item, place))
        for place, found in enumerate(item.noticed.addressed, 1)
        if _points_at(found, seq, path)
    ]
    return evidence + passages


def _points_at(evidence: Evidence, seq: int, path: str) -> bool:
    return evidence.event_seq == seq and evidence.path == path


def _label(path: str) -> str:
    if path in PATH_WORDS:
        return PATH_WORDS[path]
    _rows, place, name = path.split(".")
    return f"Criterion {int(place) + 1}" + (", levels" if name == "levels" else "")
