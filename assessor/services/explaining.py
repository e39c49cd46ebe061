"""Verdicts in words, for the platform's people."""

from dataclasses import dataclass

from assessor.domain.verdict import Explanation, VerdictDocument, explanation_of, read_verdict
from assessor.ports import Content, Projections, StoredVerdict


@dataclass(frozen=True)
class Explained:
    """A verdict with what it says and why."""

    stored: StoredVerdict
    document: VerdictDocument
    explanation: Explanation
    track: str
    """The track's title, or its id once it is no longer in the library."""


class Explaining:
    """Puts what was signed into words; it decides nothing."""

    def __init__(self, verdicts: Projections, content: Content) -> None:
        self._verdicts = verdicts
        self._content = content

    async def explained(self, verdict_id: str) -> Explained:
        """Return one verdict, live or not. Raises NotFound."""
        stored = await self._verdicts.verdict_of_id(verdict_id)
        document = read_verdict(stored.document)
        track = (await self._content.library(document.track.id)).tracks.get(document.track.id)
        titles = {one.id: one.title for one in track.competencies} if track else {}
        explanation = explanation_of(document, titles)
        return Explained(stored, document, explanation, track.title if track else document.track.id)
