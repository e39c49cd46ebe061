"""Where facts are kept."""

from pathlib import Path

from pydantic import Field

from assessor.settings.installation import Installation


class Databases(Installation):
    """Where facts are kept."""

    database_url: str = Field(
        repr=False,  # may carry a password
        json_schema_extra={"shown": "SQLite file `assessor.db` in the data folder"},
        description="Main database: `sqlite:///PATH` or `postgresql://...`.",
    )
    database_url_file: Path | None = Field(
        json_schema_extra={"remedy": "Give the path of a file that this process may read"},
        default=None,
        description="File that holds `ASSESSOR_DATABASE_URL`, instead of the variable.",
    )
    jobs_database_url: str = Field(
        repr=False,
        json_schema_extra={"shown": "the main database on PostgreSQL, else `jobs.db` in the data folder"},
        description="Database of the job engine, which holds ids and no text. On PostgreSQL its tables lie "
        "in a schema of their own, `dbos`.",
    )
    erasure_ledger: Path = Field(
        json_schema_extra={"shown": "`destroyed-keys.jsonl` in the data folder"},
        description="File that notes whose data keys were destroyed; it is read at every start, so that an "
        "older backup of the database brings no erased words back. Keep it where the database's backups are "
        "not, one file for all processes of a database (docs/privacy.md).",
    )
