"""What speaks gRPC about the node itself: what it finds of each of its parts, answered with plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc

from maglia.core.errors import Code
from maglia.v1 import status_pb2 as pb
from maglia.v1.status_pb2_grpc import StatusServiceStub
from maglia.wire.findings import read_finding
from maglia.wire.status import error_of
from tui.door import Line
from tui.network_client import NetworkDoor
from tui.profile import Profile
from tui.status_model import Examined, typed_here
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.status_pb2_grpc import StatusServiceAsyncStub

_EXAMINED_S = 30.0
"""Seconds: the node tries every other body, for five of them at most, and two may ask for that at once."""


class StatusDoor(NetworkDoor):
    """How the body's own node is, beside how the others answer it."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._path = profile.path
        self._own: StatusServiceAsyncStub = StatusServiceStub(self._channel)

    async def findings(self) -> Examined | None:
        """Return what the node finds of itself; None from one, or under rules, of before it could be asked."""
        try:
            call = self._own.GetFindings(pb.GetFindingsRequest(), metadata=self._metadata, timeout=_EXAMINED_S)
            found = await call
        except grpc.aio.AioRpcError as failure:
            error = error_of(failure)
            if failure.code() is grpc.StatusCode.UNIMPLEMENTED or error.code is Code.SESSION_ROLE:
                return None
            raise error from failure
        return Examined(
            tuple(typed_here(read_finding(one), self._path) for one in found.findings),
            found.now_ms,
            plain(found.version),
            plain(found.member),
        )
