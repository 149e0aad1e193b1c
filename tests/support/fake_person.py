"""A scripted node on one person's file; `python -m tests.support.fake_person DIR` serves it.

By code: `ANYONE` has everything on file, `ANOTHER` nothing, `THIRD` cannot be read in part, `SLOW` never comes.
"""

# ruff: noqa: N802 - the contract names the methods
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc

from maglia.core.errors import Code, MagliaError
from maglia.v1 import needs_pb2, operator_pb2, persons_pb2, records_pb2
from maglia.v1.needs_pb2_grpc import NeedsServiceServicer, add_NeedsServiceServicer_to_server
from maglia.v1.persons_pb2_grpc import PersonsServiceServicer, add_PersonsServiceServicer_to_server
from maglia.v1.records_pb2_grpc import RecordsServiceServicer, add_RecordsServiceServicer_to_server
from maglia.wire.status import abort
from tests.support.fake_node import FakeNode, serve
from tests.support.scenarios import ANOTHER, ANYONE, DAY, THIRD

Context = grpc.aio.ServicerContext[Any, Any]
SLOW = "STP0309990000001"
NOW_MS = 1_795_262_400_000
"""21/11/2026, 12:00 UTC."""
_MINUTE_MS = 60_000
_DAY_MS = 1_440 * _MINUTE_MS
HOSTILE = "Ponte [/bad] \x1b[31mrosso"


def aid(number: int, facet: str, day: str, cents: int | None, **fields: Any) -> records_pb2.FiledAid:
    """Return one version of one record."""
    filed = records_pb2.FiledAid(
        id=f"{number:08x}e5f70123456789abcdef0000",
        version=1,
        facet=facet,
        date=day,
        status="given",
        basis="consent",
        visibility="network",
        frequency="one_off",
        means_test="none",
        recorded_by="anna",
        recorded_at_ms=NOW_MS - 30 * _DAY_MS,
        undo_until_ms=NOW_MS - 29 * _DAY_MS,
        keep_until="2028-11-21",
    )
    if cents is not None:
        filed.amount_cents = cents
    filed.MergeFrom(records_pb2.FiledAid(**fields))
    return filed


