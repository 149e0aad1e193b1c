"""A process that logs from four threads and prints each entry once it is acknowledged, until it is killed.

Given a folder, it also moves what it logged there, as fast as it can.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, MetaData, create_engine, event

from maglia.core.checkpoint import NoteKey, cosign
from maglia.core.log import Log
from maglia.core.log_archives import LogArchives
from maglia.sql.log import SqlLogBackend, define

ORIGIN = "maglia/prova/caritas"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
WITNESS = NoteKey("maglia/prova/registry", WITNESS_KEY.public_key())


def open_engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _durable(connection: object, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]  # the driver's, untyped here

    metadata = MetaData()
    define(metadata)
    metadata.create_all(engine)
    return engine


def _write(log: Log) -> None:
    for turn in range(1_000_000):
        leaves = [os.urandom(100) for _ in range(1 + turn % 3)]
        for made, leaf in zip(log.append_many(leaves).result(), leaves, strict=True):
            # One write call per line, straight to the pipe: what the parent reads was acknowledged.
            os.write(1, f"{made.index} {leaf.hex()}\n".encode())
        if turn % 50 == 49:
            log.checkpoint()


def _archive(log: Log, archives: LogArchives) -> None:
    while True:
        log.store_cosignature(cosign(log.checkpoint(), WITNESS.name, WITNESS_KEY, 1))
        archives.archive(log.size, WITNESS)


if __name__ == "__main__":
    backend = SqlLogBackend(open_engine(Path(sys.argv[1])))
    opened = Log(backend, ORIGIN, KEY, witness=WITNESS)
    threads = [threading.Thread(target=_write, args=(opened,)) for _ in range(4)]
    if sys.argv[2:]:
        archives = LogArchives(backend, Path(sys.argv[2]), ORIGIN, KEY, opened.forget)
        threads.append(threading.Thread(target=_archive, args=(opened, archives)))
    for thread in threads:
        thread.start()
