"""A scripted node on access reports: one request, half of whose bodies told, with all that a screen must bear."""

# ruff: noqa: N802 - the contract names the methods
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc

from maglia.core.errors import Code, MagliaError
from maglia.v1 import operator_pb2 as pb
from maglia.v1.report_pb2 import LogReading
from maglia.wire.status import abort

Context = grpc.aio.ServicerContext[Any, Any]
NUMBER = 7
_DAY_MS = 86_400_000
_NOON_MS = 1_795_262_400_000
"""21/11/2026, 12:00 UTC."""

READ = LogReading(entries=1_204, first_ms=_NOON_MS - 400 * _DAY_MS, last_ms=_NOON_MS, policy_revision="r41")
OLD = LogReading(
    entries=9_001,
    first_ms=_NOON_MS - 800 * _DAY_MS,
    last_ms=_NOON_MS,
    forgotten_months=["2024-09", "2024-12"],
    policy_revision="r41",
)
PARTS = [
    pb.AccessPart(
        member="caritas-fittizia",
        name="Caritas fittizia",
        state="told",
        time_ms=_NOON_MS,
        reading=READ,
        contact="c@e.it",
    ),
    pb.AccessPart(
        member="comune-esempio", name="Comune\x1b[31m di Esempio", state="told", time_ms=_NOON_MS, reading=OLD
    ),
    pb.AccessPart(member="mensa-est", name="Mensa Est", state="silent", code="unreachable", contact="mensa@e.it"),
    pb.AccessPart(member="onlus-ponte", name="Onlus Ponte", state="refused", code="budget.report"),
]
FOUND = [
    pb.AccessFound(
        time_ms=_NOON_MS - 3 * _DAY_MS,
        asker="caritas-fittizia",
        answerer="comune-esempio",
        purpose="aid_overlap",
        facet="food_parcel",
        outcome="shown",
        categories=["facet", "kind", "status", "month", "amount_band"],
        told_by=["caritas-fittizia", "comune-esempio"],
    ),
    pb.AccessFound(
        time_ms=_NOON_MS - 2 * _DAY_MS,
        asker="comune-esempio",
        answerer="mensa-est",
        purpose="rent_subsidy",
        facet="rent_arrears",
        outcome="unknown",
        told_by=["comune-esempio"],
    ),
    pb.AccessFound(
        time_ms=_NOON_MS - _DAY_MS,
        asker="ente-uscito",
        answerer="caritas-fittizia",
        purpose="access_report",
        outcome="reported",
        told_by=["caritas-fittizia"],
    ),
]


def case(**changes: object) -> pb.AccessCase:
    """Return the scripted request, with fields changed."""
    made = pb.AccessCase(
        number=NUMBER,
        received="2026-11-19",
        due="2026-12-19",
        days_left=28,
        opened_by="anna",
        parts=PARTS,
        epochs=[1],
        day="2026-11-21",
    )
    made.MergeFrom(pb.AccessCase(**changes))  # type: ignore[arg-type]  # fields, by name
    return made


class FakeReports:
    """The calls on access reports; the word in `reports-state` of the folder, if there is one, says what is on file.

    `empty` is nothing, `refused` refuses the list, `slow` never ends to collect.
    """

    folder: Path

    @property
    def _reports(self) -> str:
        path = self.folder / "reports-state"
        return path.read_text() if path.exists() else "full"

    async def _note(self, request: object, context: Context) -> None:
        raise NotImplementedError

    async def OpenAccessReport(
        self, request: pb.OpenAccessReportRequest, context: Context
    ) -> pb.OpenAccessReportResponse:
        await self._note(request, context)
        return pb.OpenAccessReportResponse(case=case())

    async def CollectAccessReport(
        self, request: pb.CollectAccessReportRequest, context: Context
    ) -> AsyncIterator[pb.CollectAccessReportResponse]:
        await self._note(request, context)
        yield pb.CollectAccessReportResponse(case=case(collecting=True))
        if self._reports == "slow":
            await asyncio.sleep(600)
        yield pb.CollectAccessReportResponse(case=case())

    async def ListAccessReports(
        self, request: pb.ListAccessReportsRequest, context: Context
    ) -> AsyncIterator[pb.ListAccessReportsResponse]:
        await self._note(request, context)
        if self._reports == "refused":
            await abort(context, MagliaError(Code.SESSION_ROLE))
        if self._reports == "empty":
            yield pb.ListAccessReportsResponse()
            return
        late = pb.AccessCase(number=3, received="2026-10-11", due="2026-11-11", days_left=-10, opened_by="ugo")
        soon = pb.AccessCase(number=5, received="2026-10-24", due="2026-11-24", days_left=3, opened_by="ugo")
        done = pb.AccessCase(number=1, received="2026-09-01", due="2026-10-01", closed="2026-09-20", closed_by="ugo")
        yield pb.ListAccessReportsResponse(cases=[late, soon, case(), done])

    async def GetAccessReport(
        self, request: pb.GetAccessReportRequest, context: Context
    ) -> AsyncIterator[pb.GetAccessReportResponse]:
        await self._note(request, context)
        yield pb.GetAccessReportResponse(case=case())
        yield pb.GetAccessReportResponse(accesses=FOUND[:2])
        yield pb.GetAccessReportResponse(accesses=FOUND[2:])

    async def ExtendAccessReport(
        self, request: pb.ExtendAccessReportRequest, context: Context
    ) -> pb.ExtendAccessReportResponse:
        await self._note(request, context)
        longer = {"extended": "2026-11-21", "extension_reason": request.reason, "due": "2027-02-19", "days_left": 90}
        return pb.ExtendAccessReportResponse(case=case(**longer))

    async def CloseAccessReport(
        self, request: pb.CloseAccessReportRequest, context: Context
    ) -> pb.CloseAccessReportResponse:
        await self._note(request, context)
        return pb.CloseAccessReportResponse(case=case(closed="2026-11-21", closed_by="anna"))

    async def GetNamesRequest(self, request: pb.GetNamesRequestRequest, context: Context) -> pb.GetNamesRequestResponse:
        await self._note(request, context)
        wanted = [
            pb.NamesWanted(addressee=part.member, request_id=bytes([at]) * 16, commitment=bytes([at]) * 32)
            for at, part in enumerate(PARTS)
        ]
        return pb.GetNamesRequestResponse(wanted=wanted)

    async def AddNamesApproval(
        self, request: pb.AddNamesApprovalRequest, context: Context
    ) -> pb.AddNamesApprovalResponse:
        await self._note(request, context)
        names = pb.NamesApproved(official="dora", name="Dora Fittizia", expires="2026-12-21", reason="chiesto")
        return pb.AddNamesApprovalResponse(case=case(names=names))
