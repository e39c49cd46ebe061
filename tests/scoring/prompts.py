"""The prompts that ship, loaded once for the tests of scoring."""

from pathlib import Path

from assessor.adapters.prompts import FilePrompts

PROMPTS = FilePrompts(Path(__file__).parents[2] / "prompts")
