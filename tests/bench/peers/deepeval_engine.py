"""deepeval's GEval with its steps given, so that it does not first ask for steps: one metric a criterion."""

import asyncio
from collections.abc import Sequence

from deepeval.errors import DeepEvalError  # type: ignore[import-not-found]
from deepeval.metrics import GEval  # type: ignore[import-not-found]
from deepeval.models import OpenAIModel  # type: ignore[import-not-found]
from deepeval.test_case import LLMTestCase, SingleTurnParams  # type: ignore[import-not-found]
from measured import AT_ONCE, KEY, Given, Grade, Verdicts, main  # type: ignore[import-not-found]
from openai import OpenAIError  # type: ignore[import-not-found,unused-ignore]
from tenacity import RetryError  # type: ignore[import-not-found,unused-ignore]

MODEL = "gpt-5-mini"
"""A name for which deepeval asks for no token probabilities, which the provider here does not give."""


def engine(given: Given) -> Grade:
    """Return the engine."""
    places = asyncio.Semaphore(AT_ONCE)
    model = OpenAIModel(model=MODEL, base_url=given.base_url, api_key=KEY)

    async def one(submission: str, text: str) -> bool | None:
        metric = GEval(
            name="criterion",
            evaluation_params=[SingleTurnParams.INPUT, SingleTurnParams.ACTUAL_OUTPUT],
            evaluation_steps=[f"Check this of the actual output: {text}"],
            model=model,
        )
        async with places:
            try:
                score = await metric.a_measure(
                    LLMTestCase(input=given.task, actual_output=submission), _show_indicator=False
                )
            except (DeepEvalError, OpenAIError, RetryError, ValueError):
                return None  # a verdict that it did not give
        return bool(score >= metric.threshold)

    async def grade(submissions: Sequence[str]) -> Verdicts:
        wanted = [[one(submission, text) for text in given.criteria] for submission in submissions]
        return [list(row) for row in await asyncio.gather(*(asyncio.gather(*row) for row in wanted))]

    return grade


if __name__ == "__main__":
    main(engine)
