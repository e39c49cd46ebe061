"""Executing keys: each kind of check worked out again, without I/O. Code is run by what can isolate it."""

from assessor.domain.keys.checking import Failure, failures
from assessor.domain.keys.definitions import syntax_fault, uncallable
from assessor.domain.keys.texts import key_texts, secrets, subject, texts_of

__all__ = ["Failure", "failures", "key_texts", "secrets", "subject", "syntax_fault", "texts_of", "uncallable"]
