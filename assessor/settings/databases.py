"""Where facts are kept."""

from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator

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
    database_replica_url: str | None = Field(
        repr=False,  # may carry a password
        default=None,
        json_schema_extra={
            "remedy": "Give postgresql://... of a streaming replica of ASSESSOR_DATABASE_URL, or leave it out"
        },
        description="Streaming replica of the main database on PostgreSQL, for lists, exports and reports, "
        "which may be seconds old ([running.md](running.md#a-replica-for-reading)).",
    )
    database_replica_url_file: Path | None = Field(
        json_schema_extra={"remedy": "Give the path of a file that this process may read"},
        default=None,
        description="File that holds `ASSESSOR_DATABASE_REPLICA_URL`, instead of the variable.",
    )
    database_replica_lag_seconds: float = Field(
        default=5,
        ge=2,  # it is looked at once a second
        le=300,
        description="Seconds that the replica may be behind. Beyond them the main database is read.",
    )
    jobs_database_url: str = Field(
        repr=False,
        json_schema_extra={"shown": "the main database on PostgreSQL, else `jobs.db` in the data folder"},
        description="Database of the job engine, which holds ids and no text. On PostgreSQL its tables lie "
        "in a schema of their own, `dbos`.",
    )
    database_connections: int = Field(
        default=14,
        ge=3,
        description="Connections that one process opens to the main database at most, on PostgreSQL. All "
        "processes together must stay under the server's `max_connections` "
        "([running.md](running.md#connections-and-time-limits)).",
    )
    jobs_database_connections: int = Field(
        default=16,
        ge=6,
        description="The same for the job engine. Where both are one server, add the two.",
    )
    database_wait_seconds: float = Field(
        default=15,
        gt=0,
        description="Seconds for which work waits for a connection. Beyond them a request is answered with "
        "status 503 and `Retry-After`.",
    )
    database_waiting: int = Field(
        default=2000,
        ge=1,
        description="Pieces of work that wait for a connection in one process at most, or on SQLite for "
        "their turn. The next one is answered with status 503 and `Retry-After` at once; platforms are when "
        "half as many wait, so that candidates go first.",
    )
    database_statement_seconds: float = Field(
        default=30,
        gt=0,
        description="Seconds after which PostgreSQL ends a statement of a process that serves or works.",
    )
    database_command_seconds: float = Field(
        default=3600,
        gt=0,
        description="The same for commands such as exports and reports.",
    )
    database_idle_seconds: float = Field(
        default=60,
        gt=0,
        description="Seconds after which PostgreSQL ends a transaction that does nothing.",
    )
    erasure_ledger: Path = Field(
        json_schema_extra={"shown": "`destroyed-keys.jsonl` in the data folder"},
        description="File that notes whose data keys were destroyed; it is read at every start, so that an "
        "older backup of the database brings no erased words back. Keep it where the database's backups are "
        "not, one file for all processes of a database (docs/privacy.md).",
    )

    @field_validator("database_replica_url")
    @classmethod
    def _follows_a_server(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        original = str(info.data.get("database_url", ""))
        if original.startswith("sqlite"):
            raise ValueError("is for PostgreSQL; the main database is SQLite, which has no replica")
        if not value.startswith("postgresql"):
            raise ValueError("is not the address of a PostgreSQL server")
        if value == original:
            raise ValueError("is the main database itself")
        return value
