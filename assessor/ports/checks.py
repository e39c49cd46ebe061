"""Whether what is stored is what was written."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol


class Checks(Protocol):
    """Looks at everything of every tenant, and changes nothing."""

    async def verify_verdicts(self, assessment_id: str) -> int:
        """Check every stored verdict of an assessment against its log. Return how many there are.

        Raises DocumentRefused naming the first verdict that was changed, added or taken out.
        """
        ...

    async def assessment_ids(self, after: str = "", limit: int = 500) -> tuple[str, ...]:
        """Return ids of assessments of all tenants, in their order, of those after one."""
        ...

    async def touched(
        self,
        since: datetime,
        until: datetime,
        types: Collection[str],
        tenant: str | None = None,
        after: str = "",
        limit: int = 500,
    ) -> tuple[str, ...]:
        """Return ids, in their order, of assessments in whose logs one of these facts stands in a time."""
        ...

    async def count_assessments(self) -> int: ...
