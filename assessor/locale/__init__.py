"""The languages of the candidates' interface: their words, and whether a person has reviewed them.

The interface is apart from the interview: what language an interview is held in, its track says.
"""

from assessor.locale.catalogues import (
    ENGLISH,
    PSEUDO,
    Interface,
    catalogue_file,
    interface,
    offered,
    read,
    wanted,
)

__all__ = [
    "ENGLISH",
    "PSEUDO",
    "Interface",
    "catalogue_file",
    "interface",
    "offered",
    "read",
    "wanted",
]
