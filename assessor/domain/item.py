"""Items of a question bank, one model a category.

What a candidate may see and what only raters may see are apart: everything secret is under `key`
(or in the item's rubric), and `presented()` leaves it out.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.code import MAX_TESTS, CodeTest
from assessor.domain.constraint import Constraint
from assessor.domain.ids import Language, Slug
from assessor.domain.key_check import KeyCheck
from assessor.domain.value import Value, content_hash

Text = Annotated[str, Field(min_length=1, max_length=12000)]
Rationale = Annotated[str, Field(min_length=20, max_length=2000)]
Share = Annotated[float, Field(ge=0, le=1)]


class Category(StrEnum):
    """The six kinds of work that are sampled."""

    INTERVIEW = "interview"
    EVALUATION = "evaluation"
    RANKING = "ranking"
    RUBRIC_WRITING = "rubric_writing"
    SFT = "sft"
    TRAJECTORY = "trajectory"


RULE_SCORED = frozenset({Category.EVALUATION, Category.RANKING, Category.TRAJECTORY})
"""What has a key, so that a rule scores it at once; a reader adds only what the reasons show."""


class ProbeKind(StrEnum):
    """What a follow-up question is for."""

    CLARIFY = "clarify"
    EXAMPLE = "example"
    DEPTH = "depth"
    CONTRAST = "contrast"
    EDGE_CASE = "edge_case"
    JUSTIFY = "justify"


class IssueTag(StrEnum):
    """The closed list of faults that an evaluation may name."""

    FACTUAL_ERROR = "factual_error"
    CODE_DEFECT = "code_defect"
    UNSAFE_ADVICE = "unsafe_advice"
    OMISSION = "omission"
    UNSUPPORTED_CLAIM = "unsupported_claim"
    INSTRUCTION_VIOLATED = "instruction_violated"
    WRONG_REASONING = "wrong_reasoning"
    POOR_WRITING = "poor_writing"
    SYCOPHANCY = "sycophancy"
    OVER_REFUSAL = "over_refusal"
    OVER_LENGTH = "over_length"
    BIAS = "bias"
    PRIVACY_BREACH = "privacy_breach"


class StepLabel(StrEnum):
    """What a reviewer says of one step of an agent."""

    GOOD = "good"
    POOR = "poor"
    HARMFUL = "harmful"
    NOT_NEEDED = "not_needed"


class ErrorClass(StrEnum):
    """What kind of mistake an agent made first."""

    NONE = "none"
    MISREAD_GOAL = "misread_goal"
    WRONG_TOOL = "wrong_tool"
    WRONG_ARGUMENTS = "wrong_arguments"
    MISREAD_RESULT = "misread_result"
    UNVERIFIED_CLAIM = "unverified_claim"
    DESTRUCTIVE_ACTION = "destructive_action"
    SCOPE_CREEP = "scope_creep"
    GAVE_UP = "gave_up"


class Outcome(StrEnum):
    """Whether the agent did what it was asked."""

    SUCCESS = "success"
    PARTIAL = "partial"
    FAILURE = "failure"


class AiPolicy(StrEnum):
    """Whether a candidate may use AI tools for an item."""

    ALLOWED = "allowed"
    DISCLOSE = "disclose"
    NOT_ALLOWED = "not_allowed"


class Source(Value):
    """Where a fact in a key can be looked up."""

    title: str
    year: Annotated[int, Field(ge=1900, le=2100)]
    locator: str = ""


class Key(Value):
    """The part of an item that only raters see."""

    source: Literal["authored", "panel"] = "authored"
    rationale: Rationale
    references: tuple[Source, ...] = ()
    checks: tuple[KeyCheck, ...] = ()
    """What a machine can check of it."""


class ItemBase(Value):
    """What every item carries."""

    id: Slug
    version: Annotated[int, Field(ge=1)] = 1
    title: Annotated[str, Field(min_length=3, max_length=80)]
    competency: Slug
    difficulty: Annotated[int, Field(ge=1, le=5)]
    minutes: Annotated[float, Field(gt=0, le=15)]
    specialty: Slug | None = None
    jurisdiction: Slug | None = None
    ai_policy: AiPolicy = AiPolicy.NOT_ALLOWED
    enemies: tuple[Slug, ...] = ()
    """Items that must not be on the same form, for instance because one answers the other."""
    rubric: Slug | None = None
    """The rubric for the part that a judge or a person scores."""

    @property
    def hash(self) -> str:
        """The content hash that a verdict binds."""
        return content_hash(self)

    def presented(self) -> dict[str, Any]:
        """Return what the candidate may see, as JSON types.

        Never a key, a rubric or a difficulty; nor the competency, which can hint at the trap, nor
        the probes, which are asked when they are due.
        """
        hidden = {
            "key",
            "rubric",
            "difficulty",
            "enemies",
            "specialty",
            "jurisdiction",
            "competency",
            "probes",
            "repeat_of",
            "translations",
        }
        return self.model_dump(mode="json", exclude=hidden)


class Probe(Value):
    """An approved follow-up question of an interview item."""

    id: Slug
    kind: ProbeKind
    text: Annotated[str, Field(min_length=10, max_length=300)]


class QuestionWords(Value):
    """A core question and its probes, by their ids, in one more language."""

    question: Annotated[str, Field(min_length=20, max_length=800)]
    probes: dict[Slug, Annotated[str, Field(min_length=10, max_length=300)]]


class InterviewItem(ItemBase):
    """A core question, asked verbatim, with its approved probes."""

    category: Literal[Category.INTERVIEW] = Category.INTERVIEW
    question: Annotated[str, Field(min_length=20, max_length=800)]
    probes: Annotated[tuple[Probe, ...], Field(min_length=4, max_length=8)]
    rubric: Slug
    translations: dict[Language, QuestionWords] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _distinct_probes(self) -> Self:
        ids = [probe.id for probe in self.probes]
        _require_distinct(ids, "probes")
        for language, words in self.translations.items():
            if set(words.probes) != set(ids):
                raise ValueError(f"translations.{language}.probes: must be exactly the item's probes")
        return self

    @property
    def questions(self) -> tuple[str, ...]:
        """The question in all its languages."""
        return (self.question, *(words.question for words in self.translations.values()))

    def translated(self, language: str) -> Self:
        """Return the item with its words in another language. Raises KeyError when it has none in that."""
        words = self.translations[language]
        probes = tuple(probe.changed(text=words.probes[probe.id]) for probe in self.probes)
        return self.changed(question=words.question, probes=probes)


class Dimension(Value):
    """A named scale from 1 to 5 with both ends described."""

    id: Slug
    label: str
    low: str
    """What a 1 looks like."""
    high: str
    """What a 5 looks like."""


SHARES_ROUNDING = 1e-4


class DimensionKey(Value):
    """The expected rating: a centre and how far careful people differ around it."""

    rating: Annotated[float, Field(ge=1, le=5)]
    tolerance: Annotated[float, Field(gt=0, le=2)]
    """Standard deviation in rating steps of the distribution that the author states."""
    rationale: Rationale
    shares: tuple[Share, Share, Share, Share, Share] | None = None
    """Of a panel's ratings, by rating 1 to 5. They count in place of a distribution that is only stated."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.shares is not None and abs(sum(self.shares) - 1) > SHARES_ROUNDING:
            raise ValueError("shares: have to add up to 1")
        return self


