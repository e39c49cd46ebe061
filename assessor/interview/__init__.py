"""The interviewer: a LangGraph run a turn, over a conversation that is read from the log."""
