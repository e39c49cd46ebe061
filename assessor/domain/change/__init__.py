"""Changing how answers are graded, safely: what is proposed, what it would have done, and who agreed."""

from assessor.domain.change.proposal import Change, Population, Step, StepKind
from assessor.domain.change.report import (
    Flips,
    InjectionResult,
    ShadowReport,
    Trial,
    exceeded,
    obstacles,
    reported,
    stale,
)
from assessor.domain.change.shadow import CriterionPair, FamilyRead, ShadowCase, Spending

__all__ = [
    "Change",
    "CriterionPair",
    "FamilyRead",
    "Flips",
    "InjectionResult",
    "Population",
    "ShadowCase",
    "ShadowReport",
    "Spending",
    "Step",
    "StepKind",
    "Trial",
    "exceeded",
    "obstacles",
    "reported",
    "stale",
]
