"""autorubric by its front door: a rubric of binary criteria, in its default mode or with one call an item."""

import asyncio
from collections.abc import Sequence

from autorubric import LLMConfig, Rubric  # type: ignore[import-not-found]
from autorubric.graders import CriterionGrader  # type: ignore[import-not-found]
from autorubric.types import Criterion  # type: ignore[import-not-found]
from measured import AT_ONCE, KEY, Given, Grade, Verdicts, main  # type: ignore[import-not-found]


def engine(given: Given) -> Grade:
    """Return the engine; `given.mode` is autorubric's own word for how it calls."""
    model = LLMConfig(
        model="openai/bench", api_base=given.base_url, api_key=KEY, max_parallel_requests=AT_ONCE
    )
    grader = CriterionGrader(judge_model_config=model, llm_calls=given.mode)
    criteria = [
        Criterion(name=f"c{place}", weight=1.0, requirement=text) for place, text in enumerate(given.criteria)
    ]
    rubric = Rubric(criteria)

    async def one(submission: str) -> list[bool | None]:
        report = await rubric.grade(to_grade=submission, grader=grader, query=given.task)
        by_name = {part.criterion.name: part for part in report.report or []}
        return [_verdict(by_name.get(f"c{place}")) for place in range(len(given.criteria))]

    async def grade(submissions: Sequence[str]) -> Verdicts:
        return await asyncio.gather(*map(one, submissions))

    return grade


def _verdict(report: object) -> bool | None:
    """Return the verdict, unless it only stands in for a call that failed."""
    if report is None or getattr(report, "error", None):
        return None
    name = str(getattr(getattr(report, "final_verdict", None), "value", ""))
    return {"MET": True, "UNMET": False}.get(name)


if __name__ == "__main__":
    main(engine)
