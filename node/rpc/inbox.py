"""The inbox's door: translates, and calls the work. Nothing is decided here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

from maglia.v1 import inbox_pb2 as pb
from maglia.v1.inbox_pb2_grpc import InboxServiceServicer
from maglia.wire.chain import Context, current_caller
from node.domain.model import Operator
from node.inbox import Inbox, Kept

_PAGE = 100


class InboxDoor(InboxServiceServicer):
    """One body's operators read their notices here."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def ListNotices(
        self, request: pb.ListNoticesRequest, context: Context
    ) -> AsyncIterator[pb.ListNoticesResponse]:
        """Stream the operator's own and those for all of the body."""
        found = self._inbox.list(_operator(), everything=request.all)
        for first in range(0, max(1, len(found)), _PAGE):
            yield pb.ListNoticesResponse(notices=map(_message, found[first : first + _PAGE]))

    async def ReadNotice(self, request: pb.ReadNoticeRequest, context: Context) -> pb.ReadNoticeResponse:
        """Return one; from now on it is read."""
        return pb.ReadNoticeResponse(notice=_message(self._inbox.read(_operator(), request.number)))


def _message(kept: Kept) -> pb.InboxNotice:
    return pb.InboxNotice(
        number=kept.number,
        kind=kept.notice.kind,
        check_id=kept.notice.check_id,
        params={name: str(value) for name, value in kept.notice.params.items()},
        created_ms=int(kept.created_at * 1000),
        unread=kept.unread,
        for_all=not kept.notice.operator,
    )


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)
