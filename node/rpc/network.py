"""The network's door: how the other bodies answer this one. Nothing is decided here."""

from __future__ import annotations

from maglia.core.answering import ANSWERING_DAYS, Answering
from maglia.core.directory import Member
from maglia.v1 import answering_pb2 as pb
from maglia.v1.answering_pb2_grpc import NetworkServiceServicer
from maglia.wire.chain import Context
from node.answering_rates import AnsweringRates
from node.domain.answering import Line
from node.ports import Clock, Trust

_NOTHING = Line()


class NetworkDoor(NetworkServiceServicer):
    """One body's operators read here how far the network's answers can be expected to be complete."""

    def __init__(self, me: str, trust: Trust, rates: AnsweringRates, clock: Clock) -> None:
        self._me = me
        self._trust = trust
        self._rates = rates
        self._clock = clock

    async def GetNetwork(self, request: pb.GetNetworkRequest, context: Context) -> pb.GetNetworkResponse:
        """Say of each other member how it answered."""
        seen = await self._rates.seen()
        others = [member for member in self._trust.directory().active() if member.id != self._me]
        return pb.GetNetworkResponse(
            members=[
                _message(member, seen.lines.get(member.id, _NOTHING))
                for member in sorted(others, key=lambda one: (one.name.casefold(), one.id))
            ],
            now_ms=int(self._clock.now() * 1000),
            days=ANSWERING_DAYS,
            unheard=seen.unheard,
        )


def _message(member: Member, line: Line) -> pb.NetworkMember:
    return pb.NetworkMember(
        member=member.id,
        name=member.name,
        kind=member.kind.value,
        counts=counts_message(line.counts),
        answered_at_ms=line.answered_at,
        missed_since_ms=line.missed_since,
    )


def counts_message(counts: Answering) -> pb.AnsweringCounts:
    """Return counts as they travel."""
    return pb.AnsweringCounts(asked=counts.asked, at_once=counts.at_once, in_time=counts.in_time, later=counts.later)
