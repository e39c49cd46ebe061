"""What a release and an installation tell of themselves: a model card, and instructions for use.

`known.py` says what they are written from, `page.py` how they are written; the words stand in
`model_card.py`, `instructions.py` and `limits.py`. Neither page says that any law is complied with.
"""

from assessor.services.transparency.instructions import instructions_for_use
from assessor.services.transparency.known import Known, Measured, Models, known_of
from assessor.services.transparency.model_card import model_card
from assessor.services.transparency.page import Page, Section, Table, document, markdown

__all__ = [
    "Known",
    "Measured",
    "Models",
    "Page",
    "Section",
    "Table",
    "document",
    "instructions_for_use",
    "known_of",
    "markdown",
    "model_card",
]
