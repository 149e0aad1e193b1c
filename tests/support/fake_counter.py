"""A scripted node with all that a counter does beside checks: promises, files, needs, households, checks put off."""

# ruff: noqa: N802 - the contract names the methods
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc

from maglia.core.errors import Code, MagliaError
from maglia.v1 import needs_pb2, operator_pb2, persons_pb2, records_pb2, waiting_pb2
from maglia.v1 import reservation_pb2 as pb
from maglia.v1.needs_pb2_grpc import NeedsServiceServicer, add_NeedsServiceServicer_to_server
from maglia.v1.persons_pb2_grpc import PersonsServiceServicer, add_PersonsServiceServicer_to_server
from maglia.v1.records_pb2_grpc import RecordsServiceServicer, add_RecordsServiceServicer_to_server
from maglia.v1.reservation_pb2_grpc import ReservationServiceServicer, add_ReservationServiceServicer_to_server
from maglia.wire.status import abort
from tests.support import scenarios
from tests.support.fake_desks import FakeDesks
from tests.support.fake_node import FakeNode, serve
from tests.support.scenarios import ANOTHER, ANYONE, HOSTILE_NAME

if TYPE_CHECKING:
    Context = grpc.aio.ServicerContext[Any, Any]

NOON_MS = 1_795_262_400_000
"""21/11/2026, 12:00 UTC."""
HOUR_MS = 3_600_000
OPEN_ID, LATE_ID = "0pen" * 8, "1a7e" * 8
MADE_ID = "3f2a91bc" * 4
WAITED_FOR = "heating"
"""The kind of help about which the others do not answer in a test's time."""
AID_ID = "a7b3c9d1e5f70123456789abcdef0000"
PARISH = pb.OtherHelp(
    member_kind="parish",
    facet="food_parcel",
    when="2026-11-21",
    status="reserved",
    reserved_at_ms=NOON_MS - 360_000,
    is_first=True,
)
HOSTILE = pb.OtherHelp(member_name=HOSTILE_NAME, facet="food_parcel", when="2026-11", status="given")


def reservation(**changes: object) -> pb.Reservation:
    """Return a promise, with fields changed."""
    one = pb.Reservation(
        record_id=MADE_ID,
        identifier=ANYONE,
        facet="food_parcel",
        amount_cents=40_00,
        reserved_at_ms=NOON_MS,
        reserved_until_ms=NOON_MS + 2 * HOUR_MS,
        reserved_by="anna",
        state="to_confirm",
        day="2026-11-21",
    )
    one.MergeFrom(pb.Reservation(**changes))  # type: ignore[arg-type]  # fields, by name
    return one


LISTED: list[dict[str, object]] = [
    {
        "record_id": OPEN_ID,
        "identifier": ANOTHER,
        "facet": "rent_arrears",
        "amount_cents": 900_00,
        "ends_soon": True,
    },
    {"record_id": LATE_ID, "facet": "canteen", "late": [HOSTILE], "reserved_until_ms": NOON_MS + 9 * HOUR_MS},
]


