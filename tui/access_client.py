"""What speaks gRPC for access reports: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from maglia.v1 import operator_pb2 as pb
from maglia.v1.envelope_pb2 import Envelope
from tui.access_messages import access_of, case_of
from tui.access_model import Access, Case, NamesWanted, Report
from tui.client import NodeDoor
from tui.door import CALL_S, answer, stream
from tui.text import plain

_COLLECT_S = 3_600.0
"""Seconds for what reads the logs of every body; the node goes on though nobody waits."""
_READ_S = 120.0


class AccessDoor(NodeDoor):
    """What an operator does for a person who wants to know who looked them up."""

    async def open_report(self, identifier: str, document: str, received: str) -> Case:
        """Put a request on file; `received` is ISO 8601 or empty."""
        request = pb.OpenAccessReportRequest(identifier=identifier, document=document, received=received)
        call = self._stub.OpenAccessReport(request, metadata=self._metadata, timeout=_READ_S)
        return case_of((await answer(call)).case)

    async def collect(self, number: int) -> AsyncIterator[Case]:
        """Have every body asked that has not told, and yield the request each time that one tells."""
        request = pb.CollectAccessReportRequest(number=number)
        call = self._stub.CollectAccessReport(request, metadata=self._metadata, timeout=_COLLECT_S)
        async for response in stream(call):
            yield case_of(response.case)

    async def reports(self) -> list[Case]:
        """Return every request, the most urgent first, without its parts."""
        call = self._stub.ListAccessReports(pb.ListAccessReportsRequest(), metadata=self._metadata, timeout=CALL_S)
        return [case_of(one) async for page in stream(call) for one in page.cases]

    async def report(self, number: int) -> Report:
        """Return one request with all that was found."""
        request = pb.GetAccessReportRequest(number=number)
        found: list[Access] = []
        case = pb.AccessCase()
        async for page in stream(self._stub.GetAccessReport(request, metadata=self._metadata, timeout=_READ_S)):
            case = page.case if page.HasField("case") else case
            found += map(access_of, page.accesses)
        return Report(case_of(case), tuple(found))

    async def extend_report(self, number: int, reason: str) -> Case:
        """Put on file that the person was told of two months more."""
        request = pb.ExtendAccessReportRequest(number=number, reason=reason)
        call = self._stub.ExtendAccessReport(request, metadata=self._metadata, timeout=CALL_S)
        return case_of((await answer(call)).case)

    async def close_report(self, number: int) -> Case:
        """Put on file that the person was answered."""
        request = pb.CloseAccessReportRequest(number=number)
        call = self._stub.CloseAccessReport(request, metadata=self._metadata, timeout=CALL_S)
        return case_of((await answer(call)).case)

    async def names_wanted(self, number: int) -> list[NamesWanted]:
        """Return what the data-protection officer's approval is bound to."""
        request = pb.GetNamesRequestRequest(number=number)
        found = (await answer(self._stub.GetNamesRequest(request, metadata=self._metadata, timeout=CALL_S))).wanted
        return [NamesWanted(plain(one.addressee), one.request_id, one.commitment) for one in found]

    async def add_approval(self, number: int, envelopes: Sequence[bytes]) -> Case:
        """Put the officer's approval on file, one serialized envelope for each body; raise `policy.names`."""
        approvals = [Envelope.FromString(one) for one in envelopes]
        request = pb.AddNamesApprovalRequest(number=number, approvals=approvals)
        call = self._stub.AddNamesApproval(request, metadata=self._metadata, timeout=CALL_S)
        return case_of((await answer(call)).case)
