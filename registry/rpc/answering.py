"""AnsweringService: messages in, messages out."""

from __future__ import annotations

from typing import cast

from maglia.v1 import answering_pb2 as pb
from maglia.v1.answering_pb2_grpc import AnsweringServiceServicer
from maglia.wire.answering import counts_message
from maglia.wire.chain import Context, current_caller
from registry.answering import AnsweringBook
from registry.ports import MemberRecord


class AnsweringServicer(AnsweringServiceServicer):
    """Takes what members counted."""

    def __init__(self, book: AnsweringBook) -> None:
        self._book = book

    async def TellAnswering(self, request: pb.TellAnsweringRequest, _context: Context) -> pb.TellAnsweringResponse:
        """Keep one day of the calling member; say how others see it."""
        asker = cast("MemberRecord", current_caller().principal)
        standing = self._book.take(asker, request.report)
        return pb.TellAnsweringResponse(counts=counts_message(standing.counts), askers=standing.askers)
