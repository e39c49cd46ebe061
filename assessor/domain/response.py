"""Responses: what a candidate hands in for an item, checked against that item."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, NoReturn

from pydantic import Field, TypeAdapter, ValidationError

from assessor.domain.errors import FieldProblem, InvalidInput, invalid
from assessor.domain.ids import Slug
from assessor.domain.item import (
    Category,
    ErrorClass,
    EvaluationItem,
    IssueTag,
    Item,
    Outcome,
    RankingItem,
    RubricWritingItem,
    StepLabel,
    TrajectoryItem,
)
from assessor.domain.text import accept_text
from assessor.domain.value import Value
from assessor.domain.wording import worded

Prose = Annotated[str, Field(max_length=20_000)]


class FoundIssue(Value):
    """A flaw that the candidate named, with the words of the AI response that show it."""

    tag: IssueTag
    quote: Annotated[str, Field(max_length=2000)] = ""


class EvaluationResponse(Value):
    """Ratings by dimension id, flaws found, and why."""

    category: Literal[Category.EVALUATION] = Category.EVALUATION
    ratings: dict[Slug, Annotated[int, Field(ge=1, le=5)]]
    issues: Annotated[tuple[FoundIssue, ...], Field(max_length=20)] = ()
    justification: Prose = ""


class RankingResponse(Value):
    """Groups of response ids, best first; ids in one group are tied."""

    category: Literal[Category.RANKING] = Category.RANKING
    order: tuple[tuple[Slug, ...], ...] = ()
    cannot_judge: bool = False
    justification: Prose = ""


class RubricRow(Value):
    """One criterion that the candidate wrote."""

    criterion: Annotated[str, Field(min_length=1, max_length=600)]
    levels: Annotated[str, Field(max_length=1000)] = ""
    weight: Annotated[int, Field(ge=1, le=100)]


class RubricWritingResponse(Value):
    """The candidate's rubric; weights sum to 100."""

    category: Literal[Category.RUBRIC_WRITING] = Category.RUBRIC_WRITING
    rows: Annotated[tuple[RubricRow, ...], Field(max_length=12)]


class SftResponse(Value):
    """The candidate's ideal response."""

    category: Literal[Category.SFT] = Category.SFT
    text: Prose


class TrajectoryResponse(Value):
    """Labels by step id, the first wrong step (None: there is none), its class, outcome and fix."""

    category: Literal[Category.TRAJECTORY] = Category.TRAJECTORY
    labels: dict[Slug, StepLabel]
    first_error: Slug | None = None
    error_class: ErrorClass
    outcome: Outcome
    fix: Prose = ""


Response = Annotated[
    EvaluationResponse | RankingResponse | RubricWritingResponse | SftResponse | TrajectoryResponse,
    Field(discriminator="category"),
]

_ADAPTER: TypeAdapter[Response] = TypeAdapter(Response)

WEIGHT_SUM = 100


def parse_response(item: Item, payload: dict[str, Any]) -> Response:
    """Read and check what was handed in for an item.

    Raises InvalidInput naming every field that is wrong and the way out.
    """
    if item.category is Category.INTERVIEW:
        raise invalid("item", "is an interview question", "Answer it in the conversation.")
    _accept_strings(payload, "")
    try:
        response = _ADAPTER.validate_python({**payload, "category": item.category})
    except ValidationError as error:
        _raise_as_invalid(error)
    if problems := _PROBLEMS[item.category](item, response):
        raise InvalidInput(tuple(problems))
    return response


def own_texts(response: Response) -> dict[str, str]:
    """Return the texts that the candidate wrote, by path. Quotes of the task are not theirs."""
    match response:
        case EvaluationResponse() | RankingResponse():
            return {"justification": response.justification}
        case RubricWritingResponse():
            return {
                f"rows.{place}.{name}": text
                for place, row in enumerate(response.rows)
                for name, text in (("criterion", row.criterion), ("levels", row.levels))
                if text
            }
        case SftResponse():
            return {"text": response.text}
        case TrajectoryResponse():
            return {"fix": response.fix}


