"""What speaks gRPC about notices: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maglia.v1 import inbox_pb2 as pb
from maglia.v1.inbox_pb2_grpc import InboxServiceStub
from tui.client import NodeDoor
from tui.door import CALL_S, Line, answer, stream
from tui.inbox_model import Notice
from tui.profile import Profile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.inbox_pb2_grpc import InboxServiceAsyncStub


class InboxDoor(NodeDoor):
    """What the node has to say to an operator."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._inbox: InboxServiceAsyncStub = InboxServiceStub(self._channel)

    async def notices(self, *, everything: bool) -> list[Notice]:
        """Return the operator's own and those for all of the body, the newest first; only unread ones by default."""
        call = self._inbox.ListNotices(pb.ListNoticesRequest(all=everything), metadata=self._metadata, timeout=CALL_S)
        return [_notice(one) async for page in stream(call) for one in page.notices]

    async def notice(self, number: int) -> Notice:
        """Return one; it counts as read."""
        request = pb.ReadNoticeRequest(number=number)
        return _notice((await answer(self._inbox.ReadNotice(request, metadata=self._metadata, timeout=CALL_S))).notice)


def _notice(one: pb.InboxNotice) -> Notice:
    return Notice(
        number=one.number,
        kind=plain(one.kind),
        check_id=plain(one.check_id),
        params={plain(name): plain(value) for name, value in one.params.items()},
        created_ms=one.created_ms,
        unread=one.unread,
        for_all=one.for_all,
    )
