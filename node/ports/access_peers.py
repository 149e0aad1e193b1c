"""Other bodies' logs, for a person who wants to know who looked them up."""

from __future__ import annotations

from typing import Protocol

from maglia.core.access import Access, LogReading


class AccessPeers(Protocol):
    """Asks other bodies who looked a person up."""

    async def find(self, member: str, payload: bytes, approval: bytes) -> tuple[list[Access], LogReading]:
        """Send an access request (as it is signed) with an approval's envelope, or none; return what the body says.

        Raises `SilentError`, `RefusedError`, or `MagliaError` for a body without a card and for pages that can't be
        verified.
        """
        ...
