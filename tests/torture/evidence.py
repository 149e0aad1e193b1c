"""What the nodes' own databases say afterwards: each acknowledged record, and the entries of each answer."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from maglia.core.entry import EntryKind
from maglia.wire.entries import decode_entry
from tests.torture.oracle import Asked, Helped


class LogReader:
    """Reads a node's log entry by entry, each once; it may be read while the node writes."""

    def __init__(self, folder: Path) -> None:
        self._database = folder / "node.db"
        self._next = 0
        self.asked: defaultdict[str, list[tuple[str, bytes]]] = defaultdict(list)
        self.answered: set[bytes] = set()
        self.refused: set[bytes] = set()
        self.ended: defaultdict[bytes, int] = defaultdict(int)

    def read_on(self) -> None:
        """Read what was logged since; an entry that is not the next one is a hole, which is a breach in itself."""
        for index, leaf in self._rows():
            if index != self._next:
                raise AssertionError(f"{self._database.parent.name}: entry {self._next} is followed by {index}")
            self._next += 1
            self._take(leaf)

    def _rows(self) -> Iterator[tuple[int, bytes]]:
        with closing(connect(self._database)) as opened:
            yield from opened.execute("SELECT idx, leaf FROM log_entry WHERE idx >= ? ORDER BY idx", (self._next,))

    def _take(self, leaf: bytes) -> None:
        entry = decode_entry(leaf)
        if entry.kind is EntryKind.ASKED:
            self.asked[entry.check_id].append((entry.peer, entry.question_id))
        elif entry.kind is EntryKind.ANSWERED:
            self.answered.add(entry.question_id)
        elif entry.kind is EntryKind.REFUSED:
            self.refused.add(entry.question_id)
        elif entry.kind is EntryKind.END_STATE:
            self.ended[entry.question_id] += 1


class Evidence:
    """The logs and records of all bodies, by their folders."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self._folders = folders
        self._logs = {member: LogReader(folder) for member, folder in folders.items()}

    def read_on(self) -> None:
        """Read every log on, before `unlogged`."""
        for log in self._logs.values():
            log.read_on()

    def lost(self, helped: Iterable[Helped]) -> Iterator[str]:
        """Tell of each acknowledged record that is not on file."""
        kept = {member: _records(folder / "node.db") for member, folder in self._folders.items()}
        for one in helped:
            if one.record_id not in kept[one.member]:
                yield f"{one.member} lost record {one.record_id}"

    def unlogged(self, checks: Iterable[Asked]) -> Iterator[str]:
        """Tell of each answer that a console read and that either side did not log."""
        for check in checks:
            questions = self._logs[check.member].asked.get(check.check_id, [])
            asked = {peer for peer, _ in questions}
            if len(asked) < check.asked:
                yield f"{check.check_id}: {check.member} logged {len(asked)} of {check.asked} questions"
            logged = {to for to, question in questions if question in self._logs[to].answered}
            if len(logged) < check.answered:
                yield f"{check.check_id}: {check.answered} answered {check.member}, and {len(logged)} logged it"
            said = set() if check.is_open else asked - check.silent - check.refused
            for peer in said - logged:
                yield f"{check.check_id}: {peer} answered {check.member}, and logged it not"

    def open_questions(self) -> Iterator[str]:
        """Tell of each question that ended twice; one that is open may still end."""
        for member, log in self._logs.items():
            yield from (f"{member}: a question with {ends} ends" for ends in log.ended.values() if ends > 1)


def connect(database: Path) -> sqlite3.Connection:
    """Open a node's database to read it beside the node."""
    return sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)


def _records(database: Path) -> set[str]:
    with closing(connect(database)) as opened:
        return {row[0] for row in opened.execute("SELECT id FROM aid_record")}
