"""Reading an archive's leaves and tiles: the statements, and the tiles that are not stored."""

from __future__ import annotations

from itertools import takewhile

from sqlalchemy import Connection, bindparam, func, select

from maglia.core.merkle import HASH_SIZE, TILE_WIDTH, TileReader, root_of
from tui.audit import tables

_HELD = select(func.max(tables.leaf.c.idx)).where(tables.leaf.c.member == bindparam("whose"))
_RANGE = (
    (tables.leaf.c.member == bindparam("whose"))
    & (tables.leaf.c.idx >= bindparam("start"))
    & (tables.leaf.c.idx < bindparam("end"))
)
LEAVES = select(tables.leaf.c.leaf).where(_RANGE, tables.leaf.c.leaf.is_not(None)).order_by(tables.leaf.c.idx)
ENTRIES = (
    select(tables.leaf.c.idx, tables.leaf.c.leaf_hash, tables.leaf.c.leaf).where(_RANGE).order_by(tables.leaf.c.idx)
)
HASHES = select(tables.leaf.c.leaf_hash).where(_RANGE).order_by(tables.leaf.c.idx)
_TILE = select(tables.tile.c.hashes).where(
    tables.tile.c.member == bindparam("whose"),
    tables.tile.c.level == bindparam("at_level"),
    tables.tile.c.idx == bindparam("at_idx"),
)


def held_of(connection: Connection, member: str) -> int:
    """Return how many entries of a log are held."""
    last = connection.execute(_HELD, {"whose": member}).scalar()
    return 0 if last is None else int(last) + 1


def places(member: str, start: int, count: int) -> dict[str, object]:
    """Return the parameters of `LEAVES`, `ENTRIES` and `HASHES`."""
    return {"whose": member, "start": start, "end": start + count}


def tile_reader(connection: Connection, member: str) -> TileReader:
    """Return a reader of a log's tiles, for one use. Whole tiles are stored; the others are made from those below."""
    known: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        place = (level, index)
        if place not in known:
            at = {"whose": member, "at_level": level, "at_idx": index}
            known[place] = connection.execute(_TILE, at).scalar() or unfinished(level, index)
        return known[place]

    def unfinished(level: int, index: int) -> bytes:
        first = index * TILE_WIDTH
        if level == 0:
            return b"".join(connection.execute(HASHES, places(member, first, TILE_WIDTH)).scalars())
        below = (
            connection.execute(_TILE, {"whose": member, "at_level": level - 1, "at_idx": first + at}).scalar()
            for at in range(TILE_WIDTH)
        )
        return b"".join(root_of(hash_list(one)) for one in takewhile(bool, below) if one)

    return read


def hash_list(hashes: bytes) -> list[bytes]:
    """Return joined hashes one by one."""
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
