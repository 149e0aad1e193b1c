"""What an officer does at the registry, over gRPC, answered with plain values (see `tui.client`)."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import grpc

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import fingerprint
from maglia.v1 import directory_pb2, office_pb2
from maglia.v1.directory_pb2_grpc import DirectoryServiceStub
from maglia.wire.status import error_of
from maglia.wire.tuf import NotThereError
from tui.applied import read_applied
from tui.board_client import BoardDoor
from tui.door import CALL_S, Line, answer, sent
from tui.model import Operator
from tui.office_messages import LONGEST_REASON, member_row, open_draft, plain_all, sent_change
from tui.office_model import Change, Draft, MemberDetail, MemberRow, OpenDraft, Signed
from tui.profile import Profile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.directory_pb2_grpc import DirectoryServiceAsyncStub

_MAX_PAGES = 1_000
_MAX_TARGET = 4 * 1024 * 1024


class OfficeDoor(BoardDoor):
    """What an officer does at the accreditation registry, and what there is to read there."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._directory: DirectoryServiceAsyncStub = DirectoryServiceStub(self._channel)

    async def login(self, user: str, password: str) -> Operator:
        """Open the officer's session; raise `session.credentials` or `network.unreachable`."""
        request = office_pb2.LoginRequest(user=user, password=password)
        response = await answer(self._stub.Login(request, timeout=CALL_S))
        self.line.token = response.token
        return Operator(user=user, role=plain(response.role))

    async def members(self) -> list[MemberRow]:
        """Return every body, applicants included, page after page."""
        rows: list[MemberRow] = []
        after = ""
        for _ in range(_MAX_PAGES):
            request = office_pb2.ListMembersRequest(page_token=after)
            response = await answer(self._stub.ListMembers(request, metadata=self._metadata, timeout=CALL_S))
            rows += [member_row(summary) for summary in response.members]
            after = response.next_page_token
            if not after:
                return rows
        raise MagliaError(Code.NETWORK_ANSWER, cause="pages without end")

    async def member(self, member: str) -> MemberDetail:
        """Return one body; raise `member.unknown`."""
        request = office_pb2.GetMemberRequest(member=member)
        response = await answer(self._stub.GetMember(request, metadata=self._metadata, timeout=CALL_S))
        applied = read_applied(response.application, response.application_signature, self._network)
        return MemberDetail(
            row=replace(member_row(response.summary), fingerprint=fingerprint(applied.identity_key)),
            missing=plain_all(response.missing),
            note=plain(response.note, LONGEST_REASON),
            facets=plain_all(response.facets),
            purposes=plain_all(response.purposes),
            applied=applied,
        )

    async def fetch(self, kind: str, name: str) -> bytes:
        """Return a published file, `metadata` or `targets`, not verified; raise `NotThereError` when there is none."""
        try:
            if kind == "metadata":
                request = directory_pb2.GetMetadataRequest(filename=name)
                return (await self._directory.GetMetadata(request, timeout=CALL_S)).content
            return await _whole(self._directory.GetTarget(directory_pb2.GetTargetRequest(path=name), timeout=CALL_S))
        except grpc.aio.AioRpcError as failure:
            if failure.code() is grpc.StatusCode.NOT_FOUND:
                raise NotThereError(name) from failure
            raise error_of(failure) from failure

    async def prepare(self, changes: Sequence[Change]) -> Draft:
        """Return the draft that would make these changes, its bytes untouched: they are what is signed."""
        request = office_pb2.PrepareDraftRequest(changes=map(sent_change, changes), files_apart=True)
        response = await answer(self._stub.PrepareDraft(request, metadata=self._metadata, timeout=CALL_S))
        files = {file.path: file.content or await self._file_of(response.draft, file.path) for file in response.targets}
        return Draft(plain(response.draft), response.signed, files)

    async def _file_of(self, draft: str, path: str) -> bytes:
        request = office_pb2.GetDraftFileRequest(draft=draft, path=path)
        try:
            return await _whole(self._stub.GetDraftFile(request, metadata=self._metadata, timeout=CALL_S))
        except grpc.aio.AioRpcError as failure:
            raise error_of(failure) from failure

    async def drafts(self) -> list[OpenDraft]:
        """Return the drafts that wait for more signatures, as the registry tells them."""
        response = await answer(
            self._stub.ListDrafts(office_pb2.ListDraftsRequest(), metadata=self._metadata, timeout=CALL_S)
        )
        return [open_draft(one) for one in response.drafts]

    async def sign(self, draft: str, key_id: str, signature: bytes) -> Signed:
        """Hand in one officer's signature; the threshold's last one publishes."""
        request = office_pb2.SignDraftRequest(draft=draft, key_id=key_id, signature=signature)
        response = await sent(self._stub.SignDraft(request, metadata=self._metadata, timeout=CALL_S))
        return Signed(plain_all(response.signed_by), response.threshold, response.published, response.version)

    async def token(self, member: str) -> tuple[str, int]:
        """Return a body's one-time activation token and when it expires, in seconds since the epoch."""
        request = office_pb2.IssueTokenRequest(member=member)
        response = await sent(self._stub.IssueToken(request, metadata=self._metadata, timeout=CALL_S))
        return plain(response.token, 1_000), response.expires_at

    async def suspend(self, member: str, reason: str) -> int:
        """Stop a body at once; return the version of the suspensions."""
        request = office_pb2.SuspendMemberRequest(member=member, reason=reason)
        return (await sent(self._stub.SuspendMember(request, metadata=self._metadata, timeout=CALL_S))).version

    async def give_back(self, member: str, reason: str) -> str:
        """Give an application back to its body; return its state."""
        request = office_pb2.ReturnApplicationRequest(member=member, reason=reason)
        response = await sent(self._stub.ReturnApplication(request, metadata=self._metadata, timeout=CALL_S))
        return plain(response.state)

    async def discard(self, member: str, reason: str) -> None:
        """End a waiting application; raise `member.unknown`, or `member.state` when it no longer waits."""
        request = office_pb2.DiscardApplicationRequest(member=member, reason=reason)
        await sent(self._stub.DiscardApplication(request, metadata=self._metadata, timeout=CALL_S))


async def _whole(
    pieces: AsyncIterable[directory_pb2.GetTargetResponse] | AsyncIterable[office_pb2.GetDraftFileResponse],
) -> bytes:
    """Return a file that arrives in pieces; raise `network.answer` when it has no end."""
    content = bytearray()
    async for piece in pieces:
        content += piece.chunk
        if len(content) > _MAX_TARGET:
            raise MagliaError(Code.NETWORK_ANSWER, cause="a file larger than any published")
    return bytes(content)
