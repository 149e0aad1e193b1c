"""Scripted desks of a node: persons sent and received, notices, checks that are kept."""

# ruff: noqa: N802 - the contract names the methods
from __future__ import annotations

from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import grpc

from maglia.core.errors import Code, MagliaError
from maglia.core.notices import NoticeKind
from maglia.v1 import inbox_pb2, waiting_pb2
from maglia.v1 import operator_pb2 as pb
from maglia.v1 import referral_desk_pb2 as desk
from maglia.v1.inbox_pb2_grpc import InboxServiceServicer, add_InboxServiceServicer_to_server
from maglia.v1.referral_desk_pb2_grpc import ReferralDeskServiceServicer, add_ReferralDeskServiceServicer_to_server
from maglia.v1.waiting_pb2_grpc import WaitingServiceServicer, add_WaitingServiceServicer_to_server
from maglia.wire.status import abort
from tests.support.scenarios import ANYONE, SCENARIOS

Context = grpc.aio.ServicerContext[Any, Any]
NOON_MS = 1_795_262_400_000
"""21/11/2026, 12:00 UTC."""
_HOUR_MS = 3_600_000

PERSON = desk.DeskPerson(
    identifier=ANYONE,
    name="Xqzar Wqzi",
    contact="0372 000000",
    need="due mensilità di affitto arretrate",
    note="preferisce il mattino",
    notice_version="2026-1",
    language="it",
    consent_date="2026-11-20",
)


def sent(number: int, state: str, **more: Any) -> desk.DeskReferral:
    facts: dict[str, Any] = {
        "number": number,
        "direction": "sent",
        "member": "comune-esempio",
        "member_name": "Comune di Esempio",
        "member_contact": "sociali@example.org",
        "facet": "rent_arrears",
        "state": state,
        "created_ms": NOON_MS - number * _HOUR_MS,
        "changed_ms": NOON_MS,
        "operator": "anna",
    }
    return desk.DeskReferral(**facts | more)


REFERRALS = [
    sent(
        9,
        "sent",
        direction="received",
        member="onlus-ponte",
        member_name="Onlus Ponte [/bad] \x1b[31m",
        facet="food_parcel",
        unread=True,
    ),
    sent(8, "waiting", untold=True, untold_until_ms=NOON_MS + 60 * _HOUR_MS, code="unreachable"),
    sent(7, "accepted"),
    sent(6, "declined", reason="fondi esauriti fino a gennaio", facet="electricity"),
]
TAKERS = [
    desk.ReferralTaker(
        member="comune-esempio",
        name="Comune [/bad] di Esempio",
        kind="comune",
        contact="sociali@example.org",
        facets=["rent_arrears", "electricity"],
    ),
    desk.ReferralTaker(
        member="mensa-est", name="Mensa Est", kind="odv", contact="0372 111111", facets=["food_parcel", "canteen"]
    ),
]
_CHECK = {"asked_at": str(NOON_MS - 5 * _HOUR_MS), "asked": "12", "answered": "12"}
NOTICES = [
    inbox_pb2.InboxNotice(
        number=4,
        kind=NoticeKind.CHECK_COMPLETE,
        check_id="V-0a1b2c3d4e",
        params=_CHECK | {"complete": "1", "found": "2", "more": "1"},
        created_ms=NOON_MS - _HOUR_MS,
        unread=True,
    ),
    inbox_pb2.InboxNotice(
        number=3,
        kind=NoticeKind.PROMISE_ASKED,
        params={"record": "a7b3c9d1"},
        created_ms=NOON_MS - 2 * _HOUR_MS,
        unread=True,
        for_all=True,
    ),
    inbox_pb2.InboxNotice(
        number=2,
        kind=NoticeKind.CHECK_ENDED,
        check_id="V-1a1b2c3d4e",
        params=_CHECK | {"answered": "11"},
        created_ms=NOON_MS - 3 * _HOUR_MS,
    ),
]
KEPT = [
    waiting_pb2.KeptCheck(
        check_id="V-0a1b2c3d4e",
        state="waiting",
        facet="food_parcel",
        purpose="aid_overlap",
        asked_at_ms=NOON_MS - 5 * _HOUR_MS,
        left_ms=67 * _HOUR_MS,
    ),
    waiting_pb2.KeptCheck(
        check_id="V-1a1b2c3d4e",
        state="done",
        facet="canteen",
        purpose="aid_overlap",
        asked_at_ms=NOON_MS - 9 * _HOUR_MS,
        left_ms=60 * _HOUR_MS,
    ),
]


