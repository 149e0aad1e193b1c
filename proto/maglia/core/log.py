"""The append-only log of one process: a single writer, group commit, signed checkpoints, proofs.

Entries (leaves) are opaque bytes; whoever builds one puts a 128-bit nonce in it. Every future of `append` resolves only
after its entry is durable. The writer thread commits together whatever was queued while the last commit ran, so that
many callers share one fsync and a lone caller waits for nobody.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from maglia.core import merkle
from maglia.core.checkpoint import (
    Checkpoint,
    NoteKey,
    add_signature,
    open_checkpoint,
    sign_checkpoint,
    verify_cosignature,
)
from maglia.core.errors import Code, MagliaError
from maglia.core.log_check import LogReport, verify_log, verify_steps
from maglia.core.log_port import ArchivedFile, LogBackend, StoredEntry, leaf_hashes, tile_reader

__all__ = ["Appended", "Log", "LogBackend", "LogReport", "StoredEntry", "verify_log"]

T = TypeVar("T")

GROUP = 1024
"""Requests committed together at most: bounds the size of one transaction."""


class Appended(NamedTuple):
    """Where an entry is: its index from 0, and its RFC 6962 leaf hash (32 bytes)."""

    index: int  # type: ignore[assignment]  # hides a tuple's method that nobody calls
    leaf_hash: bytes


class _Append(NamedTuple):
    leaves: Sequence[bytes]
    future: Future[Any]
    alone: bool


class _Task(NamedTuple):
    run: Callable[[], Any]
    future: Future[Any]


class Log:
    """One log and its only writer.

    `origin` is `maglia/NETWORK/MEMBER`; `witness` is who cosigns, when known. Raises `log.broken` when the stored tree
    is not whole or contradicts its own last checkpoint, `log.checkpoint` when that is not signed by this key,
    `log.unavailable` when the backend fails.
    """

    def __init__(
        self, backend: LogBackend, origin: str, private_key: Ed25519PrivateKey, *, witness: NoteKey | None = None
    ) -> None:
        self.witness = witness
        self.key = NoteKey(origin, private_key.public_key())
        self._backend = backend
        self._private_key = private_key
        self._tree: merkle.Tree | None = None
        self._size = self._loaded().size
        self._cosigned = backend.last_checkpoint(cosigned=True)
        self._queue: deque[_Append | _Task] = deque()
        self._wake = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="maglia-log", daemon=True)
        self._thread.start()

    @property
    def size(self) -> int:
        """Return the number of durable entries."""
        return self._size

    @property
    def first(self) -> int:
        """Return the index of the first entry that can be read here; of those before it, the hashes alone are."""
        return self._backend.first()

    def append(self, leaf: bytes) -> Future[Appended]:
        """Log one entry. The future fails with `log.unavailable` when it may not be durable."""
        future: Future[Appended] = Future()
        self._put(_Append((leaf,), future, alone=True))
        return future

    def append_many(self, leaves: Sequence[bytes]) -> Future[list[Appended]]:
        """Log entries in a row, all or none. The future fails with `log.unavailable` when they may not be durable."""
        future: Future[list[Appended]] = Future()
        self._put(_Append(tuple(leaves), future, alone=False))
        return future

    def read(self, start: int, count: int) -> list[bytes]:
        """Return up to `count` entries from index `start` on.

        Raises `input.field` when they are archived, before `first`, and `log.broken` when they are missing.
        """
        entries = self._backend.entries(start, count)
        if count > 0 and start < self._size and (not entries or entries[0].index != start):
            if start < self.first:
                raise MagliaError(Code.INPUT_FIELD, field="index")
            raise MagliaError(Code.LOG_BROKEN, cause="an entry is missing", entry=start)
        return [entry.leaf for entry in entries]

    def leaf_hashes(self, start: int, count: int) -> bytes:
        """Return the leaf hashes of up to `count` entries from index `start` on, joined; archived ones too."""
        return leaf_hashes(self._backend, start, min(count, self._size - start))

    def checkpoint(self) -> bytes:
        """Sign the head and return its note, durable; the last one, with its cosignatures, if nothing was added.

        Waits for the writer: from an event loop, call it in a thread.
        """
        return self._submit(self._sign_head).result()

    def store_cosignature(self, line: bytes, size: int | None = None) -> None:
        """Add the witness's signature line to the checkpoint of `size` entries (the last one by default).

        Raises `log.checkpoint` when there is no such checkpoint, no witness is known or its signature does not verify.
        """
        self._submit(lambda: self._store_cosignature(line, size)).result()

    def forget(self, archived: ArchivedFile) -> None:
        """Remove the entries that an archive file holds, and note which it is; durable when this returns."""
        self._submit(lambda: self._backend.forget(archived)).result()

    def latest(self) -> bytes:
        """Return the last checkpoint's note with its cosignatures; the first call on a new log signs one."""
        return self._backend.last_checkpoint() or self.checkpoint()

    def latest_cosigned(self) -> bytes | None:
        """Return the last checkpoint's note that the witness cosigned, which is what answers carry."""
        return self._cosigned

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """Return the proof that entry `index` is in the tree of `size` entries (RFC 6962 section 2.1.1)."""
        if not 0 <= index < size <= self._size:
            raise MagliaError(Code.INPUT_FIELD, field="index")
        return merkle.inclusion_proof(index, size, tile_reader(self._backend))

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the tree of `new` entries continues that of `old` (RFC 6962 section 2.1.2)."""
        if not 0 <= old <= new <= self._size:
            raise MagliaError(Code.INPUT_FIELD, field="size")
        return merkle.consistency_proof(old, new, tile_reader(self._backend))

    def continues(self, note: bytes) -> bool:
        """Say whether this log holds all that a checkpoint of it was signed for; raises `log.checkpoint`."""
        checkpoint = open_checkpoint(note, *self.key)
        read = tile_reader(self._backend)
        return checkpoint.size <= self._size and merkle.tree_root(checkpoint.size, read) == checkpoint.root

    def verify(self, kept: bytes | None = None, archives: Path | None = None) -> LogReport:
        """Recompute the whole log from its entries and compare; see `verify_log`. Runs in the caller's thread."""
        return verify_log(self._backend, self.key, self.witness, kept, archives)

    def verify_steps(self, kept: bytes | None = None, archives: Path | None = None) -> Generator[None, None, LogReport]:
        """Verify in steps that a caller may take one by one, beside other work; of signatures, the log's own alone.

        A witness's key may change: what it signed under the one before is no sign of damage.
        """
        return verify_steps(self._backend, self.key, None, kept, archives)

    def close(self) -> None:
        """Commit what is queued and stop the writer; later appends fail with `log.unavailable`."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join()

    def _submit(self, run: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        self._put(_Task(run, future))
        return future

    def _put(self, job: _Append | _Task) -> None:
        with self._wake:
            if self._closed:
                job.future.set_exception(MagliaError(Code.LOG_UNAVAILABLE, cause="the log is closed"))
                return
            self._queue.append(job)
            self._wake.notify()

    def _run(self) -> None:
        while jobs := self._take():
            appends: list[_Append] = []
            for job in jobs:
                if not job.future.set_running_or_notify_cancel():
                    continue
                if isinstance(job, _Append):
                    appends.append(job)
                    continue
                self._serve_appends(appends)
                appends = []
                self._serve_task(job)
            self._serve_appends(appends)

    def _take(self) -> list[_Append | _Task]:
        """Wait for work; return what queued meanwhile, in order, or nothing when the log is closed and drained."""
        with self._wake:
            while not self._queue and not self._closed:
                self._wake.wait()
            return [self._queue.popleft() for _ in range(min(len(self._queue), GROUP))]

    def _serve_appends(self, jobs: Sequence[_Append]) -> None:
        if not jobs:
            return
        try:
            made = self._write([leaf for job in jobs for leaf in job.leaves])
        except Exception as failure:
            # What is in memory may be ahead of what is stored: the next commit loads the tree again.
            self._tree = None
            for job in jobs:
                job.future.set_exception(_unavailable(failure))
            return
        start = 0
        for job in jobs:
            if job.alone:
                job.future.set_result(made[start])
            else:
                job.future.set_result(made[start : start + len(job.leaves)])
            start += len(job.leaves)

    def _serve_task(self, task: _Task) -> None:
        try:
            task.future.set_result(task.run())
        except MagliaError as failure:
            task.future.set_exception(failure)
        except Exception as failure:
            task.future.set_exception(_unavailable(failure))

    def _write(self, leaves: Sequence[bytes]) -> list[Appended]:
        tree = self._loaded()
        hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        numbers = range(tree.size, tree.size + len(leaves))
        made = list(map(Appended, numbers, hashes))
        entries = list(map(StoredEntry, numbers, leaves, hashes))
        tiles = tree.append(hashes)
        if entries:
            self._backend.commit(entries, tiles)
        self._size = tree.size
        return made

    def _loaded(self) -> merkle.Tree:
        """Return the tree, read again from the backend after a failure; it must still hold its last checkpoint."""
        if self._tree is None:
            read = tile_reader(self._backend)
            tree = merkle.Tree.load(self._backend.size(), read)
            last = self._last_checkpoint()
            if last is not None and not _holds(tree, last, read):
                raise self._broken(last)
            self._tree = tree
            self._size = tree.size
        return self._tree

    def _broken(self, last: Checkpoint) -> MagliaError:
        """Return what is wrong, with the entry where it is, if that can be told."""
        cause, at = f"does not continue its checkpoint of {last.size} entries", verify_log(self._backend, self.key)
        if at.first_bad is None:
            return MagliaError(Code.LOG_BROKEN, cause=cause)
        return MagliaError(Code.LOG_BROKEN, cause=cause, entry=at.first_bad)

    def _last_checkpoint(self) -> Checkpoint | None:
        note = self._backend.last_checkpoint()
        return open_checkpoint(note, *self.key) if note is not None else None

    def _sign_head(self) -> bytes:
        tree = self._loaded()
        note = self._backend.checkpoint(tree.size)
        if note is None:
            note = sign_checkpoint(Checkpoint(self.key.name, tree.size, tree.root()), self.key.name, self._private_key)
            self._backend.save_checkpoint(tree.size, note, cosigned=False)
        return note

    def _store_cosignature(self, line: bytes, size: int | None) -> None:
        note = self._backend.last_checkpoint() if size is None else self._backend.checkpoint(size)
        if note is None or self.witness is None:
            raise MagliaError(Code.LOG_CHECKPOINT, cause="no such checkpoint, or no witness known")
        cosigned = add_signature(note, line)
        verify_cosignature(cosigned, *self.witness)
        self._backend.save_checkpoint(open_checkpoint(cosigned, *self.key).size, cosigned, cosigned=True)
        self._cosigned = self._backend.last_checkpoint(cosigned=True)


def _holds(tree: merkle.Tree, checkpoint: Checkpoint, read: merkle.TileReader) -> bool:
    return checkpoint.size <= tree.size and merkle.tree_root(checkpoint.size, read) == checkpoint.root


def _unavailable(failure: Exception) -> MagliaError:
    """Return what a caller sees; other errors' text may quote entries, so only their type is kept."""
    cause = str(failure) if isinstance(failure, MagliaError) else type(failure).__name__
    return MagliaError(Code.LOG_UNAVAILABLE, cause=cause)
