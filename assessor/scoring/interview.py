"""The interview: only a reader can score what was said."""

from collections.abc import Mapping

from assessor.domain.item import InterviewItem
from assessor.domain.rubric import Rubric
from assessor.scoring.work import Finding, Measure, Passage, Work


def measures(_item: InterviewItem, _rubric: Rubric | None) -> tuple[Measure, ...]:
    """Return nothing: no rule measures a conversation."""
    return ()


def findings(_item: InterviewItem, _response: None) -> Mapping[str, Finding]:
    """Return nothing, as above."""
    return {}


def passages(work: Work) -> tuple[Passage, ...]:
    """Return the turns about this question. A reader needs the follow-ups to understand the answers;
    evidence are the candidate's turns only."""
    labels = {"interviewer": "Interviewer", "candidate": "Candidate"}
    return tuple(Passage(labels[turn.speaker], turn.text) for turn in work.turns)
