"""What speaks gRPC about persons sent and received: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from maglia.v1 import referral_desk_pb2 as pb
from maglia.v1.referral_desk_pb2_grpc import ReferralDeskServiceStub
from tui.client import NodeDoor
from tui.door import CALL_S, Line, answer, stream
from tui.profile import Profile
from tui.referral_model import Referral, ReferredPerson, Taker, Wanted
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.referral_desk_pb2_grpc import ReferralDeskServiceAsyncStub

_SEND_S = 60.0
_NOTE = 500


class ReferralDoor(NodeDoor):
    """What an operator does with persons sent to other bodies and received from them."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._referrals: ReferralDeskServiceAsyncStub = ReferralDeskServiceStub(self._channel)

    async def send(self, wanted: Wanted) -> Referral:
        """Put a person on their way to another body."""
        request = pb.SendReferralRequest(**asdict(wanted))
        call = self._referrals.SendReferral(request, metadata=self._metadata, timeout=_SEND_S)
        return _referral((await answer(call)).referral)

    async def referrals(self, *, unread: bool) -> list[Referral]:
        """Return those on file, to be read first, without the persons."""
        request = pb.ListReferralsRequest(unread=unread)
        call = self._referrals.ListReferrals(request, metadata=self._metadata, timeout=_SEND_S)
        return [_referral(one) async for page in stream(call) for one in page.referrals]

    async def referral(self, number: int) -> Referral:
        """Return one with the person; it counts as read."""
        request = pb.GetReferralRequest(number=number)
        call = self._referrals.GetReferral(request, metadata=self._metadata, timeout=CALL_S)
        return _referral((await answer(call)).referral)

    async def move(self, number: int, state: str, reason: str) -> Referral:
        """Accept, decline, end or withdraw one."""
        request = pb.MoveReferralRequest(number=number, state=state, reason=reason)
        call = self._referrals.MoveReferral(request, metadata=self._metadata, timeout=_SEND_S)
        return _referral((await answer(call)).referral)

    async def takers(self, facet: str) -> list[Taker]:
        """Return the bodies that a person can be sent to, for a kind of aid or any."""
        request = pb.ListReferralTakersRequest(facet=facet)
        call = self._referrals.ListReferralTakers(request, metadata=self._metadata, timeout=CALL_S)
        return [
            Taker(
                plain(one.member), plain(one.name), plain(one.kind), plain(one.contact), tuple(map(plain, one.facets))
            )
            for one in (await answer(call)).takers
        ]


def _referral(one: pb.DeskReferral) -> Referral:
    return Referral(
        number=one.number,
        direction=plain(one.direction),
        member=plain(one.member),
        member_name=plain(one.member_name),
        member_contact=plain(one.member_contact),
        facet=plain(one.facet),
        state=plain(one.state),
        created_ms=one.created_ms,
        changed_ms=one.changed_ms,
        unread=one.unread,
        untold=one.untold,
        untold_until_ms=one.untold_until_ms,
        reason=plain(one.reason, _NOTE),
        code=plain(one.code),
        operator=plain(one.operator),
        person=_person(one.person) if one.HasField("person") else None,
    )


def _person(one: pb.DeskPerson) -> ReferredPerson:
    return ReferredPerson(
        identifier=plain(one.identifier),
        name=plain(one.name, _NOTE),
        contact=plain(one.contact, _NOTE),
        need=plain(one.need, _NOTE),
        note=plain(one.note, _NOTE),
        notice_version=plain(one.notice_version),
        language=plain(one.language),
        consent_date=plain(one.consent_date, 10),
    )
