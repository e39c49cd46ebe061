"""The conversation as it stands in the log."""

from typing import Literal

from assessor.domain.evidence import OwnText
from assessor.domain.value import Value


class Turn(Value):
    """One utterance. For the candidate, `item_id` is the question that was open."""

    seq: int
    speaker: Literal["interviewer", "candidate"]
    text: str
    item_id: str | None = None
    kind: str = ""
    """Of the interviewer's turns: opening, core, probe, answer or closing."""
    probe_id: str | None = None
    message_id: str | None = None
    """Of the candidate's turns."""


class Transcript(Value):
    """All turns, oldest first."""

    turns: tuple[Turn, ...] = ()

    def about(self, item_id: str | None) -> tuple[Turn, ...]:
        """Return the turns of one question; None gives the unscored opening."""
        return tuple(turn for turn in self.turns if turn.item_id == item_id)

    def own_texts(self, item_id: str) -> tuple[OwnText, ...]:
        """Return what the candidate said to one question, which is all that can be evidence for it."""
        return tuple(
            OwnText(event_seq=turn.seq, text=turn.text)
            for turn in self.about(item_id)
            if turn.speaker == "candidate"
        )

    @property
    def unanswered(self) -> Turn | None:
        """The candidate's last turn when the interviewer has not replied to it."""
        return self.turns[-1] if self.turns and self.turns[-1].speaker == "candidate" else None
