"""Proofs and tiles against the recursive definitions of RFC 6962, written here a second time."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maglia.core import merkle
from maglia.core.errors import Code, MagliaError
from maglia.core.log_archive_read import Frontier

LIMIT = 70_000  # more than 256 full tiles of level 0, so that level 2 is in use
HASHES = [merkle.leaf_hash(index.to_bytes(4, "big")) for index in range(LIMIT)]


class Tiles:
    """A store of tiles as the log's backend is one."""

    def __init__(self) -> None:
        self.tree = merkle.Tree()
        self.tiles: dict[tuple[int, int], bytes] = {}

    def append(self, hashes: list[bytes]) -> None:
        for tile in self.tree.append(hashes):
            self.tiles[tile.level, tile.index] = tile.hashes

    def read(self, level: int, index: int) -> bytes:
        stored = self.tiles.get((level, index), b"")
        if stored or level:
            return stored
        return b"".join(HASHES[index * 256 : min(self.tree.size, (index + 1) * 256)])


FULL = Tiles()
FULL.append(HASHES)

small = st.integers(1, 600)
sizes = small | st.integers(1, LIMIT)


def definition_root(hashes: list[bytes]) -> bytes:
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256().digest()
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + definition_root(hashes[:k]) + definition_root(hashes[k:])).digest()


def definition_path(m: int, hashes: list[bytes]) -> list[bytes]:
    if len(hashes) < 2:
        return []
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if m < k:
        return [*definition_path(m, hashes[:k]), definition_root(hashes[k:])]
    return [*definition_path(m - k, hashes[k:]), definition_root(hashes[:k])]


def definition_consistency(old: int, hashes: list[bytes], *, whole: bool = True) -> list[bytes]:
    """Return SUBPROOF(old, hashes, whole) of section 2.1.2."""
    if old == len(hashes):
        return [] if whole else [definition_root(hashes)]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if old <= k:
        return [*definition_consistency(old, hashes[:k], whole=whole), definition_root(hashes[k:])]
    return [*definition_consistency(old - k, hashes[k:], whole=False), definition_root(hashes[:k])]


@given(st.lists(st.integers(0, 700), max_size=8))
def test_appending_in_any_groups_gives_the_defined_root_and_reloads(groups: list[int]) -> None:
    store = Tiles()
    for count in groups:
        store.append(HASHES[store.tree.size : store.tree.size + count])
    size = sum(groups)
    expected = definition_root(HASHES[:size])
    assert store.tree.root() == expected
    assert merkle.tree_root(size, store.read) == expected
    assert merkle.Tree.load(size, store.read).root() == expected


@given(small, st.data())
def test_inclusion_proofs_follow_the_definition(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    assert merkle.inclusion_proof(index, size, FULL.read) == definition_path(index, HASHES[:size])


@given(small, st.data())
def test_consistency_proofs_follow_the_definition(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    assert merkle.consistency_proof(old, new, FULL.read) == definition_consistency(old, HASHES[:new])


@given(st.integers(1, LIMIT - 1))
def test_a_tree_is_its_complete_subtrees_side_by_side(size: int) -> None:
    roots = merkle.complete_roots(size, FULL.read)
    assert merkle.join_roots(roots) == merkle.tree_root(size, FULL.read)
    frontier = Frontier(size, roots)
    frontier.append(HASHES[size])
    assert frontier.roots() == merkle.complete_roots(size + 1, FULL.read)


@given(sizes, st.data())
def test_inclusion_holds_and_no_changed_proof_does(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root = merkle.tree_root(size, FULL.read)
    proof = merkle.inclusion_proof(index, size, FULL.read)
    assert merkle.verify_inclusion(HASHES[index], index, size, proof, root)
    assert not merkle.verify_inclusion(HASHES[index], index, size, [*proof, root], root)
    assert not merkle.verify_inclusion(HASHES[index], index + size, size, proof, root)
    assert not merkle.verify_inclusion(HASHES[(index + 1) % LIMIT], index, size, proof, root)
    if proof:
        assert not merkle.verify_inclusion(HASHES[index], index, size, proof[:-1], root)
        assert not merkle.verify_inclusion(HASHES[index], index, size, changed(proof, data), root)


@given(sizes, st.data())
def test_consistency_holds_and_no_changed_proof_does(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    roots = merkle.tree_root(old, FULL.read), merkle.tree_root(new, FULL.read)
    proof = merkle.consistency_proof(old, new, FULL.read)
    assert merkle.verify_consistency(old, new, proof, *roots)
    assert not merkle.verify_consistency(old, new, [*proof, roots[1]], *roots)
    assert not merkle.verify_consistency(old, new, proof, merkle.leaf_hash(roots[0]), roots[1])
    if proof:
        assert not merkle.verify_consistency(old, new, proof[:-1], *roots)
        assert not merkle.verify_consistency(old, new, changed(proof, data), *roots)
        assert not merkle.verify_consistency(old, new, proof, roots[0], merkle.leaf_hash(roots[1]))


@given(st.integers(2, 600), st.data())
def test_a_tree_with_another_past_has_no_consistency_proof(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    forked = list(HASHES[:old])
    forked[data.draw(st.integers(0, old - 1))] = merkle.leaf_hash(b"rewritten")
    proof = merkle.consistency_proof(old, new, FULL.read)
    assert not merkle.verify_consistency(old, new, proof, merkle.root_of(forked), merkle.tree_root(new, FULL.read))


def test_a_missing_tile_is_named_by_its_first_entry() -> None:
    with pytest.raises(MagliaError) as raised:
        merkle.inclusion_proof(300, 600, lambda level, index: b"" if index == 1 else FULL.read(level, index))
    assert raised.value.code is Code.LOG_BROKEN
    assert raised.value.params == {"entry": "256"}


def changed(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    at = data.draw(st.integers(0, len(proof) - 1))
    return [*proof[:at], bytes([proof[at][0] ^ 8]) + proof[at][1:], *proof[at + 1 :]]
