"""What speaks gRPC about what was taken without a node: filed once, and checked as soon as the network is there."""

from __future__ import annotations

from dataclasses import replace

from maglia.core.errors import Code, MagliaError
from tui.model import Aid, NamedAid, Question
from tui.offline_model import Taken
from tui.waiting_client import WaitingDoor


class OfflineDoor(WaitingDoor):
    """Sends what was taken; whatever is sent again under its key is filed once."""

    async def file(self, taken: Taken) -> str:
        """Put one thing on file under its key; return its number there."""
        if isinstance(taken.what, Aid):
            return (await self.add_aid(replace(taken.what, key=taken.key)))[0]
        if isinstance(taken.what, NamedAid):
            return (await self.add_named_aid(replace(taken.what, key=taken.key)))[0]
        return (await self.add_consent(replace(taken.what, key=taken.key))).id

    async def check_later(self, taken: Taken) -> str:
        """File the question that goes with it, under the same key; return the check's number."""
        what, asked = taken.what, taken.check
        if isinstance(what, NamedAid):
            raise MagliaError(Code.INPUT_COMPOSITE_NAME)
        question = Question(what.identifier, asked.facet, asked.purpose, case_protocol=asked.protocol)
        if isinstance(what, Aid):
            question = replace(question, need=what.need, creditor=what.creditor)
        return await self.defer(question, taken.key)
