"""Archive files: a run of a log's entries that proves itself (docs/protocol/log.md gives the exact bytes).

A file says which entries it holds, which file it follows, and a cosigned checkpoint; with the roots of what lies before
its entries and the proof of what lies after, whoever has that one file recomputes the checkpoint's root. The log's own
key signs it whole. `log_archive_read` reads them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from maglia.core import merkle

FORMAT = "maglia-log-archive/1"
SUFFIX = ".maglia-log"
NO_FILE = bytes(merkle.HASH_SIZE)
"""What the first file says of the one before it."""
_SIGNED = b"maglia/1\0log-archive\0"
LENGTH_SIZE = 4
"""Bytes of the length, big endian, that stands before each part and each leaf."""


@dataclass(frozen=True)
class Header:
    """Which entries a file holds, `first` to `end` - 1, and the SHA-256 of the file before it."""

    origin: str
    number: int
    first: int
    end: int
    previous: bytes

    def encode(self) -> bytes:
        """Return the file's first lines, with the empty one that ends them."""
        numbers = f"{self.number}\n{self.first}\n{self.end}"
        return f"{FORMAT}\n{self.origin}\n{numbers}\n{self.previous.hex()}\n\n".encode()


@dataclass(frozen=True)
class Proof:
    """What joins a file's entries to a tree: the roots to their left, the proof of the right, the signed checkpoint."""

    left: Sequence[bytes]
    consistency: Sequence[bytes]
    note: bytes


def file_name(number: int) -> str:
    """Return the name of archive file `number`, from 1 on."""
    return f"{number:06d}{SUFFIX}"


def write_archive(
    path: Path, header: Header, proof: Proof, leaves: Iterable[bytes], private_key: Ed25519PrivateKey
) -> None:
    """Write a file, whole or not at all, durable when this returns; only its owner can read it."""
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        _write(partial, header, proof, leaves, private_key)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)  # a disk that is full wants the room back
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(path: Path, header: Header, proof: Proof, leaves: Iterable[bytes], private_key: Ed25519PrivateKey) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        digest = sha256()
        for piece in _pieces(header, proof, leaves):
            digest.update(piece)
            file.write(piece)
        file.write(private_key.sign(signed_bytes(header.origin, digest.digest())))
        file.flush()
        os.fsync(file.fileno())


def _pieces(header: Header, proof: Proof, leaves: Iterable[bytes]) -> Iterator[bytes]:
    yield header.encode()
    for part in (b"".join(proof.left), b"".join(proof.consistency), proof.note):
        yield _block(part)
    yield from map(_block, leaves)


def _block(content: bytes) -> bytes:
    return len(content).to_bytes(LENGTH_SIZE, "big") + content


def signed_bytes(origin: str, digest: bytes) -> bytes:
    """Return what the log's key signs of a file: `digest` is the SHA-256 of all that precedes the signature."""
    return _SIGNED + origin.encode() + b"\0" + digest
