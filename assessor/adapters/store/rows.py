"""Rows of an assessment and its projection, both ways."""

from dataclasses import fields
from typing import Any, Final

from sqlalchemy import Row, Select, select

from assessor.adapters.store.tables import ASSESSMENT
from assessor.domain.assessment import Projection, Status

_COLUMN_OF: Final = {"tenant": "tenant_id"}
MOVING: Final = (
    "status",
    "expires_at",
    "deadline",
    "submitted_at",
    "decision",
    "open_criteria",
    "needs_person",
    "paused_until",
    "needs_help",
    "quality",
    "appeal_due",
    "noted",
    "overrides",
    "alike_reply_until",
)
"""Columns that later facts may change. Where an assessment comes from is not among them."""
_FIELDS: Final = tuple(field.name for field in fields(Projection))


def first_values(projection: Projection) -> dict[str, Any]:
    """Return all columns of a projection, for a new row."""
    values = vars(projection)
    return {_COLUMN_OF.get(name, name): values[name] for name in _FIELDS}


def moved_values(projection: Projection) -> dict[str, Any]:
    """Return the columns of `MOVING`."""
    values = vars(projection)
    return {name: values[name] for name in MOVING}


def select_projections() -> Select[Any]:
    """Return the query for the columns of projections, in the order of their fields."""
    return select(*(ASSESSMENT.c[_COLUMN_OF.get(name, name)].label(name) for name in _FIELDS))


def as_projection(row: Row[Any]) -> Projection:
    """Return what a row of `select_projections` says."""
    values = dict(zip(_FIELDS, row, strict=True))
    lists = {name: tuple(values[name] or ()) for name in ("noted", "overrides")}
    return Projection(**{**values, "status": Status(values["status"]), **lists})
