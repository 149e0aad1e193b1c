"""OfficeService: messages in, messages out."""

from __future__ import annotations

import asyncio
from typing import cast

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import fingerprint
from maglia.core.passwords import check_password
from maglia.v1 import office_pb2
from maglia.v1.office_pb2_grpc import OfficeServiceServicer
from maglia.wire.chain import Context, current_caller
from maglia.wire.sessions import Sessions
from registry.drafts import Drafts
from registry.enrolment import Enrolment
from registry.ports import MemberRecord, Members, Person


class OfficeServicer(OfficeServiceServicer):
    """What officers do; the chain has checked their session before."""

    def __init__(self, members: Members, drafts: Drafts, enrolment: Enrolment, sessions: Sessions[Person]) -> None:
        self._members = members
        self._drafts = drafts
        self._enrolment = enrolment
        self._sessions = sessions

    async def Login(self, request: office_pb2.LoginRequest, _context: Context) -> office_pb2.LoginResponse:
        """Open a session; hashing runs in a thread, since it takes long on purpose."""
        found = self._members.person(request.user)
        await asyncio.to_thread(check_password, found and found[1], request.password)
        if found is None:
            raise MagliaError(Code.SESSION_CREDENTIALS)
        person = found[0]
        return office_pb2.LoginResponse(
            token=self._sessions.open(person),
            role=person.role.value,
            name=person.name,
            idle_seconds=int(self._sessions.idle_s),
        )

    async def ListMembers(
        self, _request: office_pb2.ListMembersRequest, _context: Context
    ) -> office_pb2.ListMembersResponse:
        """List every body."""
        return office_pb2.ListMembersResponse(members=[self._summary(one) for one in self._members.members()])

    async def GetMember(self, request: office_pb2.GetMemberRequest, _context: Context) -> office_pb2.GetMemberResponse:
        """Show one body."""
        record = self._members.member(request.member)
        if record is None:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=request.member[:40])
        return office_pb2.GetMemberResponse(
            summary=self._summary(record), application=record.application, missing=record.missing
        )

    def _summary(self, record: MemberRecord) -> office_pb2.MemberSummary:
        return office_pb2.MemberSummary(
            member=record.id,
            name=record.name,
            kind=record.kind,
            state=record.state.value,
            signed_by=self._drafts.signed_for(record.id),
            threshold=self._drafts.threshold,
            applied_at=int(record.applied_at),
            fingerprint=fingerprint(record.identity_key),
        )

    async def PrepareDraft(
        self, request: office_pb2.PrepareDraftRequest, _context: Context
    ) -> office_pb2.PrepareDraftResponse:
        """Prepare what is to be signed."""
        draft = self._drafts.prepare(request.members)
        return office_pb2.PrepareDraftResponse(
            draft=draft.id,
            signed=draft.signed,
            targets=[office_pb2.TargetFile(path=path, content=file) for path, file in draft.targets.items()],
            signed_by=draft.signed_by,
            threshold=self._drafts.threshold,
        )

    async def SignDraft(self, request: office_pb2.SignDraftRequest, _context: Context) -> office_pb2.SignDraftResponse:
        """Take one officer's signature."""
        done = self._drafts.sign(request.draft, _officer(), request.key_id, request.signature)
        return office_pb2.SignDraftResponse(
            signed_by=done.signed_by, threshold=done.threshold, published=done.published, version=done.version
        )

    async def IssueToken(
        self, request: office_pb2.IssueTokenRequest, _context: Context
    ) -> office_pb2.IssueTokenResponse:
        """Give a one-time token."""
        token, expires = self._enrolment.issue_token(request.member, _officer().user)
        return office_pb2.IssueTokenResponse(token=token, expires_at=int(expires))

    async def SuspendMember(
        self, request: office_pb2.SuspendMemberRequest, _context: Context
    ) -> office_pb2.SuspendMemberResponse:
        """Stop a member at once."""
        if not request.reason.strip() or len(request.reason) > 500:
            raise MagliaError(Code.INPUT_FIELD, field="reason")
        version = self._drafts.publisher.suspend(request.member, _officer().user, request.reason)
        return office_pb2.SuspendMemberResponse(version=version)


def _officer() -> Person:
    return cast("Person", current_caller().principal)
