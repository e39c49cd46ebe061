"""The texts of an item, as its key may name or quote them."""

from assessor.domain.item import (
    EvaluationItem,
    InterviewItem,
    Item,
    RankingItem,
    RubricWritingItem,
    SftItem,
    TrajectoryItem,
)
from assessor.domain.value import strings_in


def key_texts(item: Item) -> dict[str, str]:
    """Return the texts that a check can name by `of`: responses by their ids, or the only one there is."""
    match item:
        case EvaluationItem():
            return {"response": item.response}
        case RankingItem():
            return {response.id: response.text for response in item.responses}
        case RubricWritingItem():
            return {response.id: response.text for response in item.key.hidden_responses}
        case SftItem():
            return {"reference": item.key.reference}
        case _:
            return {}


def subject(item: Item) -> tuple[str, ...]:
    """Return what an item is about, as candidates read it: no labels, no instructions that many share."""
    match item:
        case InterviewItem():
            return (item.question, *(probe.text for probe in item.probes))
        case EvaluationItem():
            return (item.prompt, item.response)
        case RankingItem():
            return (item.prompt, *(response.text for response in item.responses))
        case RubricWritingItem() | SftItem():
            return (item.prompt,)
        case TrajectoryItem():
            return (item.goal, *(step.thought for step in item.steps), item.final_answer)


def secrets(item: Item) -> tuple[str, ...]:
    """Return what of an item only raters see, as prose."""
    if isinstance(item, InterviewItem):
        return ()
    hidden = item.key.model_dump(mode="json", exclude={"checks", "references", "source", "tests"})
    return tuple(strings_in(hidden))


def texts_of(item: Item) -> tuple[str, ...]:
    """Return every text that a quote may stand in: what candidates read, and the responses of the key."""
    return (*strings_in(item.presented()), *key_texts(item).values())
