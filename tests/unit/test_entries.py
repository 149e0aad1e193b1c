"""Entries: durable before they are named, and readable by no one without the month's key."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maglia.core.entry import (
    NONCE_BYTES,
    Entry,
    EntryKind,
    open_pseudonyms,
    open_shown,
    seal_pseudonyms,
    seal_shown,
)
from maglia.core.errors import Code
from maglia.core.merkle import leaf_hash
from maglia.wire.entries import decode_entry, encode_entry
from node.entries import Entries
from node.store.monthly import MonthlyKeyFiles
from tests.clerk import StoppedClock
from tests.peer_world import MONTH_KEY, MemoryLog, OneKey, pseudonym, refused


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def entries(log: MemoryLog) -> Entries:
    return Entries(log, OneKey(), StoppedClock())


async def test_the_hash_returned_is_that_of_the_leaf_as_written(entries: Entries, log: MemoryLog) -> None:
    made = Entry(EntryKind.REFUSALS, entries.now_ms(), peer="caritas", count=3)
    first = await entries.write(made)
    rest = await entries.write_all([made, made])
    assert [first, *rest] == [leaf_hash(leaf) for leaf in log.leaves]
    assert decode_entry(log.leaves[0]) == made


async def test_what_may_not_be_durable_is_an_error(entries: Entries, log: MemoryLog) -> None:
    log.down = True
    for write in (
        lambda: entries.write(Entry(EntryKind.ENROLMENT, 1)),
        lambda: entries.write_all([Entry(EntryKind.ENROLMENT, 1)]),
    ):
        with refused(Code.LOG_UNAVAILABLE):
            await write()


def test_entries_that_say_the_same_hash_differently() -> None:
    leaves = {encode_entry(Entry(EntryKind.ENROLMENT, 1)) for _ in range(50)}
    assert len({leaf_hash(leaf) for leaf in leaves}) == 50
    assert all(len(decode_entry(leaf).nonce) == NONCE_BYTES for leaf in leaves)


def test_pseudonyms_are_sealed_under_the_month_in_utc(entries: Entries) -> None:
    month, sealed = entries.seal([pseudonym(1), pseudonym(2)])
    assert month == "2025-06"
    assert pseudonym(1) not in sealed
    assert open_pseudonyms(MONTH_KEY, sealed) == [pseudonym(1), pseudonym(2)]
    assert len(sealed) == len(entries.seal([pseudonym(8), pseudonym(9)])[1])
    assert sealed != entries.seal([pseudonym(1), pseudonym(2)])[1]


def test_another_key_or_a_changed_byte_opens_nothing() -> None:
    sealed = seal_pseudonyms(MONTH_KEY, [pseudonym(1)])
    for key, content in (
        (bytes(32), sealed),
        (MONTH_KEY, sealed[:-1]),
        (MONTH_KEY, b""),
        (MONTH_KEY, sealed[:20] + bytes([sealed[20] ^ 1]) + sealed[21:]),
    ):
        with refused(Code.LOG_BROKEN):
            open_pseudonyms(key, content)


def test_what_an_answer_showed_is_sealed_in_one_size(entries: Entries) -> None:
    month, sealed = entries.seal([pseudonym(1), pseudonym(2)])
    marks = {shown: entries.seal_shown(month, shown) for shown in ((False, False), (False, True), (True, True))}
    assert len({len(mark) for mark in marks.values()}) == 1
    for shown, mark in marks.items():
        entry = Entry(EntryKind.ANSWERED, 1, key_month=month, sealed=sealed, shown=mark)
        of = zip([pseudonym(1), pseudonym(2)], shown, strict=True)
        assert entries.shown(decode_entry(encode_entry(entry))) == [one for one, was in of if was]
    for swapped in (sealed, marks[True, True][:-1]):
        with refused(Code.LOG_BROKEN):
            entries.shown(Entry(EntryKind.ANSWERED, 1, key_month=month, sealed=sealed, shown=swapped))


def test_marks_of_one_byte_in_earlier_entries_still_open() -> None:
    earlier = AESGCM(MONTH_KEY).encrypt(bytes(12), bytes([0, 255]), b"maglia/1\0shown")
    assert open_shown(MONTH_KEY, bytes(12) + earlier) == [0, 255]
    assert open_shown(MONTH_KEY, seal_shown(MONTH_KEY, [0, 255, 1023])) == [0, 255, 1023]


def test_an_entry_of_a_forgotten_month_names_nobody_and_is_not_broken(log: MemoryLog, tmp_path: Path) -> None:
    keys = MonthlyKeyFiles(tmp_path, bytes(32))
    entries = Entries(log, keys, StoppedClock())
    month, sealed = entries.seal([pseudonym(1)])
    entry = Entry(EntryKind.ANSWERED, 1, key_month=month, sealed=sealed, shown=entries.seal_shown(month, [True]))
    assert entries.named(entry) == entries.shown(entry) == [pseudonym(1)]
    keys.destroy_before("2025-07")
    assert entries.named(entry) == entries.shown(entry) == []
    assert keys.months() == []


@pytest.mark.parametrize("leaf", [b"\xff", b"\x12\x07unknown", b"\x0a\xff\xff\xff\xff\x0f"])
def test_a_leaf_that_is_no_entry_is_broken(leaf: bytes) -> None:
    with refused(Code.LOG_BROKEN):
        decode_entry(leaf)


def test_an_answer_carries_no_checkpoint_before_the_first(entries: Entries, log: MemoryLog) -> None:
    assert entries.checkpoint() == b""
    log.cosigned = b"note"
    assert entries.checkpoint() == b"note"
    assert repr(Entry(EntryKind.ASKED, 1, sealed=b"secret")).count("secret") == 0
