"""The console's door to persons sent and received: translates, and calls the work."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from typing import cast

from maglia.core.directory import Member
from maglia.core.errors import MagliaError
from maglia.core.referral import ReferredPerson
from maglia.v1 import referral_desk_pb2 as pb
from maglia.v1.referral_desk_pb2_grpc import ReferralDeskServiceServicer
from maglia.wire.chain import Context, current_caller
from node.domain.model import Operator
from node.domain.referral import Referral
from node.referrals.desk import ReferralDesk, read_wanted
from node.refusals import Refusals

_PAGE = 50


class ReferralDeskDoor(ReferralDeskServiceServicer):
    """One body's operators send persons here, and read and answer about those received."""

    def __init__(self, desk: ReferralDesk, member: Callable[[str], Member], refusals: Refusals) -> None:
        """`member` returns a member as last known, also one that is stopped."""
        self._desk = desk
        self._member = member
        self._refusals = refusals

    async def SendReferral(self, request: pb.SendReferralRequest, context: Context) -> pb.SendReferralResponse:
        """Put a person on their way."""
        operator = _operator()
        with self._refusals.counting(operator.user):  # later refusals have entries of their own
            wanted = read_wanted(
                identifier=request.identifier,
                member=request.member,
                facet=request.facet,
                name=request.name,
                contact=request.contact,
                need=request.need,
                note=request.note,
            )
        return pb.SendReferralResponse(referral=self._message(await self._desk.send(operator, wanted)))

    async def ListReferrals(
        self, request: pb.ListReferralsRequest, context: Context
    ) -> AsyncIterator[pb.ListReferralsResponse]:
        """Stream those on file, without the persons and without reasons, which might name them."""
        found = self._desk.list(unread=request.unread)
        for first in range(0, max(1, len(found)), _PAGE):
            yield pb.ListReferralsResponse(referrals=map(self._listed, found[first : first + _PAGE]))

    async def GetReferral(self, request: pb.GetReferralRequest, context: Context) -> pb.GetReferralResponse:
        """Return one with the person; it counts as read."""
        referral = self._desk.show(_operator(), request.number)
        return pb.GetReferralResponse(referral=self._message(referral, whole=True))

    async def MoveReferral(self, request: pb.MoveReferralRequest, context: Context) -> pb.MoveReferralResponse:
        """Accept, decline, end or withdraw one."""
        moved = await self._desk.move(_operator(), request.number, request.state, request.reason)
        return pb.MoveReferralResponse(referral=self._message(moved))

    async def ListReferralTakers(
        self, request: pb.ListReferralTakersRequest, context: Context
    ) -> pb.ListReferralTakersResponse:
        """List the bodies that a person can be sent to."""
        return pb.ListReferralTakersResponse(takers=_takers(self._desk.takers(request.facet)))

    def _listed(self, referral: Referral) -> pb.DeskReferral:
        return self._message(replace(referral, reason=""))

    def _message(self, referral: Referral, *, whole: bool = False) -> pb.DeskReferral:
        name, contact = self._named(referral.peer)
        message = pb.DeskReferral(
            number=referral.number,
            direction=referral.direction,
            member=referral.peer,
            member_name=name,
            member_contact=contact,
            facet=referral.facet,
            state=referral.state,
            created_ms=int(referral.created_at * 1000),
            changed_ms=int(referral.changed_at * 1000),
            unread=referral.unread,
            untold=referral.untold is not None,
            untold_until_ms=int(referral.untold_until * 1000) if referral.untold else 0,
            reason=referral.reason,
            code=referral.code,
            operator=referral.operator,
        )
        if whole and referral.person is not None:
            message.person.CopyFrom(_person(referral.person))
        return message

    def _named(self, member: str) -> tuple[str, str]:
        """Return name and contact of a body; of one that is in no directory any more, its id."""
        try:
            found = self._member(member)
        except MagliaError:
            return member, ""
        return found.name, found.contact


def _person(person: ReferredPerson) -> pb.DeskPerson:
    return pb.DeskPerson(
        identifier=person.identifier,
        name=person.name,
        contact=person.contact,
        need=person.need,
        note=person.note,
        notice_version=person.notice_version,
        language=person.language,
        consent_date=person.consent_day.isoformat() if person.consent_day else "",
    )


def _takers(members: Iterable[Member]) -> list[pb.ReferralTaker]:
    return [
        pb.ReferralTaker(member=one.id, name=one.name, kind=one.kind, contact=one.contact, facets=sorted(one.facets))
        for one in members
    ]


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)
