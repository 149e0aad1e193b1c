"""AuditService at the registry: its own log, and what the witness saw of everybody's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import cast

from maglia.core.directory import Official
from maglia.core.identity import REGISTRY_ID
from maglia.v1 import audit_pb2 as pb
from maglia.v1.audit_pb2_grpc import AuditServiceServicer
from maglia.wire.audit import open_reading, pages
from maglia.wire.chain import Context, current_caller
from registry.reading_log import LogReading

_NOTES_A_PAGE = 200
_MAX_ORIGIN = 100


class AuditServicer(AuditServiceServicer):
    """Translates; the rules have let nobody in but an auditor in office."""

    def __init__(self, network: str, reading: LogReading) -> None:
        self._network = network
        self._reading = reading

    async def GetHead(self, request: pb.GetHeadRequest, context: Context) -> pb.GetHeadResponse:
        """Sign the head as it is now, so that all that is read up to there is under a signature."""
        note = self._reading.checkpoint()
        return pb.GetHeadResponse(size=self._reading.size, checkpoint=note, cosigned=note, first=self._reading.first)

    async def ReadLog(self, request: pb.ReadLogRequest, context: Context) -> AsyncIterator[pb.ReadLogResponse]:
        """Log the reading, durably, then stream what the log held when that was done."""
        caller = current_caller()
        auditor = cast("Official", caller.principal)
        asked = open_reading(request.reading, self._network, auditor, REGISTRY_ID, self._reading.size)
        end = self._reading.begin(auditor.id, asked.start)
        async with aclosing(pages(self._reading, asked.start, end, caller.check_again)) as found:
            async for page in found:
                yield page

    async def ListWitnessed(self, request: pb.ListWitnessedRequest, context: Context) -> pb.ListWitnessedResponse:
        """Return the last checkpoint that the witness cosigned of each log."""
        found = self._reading.witnessed(request.after[:_MAX_ORIGIN], _NOTES_A_PAGE + 1)
        page = [pb.Witnessed(origin=one.origin, note=one.note) for one in found[:_NOTES_A_PAGE]]
        return pb.ListWitnessedResponse(logs=page, more=len(found) > len(page))
