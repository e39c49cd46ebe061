"""The interviewer: a LangGraph run a turn, over a conversation that is read from the log."""

from assessor.interview.graph import Interviewer
from assessor.interview.guard import hashed_ngrams
from assessor.interview.state import Brief, Question, Spare

__all__ = ["Brief", "Interviewer", "Question", "Spare", "hashed_ngrams"]
