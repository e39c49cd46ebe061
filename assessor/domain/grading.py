"""What answers are graded with, where that is not what is installed."""

from collections.abc import Iterable
from typing import Self

from pydantic import Field

from assessor.domain.rubric import Rubric
from assessor.domain.value import Value, content_hash


class Grading(Value):
    """Rubrics, prompts and models that take the place of the installed ones; what is empty stays as it is.

    Whole, so that whoever holds one needs no file: a form carries the one that it was drawn under.
    """

    rubrics: tuple[Rubric, ...] = ()
    """Each in place of the library's of the same id."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """Templates of the judge by their name, for instance `judge/system.j2`."""
    models: tuple[str, ...] = ()
    """The judge's, and then the one that it asks in doubt."""

    @property
    def hash(self) -> str:
        """The content hash by which an approval names what it approves."""
        return content_hash(self)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it replaces: `rubrics`, `prompts`, `models`."""
        return tuple(name for name in ("rubrics", "prompts", "models") if getattr(self, name))

    def over(self, below: Self) -> Self:
        """Return both together; where both say something, this one holds."""
        rubrics = {rubric.id: rubric for rubric in (*below.rubrics, *self.rubrics)}
        return self.changed(
            rubrics=tuple(rubrics[name] for name in sorted(rubrics)),
            prompts=below.prompts | self.prompts,
            models=self.models or below.models,
        )

    @classmethod
    def of(cls, layers: Iterable[Self]) -> Self:
        """Return several together, the earliest first."""
        found = cls()
        for layer in layers:
            found = layer.over(found)
        return found


INSTALLED = Grading()
"""Nothing is replaced."""
