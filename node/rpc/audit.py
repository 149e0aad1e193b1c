"""The door where an auditor reads this body's log: entries, hashes and signed heads, never a record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Protocol, cast

from maglia.core.directory import Official
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import Purpose
from maglia.v1 import audit_pb2 as pb
from maglia.v1.audit_pb2_grpc import AuditServiceServicer
from maglia.wire.audit import ReadableLog, open_reading, pages
from maglia.wire.chain import Context, current_caller
from node.entries import Entries


class AuditedLog(ReadableLog, Protocol):
    """The log as it is handed out, and its heads; `maglia.core.log.Log` is the one there is."""

    def checkpoint(self) -> bytes:
        """Sign the head and return its note, durable. Waits for the log's writer."""
        ...

    def latest_cosigned(self) -> bytes | None:
        """Return the last note that the witness cosigned."""
        ...


class AuditDoor(AuditServiceServicer):
    """Serves a log that forked too: that is when it matters most."""

    def __init__(self, network: str, member: str, log: AuditedLog, entries: Entries) -> None:
        self._network = network
        self._member = member
        self._log = log
        self._entries = entries

    async def GetHead(self, request: pb.GetHeadRequest, context: Context) -> pb.GetHeadResponse:
        """Sign the head as it is now, so that all that is read up to there is under a signature."""
        checkpoint, first = (
            await asyncio.to_thread(self._log.checkpoint),
            await asyncio.to_thread(lambda: self._log.first),
        )
        return pb.GetHeadResponse(
            size=self._log.size, checkpoint=checkpoint, cosigned=self._log.latest_cosigned() or b"", first=first
        )

    async def ReadLog(self, request: pb.ReadLogRequest, context: Context) -> AsyncIterator[pb.ReadLogResponse]:
        """Log the reading, durably, then stream what the log held when that was done."""
        caller = current_caller()
        auditor = cast("Official", caller.principal)
        reading = open_reading(request.reading, self._network, auditor, self._member, self._log.size)
        await self._entries.write(
            Entry(
                kind=EntryKind.READING,
                time_ms=self._entries.now_ms(),
                peer=reading.auditor,
                purpose=Purpose.AUDIT,
                count=reading.start,
                evidence=reading.evidence,
            )
        )
        async with aclosing(pages(self._log, reading.start, self._log.size, caller.check_again)) as found:
            async for page in found:
                yield page

    async def ListWitnessed(self, request: pb.ListWitnessedRequest, context: Context) -> pb.ListWitnessedResponse:
        """Refuse: a node witnesses nobody."""
        raise MagliaError(Code.SESSION_ROLE, cause="served by the registry alone")
