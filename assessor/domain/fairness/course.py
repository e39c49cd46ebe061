"""How far somebody came, stage by stage."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Stage = Literal["began", "submitted", "qualified_by_rule", "final", "overall"]

STAGES: tuple[Stage, ...] = ("began", "submitted", "qualified_by_rule", "final", "overall")


@dataclass(frozen=True)
class Course:
    """One person on one track: their latest attempt. None: they did not come to this stage, or not yet."""

    began: bool | None = None
    """Of those who were invited."""
    submitted: bool | None = None
    """Of those who began."""
    qualified_by_rule: bool | None = None
    """Of those who submitted and were scored: whether a rule said so by itself."""
    final: bool | None = None
    """Of those who are decided: whether they are qualified."""
    score: float | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    """Declared, by characteristic."""

    @property
    def overall(self) -> bool | None:
        """Whether somebody who was invited is qualified at the end. None while that is open."""
        return False if self.began is False or self.submitted is False else self.final

    def passed(self, stage: Stage) -> bool | None:
        """Return how one stage went."""
        found: bool | None = getattr(self, stage)
        return found
