"""Verdicts in words, for the platform's people."""

from dataclasses import dataclass

from assessor.domain.verdict import Explanation, VerdictDocument, explanation_of, read_verdict
from assessor.ports import Content, StoredVerdict
from assessor.services.delivering import Delivering


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

    def __init__(self, delivering: Delivering, content: Content) -> None:
        self._delivering = delivering
        self._content = content

    async def explained(self, authorization: str | None, verdict_id: str) -> Explained:
        """Return one verdict, live or not, to whoever presents a key.

        Raises Unauthenticated, Forbidden, NotFound.
        """
        stored = await self._delivering.verdict_of_id(authorization, verdict_id)
        document = read_verdict(stored.document)
        track = (await self._content.library()).tracks.get(document.track.id)
        titles = {one.id: one.title for one in track.competencies} if track else {}
        explanation = explanation_of(document, titles)
        return Explained(stored, document, explanation, track.title if track else document.track.id)
