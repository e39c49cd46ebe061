"""What commands are given to grade with in place of what is installed."""

from collections.abc import Mapping
from pathlib import Path

from assessor.domain.errors import invalid


def judge_templates(folder: Path | None) -> Mapping[str, str]:
    """Return the judge's templates of a folder that --prompts names, where they are other than installed.

    Raises InvalidInput for a folder or a template that cannot be used.
    """
    from assessor.adapters.prompts import read_judge_prompts
    from assessor.bootstrap import installed_prompts

    if folder is None:
        return {}
    if not folder.is_dir():
        raise invalid("--prompts", f"{folder} is no folder", "Give a folder like the installed prompts.")
    return read_judge_prompts(folder, installed_prompts())
