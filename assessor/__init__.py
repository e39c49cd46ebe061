"""Assessor: interviews, sample tasks and signed qualification verdicts for people who train AI models."""

__version__ = "0.1.0"