RECORDS = [
    aid(
        0xA7B3C9D1, "food_parcel", DAY, 40_00, recorded_at_ms=NOW_MS - _MINUTE_MS, undo_until_ms=NOW_MS + 9 * _MINUTE_MS
    ),
    aid(
        0xB1,
        "rent_arrears",
        "2026-11-10",
        300_00,
        version=2,
        replaces="000000b0e5f70123456789abcdef0000",
        creditor=HOSTILE,
        need="LEASE:T9X/2024/3T/1234",
        protocol="PG 12",
        means_test="isee",
        national_code="A1.05",
        recorded_by="ugo",
    ),
    aid(
        0xB0, "rent_arrears", "2026-11-10", 3_000_00, status="corrected", replaced_by="000000b1e5f70123456789abcdef0000"
    ),
    aid(
        0xC1,
        "electricity",
        "2026-10-02",
        120_00,
        status="reserved",
        reserved_until_ms=NOW_MS + 9 * _DAY_MS,
        creditor="Luce Fittizia",
    ),
    aid(
        0xD1,
        "food_voucher",
        "2026-07-01",
        50_00,
        frequency="monthly",
        period_from="2026-07-01",
        period_to="2026-10-31",
        national_code="A1.06",
        national_sure=True,
    ),
    aid(0xE1, "canteen", "2026-09-14", None, recorded_by="bruno"),
    aid(0xF1, "health_drugs", "2026-08-03", 25_00, visibility="only_us", basis="none"),
]
NOTES = [
    records_pb2.PersonNote(text="Chiamare dopo le 15.\nParla arabo: chiedere del figlio [/bad].", written_by="anna",
                           written_at_ms=NOW_MS - _DAY_MS),
    records_pb2.PersonNote(text="Allergia alle noci.", written_by="bruno", written_at_ms=NOW_MS - 40 * _DAY_MS),
]  # fmt: skip
HOUSEHOLD = persons_pb2.Household(
    source="operator",
    members=[
        persons_pb2.HouseholdPlace(identifier=ANYONE, role="adult", since="2026-01-01", recorded_by="anna"),
        persons_pb2.HouseholdPlace(identifier=THIRD, role="adult", since="2026-01-01", recorded_by="anna"),
        persons_pb2.HouseholdPlace(identifier="NOME:7", role="minor", since="2026-09-01", recorded_by="ugo"),
    ],
    former=[
        persons_pb2.HouseholdPlace(identifier=ANOTHER, role="adult", since="2026-01-01", until="2026-08-31",
                                   recorded_by="anna"),
    ],
    day=DAY,
)  # fmt: skip
FORMER = persons_pb2.FormerCode(
    code=persons_pb2.PersonCode(identifier="STP0309990000002", type="stp", weak=True),
    linked_ms=NOW_MS - 2 * _MINUTE_MS,
    linked_by="anna",
    answers_until="2027-05-20",
)
WHO = persons_pb2.PersonFile(
    code=persons_pb2.PersonCode(identifier=ANYONE, type="cf"),
    former=[FORMER],
    on_file=persons_pb2.PersonSide(
        known=True,
        counts=[
            persons_pb2.RowCount(kind="aid_record", rows=7),
            persons_pb2.RowCount(kind="consent", rows=2),
            persons_pb2.RowCount(kind="person_note", rows=2),
        ],
        to_network=5,
    ),
    bases=[persons_pb2.BasisOnFile(kind="consent", purposes=["aid_overlap"], until="2027-11-01")],
    household=HOUSEHOLD,
    day=DAY,
)
NEEDS = [
    needs_pb2.FiledNeed(
        name="B-7",
        facet="rent_arrears",
        owed_cents=900_00,
        need="LEASE:T9X/2024/3T/1234",
        basis="consent",
        visibility="network",
        opened_at_ms=NOW_MS - 11 * _DAY_MS,
        opened_by="ugo",
        given_cents=300_00,
        unknown=1,
    ),
    needs_pb2.FiledNeed(
        name="B-3",
        facet="electricity",
        owed_cents=240_00,
        creditor=HOSTILE,
        period_from="2026-05-01",
        period_to="2026-06-30",
        basis="consent",
        visibility="network",
        opened_at_ms=NOW_MS - 90 * _DAY_MS,
        opened_by="anna",
        closed_at_ms=NOW_MS - 40 * _DAY_MS,
        closed_by="ugo",
        given_cents=240_00,
    ),
]


