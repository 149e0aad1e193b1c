"""A node's folder: its clock, its lock, its database. What the serving node and the one-shot commands share."""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import write_private
from maglia.sql.engine import open_engine, open_sqlite
from maglia.sql.log import LOG_TABLES, SqlLogBackend
from maglia.sql.soundness import check_sound
from node.keys import Keys
from node.store.migrations import migrate
from node.store.sql import SqlStore

READY_FILE = "ready.json"
ADMIN_FILE = "admin.json"
LOCK_FILE = "node.lock"
DATABASE_FILE = "node.db"
_BESIDE_DATABASE = ("log-cosigned.note", "log-keys/*.key", "log-archive/*")
"""What work leaves in the folder, outside the database."""
MOVED_FILE = "moved.json"
"""Left behind when a body moves: two nodes that went on from one log would fork it, so this one never goes on."""


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
def locked(folder: Path, *, even_moved: bool = False) -> Iterator[None]:
    """Hold the node's folder for this process; raise `storage.locked` when another one does.

    Raises `storage.moved` where the body has left; `even_moved` is for whoever only reads what it left behind.
    """
    with (folder / LOCK_FILE).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise MagliaError(Code.STORAGE_LOCKED, path=str(folder)) from error
        if not even_moved:
            check_not_moved(folder)
        yield


def check_not_moved(folder: Path) -> None:
    """Raise `storage.moved` when the body of this folder was moved elsewhere."""
    mark = folder / MOVED_FILE
    if mark.exists():
        try:
            day = date.fromisoformat(json.loads(mark.read_bytes())["day"]).strftime("%d/%m/%Y")
        except (OSError, ValueError, KeyError, TypeError):
            day = "-"  # the file alone says enough
        raise MagliaError(Code.STORAGE_MOVED, day=day)


def mark_moved(folder: Path, day: date) -> None:
    """Note, durably, that the body left on `day`."""
    write_private(folder / MOVED_FILE, json.dumps({"schema": "maglia.node-moved/1", "day": day.isoformat()}).encode())


def has_database(folder: Path, url: str = "") -> bool:
    """Return whether the node's database is there: a file in the folder, unless it is the PostgreSQL at `url`."""
    return bool(url) or (folder / DATABASE_FILE).exists()


def check_database(folder: Path, url: str = "") -> None:
    """Raise `storage.lost` where the database is gone that files of the log beside it speak of.

    An empty one in its place would know nobody who was helped, and its log would be one put back to its beginning.
    """
    if not has_database(folder, url) and any(any(folder.glob(pattern)) for pattern in _BESIDE_DATABASE):
        raise MagliaError(Code.STORAGE_LOST, path=DATABASE_FILE)


def open_database(folder: Path, url: str = "") -> Engine:
    """Return an engine on the node's database as it is; raise `storage.lost` or `storage.missing` without one."""
    check_database(folder, url)
    if not has_database(folder, url):
        raise MagliaError(Code.STORAGE_MISSING, path=DATABASE_FILE, command="maglia-node serve")
    return open_engine(url) if url else open_sqlite(folder / DATABASE_FILE)


def open_store(folder: Path, keys: Keys, clock: SystemClock, url: str = "") -> tuple[SqlStore, SqlLogBackend]:
    """Return the store and the log's backend over the node's database, at its newest revision.

    The database is a file in the folder, or the PostgreSQL at `url`. Raises `storage.damaged` for one that is not
    whole: whoever stands on a page that is lost would read as a person who was never helped. Raises `storage.lost`
    rather than make an empty one in the place of one that is gone.
    """
    check_database(folder, url)
    engine = open_engine(url) if url else open_sqlite(folder / DATABASE_FILE)
    check_sound(engine, but=LOG_TABLES)
    migrate(engine)
    return SqlStore(engine, keys.field_key, clock), SqlLogBackend(engine)
