"""Forms: the items drawn for one assessment, from a seed that the log records."""

from assessor.domain.form.drawing import draw_form, draw_items, replacements, told_at
from assessor.domain.form.eligibility import may_draw
from assessor.domain.form.form import Form, FormItem, is_repeat, placed
from assessor.domain.form.measured import measured
from assessor.domain.form.pace import form_minutes, interview_minutes, working_minutes
from assessor.domain.form.pool import (
    MAX_EXPOSURE,
    MAX_OVERLAP,
    exposures,
    keyed_order,
    most_informative,
    pool_size,
)

__all__ = [
    "MAX_EXPOSURE",
    "MAX_OVERLAP",
    "Form",
    "FormItem",
    "draw_form",
    "draw_items",
    "exposures",
    "form_minutes",
    "interview_minutes",
    "is_repeat",
    "keyed_order",
    "may_draw",
    "measured",
    "most_informative",
    "placed",
    "pool_size",
    "replacements",
    "told_at",
    "working_minutes",
]
