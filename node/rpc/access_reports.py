"""The console's door for those who want to know who looked them up; its messages reach no other party."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import date
from typing import cast

from maglia.core.directory import Directory, Member
from maglia.core.errors import MagliaError
from maglia.v1 import operator_pb2 as pb
from maglia.wire.access import open_approval, reading_message
from maglia.wire.chain import Context, current_caller
from node.access.reporting import CaseState, Reporting
from node.domain.access_case import AccessCase, NamesApproved, Part
from node.domain.access_report import FoundAccess, merge
from node.domain.model import Operator
from node.ports import Clock, utc_day
from node.status import Profile

PAGE = 500
"""Accesses, or requests, in one message."""


class AccessReportCalls:
    """The calls of `OperatorDoor` on access requests."""

    _reporting: Reporting
    _profile: Profile
    _clock: Clock
    _member: Callable[[str], Member]
    _directory: Callable[[], Directory]

    async def OpenAccessReport(
        self, request: pb.OpenAccessReportRequest, context: Context
    ) -> pb.OpenAccessReportResponse:
        """Put a request on file."""
        case = await self._reporting.open(_operator(), request.identifier, request.document, request.received)
        return pb.OpenAccessReportResponse(case=self._case(CaseState(case, waiting=False)))

    async def CollectAccessReport(
        self, request: pb.CollectAccessReportRequest, context: Context
    ) -> AsyncIterator[pb.CollectAccessReportResponse]:
        """Ask whoever has not told, and stream the request as bodies tell."""
        async for state in self._reporting.collect(_operator(), request.number):
            yield pb.CollectAccessReportResponse(case=self._case(state))

    async def ListAccessReports(
        self, request: pb.ListAccessReportsRequest, context: Context
    ) -> AsyncIterator[pb.ListAccessReportsResponse]:
        """List the requests, in pages."""
        found = [self._case(state) for state in self._reporting.cases()]
        for start in range(0, max(1, len(found)), PAGE):
            yield pb.ListAccessReportsResponse(cases=found[start : start + PAGE])

    async def GetAccessReport(
        self, request: pb.GetAccessReportRequest, context: Context
    ) -> AsyncIterator[pb.GetAccessReportResponse]:
        """Stream one request, then every access, in pages."""
        state = self._reporting.state(request.number)
        yield pb.GetAccessReportResponse(case=self._case(state))
        found = merge(state.case.parts)
        for start in range(0, len(found), PAGE):
            yield pb.GetAccessReportResponse(accesses=map(_access, found[start : start + PAGE]))

    async def ExtendAccessReport(
        self, request: pb.ExtendAccessReportRequest, context: Context
    ) -> pb.ExtendAccessReportResponse:
        """Put on file that the person was told of more time."""
        state = self._reporting.extend(_operator(), request.number, request.reason)
        return pb.ExtendAccessReportResponse(case=self._case(state))

    async def CloseAccessReport(
        self, request: pb.CloseAccessReportRequest, context: Context
    ) -> pb.CloseAccessReportResponse:
        """Put on file that the person was answered."""
        state = self._reporting.close(_operator(), request.number)
        return pb.CloseAccessReportResponse(case=self._case(state))

    async def GetNamesRequest(self, request: pb.GetNamesRequestRequest, context: Context) -> pb.GetNamesRequestResponse:
        """Return what an approval is bound to; nothing of it tells who the person is."""
        wanted = [
            pb.NamesWanted(addressee=one.addressee, request_id=one.request_id, commitment=one.commitment)
            for one in self._reporting.names_wanted(request.number)
        ]
        return pb.GetNamesRequestResponse(wanted=wanted)

    async def AddNamesApproval(
        self, request: pb.AddNamesApprovalRequest, context: Context
    ) -> pb.AddNamesApprovalResponse:
        """Put an approval on file once its signatures are the officer's."""
        directory, today = self._directory(), utc_day(self._clock)
        approvals = [
            (open_approval(one, self._profile.network, directory, today), one.SerializeToString())
            for one in request.approvals
        ]
        state = self._reporting.approve(_operator(), request.number, approvals)
        return pb.AddNamesApprovalResponse(case=self._case(state))

    def _case(self, state: CaseState) -> pb.AccessCase:
        case, today = state.case, self._clock.today()
        return pb.AccessCase(
            number=case.number,
            received=case.received_on.isoformat(),
            due=case.due_on.isoformat(),
            days_left=(case.due_on - today).days,
            opened_by=case.opened_by,
            extended=_iso(case.extended_on),
            extension_reason=case.extension_reason,
            closed=_iso(case.closed_on),
            closed_by=case.closed_by,
            parts=self._parts(case),
            collecting=state.waiting,
            names=_names(case.names) if case.names else None,
            epochs=case.epochs,
            day=today.isoformat(),
        )

    def _parts(self, case: AccessCase) -> Iterable[pb.AccessPart]:
        return [self._part(part) for part in case.parts]

    def _part(self, part: Part) -> pb.AccessPart:
        try:
            member = self._member(part.member)
            name, contact = member.name, member.contact
        except MagliaError:  # it has left the network since
            name = contact = ""
        return pb.AccessPart(
            member=part.member,
            name=name,
            contact=contact,
            state=part.state.value,
            code=part.code,
            time_ms=part.time_ms,
            reading=reading_message(part.reading) if part.reading else None,
        )


def _access(found: FoundAccess) -> pb.AccessFound:
    return pb.AccessFound(
        time_ms=found.time_ms,
        asker=found.asker,
        answerer=found.answerer,
        purpose=found.purpose,
        facet=found.facet,
        outcome=found.outcome.value,
        categories=found.categories,
        operator=found.operator,
        told_by=found.told_by,
    )


def _names(names: NamesApproved) -> pb.NamesApproved:
    return pb.NamesApproved(
        official=names.official, name=names.name, expires=names.expires.isoformat(), reason=names.reason
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)
