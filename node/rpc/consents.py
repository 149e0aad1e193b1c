"""The console's door for what persons say of the sharing; its messages reach no other party."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import cast

from maglia.core.directory import Member
from maglia.core.errors import MagliaError
from maglia.v1 import operator_pb2 as pb
from maglia.wire.chain import Context, current_caller
from node.consents import ConsentDesk
from node.domain.consent import ConsentFile, Filed, Opposition, ToTell, last_day
from node.domain.model import Operator
from node.domain.referral import Referral
from node.ports import Clock
from node.status import Profile

PAGE = 500
"""Consents in one message of those that end."""


class ConsentCalls:
    """The calls of `OperatorDoor` on the life of consents."""

    _desk: ConsentDesk
    _profile: Profile
    _clock: Clock
    _member: Callable[[str], Member]

    async def GetConsents(self, request: pb.GetConsentsRequest, context: Context) -> pb.GetConsentsResponse:
        """Say what a person agreed to, and who is still to be told of what they took back."""
        return pb.GetConsentsResponse(file=self._file(await self._desk.show(_operator(), request.identifier)))

    async def WithdrawConsent(self, request: pb.WithdrawConsentRequest, context: Context) -> pb.WithdrawConsentResponse:
        """Withdraw a person's consents."""
        kind = self._profile.kind()
        on_file = await self._desk.withdraw(_operator(), kind, request.identifier, request.purpose)
        return pb.WithdrawConsentResponse(file=self._file(on_file))

    async def RefuseConsent(self, request: pb.RefuseConsentRequest, context: Context) -> pb.RefuseConsentResponse:
        """Put a refusal on file."""
        return pb.RefuseConsentResponse(file=self._file(await self._desk.refuse(_operator(), request.identifier)))

    async def AddObjection(self, request: pb.AddObjectionRequest, context: Context) -> pb.AddObjectionResponse:
        """Put an objection to a public task on file."""
        on_file = self._desk.add_objection(_operator(), self._profile.kind(), request.identifier)
        return pb.AddObjectionResponse(file=self._file(on_file))

    async def MarkTold(self, request: pb.MarkToldRequest, context: Context) -> pb.MarkToldResponse:
        """Put on file that a body was told."""
        on_file = self._desk.mark_told(_operator(), request.identifier, request.member)
        return pb.MarkToldResponse(file=self._file(on_file))

    async def ListExpiringConsents(
        self, request: pb.ListExpiringConsentsRequest, context: Context
    ) -> AsyncIterator[pb.ListExpiringConsentsResponse]:
        """List whose consents end soon or have ended, in pages; one page at least."""
        found = self._desk.expiring(_operator(), request.days)
        for start in range(0, max(1, len(found)), PAGE):
            consents = [
                pb.ExpiringConsent(identifier=one.code, purposes=one.purposes, expires=one.last_day.isoformat())
                for one in found[start : start + PAGE]
            ]
            yield pb.ListExpiringConsentsResponse(consents=consents, day=self._clock.today().isoformat())

    def _file(self, on_file: ConsentFile) -> pb.ConsentFile:
        return pb.ConsentFile(
            consents=map(_consent, on_file.consents),
            oppositions=[self._opposition(each) for each in on_file.oppositions],
            statutory=on_file.statutory,
            imported=on_file.imported,
            day=self._clock.today().isoformat(),
            ended=map(self._ended, on_file.ended),
        )

    def _opposition(self, each: Opposition) -> pb.Opposition:
        return pb.Opposition(
            kind=each.kind,
            purposes=each.purposes,
            date=each.day.isoformat(),
            recorded_by=each.recorded_by,
            ended=_iso(each.ended_on),
            to_tell=[self._body(one) for one in each.to_tell],
            incomplete=not each.traced,
        )

    def _body(self, one: ToTell) -> pb.BodyToTell:
        name, contact = self._named(one.member)
        return pb.BodyToTell(
            member=one.member,
            name=name,
            contact=contact,
            reason=one.reason,
            last=one.last_day.isoformat(),
            told=_iso(one.told_on),
            told_by=one.told_by,
        )

    def _ended(self, one: Referral) -> pb.EndedReferral:
        name, contact = self._named(one.peer)
        return pb.EndedReferral(
            number=one.number, member=one.peer, name=name, contact=contact, untold=one.untold is not None
        )

    def _named(self, member: str) -> tuple[str, str]:
        """Return name and contact of a body."""
        try:
            found = self._member(member)
        except MagliaError:  # it has left the network; who it was is in what the officers signed
            return "", ""
        return found.name, found.contact


def _consent(filed: Filed) -> pb.FiledConsent:
    given = filed.consent
    return pb.FiledConsent(
        id=filed.id,
        purposes=given.purposes,
        in_force=filed.left,
        audience=given.audience,
        notice_version=given.notice_version,
        language=given.language,
        date=given.day.isoformat(),
        method=given.method,
        expires=last_day(given).isoformat(),
        recorded_by=filed.recorded_by,
        withdrawn=_iso(filed.withdrawn_on),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)
