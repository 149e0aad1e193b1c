"""Reading archive files: each is checked whole, in one pass and in flat memory, before a word of it is believed.

What is refused raises `log.archive`, naming the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature

from maglia.core import merkle
from maglia.core.checkpoint import MAX_NOTE_SIZE, Checkpoint, NoteKey, open_checkpoint, verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.log_archive import FORMAT, LENGTH_SIZE, NO_FILE, Header, Proof, signed_bytes

MAX_LEAF = 1 << 24
"""Bytes of the longest leaf that is read."""

_SIGNATURE_SIZE = 64
_MAX_LINE = 512
_MAX_PROOF = 128 * merkle.HASH_SIZE
_MOST = 1 << 63

Hashes = Callable[[int, Sequence[bytes]], None]
"""Told the index of a first entry and the leaf hashes of one tile, from there on."""


@dataclass(frozen=True)
class Checked:
    """A file that holds: its header, its SHA-256, the checkpoint that it is proved under, and the
    roots left of its first entry and of its end.

    `cosigned` is when, in seconds since the epoch, the witness cosigned that; None without a witness known.
    """

    header: Header
    digest: bytes
    checkpoint: Checkpoint
    cosigned: int | None
    left: Sequence[bytes]
    right: Sequence[bytes]


class Frontier:
    """The roots of the complete subtrees that a tree of any size divides into, largest first (RFC 6962 section 2.1)."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        heights = [height for height in range(size.bit_length() - 1, -1, -1) if size >> height & 1]
        self._stack = list(zip(heights, roots, strict=True))
        self.size = size

    def append(self, leaf_hash: bytes) -> None:
        """Add a leaf by its hash."""
        height, node = 0, leaf_hash
        while self._stack and self._stack[-1][0] == height:
            node = merkle.node_hash(self._stack.pop()[1], node)
            height += 1
        self._stack.append((height, node))
        self.size += 1

    def roots(self) -> list[bytes]:
        """Return the subtrees' roots, the largest first."""
        return [node for _, node in self._stack]

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        return merkle.join_roots(self.roots())


def check_archive(path: Path, key: NoteKey, witness: NoteKey | None = None, hashes: Hashes | None = None) -> Checked:
    """Read a file whole: form, signature, and the checkpoint's root from its entries; raise `log.archive`.

    `key` is the log's. `hashes` is told the leaf hashes as they are read: believe them once this has returned.
    """
    with _reading(path) as file:
        header = file.header()
        if header.origin != key.name:
            raise ValueError("it is of another log")
        proof = file.proof()
        frontier = Frontier(header.first, proof.left)
        _grow(frontier, file.leaves(header), hashes)
        signed = signed_bytes(header.origin, file.digest.digest())
        key.public_key.verify(file.take(_SIGNATURE_SIZE), signed)
        file.end()
        checkpoint = open_checkpoint(proof.note, *key)
        proved = header.end, checkpoint.size, proof.consistency, frontier.root(), checkpoint.root
        if not merkle.verify_consistency(*proved):
            raise ValueError("its entries are not those of its checkpoint")
        cosigned = verify_cosignature(proof.note, *witness) if witness is not None else None
        return Checked(header, file.digest.digest(), checkpoint, cosigned, proof.left, frontier.roots())


def _grow(frontier: Frontier, leaves: Iterable[bytes], hashes: Hashes | None) -> None:
    first = frontier.size
    batch: list[bytes] = []
    for leaf in leaves:
        batch.append(merkle.leaf_hash(leaf))
        frontier.append(batch[-1])
        if len(batch) == merkle.TILE_WIDTH:
            if hashes is not None:
                hashes(first, batch)
            first, batch = frontier.size, []


