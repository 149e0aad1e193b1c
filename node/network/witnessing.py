"""Checkpoints of this body's log, cosigned by the network's witness."""

from __future__ import annotations

import asyncio
import logging

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from maglia.core.checkpoint import NoteKey
from maglia.core.errors import MagliaError
from maglia.core.log import Log
from maglia.core.vocabulary import CHECKPOINT_ENTRIES, CHECKPOINT_S
from node.network.registry import RegistryClient

_log = logging.getLogger(__name__)
_LOOK_S = 5.0


def witness_key(network: str, public_key: bytes) -> NoteKey:
    """Return the witness as signed notes name it."""
    return NoteKey(f"{network}.witness", Ed25519PublicKey.from_public_bytes(public_key))


class Witnessing:
    """Makes a checkpoint every `every_s` seconds or 1,000 entries, and has it cosigned."""

    def __init__(self, log: Log, registry: RegistryClient, every_s: float = CHECKPOINT_S) -> None:
        self._log = log
        self._registry = registry
        self._every_s = every_s
        self._size = 0
        self._witness_size = 0
        self._last = float("-inf")

    async def run(self) -> None:
        """Keep the log witnessed until cancelled; a registry out of reach is tried again."""
        while True:
            try:
                await self._turn()
            except MagliaError as error:
                _log.warning("no cosignature: %s", error)
            await asyncio.sleep(min(_LOOK_S, self._every_s))

    async def _turn(self) -> None:
        now = asyncio.get_running_loop().time()
        grown = self._log.size - self._size
        due = grown >= CHECKPOINT_ENTRIES or (grown > 0 and now - self._last >= self._every_s)
        if due:
            await self.cosign()
            self._last = now

    async def cosign(self) -> None:
        """Sign the current head and have it cosigned, from whatever size the witness holds."""
        note = await asyncio.to_thread(self._log.checkpoint)
        size = int(note.split(b"\n", 2)[1])
        for _ in range(2):
            proof = await asyncio.to_thread(self._log.consistency_proof, self._witness_size, size)
            line, known = await self._registry.cosign(note, self._witness_size, proof)
            if line:
                await asyncio.to_thread(self._log.store_cosignature, line, size)
                self._size = self._witness_size = size
                return
            self._witness_size = known
