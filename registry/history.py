"""The office's acts as they can be proved: entries of the registry's log under a checkpoint that the witness cosigned.

The witness is this registry's own for now: its cosignature says that the log continues what was shown before, under a
key that is kept beside the log's. A witness elsewhere needs no other format.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from maglia.core import merkle
from maglia.core.checkpoint import Checkpoint, add_signature, open_checkpoint, sign_checkpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, SigningKey, log_origin
from maglia.core.keystore import write_private
from maglia.core.log_port import tile_reader
from registry.logins import ACTIONS
from registry.ports import History, LoggedEvent
from registry.witness import Witness

LOGINS = frozenset(ACTIONS.values())
LOGINS_SHOWN = 200
"""Summaries of refused logins shown at once, the newest."""


@dataclass(frozen=True)
class Proved:
    """Entries, the inclusion proof of each, the checkpoint that they are proved under, and how it goes on.

    `consistency` proves that it continues the tree that the reader knows; empty when that can't be.
    """

    entries: Sequence[LoggedEvent]
    proofs: Sequence[Sequence[bytes]]
    checkpoint: bytes
    consistency: Sequence[bytes] = ()


@dataclass(frozen=True)
class OfficeLog:
    """Signs the heads of the registry's log and proves what is in it; `key` is named by the directory.

    `kept` is a file outside the database that holds the last head: whoever rewrites every table can't rewrite that.
    """

    network: str
    history: History
    witness: Witness
    key: SigningKey
    kept: Path | None = None

    def acts(self, member: str, known: int = 0) -> Proved:
        """Return a body's entries with their proofs (empty: those about no body), and how the log continues `known`.

        Raises `log.rewritten`, `log.checkpoint` or `log.fork` where the log does not hold.
        """
        return self._proved(lambda: self.history.of(member, without=LOGINS), known)

    def logins(self, known: int = 0) -> Proved:
        """Return the newest summaries of refused logins with their proofs; raise as `acts` does."""
        return self._proved(lambda: self.history.newest(LOGINS, LOGINS_SHOWN), known)

    def start(self) -> None:
        """Compare the log with what is known of it and sign its head, if there is one; raise as `acts` does."""
        if self.history.log.size() or self._kept() is not None:
            self.checkpoint()

    def _proved(self, read_entries: Callable[[], Sequence[LoggedEvent]], known: int) -> Proved:
        """An entry that is logged after the checkpoint belongs to the next one."""
        note = self.checkpoint()
        size = self._opened(note).size
        entries = [entry for entry in read_entries() if entry.index < size]
        read = tile_reader(self.history.log)
        proofs = [merkle.inclusion_proof(entry.index, size, read) for entry in entries]
        return Proved(entries, proofs, note, merkle.consistency_proof(known, size, read) if 0 < known <= size else ())

    def checkpoint(self) -> bytes:
        """Return the note of the log's head with its cosignature, durable; the last one when nothing was added."""
        log = self.history.log
        with self.witness.counts.transaction():  # of several replicas one at a time signs the head
            size = log.size()
            last = log.last_checkpoint(cosigned=True)
            self._check_continues(last)
            if last is not None and self._opened(last).size == size:
                self._keep(last)
                return last
            head = Checkpoint(self._origin, size, merkle.tree_root(size, tile_reader(log)))
            note = sign_checkpoint(head, self._origin, self.key.private)
            cosigned = add_signature(note, self._cosigned(note, size))
            log.save_checkpoint(size, cosigned, cosigned=True)
        self._keep(cosigned)
        return cosigned

    def _check_continues(self, last: bytes | None) -> None:
        """Hold the log against its last head, in the database and outside: the witness's own memory is a table too."""
        log, kept = self.history.log, self._kept()
        if kept is not None and last is None:
            raise MagliaError(Code.LOG_REWRITTEN, cause="the log's checkpoints are gone")
        read = tile_reader(log)
        for head in (self._opened(note) for note in (last, kept) if note is not None):
            if head.size > log.size() or merkle.tree_root(head.size, read) != head.root:
                raise MagliaError(
                    Code.LOG_REWRITTEN, cause=f"the log does not continue its head of {head.size} entries"
                )

    def _kept(self) -> bytes | None:
        return self.kept.read_bytes() if self.kept is not None and self.kept.exists() else None

    def _keep(self, note: bytes) -> None:
        if self.kept is not None and note != self._kept():
            write_private(self.kept, note)

    def _cosigned(self, note: bytes, size: int) -> bytes:
        """Ask from 0, then from the size that the witness holds."""
        asked = self.witness.cosign(REGISTRY_ID, self.key.public, note, 0, [])
        if not asked.line:
            proof = merkle.consistency_proof(asked.known_size, size, tile_reader(self.history.log))
            asked = self.witness.cosign(REGISTRY_ID, self.key.public, note, asked.known_size, proof)
        if not asked.line:
            raise MagliaError(Code.LOG_CHECKPOINT, cause="the witness went on meanwhile")
        return asked.line

    @property
    def _origin(self) -> str:
        return log_origin(REGISTRY_ID, self.network)

    def _opened(self, note: bytes) -> Checkpoint:
        return open_checkpoint(note, self._origin, self.key.private.public_key())
