"""Where a watcher of an interview is, and what comes next for it."""

import re
from dataclasses import dataclass
from typing import Literal

from assessor.domain.assessment import Assessment, Status
from assessor.domain.transcript import Turn
from assessor.ports import TurnBuffer

_STREAM_ID = re.compile(r"(?P<seq>\d{1,12})(\.(?P<run>\w{0,40})\.(?P<offset>\d{1,12}))?", re.ASCII)


@dataclass(frozen=True)
class Frame:
    """One thing that a watcher of the interview sees. `id` is `{seq}.{run}.{offset}`."""

    kind: Literal["turn", "start", "words", "heartbeat", "clock", "paused", "finished"]
    id: str
    turn: Turn | None = None
    text: str = ""
    seconds_left: float | None = None
    """With `clock`; None is without a limit."""


@dataclass
class Position:
    """How far one watcher has got."""

    seq: int = 0
    run: str = ""
    offset: int = 0

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Read a stream id. One that we did not write means: from the beginning."""
        match = _STREAM_ID.fullmatch(text)
        if match is None:
            return cls()
        return cls(int(match["seq"]), match["run"] or "", int(match["offset"] or 0))

    @property
    def id(self) -> str:
        return f"{self.seq}.{self.run}.{self.offset}"

    def catch_up(self, assessment: Assessment) -> list[Frame]:
        """Return the turns that were committed since."""
        frames = []
        for turn in assessment.transcript.turns:
            if turn.seq > self.seq:
                self.seq, self.run, self.offset = turn.seq, "", 0
                frames.append(Frame("turn", self.id, turn=turn))
        return frames

    def end(self, assessment: Assessment) -> Frame | None:
        """Return what ends the stream of a conversation that rests or is over."""
        if assessment.status is Status.PAUSED:
            return Frame("paused", self.id)
        if assessment.interview_finished or assessment.status is not Status.IN_PROGRESS:
            return Frame("finished", self.id)
        return None

    def listen(self, buffer: TurnBuffer | None) -> list[Frame]:
        """Return the words that were released since; a new run clears the half-written bubble."""
        if buffer is None:
            return []
        frames = []
        if buffer.run != self.run:
            self.run, self.offset = buffer.run, 0
            frames.append(Frame("start", self.id))
        if len(buffer.text) > self.offset:
            words = buffer.text[self.offset :]
            self.offset = len(buffer.text)
            frames.append(Frame("words", self.id, text=words))
        return frames
