"""Room on the disk: for others' questions, and kept in reserve for this body's own last entries."""

from __future__ import annotations

from maglia.core.errors import Code, MagliaError
from maglia.core.findings.model import Finding, Subject, failed, ok, warning
from node.findings.remedies import Remedies

_MB = 1024 * 1024
_MUCH = 8
"""Times the reserve that a disk should have free."""


def room_found(free: int, kept: int, size: int, remedies: Remedies) -> Finding:
    """Return how much is free and kept, in bytes, where `size` is to be kept; 0 keeps none and asks for none."""
    if size and free + kept < 2 * size:
        full = MagliaError(Code.STORAGE_LOW if kept >= size else Code.STORAGE_FULL)
        return failed(Subject.ROOM, full, remedies.room())
    if free < _MUCH * size:
        shown = {"free": free // _MB, "kept": kept // _MB, "least": size // _MB}
        return warning(Subject.ROOM, remedies.room(), "room.little", **shown)
    return ok(Subject.ROOM, "room.free", free=free // _MB, kept=kept // _MB)


def room_elsewhere() -> Finding:
    """Return that the data is in a PostgreSQL, whose room is not this machine's."""
    return ok(Subject.ROOM, "room.postgresql")
