"""What speaks gRPC about what was taken without a node: filed once, and checked as soon as the network is there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from maglia.v1.operator_pb2 import CheckRequest
from maglia.v1.waiting_pb2 import DeferCheckRequest
from maglia.v1.waiting_pb2_grpc import WaitingServiceStub
from tui.client import NodeDoor
from tui.door import CALL_S, answer
from tui.model import Aid
from tui.offline_model import Taken
from tui.profile import Profile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.waiting_pb2_grpc import WaitingServiceAsyncStub


class OfflineDoor(NodeDoor):
    """Sends what was taken; whatever is sent again under its key is filed once."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile)
        self._waiting: WaitingServiceAsyncStub = WaitingServiceStub(self._channel)

    async def file(self, taken: Taken) -> str:
        """Put one thing on file under its key; return its number there."""
        if isinstance(taken.what, Aid):
            return (await self.add_aid(replace(taken.what, key=taken.key)))[0]
        return (await self.add_consent(replace(taken.what, key=taken.key))).id

    async def check_later(self, taken: Taken) -> str:
        """File the question that goes with it, under the same key; return the check's number."""
        what, asked = taken.what, taken.check
        question = CheckRequest(
            identifier=what.identifier, facet=asked.facet, purpose=asked.purpose, case_protocol=asked.protocol
        )
        if isinstance(what, Aid):
            question.need, question.creditor = what.need, what.creditor
        request = DeferCheckRequest(question=question, key=taken.key)
        response = await answer(self._waiting.DeferCheck(request, metadata=self._metadata, timeout=CALL_S))
        return plain(response.check_id)
