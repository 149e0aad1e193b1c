"""The network's door: how the other bodies answer this one, and how this one answers them. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from maglia.core.absence import absence_days
from maglia.core.answering import ANSWERING_DAYS
from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.v1 import answering_pb2 as pb
from maglia.v1.answering_pb2_grpc import NetworkServiceServicer
from maglia.wire.answering import counts_message
from maglia.wire.chain import Context
from node.answering_rates import AnsweringRates
from node.answering_reports import AnsweringReports
from node.domain.answering import Line
from node.domain.presence import presence_of
from node.ports import Clock, Trust

_NOTHING = Line()


class NetworkDoor(NetworkServiceServicer):
    """One body's operators read here how far the network's answers can be expected to be complete."""

    def __init__(
        self,
        me: str,
        trust: Trust,
        relay_of: Callable[[str], str],
        last_known: Callable[[str], Member],
        bundle: Callable[[], bytes],
        rates: AnsweringRates,
        reports: AnsweringReports,
        clock: Clock,
    ) -> None:
        self._me = me
        self._trust = trust
        self._relay_of = relay_of
        self._last_known = last_known
        self._bundle = bundle
        self._rates = rates
        self._reports = reports
        self._clock = clock

    async def GetNetwork(self, request: pb.GetNetworkRequest, context: Context) -> pb.GetNetworkResponse:
        """Say of each other member how it answered, and of this one how the others say that it does.

        Where the directory has expired, as with the registry away, of those that were asked.
        """
        seen = await self._rates.seen()
        others, days = self._others(seen.lines)
        own, askers = self._reports.own
        presence = presence_of(seen.days, seen.today)
        return pb.GetNetworkResponse(
            members=[
                self._message(member, seen.lines.get(member.id, _NOTHING))
                for member in sorted(others, key=lambda one: (one.name.casefold(), one.id))
            ],
            now_ms=int(self._clock.now() * 1000),
            days=ANSWERING_DAYS,
            unheard=seen.unheard,
            absence_days=days,
            own=counts_message(own),
            own_askers=askers,
            checks=counts_message(seen.checks),
            own_days=presence.there,
            own_absent_days=presence.longest_absence,
        )

    def _others(self, asked: Iterable[str]) -> tuple[list[Member], int]:
        """Return the bodies to tell of, and from how many days of absence on hosting is proposed."""
        try:
            members = [member for member in self._trust.directory().active() if member.id != self._me]
            return members, absence_days(self._bundle())
        except MagliaError as error:
            if error.code is not Code.DIRECTORY_EXPIRED:
                raise
        found = []
        for member in asked:
            with suppress(MagliaError):  # one that is no longer listed
                found.append(self._last_known(member))
        return found, 0

    def _message(self, member: Member, line: Line) -> pb.NetworkMember:
        return pb.NetworkMember(
            member=member.id,
            name=member.name,
            kind=member.kind.value,
            counts=counts_message(line.counts),
            answered_at_ms=line.answered_at,
            missed_since_ms=line.missed_since,
            relay=self._relay_of(member.id),
        )