@dataclass
class FakeDesks(ReferralDeskServiceServicer, InboxServiceServicer, WaitingServiceServicer):
    """Answers from lists; `calls` holds what was asked for, `refusal` is what every call is refused with."""

    referrals: list[desk.DeskReferral] = field(default_factory=lambda: deepcopy(REFERRALS))
    notices: list[inbox_pb2.InboxNotice] = field(default_factory=lambda: deepcopy(NOTICES))
    kept: list[waiting_pb2.KeptCheck] = field(default_factory=lambda: deepcopy(KEPT))
    takers: list[desk.ReferralTaker] = field(default_factory=lambda: deepcopy(TAKERS))
    calls: list[object] = field(default_factory=list)
    refusal: Code | None = None

    def add_to(self, server: grpc.aio.Server) -> None:
        """Serve the desks."""
        add_ReferralDeskServiceServicer_to_server(self, server)
        add_InboxServiceServicer_to_server(self, server)
        add_WaitingServiceServicer_to_server(self, server)

    @classmethod
    def in_state(cls, state: str) -> FakeDesks:
        """Return desks that are `full`, `empty`, or `refused` to everybody."""
        if state == "empty":
            return cls([], [], [], [])
        return cls(refusal=Code.SESSION_ROLE if state == "refused" else None)

    async def _hear(self, request: object, context: Context) -> None:
        self.calls.append(request)
        if self.refusal is not None:
            await abort(context, MagliaError(self.refusal))

    async def ListReferrals(
        self, request: desk.ListReferralsRequest, context: Context
    ) -> AsyncIterator[desk.ListReferralsResponse]:
        await self._hear(request, context)
        found = [one for one in self.referrals if one.unread or not request.unread]
        yield desk.ListReferralsResponse(referrals=found)

    async def GetReferral(self, request: desk.GetReferralRequest, context: Context) -> desk.GetReferralResponse:
        await self._hear(request, context)
        found = desk.DeskReferral()
        found.CopyFrom(next(one for one in self.referrals if one.number == request.number))
        found.person.CopyFrom(PERSON)
        return desk.GetReferralResponse(referral=found)

    async def MoveReferral(self, request: desk.MoveReferralRequest, context: Context) -> desk.MoveReferralResponse:
        await self._hear(request, context)
        found = next(one for one in self.referrals if one.number == request.number)
        found.state, found.reason, found.unread = request.state, request.reason, False
        return desk.MoveReferralResponse(referral=found)

    async def SendReferral(self, request: desk.SendReferralRequest, context: Context) -> desk.SendReferralResponse:
        await self._hear(request, context)
        made = sent(10, "sent", member=request.member, facet=request.facet)
        self.referrals.insert(0, made)
        return desk.SendReferralResponse(referral=made)

    async def ListReferralTakers(
        self, request: desk.ListReferralTakersRequest, context: Context
    ) -> desk.ListReferralTakersResponse:
        await self._hear(request, context)
        return desk.ListReferralTakersResponse(takers=self.takers)

    async def ListNotices(
        self, request: inbox_pb2.ListNoticesRequest, context: Context
    ) -> AsyncIterator[inbox_pb2.ListNoticesResponse]:
        await self._hear(request, context)
        yield inbox_pb2.ListNoticesResponse(notices=[one for one in self.notices if one.unread or request.all])

    async def ReadNotice(self, request: inbox_pb2.ReadNoticeRequest, context: Context) -> inbox_pb2.ReadNoticeResponse:
        await self._hear(request, context)
        found = next(one for one in self.notices if one.number == request.number)
        found.unread = False
        return inbox_pb2.ReadNoticeResponse(notice=found)

    async def ListKeptChecks(
        self, request: waiting_pb2.ListKeptChecksRequest, context: Context
    ) -> waiting_pb2.ListKeptChecksResponse:
        await self._hear(request, context)
        return waiting_pb2.ListKeptChecksResponse(checks=self.kept)

    async def GetKeptCheck(
        self, request: waiting_pb2.GetKeptCheckRequest, context: Context
    ) -> waiting_pb2.GetKeptCheckResponse:
        await self._hear(request, context)
        found = next(one for one in self.kept if one.check_id == request.check_id)
        state = SCENARIOS[found.facet][-1][1]
        assert isinstance(state, pb.CheckResponse)
        return waiting_pb2.GetKeptCheckResponse(kept=found, identifiers=[ANYONE], check=state)
