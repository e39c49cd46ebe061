"""What one assessment costs: what was measured, with its source, and what is assumed.

A test holds the measured numbers to the pages that they come from, as far as machines may differ.
"""

from typing import Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field


class Measured(NamedTuple):
    """A number, its unit, and where it was measured."""

    value: float
    unit: str
    source: str


_B1: Final = "docs/benchmarks.md, B1, ours with litellm"
_B2: Final = "docs/benchmarks.md, B2, ours with litellm"
_TALKS: Final = "`assessor simulate interviews --n 20`, scripted model"
_SOWN: Final = "`assessor seed --assessments 60` on SQLite"
_LIBRARY: Final = "track `python`, full form"

MEASURED: Final = {
    "turns": Measured(11.5, "turns an assessment", _TALKS),
    "interview_minutes": Measured(13.4, "minutes of an interview", _TALKS),
    "calls_per_turn": Measured(0.71, "model calls a turn, observations among them", _TALKS),
    "tokens_per_turn": Measured(375, "tokens a turn, observations among them", _TALKS),
    "turn_cpu_ms": Measured(25.1, "ms of CPU a turn", _B2),
    "web_mb": Measured(366, "MB of a process that serves", _B2),
    "judge_calls": Measured(5, "answers that a judge reads, one call each", _LIBRARY),
    "criteria": Measured(27, "criteria that a judge decides", _LIBRARY),
    "verdict_cpu_ms": Measured(1.65, "ms of CPU for a judge's verdict on a criterion", _B1),
    "call_prompt_tokens": Measured(2456, "prompt tokens of a judge's call, at four characters", _B1),
    "worker_mb": Measured(211, "MB of a worker", _B1),
    "read_cpu_ms": Measured(1.0, "ms of CPU a read of a verdict, PostgreSQL", "docs/benchmarks.md, B4, ours"),
    "rest_cpu_ms": Measured(
        300, "ms of CPU for everything else: form, tasks, rules, reviews", "docs/running.md"
    ),
    "kept_bytes": Measured(147_000, "bytes of an assessment in the database, indexes included", _SOWN),
}


class Assumptions(BaseModel):
    """What nobody has measured for you: change it to what you know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pages: float = Field(default=60, ge=0, description="pages and drafts that a candidate sends for")
    page_cpu_ms: float = Field(default=10, ge=0, description="ms of CPU for one of them")
    reads: float = Field(default=10, ge=0, description="reads of the verdict by the platform and reviewers")
    minutes: float = Field(default=45, gt=0, description="minutes from the first question to the last task")
    turn_call_seconds: float = Field(default=3, gt=0, description="seconds of a model's call in a turn")
    judge_call_seconds: float = Field(
        default=6, gt=0, description="seconds of a judge's call, one after another"
    )
    turn_completion_tokens: float = Field(
        default=60, ge=0, description="tokens that a model writes in a turn's call"
    )
    call_completion_tokens: float = Field(
        default=500, ge=0, description="tokens that a judge writes in a call"
    )
    commits: float = Field(default=80, ge=0, description="commits an assessment, two of them a turn")
    busy: float = Field(
        default=0.6,
        gt=0,
        le=3,
        description="share of cores and places in use at the peak; above 1 is too little",
    )
    days_kept: float = Field(default=730, gt=0, description="days for which what candidates wrote is kept")
    database_share: float = Field(
        default=0.5, ge=0, description="cores of the database for each core of ours"
    )
    database_gb: float = Field(default=4000, gt=0, description="GB that one PostgreSQL server holds")
    database_commits: float = Field(default=5000, gt=0, description="commits a second that it does")
    database_connections: float = Field(default=1000, gt=0, description="connections that it is given")
    price_prompt: float = Field(default=0.15, ge=0, description="US dollars for a million prompt tokens")
    price_completion: float = Field(default=0.6, ge=0, description="US dollars for a million written tokens")


PRICES_FROM: Final = "gpt-4o-mini"
"""Whose prices the defaults are, in the price map of the litellm that is locked."""


def measured(name: str) -> float:
    """Return a measured number."""
    return MEASURED[name].value
