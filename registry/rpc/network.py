"""DirectoryService, PseudonymService and WitnessService: messages in, messages out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import cast

from maglia.core.errors import Code, MagliaError
from maglia.v1 import directory_pb2, envelope_pb2, pseudonyms_pb2, witness_pb2
from maglia.v1.directory_pb2_grpc import DirectoryServiceServicer
from maglia.v1.pseudonyms_pb2_grpc import PseudonymServiceServicer
from maglia.v1.witness_pb2_grpc import WitnessServiceServicer
from maglia.wire.chain import Context, current_caller
from maglia.wire.convert import part_message
from registry.board import Board
from registry.domain.budget import Use
from registry.evaluation import Evaluation, Wanted
from registry.news import News
from registry.ports import Files, MemberRecord, Members
from registry.trust import Trust
from registry.witness import Witness

_CHUNK_BYTES = 64 * 1024
_CARDS_A_PAGE = 100
_MAX_NAME = 250
_LAST_REVISION = 2**63 - 1
"""What a database counts to; a message's number may be greater."""
_USES = {
    pseudonyms_pb2.USE_CHECK: Use.CHECK,
    pseudonyms_pb2.USE_ENROLMENT: Use.ENROLMENT,
    pseudonyms_pb2.USE_ACCESS_REPORT: Use.REPORT,
}


class DirectoryServicer(DirectoryServiceServicer):
    """Hands out what is published. Nothing here is secret, and nothing here can be forged."""

    def __init__(self, members: Members, files: Files, trust: Trust, news: News, board: Board) -> None:
        self._board = board
        self._members = members
        self._files = files
        self._trust = trust
        self._news = news

    async def GetMetadata(
        self, request: directory_pb2.GetMetadataRequest, _context: Context
    ) -> directory_pb2.GetMetadataResponse:
        """Return one metadata file; a member that asks is heard of, with what it says of itself."""
        principal = current_caller().principal
        if isinstance(principal, MemberRecord):
            self._board.heard(principal.id, request.ready_epochs, request.trusted_version)
        content = self._files.metadata(request.filename[:_MAX_NAME])
        now_ms = int(self._board.now() * 1000)
        return directory_pb2.GetMetadataResponse(content=_there(content, request.filename), now_ms=now_ms)

    async def GetTarget(
        self, request: directory_pb2.GetTargetRequest, _context: Context
    ) -> AsyncIterator[directory_pb2.GetTargetResponse]:
        """Stream one target file."""
        content = _there(self._files.target(request.path[:_MAX_NAME]), request.path)
        for start in range(0, len(content), _CHUNK_BYTES):
            yield directory_pb2.GetTargetResponse(chunk=content[start : start + _CHUNK_BYTES])

    async def ListCards(
        self, request: directory_pb2.ListCardsRequest, _context: Context
    ) -> directory_pb2.ListCardsResponse:
        """Return a page of cards, those just replaced too; the directory says whose of them count."""
        if request.since > _LAST_REVISION:
            raise MagliaError(Code.INPUT_FIELD, field="since")
        found = self._members.cards_since(request.since, _CARDS_A_PAGE + 1, self._board.now())
        page = found[:_CARDS_A_PAGE]
        return directory_pb2.ListCardsResponse(
            cards=[envelope_pb2.Envelope.FromString(card.envelope) for card in page],
            revision=page[-1].revision if page else request.since,
            more=len(found) > len(page),
        )

    async def WatchNews(
        self, _request: directory_pb2.WatchNewsRequest, _context: Context
    ) -> AsyncIterator[directory_pb2.WatchNewsResponse]:
        """Say what is current, at once and at each change; end when the caller is no longer an active member."""
        certificate = current_caller().certificate
        while True:
            changed = self._news.next()
            self._trust.member_of(certificate)
            yield directory_pb2.WatchNewsResponse(
                timestamp_version=self._files.versions().get("timestamp", 0),
                cards_revision=self._members.cards_revision(),
            )
            await changed.wait()


def _there(content: bytes | None, name: str) -> bytes:
    if content is None:
        raise MagliaError(Code.DIRECTORY_NOT_THERE, cause=name[:_MAX_NAME])
    return content


class PseudonymServicer(PseudonymServiceServicer):
    """Evaluates blinded values; never sees a person."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    async def Evaluate(
        self, request: pseudonyms_pb2.EvaluateRequest, _context: Context
    ) -> pseudonyms_pb2.EvaluateResponse:
        """Evaluate for the calling member."""
        use = _USES.get(request.use)
        if use is None:
            raise MagliaError(Code.INPUT_FIELD, field="use")
        wanted = Wanted(
            key_set=request.key_set,
            epoch=request.epoch,
            mask=request.mask,
            elements=list(request.elements),
            use=use,
            evaluation=request.evaluation_id,
            procedure=request.procedure,
        )
        part = await self._evaluation.evaluate(_member().id, wanted)
        return pseudonyms_pb2.EvaluateResponse(parts=[part_message(part)])


class WitnessServicer(WitnessServiceServicer):
    """Cosigns the calling member's checkpoints, while the registry's own log holds: `require_sound` raises if not."""

    def __init__(self, witness: Witness, board: Board, require_sound: Callable[[], None]) -> None:
        self._require_sound = require_sound
        self._witness = witness
        self._board = board

    async def Cosign(self, request: witness_pb2.CosignRequest, _context: Context) -> witness_pb2.CosignResponse:
        """Cosign, or name the size from which to prove."""
        self._require_sound()
        member = _member()
        done = self._witness.cosign(
            member.id, member.log_key, request.checkpoint, request.old_size, list(request.proof)
        )
        if done.line:
            self._board.cosigned(member.id, done.known_size)
        return witness_pb2.CosignResponse(cosignature=done.line, known_size=done.known_size)


def _member() -> MemberRecord:
    return cast("MemberRecord", current_caller().principal)
