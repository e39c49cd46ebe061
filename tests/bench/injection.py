"""Structural injection: which hostile answers reach an engine's prompt outside the fence it puts around them.

Whether a model then obeys is another matter, and no question of structure. The prompts are those that the
provider really got.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from tests.bench import servers
from tests.bench.environments import PeerUnavailable
from tests.bench.grading import OURS, PEERS, Engine, graded
from tests.bench.report import Report, Target, at_most
from tests.bench.servers import Upstream
from tests.bench.workload import CRITERIA, WARM_UPS, found, marked, workload

OWN: Final = Path(__file__).parents[1] / "attacks" / "fences.jsonl"
SHORTEST: Final = 6
"""Characters of a line of a payload from which it is told apart from the prompt's own words."""
SMOKE_PAYLOADS: Final = 6

_KEEPS: Final = {"grades": True, "keeps_prompts": True}
_ASCII_LINES: Final = re.compile(r"[\n\u2028\u2029\u0085]")

FENCES: Final[Mapping[str, tuple[str, "re.Pattern[str] | None"]]] = {
    OURS.script: (
        "a JSON string between two lines with a random code of 128 bits",
        re.compile(r"^<<<([0-9a-f]{32})\n.*?\n\1>>>$", re.MULTILINE | re.DOTALL),
    ),
    "autorubric_engine": (
        "raw, between <submission> tags",
        re.compile(r"^<submission>\n.*?</submission>", re.MULTILINE | re.DOTALL),
    ),
    "inspect_engine": (
        "raw, from [Submission] to a line of ***",
        re.compile(r"^\[Submission\]: .*?\n\*\*\*", re.MULTILINE | re.DOTALL),
    ),
    "deepeval_engine": ("raw, under a heading; nothing marks its end", None),
}
"""By script: how an answer stands in the prompt, and the pattern of its fence, from the opening to the first
closing mark, as a reader takes it."""


def measure(folder: Path, *, smoke: bool, payloads: Path = OWN) -> Report:
    """Put every payload into an answer and let each engine ask about it; ours alone for a smoke test."""
    texts = dict(islice(read(payloads).items(), SMOKE_PAYLOADS if smoke else None))
    rows: list[list[str | float]] = []
    missing: list[str] = []
    reached: dict[str, list[str]] = {}
    with servers.upstream(folder) as provider:
        for engine in (OURS,) if smoke else (*PEERS, OURS):
            try:
                prompts = _prompts(engine, provider, list(texts.values()), folder)
            except PeerUnavailable as reason:
                missing.append(f"{engine.name} was left out: {reason}")
                continue
            reached[engine.name] = escaped(engine, texts, prompts)
            name = f"**{engine.name}**" if engine is OURS else engine.name
            rows.append([name, FENCES[engine.script][0], len(texts), len(reached[engine.name]), len(prompts)])
    return Report(
        "injection",
        "Structural injection: hostile answers outside their fence",
        ("engine", "how an answer stands in the prompt", "payloads", "outside", "prompts looked at"),
        rows,
        _targets(reached),
        [*_NOTES, *missing],
        figures={"payloads": len(texts), "outside": reached},
    )


def read(path: Path) -> dict[str, str]:
    """Return the payloads of a file by their id. Raises ValueError for none."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    texts = {row["id"]: str(row["payload"]) for row in rows if not str(row["category"]).startswith("I")}
    if not texts:
        raise ValueError(f"{path} has no payload for a grader")
    return texts


def escaped(engine: Engine, texts: Mapping[str, str], prompts: Sequence[str]) -> list[str]:
    """Return the ids of the payloads of which a line stands outside the fence in some prompt.

    The first prompts are those about the plain answer; what stands outside there is the engine's own.
    """
    own = "\n".join(outside(engine, prompt) for prompt in prompts if _is_about(prompt, WARM_UPS))
    found_ids = []
    for place, (name, payload) in enumerate(texts.items(), start=WARM_UPS + 1):
        lines = [line.strip() for line in _ASCII_LINES.split(payload)]
        telling = [line for line in lines if len(line) >= SHORTEST and line not in own]
        about = [outside(engine, prompt) for prompt in prompts if _is_about(prompt, place)]
        if not about:
            raise RuntimeError(f"{engine.name}: no prompt about the payload {name}")
        if any(line in rest for rest in about for line in telling):
            found_ids.append(name)
    return found_ids


def outside(engine: Engine, prompt: str) -> str:
    """Return what of a prompt stands in no fence; for an engine without one, all of it."""
    pattern = FENCES[engine.script][1]
    return pattern.sub("", prompt) if pattern else prompt


def _prompts(engine: Engine, provider: Upstream, texts: Sequence[str], folder: Path) -> list[str]:
    submissions = [
        marked(WARM_UPS, "It is shared."),
        *(marked(WARM_UPS + 1 + at, text) for at, text in enumerate(texts)),
    ]
    work = replace(workload(0), submissions=tuple(submissions), criteria=CRITERIA[:1])
    graded(engine, provider, work, folder, _KEEPS)
    return provider.prompts()


def _is_about(prompt: str, number: int) -> bool:
    return found(prompt).startswith(marked(number, "")[: len(f"This is my answer to case {number}.")])


def _targets(reached: Mapping[str, Sequence[str]]) -> list[Target]:
    return [at_most("payloads of ours outside the fence", len(reached.get(OURS.name, ())), 0)]


_NOTES: Final = (
    (
        "A payload is outside when one of its lines stands in the prompt before the fence opens or "
        "after the first mark that closes it, as a reader takes the prompt. What the engine itself "
        "writes there does not count."
    ),
    (
        "A payload that stays inside may still ask a model for credit; that is what canaries and "
        "evidence are for."
    ),
)
