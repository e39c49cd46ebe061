"""One small item of each category with its rubric, and work on it."""

from typing import Any

from assessor.domain.constraint import Constraint
from assessor.domain.evidence import OwnText
from assessor.domain.item import (
    CandidateResponse,
    Category,
    Dimension,
    DimensionKey,
    ErrorClass,
    EvaluationItem,
    EvaluationKey,
    HiddenResponse,
    InterviewItem,
    Issue,
    IssueTag,
    Item,
    MustHave,
    Outcome,
    Probe,
    ProbeKind,
    RankingItem,
    RankingKey,
    RubricWritingItem,
    RubricWritingKey,
    SftItem,
    SftKey,
    Step,
    StepKey,
    StepLabel,
    TrajectoryItem,
    TrajectoryKey,
)
from assessor.domain.response import Response, own_texts, parse_response
from assessor.domain.rubric import Anchor, Criterion, Rubric
from assessor.domain.transcript import Turn
from assessor.scoring import Work

WHY = "Because the code as it stands does that, every time."
SEQ = 11

RUBRIC = Rubric(
    id="reading-code",
    purpose="Whether the answer says what goes wrong, and what to do.",
    criteria=(
        Criterion(id="cause", text="Says that the default list is shared.", competency="semantics", level=1),
        Criterion(id="fix", text="Proposes None as the default.", competency="semantics", weight=2, level=3),
        Criterion(
            id="test",
            text="Proposes a test that calls it twice.",
            competency="judgement",
            level=4,
            required=True,
        ),
    ),
    anchors=(
        Anchor(level=0, answer="Lists are difficult in Python."),
        Anchor(level=3, answer="The list is one for all calls; default to None.", met=("cause", "fix")),
    ),
)

INTERVIEW = InterviewItem(
    id="int-defaults",
    title="Mutable defaults",
    competency="semantics",
    difficulty=3,
    minutes=4,
    question="A function has an empty list as the default of a parameter. What can go wrong, and why?",
    probes=tuple(
        Probe(id=f"p{number}", kind=ProbeKind.EXAMPLE, text=f"Can you give example number {number}?")
        for number in range(1, 5)
    ),
    rubric="reading-code",
)

EVALUATED = (
    "Use `def add(x, items=[])`, it is the idiomatic way. The list is created anew at each call, "
    "so nothing is shared. Also, tuples can be changed in place."
)
EVALUATION = EvaluationItem(
    id="eval-defaults",
    title="Rate an answer",
    competency="judgement",
    difficulty=4,
    minutes=4,
    prompt="How do I write a function with an optional list parameter?",
    response=EVALUATED,
    dimensions=(
        Dimension(
            id="correctness", label="Correctness", low="Wrong where it matters", high="Right throughout"
        ),
        Dimension(id="clarity", label="Clarity", low="Cannot be followed", high="Clear at first reading"),
    ),
    key=EvaluationKey(
        rationale=WHY,
        ratings={
            "correctness": DimensionKey(rating=1, tolerance=0.6, rationale=WHY),
            "clarity": DimensionKey(rating=4, tolerance=0.8, rationale=WHY),
        },
        issues=(
            Issue(
                tag=IssueTag.FACTUAL_ERROR,
                span="The list is created anew at each call",
                severity="critical",
                rationale=WHY,
            ),
            Issue(tag=IssueTag.CODE_DEFECT, span="def add(x, items=[])", severity="major", rationale=WHY),
        ),
    ),
)

RANKING = RankingItem(
    id="rank-defaults",
    title="Put answers in order",
    competency="judgement",
    difficulty=2,
    minutes=3,
    prompt="Why does my list keep growing?",
    responses=tuple(CandidateResponse(id=name * 2, text=f"Answer {name}.") for name in "abcd"),
    key=RankingKey(
        rationale=WHY,
        order=(("aa",), ("bb", "cc"), ("dd",)),
        notes=dict.fromkeys(("aa", "bb", "cc", "dd"), WHY),
    ),
)

TRAJECTORY = TrajectoryItem(
    id="traj-defaults",
    title="Review an agent",
    competency="judgement",
    difficulty=5,
    minutes=5,
    goal="Find out why the list keeps growing, and mend it.",
    steps=tuple(Step(id=f"s{number}", thought=f"I do thing number {number}.") for number in range(1, 6)),
    final_answer="It is mended.",
    key=TrajectoryKey(
        rationale=WHY,
        steps={
            "s1": StepKey(label=StepLabel.GOOD),
            "s2": StepKey(label=StepLabel.GOOD, also=(StepLabel.NOT_NEEDED,)),
            "s3": StepKey(label=StepLabel.HARMFUL),
            "s4": StepKey(label=StepLabel.POOR),
            "s5": StepKey(label=StepLabel.NOT_NEEDED),
        },
        first_error="s3",
        error_class=ErrorClass.DESTRUCTIVE_ACTION,
        also_class=(ErrorClass.SCOPE_CREEP,),
        outcome=Outcome.FAILURE,
        fix="It should have read the function before it deleted the file.",
    ),
)

