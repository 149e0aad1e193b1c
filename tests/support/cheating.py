"""A node whose body cheats: the same program, but for one lie. `python -m tests.support.cheating LIE serve --dir ...`.

Each lie is told where somebody who rewrites the software would tell it: between the work and the log.
"""

from __future__ import annotations

import os
import runpy
import secrets
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from maglia.core.checkpoint import Checkpoint, sign_checkpoint
from maglia.core.entry import Entry, EntryKind
from maglia.core.identity import log_origin
from maglia.core.log import Log
from maglia.core.merkle import Tree, leaf_hash
from maglia.core.network_file import decode_network_file
from maglia.core.vocabulary import Facet
from maglia.wire.entries import decode_entry, encode_entry
from node.config import load_settings
from node.entries import Entries
from node.folder import SystemClock, open_store
from node.keys import load_keys
from node.log.guard import LogGuard
from node.network.witnessing import Witnessing
from node.rpc.audit import AuditDoor

_honest_write = Entries.write
_honest_write_all = Entries.write_all
_HASH_BYTES = 32


def _without(*kinds: EntryKind) -> None:
    """Log no entry of these kinds, and go on as if they were there."""

    async def write(self: Entries, entry: Entry) -> bytes:
        return secrets.token_bytes(_HASH_BYTES) if entry.kind in kinds else await _honest_write(self, entry)

    async def write_all(self: Entries, entries: Sequence[Entry]) -> list[bytes]:
        kept = [entry for entry in entries if entry.kind not in kinds]
        made = iter(await _honest_write_all(self, kept) if kept else [])
        return [secrets.token_bytes(_HASH_BYTES) if entry.kind in kinds else next(made) for entry in entries]

    _replace(write, write_all)


def hide_answers() -> None:
    """Answer, and log nothing of it."""
    _without(EntryKind.ANSWERED, EntryKind.REFUSED)


def hide_questions() -> None:
    """Ask, and log neither the question nor its end."""
    _without(EntryKind.ASKED, EntryKind.END_STATE)


def hide_evaluations() -> None:
    """Have pseudonyms made that no log of this body tells of."""
    _without(EntryKind.EVALUATION)


def swap_answers() -> None:
    """Sign one answer, and log another."""

    async def write(self: Entries, entry: Entry) -> bytes:
        if entry.kind is EntryKind.ANSWERED:
            entry = replace(entry, answer_hash=secrets.token_bytes(_HASH_BYTES))
        return await _honest_write(self, entry)

    _replace(write, _honest_write_all)


def _replace(
    write: Callable[[Entries, Entry], object], write_all: Callable[[Entries, Sequence[Entry]], object]
) -> None:
    Entries.write = write  # type: ignore[method-assign, assignment]
    Entries.write_all = write_all  # type: ignore[method-assign, assignment]


class _AnotherLog:
    """A log as the auditor is shown it: one answer tells of another kind of aid, and the head is signed over that."""

    def __init__(self, log: Log) -> None:
        self._log = log

    @property
    def size(self) -> int:
        return self._log.size

    @property
    def first(self) -> int:
        return self._log.first

    def read(self, start: int, count: int) -> list[bytes]:
        return list(islice(altered(self._log.read(0, self._log.size)), start, start + count))

    def leaf_hashes(self, start: int, count: int) -> bytes:
        return b"".join(map(leaf_hash, self.read(start, count)))

    def latest_cosigned(self) -> bytes | None:
        return None

    def checkpoint(self) -> bytes:
        tree = Tree()
        tree.append([leaf_hash(leaf) for leaf in self.read(0, self.size)])
        name = self._log.key.name
        return sign_checkpoint(Checkpoint(name, tree.size, tree.root()), name, self._log._private_key)


def altered(leaves: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a body's log with its first answer changed."""
    is_done = False
    for leaf in leaves:
        entry = decode_entry(leaf)
        if entry.kind is EntryKind.ANSWERED and not is_done:
            is_done, entry = True, replace(entry, facet=_ANOTHER[entry.facet == _ANOTHER[0]])
        yield encode_entry(entry)


_ANOTHER = (Facet.FOOD_PARCEL, Facet.RENT_ARREARS)


def show_another_log() -> None:
    """Show the witness one log, and the auditor another."""
    honest = AuditDoor.__init__

    def other(self: AuditDoor, network: str, member: str, log: Log, entries: Entries) -> None:
        honest(self, network, member, _AnotherLog(log), entries)

    AuditDoor.__init__ = other  # type: ignore[method-assign, assignment]


def rewrite_past() -> None:
    """Rewrite an answer, and all hashes and signatures after it; then never ask the witness again."""
    folder = Path(sys.argv[sys.argv.index("--dir") + 1])
    settings, keys = load_settings(folder), load_keys(folder, os.environ["MAGLIA_PASSPHRASE"])
    store, backend = open_store(folder, keys, SystemClock(), settings.database)
    leaves = list(altered(entry.leaf for entry in backend.entries(0, backend.size())))
    store.close()
    with closing(sqlite3.connect(folder / "node.db")) as database, database:
        for table in ("log_entry", "log_tile", "log_checkpoint"):
            database.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
    store, backend = open_store(folder, keys, SystemClock(), settings.database)
    network = decode_network_file(folder.joinpath("network.json").read_bytes()).network
    log = Log(backend, log_origin(settings.member, network), keys.log.private)
    log.append_many(leaves).result()
    log.close()
    store.close()
    for name in ("start", "require_sound", "require_witnessed", "found_fork"):
        setattr(LogGuard, name, lambda *_: None)
    Witnessing.cosign = _never  # type: ignore[method-assign, assignment]


async def _never(_self: Witnessing) -> None:
    return


LIES: Mapping[str, Callable[[], None]] = {
    lie.__name__: lie
    for lie in (hide_answers, hide_questions, hide_evaluations, swap_answers, show_another_log, rewrite_past)
}


if __name__ == "__main__":
    LIES[sys.argv[1]]()
    sys.argv = ["node", *sys.argv[2:]]
    runpy.run_module("node", run_name="__main__", alter_sys=True)
