"""The floor: a grader on bare httpx, one call a submission or one call a criterion. It checks the least.

python -m tests.bench.bare_grading ORIGIN WORKLOAD BEHAVIOUR per_item|per_criterion
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Final

import httpx

from assessor.scoring.judge.reply import reply_schema
from tests.bench.peers.measured import AT_ONCE, KEY, Given, Verdicts, main

TRIES: Final = 4
PER_CRITERION: Final = "per_criterion"
_SYSTEM: Final = (
    "You grade answers. For each criterion give quotes from the answer, an analysis of at most 25 words, a "
    "verdict (met, unmet or cannot_assess) and the probability of met, as one JSON object."
)


class Floor:
    """Asks, and asks again what did not come back."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._client = httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}, timeout=60)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._ids = [f"c{place}" for place in range(len(given.criteria))]

    async def grade(self, submissions: Sequence[str]) -> Verdicts:
        return await asyncio.gather(*map(self._graded, submissions))

    async def _graded(self, submission: str) -> list[bool | None]:
        if self._given.mode != PER_CRITERION:
            verdicts = await self._asked(submission, self._ids)
        else:
            # The first call leaves the beginning of the others in the provider's cache.
            verdicts = await self._asked(submission, self._ids[:1])
            for one in await asyncio.gather(*(self._asked(submission, [name]) for name in self._ids[1:])):
                verdicts |= one
        return [verdicts.get(name) for name in self._ids]

    async def _asked(self, submission: str, ids: list[str]) -> dict[str, bool | None]:
        body = self._body(submission, ids)
        for _ in range(TRIES):
            async with self._places:
                reply = await self._client.post(f"{self._given.base_url}/chat/completions", json=body)
            if reply.is_success and (verdicts := _read(reply.json())):
                return verdicts
        return {}

    def _body(self, submission: str, ids: list[str]) -> dict[str, Any]:
        listed = "\n".join(
            f"- {name}: {text}" for name, text in zip(self._ids, self._given.criteria, strict=True)
        )
        user = (
            f"RUBRIC\n{self._given.purpose}\n{listed}\n\nTASK\n{self._given.task}\n\nANSWER\n{submission}\n\n"
            f"Grade exactly these: {', '.join(ids)}"
        )
        schema = {"name": "reply", "schema": reply_schema(ids)}
        return {
            "model": "bench",
            "messages": [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": user}],
            "response_format": {"type": "json_schema", "json_schema": schema},
        }


def _read(reply: dict[str, Any]) -> dict[str, bool | None]:
    try:
        listed = json.loads(reply["choices"][0]["message"]["content"])["criteria"]
    except ValueError:
        return {}
    return {one["id"]: {"met": True, "unmet": False}.get(one["verdict"]) for one in listed}


if __name__ == "__main__":
    main(lambda given: Floor(given).grade)
