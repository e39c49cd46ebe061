"""The settings as people read about them: `assessor settings` and docs/settings.md."""

from itertools import groupby
from typing import Final, NamedTuple

from pydantic.fields import FieldInfo

from assessor.settings.settings import GROUPS, Settings, variable


class SettingRow(NamedTuple):
    """One variable as people read about it."""

    group: str
    name: str
    default: str
    description: str


def setting_rows() -> list[SettingRow]:
    """Every variable with its default as people read it, group by group."""
    return [
        SettingRow(_group(name), variable(name), _default(field), field.description or "")
        for name, field in Settings.model_fields.items()
    ]


def markdown_table() -> str:
    """The text of docs/settings.md."""
    lines = list(_PAGE_HEAD)
    for group, rows in groupby(setting_rows(), key=lambda row: row.group):
        lines += [
            f"## {group.removesuffix('.')}",
            "",
            "| Variable | Default | What it decides |",
            "| --- | --- | --- |",
        ]
        lines += [f"| `{row.name}` | {row.default} | {row.description} |" for row in rows]
        lines.append("")
    return "\n".join(lines)


_PAGE_HEAD: Final = (
    "# Settings",
    "",
    "<!-- Written by `make docs` from assessor/settings/; change it there. -->",
    "",
    "Every setting is an environment variable. In development a file `.env` in the working folder is read",
    "as well; variables of the process win over it. In production the file is not read, and the service",
    "refuses to start, naming everything that is missing or unsafe at once. A variable that begins with",
    "`ASSESSOR_` and is not on this page is reported with the name that was probably meant.",
    "",
)


def _group(field: str) -> str:
    return next(group.__doc__ or "" for group in GROUPS if field in group.model_fields)


def _default(field: FieldInfo) -> str:
    shown = field.json_schema_extra.get("shown") if isinstance(field.json_schema_extra, dict) else None
    return str(shown) if shown else _in_words(field.default)


def _in_words(default: object) -> str:
    if default is None:
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
