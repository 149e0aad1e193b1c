"""Archive files read a second time, from what docs/protocol/log.md says of their bytes alone."""

from __future__ import annotations

import base64
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Read(NamedTuple):
    """What a file says."""

    lines: list[str]
    left: list[bytes]
    consistency: list[bytes]
    note: bytes
    leaves: list[bytes]
    digest: str


def read_archive(path: Path, key: Ed25519PublicKey) -> Read:
    """Read a file and check its signature and, where its proofs need no tree of their own, its root."""
    content = path.read_bytes()
    header, _, rest = content.partition(b"\n\n")
    lines = header.decode().split("\n")
    left, rest = block(rest)
    consistency, rest = block(rest)
    note, rest = block(rest)
    leaves = []
    for _ in range(int(lines[3]), int(lines[4])):
        leaf, rest = block(rest)
        leaves.append(leaf)
    assert len(rest) == 64
    signed = b"maglia/1\0log-archive\0" + lines[1].encode() + b"\0" + sha256(content[:-64]).digest()
    key.verify(rest, signed)
    return Read(lines, hashes(left), hashes(consistency), note, leaves, sha256(content).hexdigest())


def block(content: bytes) -> tuple[bytes, bytes]:
    size = int.from_bytes(content[:4], "big")
    assert len(content) >= 4 + size
    return content[4 : 4 + size], content[4 + size :]


def hashes(joined: bytes) -> list[bytes]:
    return [joined[at : at + 32] for at in range(0, len(joined), 32)]


def noted(note: bytes) -> tuple[int, bytes]:
    """Return the size and the root in a checkpoint."""
    _, size, root, *_ = note.split(b"\n")
    return int(size), base64.b64decode(root)