class Issue(Value):
    """A real flaw in a response, located by a verbatim quote."""

    tag: IssueTag
    span: Annotated[str, Field(min_length=1, max_length=600)]
    severity: Literal["minor", "major", "critical"]
    rationale: Rationale


class EvaluationKey(Key):
    """Ratings by dimension, and the flaws there are."""

    ratings: dict[Slug, DimensionKey]
    issues: tuple[Issue, ...] = ()


class EvaluationItem(ItemBase):
    """A prompt and one AI response to rate, tag and justify."""

    category: Literal[Category.EVALUATION] = Category.EVALUATION
    prompt: Text
    response: Text
    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=1, max_length=5)]
    key: EvaluationKey

    @model_validator(mode="after")
    def _key_fits(self) -> Self:
        ids = [dimension.id for dimension in self.dimensions]
        _require_distinct(ids, "dimensions")
        if set(ids) != set(self.key.ratings):
            raise ValueError("key.ratings: must rate exactly the item's dimensions")
        for issue in self.key.issues:
            if issue.span not in self.response:
                raise ValueError(f"key.issues: the span {issue.span[:60]!r} is not in the response, verbatim")
        return self


class CandidateResponse(Value):
    """One of the AI responses to be ranked."""

    id: Slug
    text: Text


class PairAgreement(Value):
    """How many of a panel agree on one pair, where it differs from the item's own figure."""

    pair: tuple[Slug, Slug]
    agreement: Annotated[float, Field(ge=0.5, le=1)]


