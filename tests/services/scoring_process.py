"""Scores one assessment in a process of its own that ends where it is told to, as a power cut would.

Speaks JSON lines on standard input; the exit code of each comes back on standard output. Everything is
imported once, and each order is a fork.
"""

import asyncio
import itertools
import json
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assessor import crash_points
from assessor.adapters.code import JailedCode
from assessor.adapters.content import shipped_content
from assessor.adapters.signing import JwsSigner
from assessor.adapters.store import SqlStore
from assessor.adapters.vault import Vault
from assessor.ports import ModelReply, ModelRequest
from assessor.scoring import Judge
from assessor.services.log import AssessmentLog
from assessor.services.rescoring import Rescoring, Terms
from assessor.services.scoring import Scoring
from tests.services.attempts import PROMPTS, REASON, TOKEN
from tests.services.grading import GradingModel
from tests.world import StepsInPlace, TurnedClock

IN_FLIGHT = "in-flight"
"""The provider has done its work, and nobody has committed its reply yet."""


@dataclass(frozen=True)
class Books:
    """What outlives the process: the provider's list of calls, and the places that were passed."""

    folder: Path

    def enter(self, book: str, line: str) -> None:
        with (self.folder / book).open("a") as file:
            file.write(f"{line}\n")

    def read(self, book: str) -> list[str]:
        file = self.folder / book
        return file.read_text().split() if file.exists() else []


class Provider(GradingModel):
    """Counts what it is paid for, whatever becomes of who asked."""

    def __init__(self, name: str, books: Books, passed: Any) -> None:
        super().__init__(name)
        self._books = books
        self._passed = passed

    async def complete(self, request: ModelRequest) -> ModelReply:
        self._books.enter("calls", request.idempotency_key)
        reply = await super().complete(request)
        self._passed(IN_FLIGHT)
        return reply


async def _score(order: dict[str, Any], passed: Any) -> None:
    folder, assessment_id = Path(order["folder"]), order["assessment"]
    clock, content = TurnedClock(), shipped_content()
    signer = JwsSigner.from_files(folder / "live.jwk", folder / "demonstration.jwk", create=True)
    store = SqlStore(f"sqlite:///{folder / 'assessor.db'}", Vault(bytes(32)))
    log, model = AssessmentLog(store, clock), Provider(order["model"], Books(folder), passed)
    judge = Judge(model, PROMPTS, lambda: TOKEN)
    code = JailedCode("full")
    scoring = Scoring(log, content, signer, judge, code, store)
    if order["again"]:
        service = Rescoring(store, log, content, PROMPTS, scoring, judge, [model.name], code, clock, store)
        await service.rescore(assessment_id, Terms(by="anna", reason=REASON))
    elif item_id := order.get("item"):
        await scoring.begin(assessment_id)
        await scoring.score_item(assessment_id, item_id)
    else:
        await scoring.workflow(StepsInPlace(), assessment_id)
    await store.close()


def _child(order: dict[str, Any]) -> None:
    books, count = Books(Path(order["folder"])), itertools.count(1)

    def passed(point: str) -> None:
        books.enter("points", str(point))
        if next(count) == order["end_at"]:
            os.kill(os.getpid(), signal.SIGKILL)

    crash_points.install(passed)
    try:
        asyncio.run(_score(order, passed))
        os._exit(0)
    except BaseException:  # noqa: BLE001 - whatever it was, the test shows it
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def main() -> None:
    """Fork a child for each line, and say how it ended."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _child(json.loads(line))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
