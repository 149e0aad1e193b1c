"""An auditor's archive: leaves as they came, what is indexed of them, roots."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import select

from maglia.core.checkpoint import Checkpoint
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.merkle import leaf_hash, root_of
from maglia.wire.entries import encode_entry
from tui.audit import tables
from tui.audit.archive import ARCHIVE_FILE, Archive, LogState


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "audit")


def _leaves(count: int) -> list[bytes]:
    entries = (Entry(EntryKind.ASKED, time_ms=at, question_id=at.to_bytes(16, "big")) for at in range(count))
    return [encode_entry(entry) for entry in entries]


def _naive_root(leaves: list[bytes]) -> bytes:
    return root_of([leaf_hash(leaf) for leaf in leaves])


def test_only_its_owner_can_read_it(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / ARCHIVE_FILE).stat().st_mode) == 0o600
    archive.close()


def test_leaves_come_back_as_they_were_and_roots_are_those_of_the_tree(archive: Archive, tmp_path: Path) -> None:
    leaves = _leaves(1500)
    for start, end in ((0, 1), (1, 700), (700, 1500)):
        archive.add("parish", start, leaves[start:end])
    again = Archive.open(tmp_path / "audit")  # what is in memory must not matter
    again.add("parish", 1500, leaves[:10])
    assert again.leaves("parish", 690, 30) == leaves[690:720]
    assert again.state("parish") == LogState("parish", size=1510)
    for size in (0, 1, 255, 256, 257, 1024, 1500):
        assert again.root("parish", size) == _naive_root(leaves[:size])


def test_large_trees_have_roots_at_every_size(archive: Archive) -> None:
    hashes = [leaf_hash(at.to_bytes(8, "big")) for at in range(70_000)]
    archive.add_hashes("parish", 0, b"".join(hashes))
    for size in (65_535, 65_536, 65_537, 66_000, 70_000):
        assert archive.root("parish", size) == root_of(hashes[:size])


def test_a_gap_is_refused_and_nothing_is_added(archive: Archive) -> None:
    archive.add("parish", 0, _leaves(3))
    with pytest.raises(MagliaError) as refused:
        archive.add("parish", 4, _leaves(1))
    assert refused.value.code is Code.LOG_BROKEN
    assert archive.state("parish").size == 3


def test_cutting_goes_back_to_the_tree_of_before(archive: Archive) -> None:
    leaves = _leaves(1100)
    archive.add("parish", 0, leaves)
    archive.cut("parish", 600)
    assert (archive.state("parish").size, archive.root("parish", 600)) == (600, _naive_root(leaves[:600]))
    archive.add("parish", 600, leaves[600:])
    assert archive.root("parish", 1100) == _naive_root(leaves)


def test_entries_that_a_body_archived_are_hashes_before_the_first(archive: Archive) -> None:
    leaves = _leaves(20)
    archive.add_hashes("parish", 0, b"".join(leaf_hash(leaf) for leaf in leaves[:12]))
    archive.add("parish", 12, leaves[12:])
    state = archive.state("parish")
    assert (state.first, state.size) == (12, 20)
    assert archive.leaves("parish", 0, 20) == leaves[12:]
    assert archive.root("parish", 20) == _naive_root(leaves)


def test_hashes_never_follow_a_leaf(archive: Archive) -> None:
    leaves = _leaves(3)
    archive.add("parish", 0, leaves[:2])
    with pytest.raises(MagliaError) as refused:
        archive.add_hashes("parish", 2, leaf_hash(leaves[2]))
    assert (refused.value.code, refused.value.params) == (Code.LOG_BROKEN, {"entry": "2"})
    assert (archive.state("parish").first, archive.state("parish").size) == (0, 2)
    archive.add("parish", 2, leaves[2:])
    assert archive.root("parish", 3) == _naive_root(leaves)


def test_cutting_into_archived_entries_leaves_what_may_follow_them(archive: Archive) -> None:
    leaves = _leaves(20)
    hashes = b"".join(leaf_hash(leaf) for leaf in leaves)
    archive.add_hashes("parish", 0, hashes[: 12 * 32])
    archive.cut("parish", 8)
    assert (archive.state("parish").first, archive.state("parish").size) == (8, 8)
    archive.add_hashes("parish", 8, hashes[8 * 32 :])
    assert (archive.state("parish").first, archive.root("parish", 20)) == (20, _naive_root(leaves))


def test_a_log_is_read_once_it_was_read_twice() -> None:
    assert not LogState("parish").is_read
    assert not LogState("parish", size=9, first_pass=9).is_read
    assert LogState("parish", size=9, first_pass=8, second_pass=9).is_read
    assert LogState("parish", read_ms=1).is_read, "of an empty log nothing is missing"
    assert LogState("parish", size=9, first_pass=9).why_unread == "log.interrupted"
    assert LogState("parish", size=9, first_pass=9, second_pass=9, problem="log.copy").why_unread == "log.copy"


def test_metadata_is_indexed_and_evidence_and_pseudonyms_are_not(archive: Archive) -> None:
    entry = Entry(
        EntryKind.END_STATE,
        time_ms=7,
        peer="caritas",
        question_id=b"q" * 16,
        outcome="answered",
        evaluation=b"e" * 16,
        evidence=b"signed",
        sealed=b"sealed",
        signals=("bulk", "night"),
    )
    archive.add("parish", 0, [encode_entry(entry), b"\xff not an entry"])
    with archive.engine.connect() as connection:
        first, second = connection.execute(select(tables.entry).order_by(tables.entry.c.idx)).mappings().all()
    assert (first["kind"], first["peer"], first["question_id"]) == ("end_state", "caritas", b"q" * 16)
    assert (first["evaluation"], first["has_evidence"], first["signals"]) == (b"e" * 16, True, "bulk,night")
    assert second["kind"] == "unreadable"
    assert not {"sealed", "shown", "evidence"} & set(first)


def test_the_registrys_log_has_tables_of_its_own(archive: Archive) -> None:
    evaluation = {"schema": "maglia.evaluation/1", "at": 5.5, "member": "parish", "class": "person", "use": "check",
                  "epoch": 1, "elements": 12, "procedure": "", "evaluation": "ab" * 16, "nonce": "00"}  # fmt: skip
    act = {"schema": "maglia.office-event/1", "at": 6.0, "actor": "paolo", "action": "approved", "member": "parish",
           "detail": "", "nonce": "00"}  # fmt: skip
    archive.add("registry", 0, [json.dumps(one).encode() for one in (evaluation, act, {"schema": "new/1"})])
    with archive.engine.connect() as connection:
        made = connection.execute(select(tables.evaluation)).mappings().one()
        done = connection.execute(select(tables.act)).mappings().one()
        other = connection.execute(select(tables.entry)).mappings().one()
    assert (made["idx"], made["class"], made["elements"], made["evaluation"]) == (0, "person", 12, b"\xab" * 16)
    assert (done["idx"], done["action"]) == (1, "approved")
    assert (other["idx"], other["kind"]) == (2, "unreadable")


def test_what_is_known_of_a_log_is_kept_and_every_head_beside_the_others(archive: Archive) -> None:
    archive.add("parish", 0, _leaves(2))
    archive.save_state(LogState("parish", origin="maglia/n/parish", checkpoint=b"note", first_pass=2))
    archive.note("parish", "log.fork", 1)
    state = archive.state("parish")
    assert (state.size, state.checkpoint, state.first_pass, state.problem, state.at_entry) == (
        2,
        b"note",
        2,
        "log.fork",
        1,
    )
    archive.keep_checkpoint("parish", Checkpoint("maglia/n/parish", 2, b"a" * 32), b"one")
    archive.keep_checkpoint("parish", Checkpoint("maglia/n/parish", 2, b"b" * 32), b"another")
    assert archive.checkpoints("parish") == [b"one", b"another"]
    archive.keep_checkpoint("parish", earlier := Checkpoint("maglia/n/parish", 1, b"c" * 32), b"earlier")
    archive.settle("parish", [earlier, Checkpoint("maglia/n/parish", 2, b"b" * 32)])
    assert archive.unsettled("parish") == [b"one", b"another"], "the last that agreed, and what did not"
    archive.cut("parish", 1)
    assert archive.unsettled("parish") == [b"earlier", b"one", b"another"]
    archive.prepare_joins()
    archive.prepare_joins()
