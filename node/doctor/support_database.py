"""The parts of a support file that come from the database: how many rows, how long the log, how often which code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, func, inspect, select, table

from maglia.core.checkpoint import NoteKey
from maglia.core.entry import Entry
from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import read_passphrase
from maglia.core.log_archives import FOLDER
from maglia.core.log_check import verify_log
from maglia.core.log_port import LogBackend
from maglia.core.vocabulary import Silence
from maglia.sql.log import SqlLogBackend
from maglia.wire.entries import decode_entry
from node.config import load_settings
from node.folder import open_database
from node.joining import load_network
from node.keys import load_keys
from node.log.guard import kept_note

_READ, _AT_A_TIME = 20_000, 1_000
"""Entries whose codes are counted, the newest; and how many are held in memory."""
_CODES = frozenset(Code) | frozenset(Silence)


@contextmanager
def _database(folder: Path) -> Iterator[Engine]:
    """Open a node's database to read it as it is; raise `storage.lost` or `storage.missing` rather than make one."""
    engine = open_database(folder, load_settings(folder).database)
    try:
        yield engine
    finally:
        engine.dispose()


def rows(folder: Path) -> Mapping[str, object]:
    """Return how many rows each table has."""
    with _database(folder) as engine, engine.connect() as connection:
        names = sorted(inspect(connection).get_table_names())
        return {name: connection.execute(select(func.count()).select_from(table(name))).scalar() for name in names}


def log(folder: Path) -> Mapping[str, object]:
    """Return the log's size, root and checkpoint, and how often each kind of entry and each error code is in it."""
    settings, network, keys = load_settings(folder), load_network(folder), load_keys(folder, read_passphrase())
    key = NoteKey(f"maglia/{network.network}/{settings.member}", keys.log.private.public_key())
    with _database(folder) as engine:
        backend = SqlLogBackend(engine)
        report = verify_log(backend, key, kept=kept_note(folder), archives=folder / FOLDER)
        counted = list(_newest(backend))
    return {
        "ok": report.ok,
        "size": report.size,
        "root": report.root,
        "first_bad": report.first_bad,
        "first": report.first,
        "checkpoint_size": report.checkpoint_size,
        "checkpoint_root": report.checkpoint_root,
        "counted": len(counted),
        "kinds": dict(Counter(entry.kind.value for entry in counted)),
        "codes": dict(Counter(entry.code for entry in counted if entry.code in _CODES)),
    }


def _newest(backend: LogBackend) -> Iterator[Entry]:
    size = backend.size()
    start = max(backend.first(), size - _READ)
    while start < size:
        stored = backend.entries(start, min(_AT_A_TIME, size - start))
        for one in stored:
            try:
                yield decode_entry(one.leaf)
            except MagliaError:
                continue  # what is altered is told by the report
        start += _AT_A_TIME