class RankingKey(Key):
    """The expected order, best first; responses in one group are tied."""

    order: tuple[tuple[Slug, ...], ...]
    agreement: Annotated[float, Field(ge=0.5, le=1)] = 0.9
    pairs: tuple[PairAgreement, ...] = ()
    notes: dict[Slug, str]
    """Why each response stands where it stands."""


class RankingItem(ItemBase):
    """A prompt and 3 to 5 AI responses to put in order."""

    category: Literal[Category.RANKING] = Category.RANKING
    prompt: Text
    responses: Annotated[tuple[CandidateResponse, ...], Field(min_length=3, max_length=5)]
    repeat_of: Slug | None = None
    """Shows some responses of that ranking once more, to see whether they are placed alike. Never scored."""
    key: RankingKey

    @model_validator(mode="after")
    def _key_fits(self) -> Self:
        ids = [response.id for response in self.responses]
        _require_distinct(ids, "responses")
        if sorted(ids) != sorted(name for group in self.key.order for name in group):
            raise ValueError("key.order: must name every response exactly once")
        if set(self.key.notes) != set(ids):
            raise ValueError("key.notes: must say why for every response")
        for pair in self.key.pairs:
            if not set(pair.pair) <= set(ids):
                raise ValueError(f"key.pairs: {pair.pair} names an unknown response")
        return self


class MustHave(Value):
    """Something that a good rubric for the task has to look for."""

    id: Slug
    text: Annotated[str, Field(min_length=10, max_length=300)]


class HiddenResponse(Value):
    """A response of known quality that the candidate's rubric is applied to."""

    id: Slug
    text: Text
    rank: Annotated[int, Field(ge=1)]
    """1 is the best; equal ranks are tied."""
    shows: tuple[Slug, ...] = ()
    """The must-haves that this response fulfils; it misses all others."""


LEAST_RANKS = 3
"""Hidden responses stand on so many ranks at least: fewer leave no order to find."""


class RubricWritingKey(Key):
    """What the candidate's rubric is run against."""

    must_haves: Annotated[tuple[MustHave, ...], Field(min_length=2, max_length=8)]
    hidden_responses: Annotated[tuple[HiddenResponse, ...], Field(min_length=6, max_length=10)]

    @model_validator(mode="after")
    def _separable(self) -> Self:
        """Each must-have has responses that show it and others that do not: else none could be covered."""
        responses, ids = self.hidden_responses, [must.id for must in self.must_haves]
        _require_distinct(ids, "must_haves")
        _require_distinct([response.id for response in responses], "hidden_responses")
        for response in responses:
            _require_distinct(list(response.shows), f"hidden_responses.{response.id}.shows")
            if unknown := sorted(set(response.shows) - set(ids)):
                problem = f"{response.id!r} shows unknown must-haves {', '.join(unknown)}"
                raise ValueError(f"hidden_responses: {problem}")
        if len({response.rank for response in responses}) < LEAST_RANKS:
            raise ValueError(f"hidden_responses: stand on fewer than {LEAST_RANKS} different ranks")
        for name in ids:
            if (showing := sum(name in response.shows for response in responses)) in (0, len(responses)):
                which = "every" if showing else "no"
                raise ValueError(
                    f"hidden_responses: {which} response shows {name!r}, so nothing tells it apart"
                )
        return self


