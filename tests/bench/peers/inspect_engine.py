"""inspect-ai by its front door: a task whose samples are answered already, with one scorer a criterion."""

import tempfile
from collections.abc import Callable, Sequence
from typing import Any

from inspect_ai import Task, eval_async  # type: ignore[import-not-found]
from inspect_ai.dataset import Sample  # type: ignore[import-not-found]
from inspect_ai.model import ModelOutput, get_model  # type: ignore[import-not-found]
from inspect_ai.scorer import Target, accuracy, model_graded_qa, scorer  # type: ignore[import-not-found]
from inspect_ai.solver import solver  # type: ignore[import-not-found]
from measured import AT_ONCE, KEY, Given, Grade, Verdicts, main  # type: ignore[import-not-found]


@solver  # type: ignore[untyped-decorator]
def handed_in() -> Callable[..., Any]:
    """Take the answer that the sample brings along for the model's."""

    async def solve(state: Any, _: Any) -> Any:
        # Out of the metadata as well: it would go into the template's variables.
        state.output = ModelOutput.from_content("none", state.metadata.pop("submission"))
        return state

    return solve


def criterion(place: int, text: str, model: Any) -> Any:
    """Return inspect's own grader of answers for one criterion."""
    graded = model_graded_qa(model=model)

    @scorer(metrics=[accuracy()], name=f"c{place}")  # type: ignore[untyped-decorator]
    def one() -> Callable[..., Any]:
        async def score(state: Any, _: Any) -> Any:
            return await graded(state, Target(text))

        return score

    return one()


def engine(given: Given) -> Grade:
    """Return the engine."""
    model = get_model("openai/bench", base_url=given.base_url, api_key=KEY, responses_api=False)
    scorers = [criterion(place, text, model) for place, text in enumerate(given.criteria)]

    async def grade(submissions: Sequence[str]) -> Verdicts:
        samples = [
            Sample(id=place + 1, input=given.task, metadata={"submission": text})
            for place, text in enumerate(submissions)
        ]
        task = Task(dataset=samples, solver=handed_in(), scorer=scorers)
        with tempfile.TemporaryDirectory() as folder:
            (log,) = await eval_async(
                task,
                model=model,
                log_dir=folder,
                max_connections=AT_ONCE,
                max_samples=AT_ONCE,
                fail_on_error=False,
            )
            # Here, for the samples are read from the folder when they are asked for.
            scored = {sample.id: sample.scores or {} for sample in log.samples or []}
        return [
            [_verdict(scored.get(place + 1, {}).get(f"c{at}")) for at in range(len(given.criteria))]
            for place in range(len(submissions))
        ]

    return grade


def _verdict(score: Any) -> bool | None:
    return None if score is None else {"C": True, "I": False}.get(str(score.value))


if __name__ == "__main__":
    main(engine)
