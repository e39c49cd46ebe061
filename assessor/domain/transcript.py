"""The conversation as it stands in the log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from assessor.domain.evidence import OwnText
from assessor.domain.redaction import Redaction, has_words, masked
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
    redactions: tuple[Redaction, ...] = ()
    """Where tombstones stand in the text."""


class Correction(Value):
    """What the candidate corrected or added after they had answered."""

    seq: int
    at: datetime
    item_id: str
    correction_id: str
    replaces: int | None
    """Sequence number of what no longer counts; None is an addition."""
    text: str
    redactions: tuple[Redaction, ...] = ()

    def as_turn(self) -> Turn:
        """Return it as something the candidate said."""
        return Turn(
            seq=self.seq,
            speaker="candidate",
            text=self.text,
            item_id=self.item_id,
            redactions=self.redactions,
        )


class Transcript(Value):
    """All turns, and all corrections of them, oldest first."""

    turns: tuple[Turn, ...] = ()
    corrections: tuple[Correction, ...] = ()

    def about(self, item_id: str | None) -> tuple[Turn, ...]:
        """Return the turns of one question; None gives the unscored opening."""
        return tuple(turn for turn in self.turns if turn.item_id == item_id)

    def own_texts(self, item_id: str) -> tuple[OwnText, ...]:
        """Return what the candidate said to one question, which is all that can be evidence for it.

        As they corrected it, and without what they took back: a tombstone cannot be quoted.
        """
        return tuple(
            OwnText(event_seq=turn.seq, text=masked(turn.text, turn.redactions))
            for turn in self.corrected(item_id)
            if turn.speaker == "candidate" and has_words(turn.text, turn.redactions)
        )

    def corrections_of(self, item_id: str) -> tuple[Correction, ...]:
        """Return what was corrected or added for one question, superseded versions too."""
        return tuple(one for one in self.corrections if one.item_id == item_id)

    def version_of(self, seq: int) -> Correction | None:
        """Return the latest correction of a message or an addition, None when there is none."""
        return next((one for one in reversed(self.corrections) if one.replaces == seq), None)

    def corrected(self, item_id: str) -> tuple[Turn, ...]:
        """Return the turns of one question as they count: corrected in place, additions at the end."""
        additions = (one.as_turn() for one in self.corrections_of(item_id) if one.replaces is None)
        return tuple(self._current(turn) for turn in (*self.about(item_id), *additions))

    @property
    def as_understood(self) -> "Transcript":
        """The conversation as the interviewer goes on from it: its turns, in the candidate's last words."""
        if not self.corrections:
            return self
        last = {turn.item_id: turn.seq for turn in self.turns if turn.speaker == "candidate"}
        added: dict[int, list[str]] = {}
        for one in self.corrections:
            if one.replaces is None and one.item_id in last:
                added.setdefault(last[one.item_id], []).append(self._current(one.as_turn()).text)
        return Transcript(turns=tuple(self._understood(turn, added.get(turn.seq, [])) for turn in self.turns))

    def _understood(self, turn: Turn, added: Sequence[str]) -> Turn:
        text = "\n\n".join([self._current(turn).text, *added])
        return turn if text == turn.text else turn.changed(text=text, redactions=())

    def _current(self, turn: Turn) -> Turn:
        version = self.version_of(turn.seq)
        return version.as_turn() if version else turn

    @property
    def unanswered(self) -> Turn | None:
        """The candidate's last turn when the interviewer has not replied to it."""
        return self.turns[-1] if self.turns and self.turns[-1].speaker == "candidate" else None
