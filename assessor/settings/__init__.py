"""Every environment variable, in one place; no other module of the package reads the environment.

`load_settings` reads them once, refuses what is unsafe outside development, and reports every problem
at once. Each module beside this one holds a group of them; docs/settings.md is made of the groups.
"""

from assessor.settings.models import LOCAL
from assessor.settings.reading import load_settings, unknown_variables, variables_given
from assessor.settings.settings import Settings
from assessor.settings.table import SettingRow, markdown_table, setting_rows

__all__ = [
    "LOCAL",
    "SettingRow",
    "Settings",
    "load_settings",
    "markdown_table",
    "setting_rows",
    "unknown_variables",
    "variables_given",
]
