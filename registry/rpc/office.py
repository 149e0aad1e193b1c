"""OfficeService: messages in, messages out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

from maglia.core.absence import absence_days
from maglia.core.errors import Code, MagliaError
from maglia.core.passwords import check_password
from maglia.v1 import office_pb2
from maglia.v1.office_pb2_grpc import OfficeServiceServicer
from maglia.wire.answering import counts_message
from maglia.wire.chain import Context, current_caller
from maglia.wire.sessions import Sessions
from registry.answering import AnsweringBook
from registry.board import Board, NodeLine
from registry.domain.answering import Standing
from registry.domain.change import Change
from registry.domain.membership import Act
from registry.drafts import Drafts
from registry.enrolment import Enrolment
from registry.history import OfficeLog
from registry.logins import LoginRefusals
from registry.ports import Members, Person
from registry.reading import change_message, procedure_message, read_change, read_payload
from registry.rpc.summaries import Summaries
from registry.spending import Spending

PAGE = 100
"""Bodies in one answer at most: even of the longest names they are well under one message's size."""
_CHUNK_BYTES = 64 * 1024
_MAX_REASON = 500
_MAX_TOKEN = 100


class OfficeServicer(OfficeServiceServicer):
    """What officers do; the chain has checked their session before."""

    def __init__(
        self,
        members: Members,
        drafts: Drafts,
        enrolment: Enrolment,
        sessions: Sessions[Person],
        log: OfficeLog,
        board: Board,
        logins: LoginRefusals,
        spending: Spending,
        answering: AnsweringBook,
    ) -> None:
        self._members = members
        self._drafts = drafts
        self._enrolment = enrolment
        self._sessions = sessions
        self._log = log
        self._board = board
        self._logins = logins
        self._spending = spending
        self._answering = answering

    async def Login(self, request: office_pb2.LoginRequest, _context: Context) -> office_pb2.LoginResponse:
        """Open a session; hashing runs in a thread, since it takes long on purpose."""
        with self._logins.counting(request.user):
            async with self._sessions.logins.attempt(request.user, current_caller().client):
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
        self, request: office_pb2.ListMembersRequest, _context: Context
    ) -> office_pb2.ListMembersResponse:
        """List a page of bodies; messages are made in a thread, since other calls must not wait for many."""
        size = min(request.page_size or PAGE, PAGE)
        records, after = self._members.page(request.page_token[:_MAX_TOKEN], size)
        made = await asyncio.to_thread(self._summaries().of, records)
        return office_pb2.ListMembersResponse(members=made, next_page_token=after)

    def _summaries(self) -> Summaries:
        return Summaries(self._members, self._drafts, self._enrolment.queue)

    async def GetMember(self, request: office_pb2.GetMemberRequest, _context: Context) -> office_pb2.GetMemberResponse:
        """Show one body."""
        record = self._members.member(request.member)
        if record is None:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=request.member[:40])
        summaries, claimed = self._summaries(), read_payload(record.application)
        signed = summaries.signed(record.id)
        return office_pb2.GetMemberResponse(
            summary=summaries.of([record])[0],
            application=record.application,
            application_signature=record.application_signature,
            missing=record.missing,
            note=record.note,
            facets=sorted(signed.facets if signed else claimed.facets),
            purposes=sorted(signed.purposes if signed else claimed.purposes),
        )

    async def PrepareDraft(
        self, request: office_pb2.PrepareDraftRequest, _context: Context
    ) -> office_pb2.PrepareDraftResponse:
        """Prepare what is to be signed."""
        changes = [Change(Act.APPROVE, member) for member in sorted(set(request.members))]
        draft = self._drafts.prepare([*changes, *map(read_change, request.changes)])
        current = None if request.files_apart else self._drafts.publisher.current()
        return office_pb2.PrepareDraftResponse(
            draft=draft.id,
            signed=draft.signed,
            targets=[
                office_pb2.TargetFile(path=path, content=b"" if request.files_apart else file)
                for path, file in draft.targets.items()
            ],
            signed_by=draft.signed_by,
            threshold=self._drafts.threshold,
            changes=map(change_message, draft.changes),
            current_directory=current.directory if current else b"",
            current_procedures=current.procedures if current else b"",
        )

    async def GetDraftFile(
        self, request: office_pb2.GetDraftFileRequest, _context: Context
    ) -> AsyncIterator[office_pb2.GetDraftFileResponse]:
        """Stream one file of an open draft."""
        draft = self._drafts.files.draft(request.draft)
        content = draft.targets.get(request.path) if draft else None
        if content is None:
            raise MagliaError(Code.DIRECTORY_DRAFT, cause="not a file of an open draft")
        for start in range(0, len(content), _CHUNK_BYTES):
            yield office_pb2.GetDraftFileResponse(chunk=content[start : start + _CHUNK_BYTES])

    async def ListDrafts(
        self, _request: office_pb2.ListDraftsRequest, _context: Context
    ) -> office_pb2.ListDraftsResponse:
        """Say what waits for more signatures."""
        names = {person.user: person.name for person in self._members.people()}
        drafts = [
            office_pb2.OpenDraft(
                draft=draft.id,
                changes=map(change_message, draft.changes),
                signed_by=draft.signed_by,
                signer_names=[names.get(user, user) for user in draft.signed_by],
                threshold=self._drafts.threshold,
            )
            for draft in self._drafts.files.open_drafts()
            if draft.signed_by
        ]
        return office_pb2.ListDraftsResponse(drafts=drafts)

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
        version = self._drafts.publisher.suspend(request.member, _officer().user, _reason(request.reason))
        return office_pb2.SuspendMemberResponse(version=version)

    async def ReturnApplication(
        self, request: office_pb2.ReturnApplicationRequest, _context: Context
    ) -> office_pb2.ReturnApplicationResponse:
        """Give an application back."""
        state = self._enrolment.give_back(request.member, _officer().user, _reason(request.reason))
        return office_pb2.ReturnApplicationResponse(state=state.value)

    async def DiscardApplication(
        self, request: office_pb2.DiscardApplicationRequest, _context: Context
    ) -> office_pb2.DiscardApplicationResponse:
        """End a waiting application."""
        self._enrolment.queue.discard(request.member, _officer().user, _reason(request.reason))
        return office_pb2.DiscardApplicationResponse()

    async def GetHistory(
        self, request: office_pb2.GetHistoryRequest, _context: Context
    ) -> office_pb2.GetHistoryResponse:
        """Return what was logged about a body, about none, or of refused logins."""
        known = request.known_size
        proved = self._log.logins(known) if request.logins else self._log.acts(request.member, known)
        if request.member and not proved.entries:  # of a discarded application the history is all that is left
            raise MagliaError(Code.MEMBER_UNKNOWN, member=request.member[:40])
        entries = [
            office_pb2.HistoryEntry(index=entry.index, leaf=entry.leaf, proof=proof)
            for entry, proof in zip(proved.entries, proved.proofs, strict=True)
        ]
        return office_pb2.GetHistoryResponse(
            entries=entries,
            checkpoint=proved.checkpoint,
            log_key=self._log.key.public,
            witness_key=self._log.witness.key.public,
            consistency=proved.consistency,
        )

    async def GetBoard(self, _request: office_pb2.GetBoardRequest, _context: Context) -> office_pb2.GetBoardResponse:
        """Say when each member was last heard of, and how those who asked it say that it answers."""
        epochs, standings = self._drafts.epochs, self._answering.standings()
        return office_pb2.GetBoardResponse(
            epoch=epochs.asked,
            also_epoch=epochs.also,
            nodes=[self._health(line, standings.get(line.member.id, Standing())) for line in self._board.lines()],
            timestamp_version=self._board.version(),
            now=int(self._board.now()),
            absence_days=absence_days(self._drafts.publisher.rules.in_force()),
        )

    def _health(self, line: NodeLine, standing: Standing) -> office_pb2.NodeHealth:
        return office_pb2.NodeHealth(
            member=line.member.id,
            name=line.member.name,
            state=line.member.state.value,
            heard_at=int(line.seen.heard_at),
            timestamp_version=line.seen.timestamp_version,
            cosigned_at=int(line.seen.cosigned_at),
            log_size=line.seen.log_size,
            card_expires=line.card_expires,
            health=line.health.value,
            ready_epochs=line.seen.ready_epochs,
            relay=line.relay,
            answering=counts_message(standing.counts),
            askers=standing.askers,
            absent_days=line.absent_days,
            missed_days=self._answering.missed_days(standing),
        )

    async def GetBudgets(
        self, request: office_pb2.GetBudgetsRequest, _context: Context
    ) -> office_pb2.GetBudgetsResponse:
        """Say how much of each budget is spent."""
        spending = self._spending
        return office_pb2.GetBudgetsResponse(
            day=spending.day().isoformat(),
            today=[
                office_pb2.SpentToday(
                    member=one.member,
                    use=one.use.value,
                    elements=one.elements,
                    limit=spending.limits.of(one.use),
                    **{"class": one.cls.value},
                )
                for one in spending.today(request.member)
            ],
            procedures=[
                office_pb2.SpentInProcedure(
                    procedure=one.procedure,
                    member=one.member,
                    elements=one.elements,
                    cap=called.cap if called else 0,
                    expires=called.expires if called else "",
                    **{"class": one.cls.value},
                )
                for one, called in spending.under_procedures(request.member)
            ],
        )

    async def ListProcedures(
        self, _request: office_pb2.ListProceduresRequest, _context: Context
    ) -> office_pb2.ListProceduresResponse:
        """Return the procedures in force."""
        found = self._drafts.publisher.procedures(self._drafts.network)
        return office_pb2.ListProceduresResponse(procedures=[procedure_message(one) for one in found.values()])


def _reason(text: str) -> str:
    """Return a reason that people can read; raise `input.field`."""
    reason = text.strip()
    if not reason or len(reason) > _MAX_REASON or not reason.isprintable():
        raise MagliaError(Code.INPUT_FIELD, field="reason")
    return reason


def _officer() -> Person:
    return cast("Person", current_caller().principal)