def _accept_strings(value: Any, path: str) -> None:
    if isinstance(value, str):
        accept_text(path or "response", value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            accept_text(f"{path} name".strip(), str(key), limit=200)
            _accept_strings(inner, f"{path}.{key}".strip("."))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            _accept_strings(inner, f"{path}.{place}".strip("."))


def _raise_as_invalid(error: ValidationError) -> NoReturn:
    raise InvalidInput(
        tuple(
            FieldProblem(
                ".".join(str(part) for part in problem["loc"][1:]) or "response",  # [0] is the discriminator
                problem["msg"].removeprefix("Value error, "),
                "Correct this field; everything else is kept.",
            )
            for problem in error.errors(include_url=False, include_context=False, include_input=False)
        )
    ) from None


def _evaluation(item: EvaluationItem, response: EvaluationResponse) -> list[FieldProblem]:
    wanted = {dimension.id: dimension.label for dimension in item.dimensions}
    problems = [
        FieldProblem(
            f"ratings.{name}", "is not rated yet", worded("Choose 1 to 5 for “%(label)s”.", label=label)
        )
        for name, label in wanted.items()
        if name not in response.ratings
    ]
    problems += [
        FieldProblem(f"ratings.{name}", "is not a dimension of this task", "Remove it.")
        for name in response.ratings
        if name not in wanted
    ]
    return problems + [
        FieldProblem(
            f"issues.{place}.quote",
            "is not in the response, word for word",
            "Copy the words from the response.",
        )
        for place, issue in enumerate(response.issues)
        if issue.quote and issue.quote.strip() not in item.response
    ]


def _ranking(item: RankingItem, response: RankingResponse) -> list[FieldProblem]:
    if response.cannot_judge:
        if response.justification.strip():
            return []
        return [FieldProblem("justification", "is empty", "Say why these responses cannot be judged.")]
    given = [name for group in response.order for name in group]
    known = [candidate.id for candidate in item.responses]
    problems = [
        FieldProblem(
            "order", worded("has %(name)s, which is not a response here", name=repr(name)), "Remove it."
        )
        for name in sorted(set(given) - set(known))
    ]
    problems += [
        FieldProblem(
            "order", worded("names %(name)s more than once", name=repr(name)), "Give each response one place."
        )
        for name in sorted({name for name in given if given.count(name) > 1})
    ]
    return problems + [
        FieldProblem(
            "order",
            worded("leaves out %(name)s", name=repr(name)),
            "Give each response a place, or say that you cannot judge.",
        )
        for name in known
        if name not in given
    ]


def _rubric_writing(item: RubricWritingItem, response: RubricWritingResponse) -> list[FieldProblem]:
    problems = []
    if not item.min_criteria <= len(response.rows) <= item.max_criteria:
        problems.append(
            FieldProblem(
                "rows",
                worded("has %(n)s criteria", n=len(response.rows)),
                worded("Write %(least)s to %(most)s.", least=item.min_criteria, most=item.max_criteria),
            )
        )
    total = sum(row.weight for row in response.rows)
    if total != WEIGHT_SUM:
        problems.append(
            FieldProblem(
                "rows",
                worded("has weights that add up to %(sum)s", sum=total),
                worded("Make them add up to %(sum)s.", sum=WEIGHT_SUM),
            )
        )
    return problems


def _sft(_item: Item, response: SftResponse) -> list[FieldProblem]:
    if response.text.strip():
        return []
    return [FieldProblem("text", "is empty", "Write your response, or leave this part unanswered.")]


def _trajectory(item: TrajectoryItem, response: TrajectoryResponse) -> list[FieldProblem]:
    steps = [step.id for step in item.steps]
    problems = [
        FieldProblem(f"labels.{step}", "has no label yet", "Choose good, poor, harmful or not needed.")
        for step in steps
        if step not in response.labels
    ]
    problems += [
        FieldProblem(f"labels.{step}", "is not a step of this run", "Remove it.")
        for step in response.labels
        if step not in steps
    ]
    if response.first_error is not None and response.first_error not in steps:
        problems.append(
            FieldProblem(
                "first_error", "is not a step of this run", "Choose a step, or say that there is none."
            )
        )
    if (response.first_error is None) != (response.error_class is ErrorClass.NONE):
        problems.append(
            FieldProblem(
                "error_class",
                "does not fit the first wrong step",
                "Choose “none” exactly when no step was wrong.",
            )
        )
    return problems


_PROBLEMS: dict[Category, Callable[[Any, Any], list[FieldProblem]]] = {
    Category.EVALUATION: _evaluation,
    Category.RANKING: _ranking,
    Category.RUBRIC_WRITING: _rubric_writing,
    Category.SFT: _sft,
    Category.TRAJECTORY: _trajectory,
}
