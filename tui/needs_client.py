"""What speaks gRPC about needs on file: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from maglia.v1 import needs_pb2 as pb
from maglia.v1.needs_pb2_grpc import NeedsServiceStub
from tui.client import NodeDoor
from tui.door import CALL_S, Line, answer
from tui.needs_model import FiledNeed, NewNeed
from tui.profile import Profile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.needs_pb2_grpc import NeedsServiceAsyncStub


class NeedsDoor(NodeDoor):
    """What an operator keeps of what persons owe."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._needs: NeedsServiceAsyncStub = NeedsServiceStub(self._channel)

    async def open_need(self, new: NewNeed) -> FiledNeed:
        """Put a need on record; raise `input.need_open` when it is there."""
        request = pb.OpenNeedRequest(**asdict(new))
        return _filed((await answer(self._needs.OpenNeed(request, metadata=self._metadata, timeout=CALL_S))).need)

    async def needs(self, identifier: str) -> list[FiledNeed]:
        """Return a person's needs on record, the open ones first."""
        request = pb.ListNeedsRequest(identifier=identifier)
        response = await answer(self._needs.ListNeeds(request, metadata=self._metadata, timeout=CALL_S))
        return [_filed(one) for one in response.needs]

    async def close_need(self, name: str) -> FiledNeed:
        """Close a need by its name, B-7; raise `input.need_unknown`."""
        request = pb.CloseNeedRequest(name=name)
        return _filed((await answer(self._needs.CloseNeed(request, metadata=self._metadata, timeout=CALL_S))).need)


def _filed(message: pb.FiledNeed) -> FiledNeed:
    return FiledNeed(
        name=plain(message.name, 20),
        facet=plain(message.facet),
        owed_cents=message.owed_cents,
        need=plain(message.need),
        creditor=plain(message.creditor, 200),
        period_from=plain(message.period_from, 10),
        period_to=plain(message.period_to, 10),
        basis=plain(message.basis),
        visibility=plain(message.visibility),
        opened_at_ms=message.opened_at_ms,
        opened_by=plain(message.opened_by),
        closed_at_ms=message.closed_at_ms,
        closed_by=plain(message.closed_by),
        given_cents=message.given_cents,
        reserved_cents=message.reserved_cents,
        unknown=message.unknown,
    )
