"""The door of the node's own state: what was found of each part, as far as the caller may act on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from importlib.metadata import version
from typing import cast

from maglia.core.findings.model import Finding
from maglia.v1 import status_pb2 as pb
from maglia.v1.status_pb2_grpc import StatusServiceServicer
from maglia.wire.chain import Context, current_caller
from maglia.wire.findings import finding_message
from node.domain.model import Operator
from node.findings.remedies import left_to
from node.ports import Clock
from node.rpc.rules import ADMIN


class StatusDoor(StatusServiceServicer):
    """One body's operators read here how their node is."""

    def __init__(self, member: str, examine: Callable[[], Awaitable[Sequence[Finding]]], clock: Clock) -> None:
        self._member = member
        self._examine = examine
        self._clock = clock

    async def GetFindings(self, request: pb.GetFindingsRequest, context: Context) -> pb.GetFindingsResponse:
        """Examine the node; commands of its machine are told to whoever administers it alone."""
        operator = cast("Operator", current_caller().principal)
        found = left_to(await self._examine(), administers=operator.role in ADMIN)
        return pb.GetFindingsResponse(
            findings=map(finding_message, found),
            now_ms=int(self._clock.now() * 1000),
            version=version("maglia"),
            member=self._member,
        )
