"""What an auditor may compare within one body's log: docs/protocol/log.md, written again from that page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from maglia.core.entry import AWAITING, Entry, EntryKind


def first_unexplained(entries: Iterable[Entry]) -> int:
    """Return the place of the first enrolment for which nothing on file leaves room, -1 for none."""
    room: dict[tuple[int, str], int] = defaultdict(int)
    for index, entry in enumerate(entries):
        about = entry.epoch, entry.outcome
        if entry.kind is EntryKind.RECORDED and entry.code == AWAITING:
            room[about] = entry.count
        elif entry.kind is EntryKind.RECORDED:
            for known in room:
                room[known] += entry.count if known[1] == entry.outcome else 0
        elif entry.kind is EntryKind.ENROLMENT:
            room[about] -= entry.count
            if room[about] < 0:
                return index
    return -1
