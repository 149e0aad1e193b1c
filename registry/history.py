"""The office's acts as they can be proved: entries of the registry's log under a checkpoint that the witness cosigned.

The witness is this registry's own for now: its cosignature says that the log continues what was shown before, under a
key that is kept beside the log's. A witness elsewhere needs no other format.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maglia.core import merkle
from maglia.core.checkpoint import Checkpoint, add_signature, open_checkpoint, sign_checkpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, SigningKey, log_origin
from maglia.core.log_port import tile_reader
from registry.logins import ACTIONS
from registry.ports import History, LoggedEvent
from registry.witness import Witness

LOGINS = frozenset(ACTIONS.values())
LOGINS_SHOWN = 200
"""Summaries of refused logins shown at once, the newest."""


@dataclass(frozen=True)
class Proved:
    """Entries, the inclusion proof of each, and the checkpoint that they are proved under."""

    entries: Sequence[LoggedEvent]
    proofs: Sequence[Sequence[bytes]]
    checkpoint: bytes


@dataclass(frozen=True)
class OfficeLog:
    """Signs the heads of the registry's log and proves what is in it; `key` is named by the directory."""

    network: str
    history: History
    witness: Witness
    key: SigningKey

    def acts(self, member: str) -> Proved:
        """Return a body's entries with their proofs (empty: those about no body).

        Raises `log.checkpoint` or `log.fork` where the log does not hold.
        """
        return self._proved(lambda: self.history.of(member, without=LOGINS))

    def logins(self) -> Proved:
        """Return the newest summaries of refused logins with their proofs; raise as `acts` does."""
        return self._proved(lambda: self.history.newest(LOGINS, LOGINS_SHOWN))

    def _proved(self, read_entries: Callable[[], Sequence[LoggedEvent]]) -> Proved:
        """An entry that is logged after the checkpoint belongs to the next one."""
        note = self.checkpoint()
        size = self._opened(note).size
        entries = [entry for entry in read_entries() if entry.index < size]
        read = tile_reader(self.history.log)
        return Proved(entries, [merkle.inclusion_proof(entry.index, size, read) for entry in entries], note)

    def checkpoint(self) -> bytes:
        """Return the note of the log's head with its cosignature, durable; the last one when nothing was added."""
        log = self.history.log
        with self.witness.counts.transaction():  # of several replicas one at a time signs the head
            size = log.size()
            kept = log.last_checkpoint(cosigned=True)
            if kept is not None and self._opened(kept).size == size:
                return kept
            head = Checkpoint(self._origin, size, merkle.tree_root(size, tile_reader(log)))
            note = sign_checkpoint(head, self._origin, self.key.private)
            cosigned = add_signature(note, self._cosigned(note, size))
            log.save_checkpoint(size, cosigned, cosigned=True)
        return cosigned

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
