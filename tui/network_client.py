"""What speaks gRPC about how bodies answer: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maglia.v1 import answering_pb2 as pb
from maglia.v1.answering_pb2_grpc import NetworkServiceStub
from maglia.wire.answering import read_counts
from tui.client import NodeDoor
from tui.door import CALL_S, Line, answer
from tui.network_model import NetworkRow, NetworkView
from tui.profile import Profile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.answering_pb2_grpc import NetworkServiceAsyncStub


class NetworkDoor(NodeDoor):
    """What the node saw of the other bodies."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._network: NetworkServiceAsyncStub = NetworkServiceStub(self._channel)

    async def network(self) -> NetworkView:
        """Return how each other body answered; raise `directory.expired`."""
        call = self._network.GetNetwork(pb.GetNetworkRequest(), metadata=self._metadata, timeout=CALL_S)
        found = await answer(call)
        return NetworkView(
            rows=tuple(map(_row, found.members)),
            now_ms=found.now_ms,
            days=found.days,
            unheard=found.unheard,
            absence_days=found.absence_days,
            own=read_counts(found.own),
            own_askers=found.own_askers,
            checks=read_counts(found.checks),
            own_days=found.own_days,
            own_absent_days=found.own_absent_days,
        )


def _row(one: pb.NetworkMember) -> NetworkRow:
    return NetworkRow(
        member=plain(one.member),
        name=plain(one.name),
        kind=plain(one.kind),
        counts=read_counts(one.counts),
        answered_at_ms=one.answered_at_ms,
        missed_since_ms=one.missed_since_ms,
        relay=plain(one.relay),
    )