def check_chain(paths: Sequence[Path], key: NoteKey, witness: NoteKey | None = None) -> list[Checked]:
    """Check files as one chain, in order; raise `log.archive` for the first that does not hold.

    Each continues the numbers, the entries, the tree and the very bytes of the one before it. The first may be any.
    """
    chain: list[Checked] = []
    for path in paths:
        checked = check_archive(path, key, witness)
        if chain and not follows(checked, chain[-1]):
            raise MagliaError(Code.LOG_ARCHIVE, file=path.name, cause="does not follow the file before it")
        chain.append(checked)
    return chain


def follows(checked: Checked, before: Checked | None) -> bool:
    """Say whether a file is the next one after `before`, or the first of all."""
    header = checked.header
    expected: tuple[int, int, bytes, list[bytes]] = (1, 0, NO_FILE, [])
    if before is not None:
        expected = (before.header.number + 1, before.header.end, before.digest, list(before.right))
    return (header.number, header.first, header.previous, list(checked.left)) == expected


class _Reader:
    """Takes a file's parts in order and keeps the SHA-256 of all that was taken."""

    def __init__(self, file: BinaryIO) -> None:
        self.digest = sha256()
        self._file = file

    def take(self, size: int) -> bytes:
        taken = self._file.read(size)
        if len(taken) != size:
            raise ValueError("it ends too early")
        self.digest.update(taken)
        return taken

    def line(self) -> str:
        taken = self._file.readline(_MAX_LINE)
        if not taken.endswith(b"\n"):
            raise ValueError("its first lines are malformed")
        self.digest.update(taken)
        return taken[:-1].decode()

    def block(self, longest: int) -> bytes:
        size = int.from_bytes(self.take(LENGTH_SIZE), "big")
        if size > longest:
            raise ValueError("a part of it is too long")
        return self.take(size)

    def hashes(self) -> list[bytes]:
        joined = self.block(_MAX_PROOF)
        if len(joined) % merkle.HASH_SIZE:
            raise ValueError("a hash in it is cut short")
        return [joined[at : at + merkle.HASH_SIZE] for at in range(0, len(joined), merkle.HASH_SIZE)]

    def header(self) -> Header:
        if self.line() != FORMAT:
            raise ValueError("it is no archive file of this format")
        origin, number, first, end, previous = [self.line() for _ in range(5)]
        header = Header(origin, int(number), int(first), int(end), bytes.fromhex(previous))
        # Comparing the text anew refuses signs, blanks and leading zeros.
        if [self.line(), header.encode().decode()] != ["", _text(origin, number, first, end, previous)]:
            raise ValueError("its first lines are malformed")
        whole = header.first % merkle.TILE_WIDTH == 0 == header.end % merkle.TILE_WIDTH
        if not (whole and 0 <= header.first < header.end < _MOST and header.number > 0):
            raise ValueError("its first lines are malformed")
        return header

    def proof(self) -> Proof:
        return Proof(self.hashes(), self.hashes(), self.block(MAX_NOTE_SIZE))

    def leaves(self, header: Header) -> Iterator[bytes]:
        for _ in range(header.end - header.first):
            yield self.block(MAX_LEAF)

    def end(self) -> None:
        if self._file.read(1):
            raise ValueError("bytes follow its end")


@contextmanager
def _reading(path: Path) -> Iterator[_Reader]:
    """Open a file to be taken in parts; whatever is wrong with it is `log.archive`."""
    try:
        with path.open("rb") as file:
            yield _Reader(file)
    except MagliaError as error:
        if error.code is not Code.LOG_CHECKPOINT:
            raise
        raise MagliaError(Code.LOG_ARCHIVE, file=path.name, cause=error.cause) from None
    except InvalidSignature:
        raise MagliaError(Code.LOG_ARCHIVE, file=path.name, cause="its signature does not verify") from None
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else str(error)
        raise MagliaError(Code.LOG_ARCHIVE, file=path.name, cause=str(cause)) from None


def _text(origin: str, number: str, first: str, end: str, previous: str) -> str:
    return f"{FORMAT}\n{origin}\n{number}\n{first}\n{end}\n{previous}\n\n"
