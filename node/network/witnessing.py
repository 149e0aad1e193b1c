"""Checkpoints of this body's log, cosigned by the network's witness."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from maglia.core.checkpoint import NoteKey
from maglia.core.elapsed import seconds_passed
from maglia.core.errors import Code, MagliaError
from maglia.core.log import Log
from maglia.core.vocabulary import CHECKPOINT_ENTRIES, CHECKPOINT_S
from node.network.registry import RegistryClient
from node.ports import LogState

_log = logging.getLogger(__name__)
_LOOK_S = 5.0
_CONTRADICTIONS = frozenset({Code.LOG_FORK, Code.LOG_BROKEN})


def witness_key(network: str, public_key: bytes) -> NoteKey:
    """Return the witness as signed notes name it."""
    return NoteKey(f"{network}.witness", Ed25519PublicKey.from_public_bytes(public_key))


class Witnessing:
    """Makes a checkpoint every `every_s` seconds or 1,000 entries, and has it cosigned.

    A log that did not grow is cosigned again too: the age of the last cosignature says how long the witness has not
    looked. `witness` is asked each time, since its key may change. What contradicts the witness is told to `state`.
    """

    def __init__(
        self,
        log: Log,
        registry: RegistryClient,
        state: LogState,
        witness: Callable[[], NoteKey],
        every_s: float = CHECKPOINT_S,
    ) -> None:
        self._log = log
        self._registry = registry
        self._state = state
        self._witness = witness
        self._every_s = every_s
        self._size = 0
        self._witness_size = 0
        self._last = float("-inf")

    async def start(self) -> None:
        """Have the log cosigned before anything is answered from it; without the registry, go on as cosigned last."""
        await self._look()

    async def run(self) -> None:
        """Keep the log witnessed until cancelled; a registry out of reach is tried again."""
        while True:
            await asyncio.sleep(min(_LOOK_S, self._every_s))
            await self._look()

    async def _look(self) -> None:
        # Those asleep too: after a night the last cosignature is too old to answer with, and the morning would not be.
        now = seconds_passed()
        try:
            if not self._state.forked and self._is_due(now):
                await self.cosign()
                self._last = now
        except MagliaError as error:
            _log.warning("no cosignature: %s", error)
            if error.code in _CONTRADICTIONS:
                self._state.found_fork(str(error))

    def _is_due(self, now: float) -> bool:
        grown = self._log.size - self._size
        # A new log's first entries don't wait, nor does a new key: what this witness signed of them is nothing yet.
        most = CHECKPOINT_ENTRIES if self._size else 1
        return grown >= most or now - self._last >= self._every_s or self._witness() != self._log.witness

    async def cosign(self) -> None:
        """Sign the current head and have it cosigned, from whatever size the witness holds.

        Raises `log.fork` when the witness holds more than this log has, or another past.
        """
        self._log.witness = self._witness()
        note = await asyncio.to_thread(self._log.checkpoint)
        size = int(note.split(b"\n", 2)[1])
        for _ in range(2):
            if self._witness_size > size:
                raise MagliaError(Code.LOG_FORK, cause=f"{size} entries here, {self._witness_size} seen by the witness")
            proof = await asyncio.to_thread(self._log.consistency_proof, self._witness_size, size)
            line, known = await self._registry.cosign(note, self._witness_size, proof)
            if line:
                await asyncio.to_thread(self._log.store_cosignature, line, size)
                await asyncio.to_thread(self._state.cosigned)
                self._size = self._witness_size = size
                return
            self._witness_size = known
        raise MagliaError(Code.STORAGE_UNAVAILABLE, cause="the witness saw another checkpoint meanwhile")