class FakeCounter(
    ReservationServiceServicer,
    RecordsServiceServicer,
    PersonsServiceServicer,
    NeedsServiceServicer,
    FakeNode,
):
    """Answers a promise by the kind of help, as `SHOWN` says; what is promised or given meanwhile is in its lists."""

    fails: set[str]
    """Names of methods that lose their answer once, after they did what was asked; the list is lost each time."""

    def serve_more(self, server: grpc.aio.Server) -> None:
        """Serve all of it."""
        self.begin_anew()
        self.desks = PuttingOff(calls=self.calls)
        add_ReservationServiceServicer_to_server(self, server)
        add_RecordsServiceServicer_to_server(self, server)
        add_PersonsServiceServicer_to_server(self, server)
        add_NeedsServiceServicer_to_server(self, server)

    async def LoginOperator(
        self, request: operator_pb2.LoginOperatorRequest, context: Context
    ) -> operator_pb2.LoginOperatorResponse:
        if request.user == "bruno":  # who always finds a counter where nothing was done yet
            self.begin_anew()
        return await super().LoginOperator(request, context)

    def begin_anew(self) -> None:
        """Forget what was called and filed."""
        self.calls.clear()
        self.fails = set()
        self.listed = [reservation(**given) for given in LISTED]
        self.notes: list[str] = []
        self.filed: dict[str, str] = {}

    async def _lose(self, method: str, context: Context) -> None:
        if method in self.fails:
            self.fails.discard(method)
            await abort(context, MagliaError(Code.NETWORK_UNREACHABLE))

    async def AddAid(self, request: operator_pb2.AddAidRequest, context: Context) -> operator_pb2.AddAidResponse:
        await self._note(request, context)
        if request.facet == "loan":
            await abort(context, MagliaError(Code.SESSION_EXPIRED))
        number = self.filed.setdefault(request.key, f"{len(self.filed):x}{AID_ID[1:]}" if self.filed else AID_ID)
        await self._lose("AddAid", context)
        return operator_pb2.AddAidResponse(record_id=number, undo_until_ms=NOON_MS + 600_000)

    async def Reserve(self, request: pb.ReserveRequest, context: Context) -> AsyncIterator[pb.ReserveResponse]:
        await self._note(request, context)
        made = reservation(identifier=request.identifier, facet=request.facet, state="to_check")
        made.amount_cents = request.amount_cents
        made.reserved_until_ms = request.until_ms or NOON_MS + 12 * HOUR_MS
        self.listed.append(made)
        await self._lose("Reserve", context)
        yield pb.ReserveResponse(reservation=made)
        await self._lose("check", context)
        if request.facet == WAITED_FOR:
            await asyncio.sleep(600)
        made.state = "to_confirm"
        for _wait, step in scenarios.SCENARIOS[request.facet][-1:]:
            yield pb.ReserveResponse(reservation=made, beside=_beside(step, request.facet), done=True)

    async def ConfirmReservation(
        self, request: pb.ConfirmReservationRequest, context: Context
    ) -> AsyncIterator[pb.ConfirmReservationResponse]:
        await self._note(request, context)
        one = self._one(request.record_id)
        if one.state == "confirmed":
            await abort(context, MagliaError(Code.INPUT_RESERVATION_OVER))
        _wait, step = scenarios.SCENARIOS[one.facet][-1]
        beside = _beside(step, one.facet)
        is_clear = beside.check.complete and not beside.others and not beside.check.findings
        wants = "nothing" if request.reason or is_clear else "reason"
        if wants == "nothing":
            one.state, one.undo_until_ms = "confirmed", NOON_MS + 600_000
            one.day = request.date
            one.amount_cents = request.amount_cents or one.amount_cents
        await self._lose("ConfirmReservation", context)
        yield pb.ConfirmReservationResponse(reservation=one, beside=beside, done=True, wants=wants)

    async def RenewReservation(
        self, request: pb.RenewReservationRequest, context: Context
    ) -> pb.RenewReservationResponse:
        await self._note(request, context)
        one = self._one(request.record_id)
        one.renewed, one.reserved_until_ms = True, one.reserved_until_ms + 12 * HOUR_MS
        return pb.RenewReservationResponse(reservation=one)

    async def ReleaseReservation(
        self, request: pb.ReleaseReservationRequest, context: Context
    ) -> pb.ReleaseReservationResponse:
        await self._note(request, context)
        one = self._one(request.record_id)
        one.state = "released"
        return pb.ReleaseReservationResponse(reservation=one)

    async def ListReservations(
        self, request: pb.ListReservationsRequest, context: Context
    ) -> AsyncIterator[pb.ListReservationsResponse]:
        await self._note(request, context)
        if "ListReservations" in self.fails:
            await abort(context, MagliaError(Code.NETWORK_UNREACHABLE))
        yield pb.ListReservationsResponse(reservations=self.listed)

    async def GetReservation(self, request: pb.GetReservationRequest, context: Context) -> pb.GetReservationResponse:
        await self._note(request, context)
        return pb.GetReservationResponse(reservation=self._one(request.record_id))

    def _one(self, record_id: str) -> pb.Reservation:
        return next(one for one in self.listed if one.record_id == record_id)

    async def UndoAid(self, request: records_pb2.UndoAidRequest, context: Context) -> records_pb2.UndoAidResponse:
        await self._note(request, context)
        if request.record != MADE_ID:
            return records_pb2.UndoAidResponse()
        one = self._one(MADE_ID)
        one.state = "to_confirm"
        return records_pb2.UndoAidResponse(record=records_pb2.FiledAid(id=MADE_ID, status="reserved"))

    async def AddNote(self, request: records_pb2.AddNoteRequest, context: Context) -> records_pb2.AddNoteResponse:
        await self._note(request, context)
        self.notes.append(request.text)
        await self._lose("AddNote", context)
        return records_pb2.AddNoteResponse(notes=len(self.notes))

    async def ListNotes(
        self, request: records_pb2.ListNotesRequest, context: Context
    ) -> AsyncIterator[records_pb2.ListNotesResponse]:
        await self._note(request, context)
        yield records_pb2.ListNotesResponse(notes=[records_pb2.PersonNote(text=text) for text in self.notes])

    async def GetHousehold(
        self, request: persons_pb2.GetHouseholdRequest, context: Context
    ) -> persons_pb2.GetHouseholdResponse:
        await self._note(request, context)
        if request.identifier != ANYONE:
            await abort(context, MagliaError(Code.INPUT_HOUSEHOLD_NONE))
        members = [persons_pb2.HouseholdPlace(identifier=f"NOME:{number}", role="adult") for number in range(4)]
        return persons_pb2.GetHouseholdResponse(household=persons_pb2.Household(members=members))

    async def ListNeeds(self, request: needs_pb2.ListNeedsRequest, context: Context) -> needs_pb2.ListNeedsResponse:
        await self._note(request, context)
        one = needs_pb2.FiledNeed(
            name="B-7",
            facet="food_parcel",
            owed_cents=90_00,
            need="POD:IT001E12345678",
            creditor="Luce srl",
            period_from="2026-10-01",
            period_to="2026-10-31",
        )
        return needs_pb2.ListNeedsResponse(needs=[one])


@dataclass
class PuttingOff(FakeDesks):
    """Desks where checks are put off, too."""

    async def DeferCheck(
        self, request: waiting_pb2.DeferCheckRequest, context: Context
    ) -> waiting_pb2.DeferCheckResponse:
        await self._hear(request, context)
        return waiting_pb2.DeferCheckResponse(check_id="V-77")


def fake_counter(folder: Path) -> FakeCounter:
    """Return one; calls that it does not script are refused as unimplemented."""
    return FakeCounter(folder)  # type: ignore[abstract]


def _beside(step: operator_pb2.CheckResponse | MagliaError, facet: str) -> pb.Beside:
    """Return what a scenario's last state shows beside a promise."""
    if isinstance(step, MagliaError):
        return pb.Beside(unchecked=step.code.value)
    others = {"food_parcel": [PARISH], "gas": [PARISH, HOSTILE, HOSTILE]}
    return pb.Beside(check=step, others=others.get(facet, []))


if __name__ == "__main__":
    serve(fake_counter)