class FakePersonNode(FakeNode, RecordsServiceServicer, PersonsServiceServicer, NeedsServiceServicer):
    """Answers what is asked of a person by the code that it is asked with."""

    def serve_more(self, server: grpc.aio.Server) -> None:
        add_RecordsServiceServicer_to_server(self, server)
        add_PersonsServiceServicer_to_server(self, server)
        add_NeedsServiceServicer_to_server(self, server)

    async def _of(self, request: Any, context: Context) -> bool:
        """Return whether there is anything of the person who is asked about."""
        await self._note(request, context)
        if request.identifier == SLOW:
            await asyncio.sleep(600)
        return bool(request.identifier != ANOTHER)

    async def GetPerson(self, request: persons_pb2.GetPersonRequest, context: Context) -> persons_pb2.GetPersonResponse:
        if await self._of(request, context):
            return persons_pb2.GetPersonResponse(person=WHO)
        nobody = persons_pb2.PersonCode(identifier=request.identifier, type="cf")
        return persons_pb2.GetPersonResponse(person=persons_pb2.PersonFile(code=nobody, day=DAY))

    async def GetPersonFile(
        self, request: records_pb2.GetPersonFileRequest, context: Context
    ) -> AsyncIterator[records_pb2.GetPersonFileResponse]:
        if not await self._of(request, context):
            yield records_pb2.GetPersonFileResponse(day=DAY)
            return
        yield records_pb2.GetPersonFileResponse(records=RECORDS[:4], day=DAY)
        yield records_pb2.GetPersonFileResponse(records=RECORDS[4:], notes=NOTES, day=DAY)

    async def GetConsents(
        self, request: operator_pb2.GetConsentsRequest, context: Context
    ) -> operator_pb2.GetConsentsResponse:
        found = await self._of(request, context)
        if request.identifier == THIRD:
            await abort(context, MagliaError(Code.POLICY_UNAVAILABLE))
        return operator_pb2.GetConsentsResponse(file=self.on_file if found else operator_pb2.ConsentFile(day=DAY))

    async def ListNeeds(self, request: needs_pb2.ListNeedsRequest, context: Context) -> needs_pb2.ListNeedsResponse:
        return needs_pb2.ListNeedsResponse(needs=NEEDS if await self._of(request, context) else [])

    async def CorrectAid(
        self, request: records_pb2.CorrectAidRequest, context: Context
    ) -> records_pb2.CorrectAidResponse:
        await self._note(request, context)
        changed = aid(
            0xA7B3C9D2, "food_parcel", DAY, request.amount_cents, version=2, undo_until_ms=NOW_MS + _MINUTE_MS
        )
        return records_pb2.CorrectAidResponse(record=changed)

    async def UndoAid(self, request: records_pb2.UndoAidRequest, context: Context) -> records_pb2.UndoAidResponse:
        await self._note(request, context)
        return records_pb2.UndoAidResponse()

    async def AddNote(self, request: records_pb2.AddNoteRequest, context: Context) -> records_pb2.AddNoteResponse:
        await self._note(request, context)
        return records_pb2.AddNoteResponse(notes=3)

    async def SetHousehold(
        self, request: persons_pb2.SetHouseholdRequest, context: Context
    ) -> persons_pb2.SetHouseholdResponse:
        await self._note(request, context)
        return persons_pb2.SetHouseholdResponse(household=HOUSEHOLD)

    async def LeaveHousehold(
        self, request: persons_pb2.LeaveHouseholdRequest, context: Context
    ) -> persons_pb2.LeaveHouseholdResponse:
        await self._note(request, context)
        return persons_pb2.LeaveHouseholdResponse(household=HOUSEHOLD)

    async def PreviewLink(
        self, request: persons_pb2.PreviewLinkRequest, context: Context
    ) -> persons_pb2.PreviewLinkResponse:
        await self._note(request, context)
        old = persons_pb2.PersonSide(known=True, counts=[persons_pb2.RowCount(kind="aid_record", rows=1)])
        return persons_pb2.PreviewLinkResponse(
            former_code=persons_pb2.PersonCode(identifier=request.former, type="stp", weak=True),
            former=old,
            current_code=persons_pb2.PersonCode(identifier=request.current, type="cf"),
            current=WHO.on_file,
        )

    async def LinkPerson(
        self, request: persons_pb2.LinkPersonRequest, context: Context
    ) -> persons_pb2.LinkPersonResponse:
        await self._note(request, context)
        current = persons_pb2.PersonCode(identifier=request.current, type="cf")
        return persons_pb2.LinkPersonResponse(former=FORMER, current=current, undo_seconds=600)

    async def UndoLink(self, request: persons_pb2.UndoLinkRequest, context: Context) -> persons_pb2.UndoLinkResponse:
        await self._note(request, context)
        return persons_pb2.UndoLinkResponse()

    async def OpenNeed(self, request: needs_pb2.OpenNeedRequest, context: Context) -> needs_pb2.OpenNeedResponse:
        await self._note(request, context)
        return needs_pb2.OpenNeedResponse(need=NEEDS[0])

    async def CloseNeed(self, request: needs_pb2.CloseNeedRequest, context: Context) -> needs_pb2.CloseNeedResponse:
        await self._note(request, context)
        return needs_pb2.CloseNeedResponse(need=NEEDS[1])

    async def GetHousehold(
        self, request: persons_pb2.GetHouseholdRequest, context: Context
    ) -> persons_pb2.GetHouseholdResponse:
        await self._note(request, context)
        return persons_pb2.GetHouseholdResponse(household=HOUSEHOLD)

    async def ImportRegistry(
        self, request_iterator: AsyncIterator[persons_pb2.ImportRegistryRequest], context: Context
    ) -> AsyncIterator[persons_pb2.ImportRegistryResponse]:
        await self._note([piece async for piece in request_iterator], context)
        yield persons_pb2.ImportRegistryResponse()

    async def ListNotes(
        self, request: records_pb2.ListNotesRequest, context: Context
    ) -> AsyncIterator[records_pb2.ListNotesResponse]:
        await self._note(request, context)
        yield records_pb2.ListNotesResponse(notes=NOTES)

    async def GetAid(self, request: records_pb2.GetAidRequest, context: Context) -> records_pb2.GetAidResponse:
        await self._note(request, context)
        return records_pb2.GetAidResponse(record=RECORDS[0])


if __name__ == "__main__":
    serve(FakePersonNode)
