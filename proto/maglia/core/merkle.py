"""Merkle trees of RFC 6962, kept as tiles of 256 hashes (C2SP tlog-tiles geometry).

A tile (level, index) holds the roots of up to 256 complete subtrees of 256**level leaves each, left to right. A tree
of any size is its full tiles plus one unfinished tile per level, its edge: appending touches the edge only, and every
proof is built from tiles. Hashes are 32 bytes (SHA-256); indexes count from 0. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from maglia.core.errors import Code, MagliaError

HASH_SIZE = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = sha256(b"").digest()

TileReader = Callable[[int, int], bytes]
"""Return the hashes stored in tile (level, index), joined; as many as there are by now, none when there is no tile."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Up to 256 hashes to be stored at (level, index); a shorter tile is later replaced by a longer one."""

    level: int
    index: int
    hashes: bytes


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 6962 section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, or over the roots of equal neighbouring subtrees (the last may be smaller)."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        odd = row[-1:] if len(row) % 2 else []
        # node_hash written out: this line is half of what an append costs.
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=False)] + odd
    return row[0]


def join_roots(roots: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees that stand side by side, each smaller than the one before it."""
    if not roots:
        return EMPTY_ROOT
    *rest, root = roots
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


class Tree:
    """The edge of a growing tree: enough to append and to know the root."""

    def __init__(self, size: int = 0, edge: Iterable[Sequence[bytes]] = ()) -> None:
        self.size = size
        self._edge = [list(hashes) for hashes in edge]

    @classmethod
    def load(cls, size: int, read: TileReader) -> Tree:
        """Return the tree of `size` leaves from its tiles; raise `log.broken` when a tile lacks hashes."""
        edge: list[list[bytes]] = []
        nodes = size
        while nodes:
            index, width = divmod(nodes, TILE_WIDTH)
            edge.append(_take(read, len(edge), index, slice(0, width)) if width else [])
            nodes = index
        return cls(size, edge)

    def root(self) -> bytes:
        """Return the root over all leaves (RFC 6962 MTH)."""
        unfinished: list[bytes] = []
        for hashes in self._edge:
            if hashes or unfinished:
                unfinished = [root_of(hashes + unfinished)]
        return unfinished[0] if unfinished else EMPTY_ROOT

    def append(self, leaf_hashes: Sequence[bytes]) -> list[Tile]:
        """Add leaves by their hashes; return the tiles to store.

        Unfinished tiles of level 0 are not among them: their hashes stand beside the entries, so that an append does
        not rewrite up to 8 KiB.
        """
        changed: list[Tile] = []
        rising, before, level = list(leaf_hashes), self.size, 0
        while rising:
            if level == len(self._edge):
                self._edge.append([])
            rising = self._raise(level, before // TILE_WIDTH, rising, changed)
            before //= TILE_WIDTH
            level += 1
        self.size += len(leaf_hashes)
        return changed

    def _raise(self, level: int, index: int, hashes: list[bytes], changed: list[Tile]) -> list[bytes]:
        """Add hashes at one level; return the roots of the tiles they filled, which belong to the next level."""
        edge = self._edge[level]
        edge.extend(hashes)
        roots = []
        while len(edge) >= TILE_WIDTH:
            full = edge[:TILE_WIDTH]
            del edge[:TILE_WIDTH]
            changed.append(Tile(level, index, b"".join(full)))
            roots.append(root_of(full))
            index += 1
        if level and edge:
            changed.append(Tile(level, index, b"".join(edge)))
        return roots


def tree_root(size: int, read: TileReader) -> bytes:
    """Return the root the tree had at `size` leaves; raise `log.broken` when a tile lacks hashes."""
    return _range_root(0, size, read) if size else EMPTY_ROOT


def complete_roots(size: int, read: TileReader) -> list[bytes]:
    """Return the roots of the complete subtrees that a tree of `size` leaves divides into, the largest first."""
    roots, start = [], 0
    for height in range(size.bit_length() - 1, -1, -1):
        if size >> height & 1:
            roots.append(_node(height, start >> height, read))
            start += 1 << height
    return roots


def inclusion_proof(index: int, size: int, read: TileReader) -> list[bytes]:
    """Return the path of leaf `index` in the tree of `size` leaves (RFC 6962 section 2.1.1); 0 <= index < size."""
    start, end = 0, size
    ranges = []
    while end - start > 1:
        split = _split(start, end)
        if index < split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start = split
    return [_range_root(first, last, read) for first, last in reversed(ranges)]


def consistency_proof(old: int, new: int, read: TileReader) -> list[bytes]:
    """Return the proof that the tree of `new` leaves continues that of `old` (RFC 6962 section 2.1.2); old <= new."""
    if old == 0:
        return []
    start, end = 0, new
    ranges = []
    while end != old:
        split = _split(start, end)
        if old <= split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start = split
    if start:
        ranges.append((start, end))
    return [_range_root(first, last, read) for first, last in reversed(ranges)]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether the leaf with hash `leaf` is at `index` in the tree (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and result == root


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Say whether the new tree continues the old one (RFC 9162 section 2.1.4.2); an empty old tree has `EMPTY_ROOT`."""
    if not 0 <= old <= new or not _are_hashes(old_root, new_root, *proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    return bool(path) and _replay(old - 1, new - 1, path) == (old_root, new_root)


def _replay(node: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the old and the new root a consistency path leads to; None when its length is wrong."""
    while node & 1:
        node, last = node >> 1, last >> 1
    old_root = new_root = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new_root = node_hash(new_root, sibling)
        node, last = node >> 1, last >> 1
    return (old_root, new_root) if last == 0 else None


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


def _split(start: int, end: int) -> int:
    """Return where RFC 6962 divides [start, end): after the largest power of two smaller than its length."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def _range_root(start: int, end: int, read: TileReader) -> bytes:
    """Return the root of the leaves [start, end), a subtree of an RFC 6962 tree."""
    complete = []
    while start < end:
        height = (end - start).bit_length() - 1
        complete.append(_node(height, start >> height, read))
        start += 1 << height
    return join_roots(complete)


def _node(height: int, index: int, read: TileReader) -> bytes:
    """Return the root of the complete subtree `index` of 2**height leaves, from one tile."""
    level, rest = divmod(height, TILE_HEIGHT)
    tile, offset = divmod(index << rest, TILE_WIDTH)
    return root_of(_take(read, level, tile, slice(offset, offset + (1 << rest))))


def _take(read: TileReader, level: int, index: int, part: slice) -> list[bytes]:
    stored = read(level, index)
    there = len(stored) // HASH_SIZE
    if there < part.stop:
        first = (index * TILE_WIDTH + there) << (TILE_HEIGHT * level)
        raise MagliaError(Code.LOG_BROKEN, cause=f"tile {level}/{index} holds {there} hashes", entry=first)
    return [stored[at * HASH_SIZE : (at + 1) * HASH_SIZE] for at in range(part.start, part.stop)]
