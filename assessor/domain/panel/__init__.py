"""Panels: what several experts say of an item, how far they agree, and the key that follows."""

from assessor.domain.panel.agreeing import PanelAgreement, agreement_of, pooled
from assessor.domain.panel.judging import ISSUES, NO_STEP, answer_fault, judgements
from assessor.domain.panel.keying import PanelUndecided, keyed_by
from assessor.domain.panel.ratings import LEAST_EXPERTS, PanelRatings

__all__ = [
    "ISSUES",
    "LEAST_EXPERTS",
    "NO_STEP",
    "PanelAgreement",
    "PanelRatings",
    "PanelUndecided",
    "agreement_of",
    "answer_fault",
    "judgements",
    "keyed_by",
    "pooled",
]
