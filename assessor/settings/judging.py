"""How far judging goes without a person."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from assessor.settings.installation import Installation


class Judging(Installation):
    """How far judging goes without a person."""

    judge_token_probabilities: bool = Field(
        default=False,
        description="Ask the judge's provider how likely each verdict's token was, and trust it more than "
        "the probability that the model states. Some providers refuse such requests.",
    )
    judge_calls: int = Field(
        default=150,
        ge=0,
        description="Calls to judges that one assessment may cost; what is open then waits for a person.",
    )
    judge_tokens: int | None = Field(
        default=None, ge=1, description="Tokens that judges may use for one assessment, likewise."
    )
    judge_money: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="US dollars that judges may cost for one assessment, likewise, by litellm's price map. "
        "A model without a price there (a server of your own, for instance) costs nothing known: then only "
        "the limits on calls and tokens hold.",
    )
    code_isolation: Literal["full", "namespaces", "off"] = Field(
        default="full",
        description="What has to keep code of candidates apart before it is run against an item's tests: "
        "`full` (namespaces and Landlock), `namespaces` (and Landlock where the kernel has it), or `off`: "
        "never run it. Where it is not run, a person checks it.",
    )
    blind_rescore_share: float = Field(
        default=0.04,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Share of the decisions by rule that a person scores a second time, without seeing any "
        "score. Keep it at 0.03 to 0.05: without it nobody notices a judge that goes astray (docs/pilot.md).",
    )
    known_case_share: float = Field(
        default=0.02,
        ge=0,
        le=0.5,
        allow_inf_nan=False,
        description="Share of the cases taken that are known ones: example answers with known scores, by "
        "which the reviewers themselves are measured (docs/training.md). 0 puts none in.",
    )
    gold_dir: Path = Field(
        json_schema_extra={"shown": "`gold` in the data folder"},
        description="Folder of gold responses for the daily replay: one file of labels for each track, named "
        "after it (`python.csv`, `nursing.jsonl`).",
    )
    gold_hour: int = Field(
        default=3,
        ge=0,
        le=23,
        description="Hour of the day (UTC) from which on one worker replays gold responses, where a judge "
        "and gold responses exist.",
    )
    gold_responses: int = Field(
        default=40,
        ge=0,
        description="Gold responses of each track that are replayed a day, the next day those after them; "
        "with 0 none ever are.",
    )
