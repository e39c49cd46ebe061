"""What time it is for the database, and until when something happened in it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from assessor.adapters.store.engine import create_engine
from assessor.adapters.store.tables import ASSESSMENT


@dataclass(frozen=True)
class StoreTime:
    """`server` is its clock, halfway between question and answer of `here`; None for an embedded one."""

    here: datetime
    server: datetime | None
    newest_order: datetime | None


def time_of(address: str) -> StoreTime:
    """Ask a database for its time. Raises SQLAlchemyError."""
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            newest = connection.execute(select(func.max(ASSESSMENT.c.ordered_at))).scalar()
            if engine.dialect.name == "sqlite":  # its clock is ours
                return StoreTime(datetime.now(UTC), None, newest)
            before = datetime.now(UTC)
            server = connection.execute(select(func.clock_timestamp())).scalar_one()
            return StoreTime(before + (datetime.now(UTC) - before) / 2, server, newest)
    finally:
        engine.dispose()