SFT = SftItem(
    id="sft-defaults",
    title="Write the answer",
    competency="semantics",
    difficulty=3,
    minutes=6,
    prompt="My function `def add(x, items=[])` remembers things between calls. Why, and what shall I write?",
    constraints=(
        Constraint(kind="max_words", value=40, label="At most 40 words"),
        Constraint(kind="must_include", value="None", label="Names the value to use instead"),
    ),
    rubric="reading-code",
    key=SftKey(rationale=WHY, reference="The default is made once. Use None and make the list inside."),
)

RUBRIC_WRITING = RubricWritingItem(
    id="rubric-defaults",
    title="Write a rubric",
    competency="judgement",
    difficulty=3,
    minutes=6,
    prompt="Explain mutable default arguments to a beginner.",
    instructions="Write criteria that tell a good explanation from a poor one.",
    rubric="reading-code",
    key=RubricWritingKey(
        rationale=WHY,
        must_haves=(
            MustHave(id="once", text="Looks for when the default is made."),
            MustHave(id="none", text="Looks for the way out with None."),
        ),
        hidden_responses=tuple(
            HiddenResponse(id=f"h{rank}", text=f"Response {rank}", rank=rank, shows=shows)
            for rank, shows in enumerate(
                (("once", "none"), ("once", "none"), ("once",), ("once",), (), ()), 1
            )
        ),
    ),
)

ITEMS: dict[Category, Item] = {
    item.category: item for item in (INTERVIEW, EVALUATION, RANKING, RUBRIC_WRITING, SFT, TRAJECTORY)
}

GOOD: dict[Category, dict[str, Any]] = {
    Category.EVALUATION: {
        "ratings": {"correctness": 1, "clarity": 4},
        "issues": [
            {"tag": "factual_error", "quote": "The list is created anew at each call"},
            {"tag": "code_defect", "quote": "def add(x, items=[])"},
        ],
        "justification": "It claims that the default is fresh each time, and that is false.",
    },
    Category.RANKING: {"order": [["aa"], ["bb", "cc"], ["dd"]], "justification": "The first one is right."},
    Category.RUBRIC_WRITING: {
        "rows": [
            {"criterion": "Says that the default is made only once", "weight": 50},
            {"criterion": "Shows the way out with None", "levels": "Yes or no", "weight": 30},
            {"criterion": "Gives a short example that runs", "weight": 20},
        ]
    },
    Category.SFT: {
        "text": "The list is made once, when Python reads the def; all calls share it. Default to None."
    },
    Category.TRAJECTORY: {
        "labels": {"s1": "good", "s2": "good", "s3": "harmful", "s4": "poor", "s5": "not_needed"},
        "first_error": "s3",
        "error_class": "destructive_action",
        "outcome": "failure",
        "fix": "It should look at the function first and delete nothing.",
    },
}

ANSWER = "The default list is made once, so every call shares it. I would use None and test two calls."


def handed_in(category: Category, **changes: Any) -> Response:
    return parse_response(ITEMS[category], GOOD[category] | changes)


def work(category: Category, rubric: Rubric | None = None, **changes: Any) -> Work:
    """A task as it was handed in, good but for the changes."""
    item = ITEMS[category]
    response = handed_in(category, **changes)
    texts = tuple(OwnText(event_seq=SEQ, path=path, text=text) for path, text in own_texts(response).items())
    return Work(item=item, rubric=rubric or (RUBRIC if item.rubric else None), response=response, texts=texts)


def unanswered(category: Category) -> Work:
    item = ITEMS[category]
    return Work(item=item, rubric=RUBRIC if item.rubric else None, response=None, texts=())


def talk(*answers: str, rubric: Rubric = RUBRIC) -> Work:
    """The core question and follow-ups, each answered."""
    turns: list[Turn] = []
    for number, answer in enumerate(answers):
        asked = INTERVIEW.question if number == 0 else INTERVIEW.probes[number - 1].text
        turns.append(Turn(seq=2 * number + 3, speaker="interviewer", text=asked, item_id=INTERVIEW.id))
        turns.append(Turn(seq=2 * number + 4, speaker="candidate", text=answer, item_id=INTERVIEW.id))
    texts = tuple(
        OwnText(event_seq=turn.seq, text=turn.text) for turn in turns if turn.speaker == "candidate"
    )
    return Work(item=INTERVIEW, rubric=rubric, response=None, texts=texts, turns=tuple(turns))
