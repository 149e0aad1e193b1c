"""A node's folder: its clock, its lock, its database. What the serving node and the one-shot commands share."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.sql.engine import open_engine, open_sqlite
from maglia.sql.log import SqlLogBackend
from node.keys import Keys
from node.store.migrations import migrate
from node.store.sql import SqlStore

READY_FILE = "ready.json"
ADMIN_FILE = "admin.json"


@dataclass(frozen=True)
class SystemClock:
    """The machine's time; `day` stands in for the calendar in demonstrations."""

    day: date | None = None

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def today(self) -> date:
        """Return the calendar day."""
        return self.day or date.today()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the node's folder for this process; raise `storage.locked` when another one does."""
    with (folder / "node.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise MagliaError(Code.STORAGE_LOCKED, path=str(folder)) from error
        yield


def open_store(folder: Path, keys: Keys, clock: SystemClock, url: str = "") -> tuple[SqlStore, SqlLogBackend]:
    """Return the store and the log's backend over the node's database, at its newest revision.

    The database is a file in the folder, or the PostgreSQL at `url`.
    """
    engine = open_engine(url) if url else open_sqlite(folder / "node.db")
    migrate(engine)
    return SqlStore(engine, keys.field_key, clock), SqlLogBackend(engine)
