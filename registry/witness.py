"""The witness: cosigns a log's checkpoint only when it continues the last one it saw (design 9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from maglia.core import merkle
from maglia.core.checkpoint import Checkpoint, cosign, open_checkpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, log_origin, witness_name
from registry.ports import Counts


@dataclass(frozen=True)
class Cosigned:
    """A signature line, or nothing and the size from which the log must prove that it continues."""

    line: bytes
    known_size: int


@dataclass(frozen=True)
class Witness:
    """Remembers, durably and before it answers, one checkpoint for each log. The key's name is `NETWORK.witness`."""

    network: str
    counts: Counts
    key: SigningKey
    clock: Callable[[], float]

    def cosign(self, member: str, log_key: bytes, note: bytes, old_size: int, proof: Sequence[bytes]) -> Cosigned:
        """Return the cosignature of a member's checkpoint, signed by its `log_key` (Ed25519 public key).

        Raises `log.checkpoint` when the note isn't the member's, `log.fork` when it doesn't continue what was seen.
        """
        origin = log_origin(member, self.network)
        checkpoint = open_checkpoint(note, origin, Ed25519PublicKey.from_public_bytes(log_key))
        seen = self.counts.witnessed(origin) or Checkpoint(origin, 0, merkle.EMPTY_ROOT)
        if old_size != seen.size:
            return Cosigned(b"", seen.size)
        if not merkle.verify_consistency(seen.size, checkpoint.size, proof, seen.root, checkpoint.root):
            raise MagliaError(Code.LOG_FORK, cause=f"{origin} at {checkpoint.size}, seen {seen.size}")
        if not self.counts.remember(checkpoint, note, seen.size):
            raise MagliaError(Code.STORAGE_UNAVAILABLE, cause="another checkpoint was witnessed meanwhile")
        line = cosign(note, witness_name(self.network), self.key.private, int(self.clock()))
        return Cosigned(line, checkpoint.size)