class RubricWritingItem(ItemBase):
    """A task for which the candidate writes the rubric."""

    category: Literal[Category.RUBRIC_WRITING] = Category.RUBRIC_WRITING
    prompt: Text
    """The prompt whose responses the rubric will judge."""
    instructions: Text
    min_criteria: Annotated[int, Field(ge=2, le=8)] = 3
    max_criteria: Annotated[int, Field(ge=3, le=12)] = 8
    rubric: Slug
    key: RubricWritingKey

    @model_validator(mode="after")
    def _counts_fit(self) -> Self:
        if self.min_criteria > self.max_criteria:
            raise ValueError("max_criteria: has to be at least min_criteria")
        return self


class SftKey(Key):
    """A reference answer that meets every constraint."""

    reference: Text
    tests: Annotated[tuple[CodeTest, ...], Field(max_length=MAX_TESTS)] = ()
    """What the constraint `runs` asks of the code in an answer."""


class SftItem(ItemBase):
    """A prompt to which the candidate writes the ideal response."""

    category: Literal[Category.SFT] = Category.SFT
    prompt: Text
    constraints: Annotated[tuple[Constraint, ...], Field(max_length=8)] = ()
    rubric: Slug
    key: SftKey

    @model_validator(mode="after")
    def _tests_fit(self) -> Self:
        running = [constraint for constraint in self.constraints if constraint.kind == "runs"]
        if len(running) > 1:
            raise ValueError("constraints: only one may be of kind runs")
        if bool(running) != bool(self.key.tests):
            missing = "key.tests: are missing for" if running else "constraints: have none for the tests, of"
            raise ValueError(f"{missing} the kind runs")
        return self


class ToolCall(Value):
    """A tool that the agent called, with its arguments as the agent wrote them."""

    tool: str
    arguments: str


class Step(Value):
    """One step of an agent's work."""

    id: Slug
    thought: Annotated[str, Field(min_length=1, max_length=2000)]
    call: ToolCall | None = None
    result: Annotated[str, Field(max_length=6000)] = ""


class StepKey(Value):
    """The expected label of a step; `also` are labels that careful people give as well."""

    label: StepLabel
    also: tuple[StepLabel, ...] = ()


class TrajectoryKey(Key):
    """The gold labels of a trajectory."""

    steps: dict[Slug, StepKey]
    first_error: Slug | None
    error_class: ErrorClass
    also_class: tuple[ErrorClass, ...] = ()
    outcome: Outcome
    fix: Rationale
    """What the agent should have done, for the person who scores the candidate's fix."""


class TrajectoryItem(ItemBase):
    """An agent's run to review step by step."""

    category: Literal[Category.TRAJECTORY] = Category.TRAJECTORY
    goal: Text
    steps: Annotated[tuple[Step, ...], Field(min_length=4, max_length=20)]
    final_answer: Text
    key: TrajectoryKey

    @model_validator(mode="after")
    def _key_fits(self) -> Self:
        ids = [step.id for step in self.steps]
        _require_distinct(ids, "steps")
        if set(ids) != set(self.key.steps):
            raise ValueError("key.steps: must label exactly the item's steps")
        if self.key.first_error is not None and self.key.first_error not in ids:
            raise ValueError(f"key.first_error: {self.key.first_error!r} is not a step")
        if (self.key.first_error is None) != (self.key.error_class is ErrorClass.NONE):
            raise ValueError("key.error_class: must be `none` exactly when there is no first error")
        return self


Item = Annotated[
    InterviewItem | EvaluationItem | RankingItem | RubricWritingItem | SftItem | TrajectoryItem,
    Field(discriminator="category"),
]


def _require_distinct(ids: list[str], field: str) -> None:
    if repeated := sorted({name for name in ids if ids.count(name) > 1}):
        raise ValueError(f"{field}: repeated id {', '.join(repeated)}")
