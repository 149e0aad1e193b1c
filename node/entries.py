"""Writing entries: what names a person is sealed under the month's key before it reaches the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from maglia.core.entry import (
    Entry,
    EntryKind,
    MonthReader,
    MonthWriter,
    open_pseudonyms,
    open_shown,
)
from maglia.wire.entries import encode_entry
from node.grouped import GroupedLog
from node.ports import Clock, Log, LogState, Room

_LEAVES_THE_BODY = frozenset(
    {EntryKind.ASKED, EntryKind.ANSWERED, EntryKind.ENROLMENT, EntryKind.EVALUATION, EntryKind.ACCESS_REPORT}
)
"""Entries of what goes out, or is answered from later: none is made over a log that is not the witness's."""


_BEGINS = frozenset({EntryKind.ASKED, EntryKind.ENROLMENT, EntryKind.EVALUATION})
"""Entries of work that is begun here; those that end it have room kept in reserve."""


def _is_of_others(entry: Entry) -> bool:
    """Return whether somebody else can make this body write such an entry, as often as they like."""
    refused_another = entry.kind is EntryKind.REFUSED and bool(entry.peer)
    return refused_another or entry.kind in {EntryKind.ANSWERED, EntryKind.REFUSALS}


class MonthlyKeys(Protocol):
    """One AES-256 key for each month, kept outside the log's backups and destroyed at the end of retention."""

    def key(self, month: str) -> bytes:
        """Return the key of `YYYY-MM` to seal with, made at its first use."""
        ...

    def find(self, month: str) -> bytes | None:
        """Return the key of `YYYY-MM` to read with, None once it was destroyed; raise `storage.keystore` if lost."""
        ...


class Entries:
    """The log as the node's work uses it: awaitable, sealed, timed, and closed to what goes out when it forked."""

    def __init__(
        self, log: Log, keys: MonthlyKeys, clock: Clock, state: LogState | None = None, room: Room | None = None
    ) -> None:
        self._log = log
        self._grouped = GroupedLog(log)
        self._keys = keys
        self._clock = clock
        self._state = state
        self._room = room
        self._last_writer: tuple[str, MonthWriter] | None = None

    def require_sound(self) -> None:
        """Raise `log.fork` when this log is not the one that the witness knows."""
        if self._state is not None:
            self._state.require_sound()

    def require_witnessed(self) -> None:
        """Raise `log.fork`, or `log.unwitnessed` when the last cosignature is too old."""
        if self._state is not None:
            self._state.require_witnessed()

    def require_room(self) -> None:
        """Raise `storage.full` when only what was begun may still be ended."""
        if self._room is not None:
            self._room.require_room()

    def require_room_for_others(self) -> None:
        """Raise `storage.full`, or `storage.low` when the room that is left is for this body's own entries."""
        if self._room is not None:
            self._room.require_room_for_others()

    def now_ms(self) -> int:
        """Return the instant that entries carry."""
        return int(self._clock.now() * 1000)

    def seal(self, pseudonyms: Sequence[bytes]) -> tuple[str, bytes]:
        """Return the month and the sealed pseudonyms for an entry written now."""
        month = self._month()
        return month, self._writer(month).pseudonyms(pseudonyms)

    def _month(self) -> str:
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        return f"{now.year:04}-{now.month:02}"

    def _writer(self, month: str) -> MonthWriter:
        """Return what seals the entries of a month: that of the last one is kept, which is nearly always this."""
        if self._last_writer is None or self._last_writer[0] != month:
            self._last_writer = month, MonthWriter(self._keys.key(month))
        return self._last_writer[1]

    def reader(self, month: str) -> MonthReader | None:
        """Return what opens the entries of a month, None once it was forgotten; raise `storage.keystore` if lost."""
        key = self._keys.find(month)
        return MonthReader(key) if key is not None else None

    def seal_shown(self, month: str, shown: Sequence[int]) -> bytes:
        """Return the sealed marks of what an answer showed, under the key of the month that `seal` named."""
        return self._writer(month).shown(shown)

    def seal_found(self, is_found: bool) -> tuple[str, bytes]:
        """Return the month and the sealed mark of an end state written now: whether the answer held anything."""
        month = self._month()
        return month, self.seal_shown(month, [int(is_found)])

    def named(self, entry: Entry) -> list[bytes]:
        """Return the pseudonyms of an entry, none once its month was forgotten; raise `log.broken` if they don't open.

        Raises `storage.keystore` when the month's key was lost, which must not look like an entry about nobody.
        """
        key = self._keys.find(entry.key_month) if entry.sealed else None
        return open_pseudonyms(key, entry.sealed) if key is not None else []

    def shown(self, entry: Entry) -> list[bytes]:
        """Return the pseudonyms under which an answer showed anything; of an entry without marks, all of them.

        None once the month was forgotten; raises as `named` does.
        """
        named = self.named(entry)
        key = self._keys.find(entry.key_month) if named and entry.shown else None
        if key is None:
            return named
        marks = open_shown(key, entry.shown)
        return [pseudonym for pseudonym, mark in zip(named, marks, strict=True) if mark]

    async def write(self, entry: Entry) -> bytes:
        """Return the leaf hash once the entry is durable; raise `log.unavailable` when it isn't.

        Raises `log.fork`, `storage.low` or `storage.full` when no such entry may be written now.
        """
        self._check([entry])
        [leaf_hash] = await self._grouped.write([encode_entry(entry)])
        return leaf_hash

    async def write_all(self, entries: Sequence[Entry]) -> list[bytes]:
        """Return the leaf hashes once all are durable, in one transaction; raises as `write` does."""
        self._check(entries)
        return await self._grouped.write([encode_entry(entry) for entry in entries])

    def _check(self, entries: Sequence[Entry]) -> None:
        if any(entry.kind in _LEAVES_THE_BODY for entry in entries):
            self.require_sound()
        if any(_is_of_others(entry) for entry in entries):
            self.require_room_for_others()
        elif any(entry.kind in _BEGINS for entry in entries):
            self.require_room()

    def checkpoint(self) -> bytes:
        """Return the last cosigned checkpoint; empty before the first."""
        return self._log.latest_cosigned() or b""
