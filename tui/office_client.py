"""What an officer does at the registry, over gRPC, answered with plain values (see `tui.client`)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from maglia.core.checkpoint import Checkpoint, open_checkpoint, verify_cosignature
from maglia.core.directory import Official
from maglia.core.epochs import Epochs
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, fingerprint, log_origin, witness_name
from maglia.core.merkle import leaf_hash, verify_consistency, verify_inclusion
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import NetworkRole
from maglia.v1 import directory_pb2, office_pb2
from maglia.v1.directory_pb2_grpc import DirectoryServiceStub
from maglia.v1.office_pb2_grpc import OfficeServiceStub
from maglia.wire.answering import read_counts
from maglia.wire.status import error_of
from maglia.wire.tuf import NotThereError
from tui.applied import read_applied
from tui.door import CALL_S, Door, Line, answer, class_of
from tui.model import Operator, SpentInProcedure, SpentLine
from tui.office_model import (
    Budgets,
    Change,
    Draft,
    History,
    HistoryLine,
    LogHead,
    LogKeys,
    MemberDetail,
    MemberRow,
    NodeRow,
    OpenDraft,
    Signed,
)
from tui.profile import Profile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.directory_pb2_grpc import DirectoryServiceAsyncStub
    from maglia.v1.office_pb2_grpc import OfficeServiceAsyncStub

_REASON = 500
_MAX_PAGES = 1_000
_MAX_TARGET = 4 * 1024 * 1024


class OfficeDoor(Door):
    """What an officer does at the accreditation registry."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._network = profile.network
        self._stub: OfficeServiceAsyncStub = OfficeServiceStub(self._channel)
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
            rows += [_member(summary) for summary in response.members]
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
            row=replace(_member(response.summary), fingerprint=fingerprint(applied.identity_key)),
            missing=_plain(response.missing),
            note=plain(response.note, _REASON),
            facets=_plain(response.facets),
            purposes=_plain(response.purposes),
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
        request = office_pb2.PrepareDraftRequest(changes=map(_change, changes), files_apart=True)
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
        return [
            OpenDraft(plain(one.draft), tuple(map(_told_change, one.changes)), _plain(one.signer_names), one.threshold)
            for one in response.drafts
        ]

    async def sign(self, draft: str, key_id: str, signature: bytes) -> Signed:
        """Hand in one officer's signature; the threshold's last one publishes."""
        request = office_pb2.SignDraftRequest(draft=draft, key_id=key_id, signature=signature)
        response = await answer(self._stub.SignDraft(request, metadata=self._metadata, timeout=CALL_S))
        return Signed(_plain(response.signed_by), response.threshold, response.published, response.version)

    async def token(self, member: str) -> tuple[str, int]:
        """Return a body's one-time activation token and when it expires, in seconds since the epoch."""
        request = office_pb2.IssueTokenRequest(member=member)
        response = await answer(self._stub.IssueToken(request, metadata=self._metadata, timeout=CALL_S))
        return plain(response.token, 1_000), response.expires_at

    async def suspend(self, member: str, reason: str) -> int:
        """Stop a body at once; return the version of the suspensions."""
        request = office_pb2.SuspendMemberRequest(member=member, reason=reason)
        return (await answer(self._stub.SuspendMember(request, metadata=self._metadata, timeout=CALL_S))).version

    async def give_back(self, member: str, reason: str) -> str:
        """Give an application back to its body; return its state."""
        request = office_pb2.ReturnApplicationRequest(member=member, reason=reason)
        response = await answer(self._stub.ReturnApplication(request, metadata=self._metadata, timeout=CALL_S))
        return plain(response.state)

    async def discard(self, member: str, reason: str) -> None:
        """End a waiting application; raise `member.unknown`, or `member.state` when it no longer waits."""
        request = office_pb2.DiscardApplicationRequest(member=member, reason=reason)
        await answer(self._stub.DiscardApplication(request, metadata=self._metadata, timeout=CALL_S))

    async def history(self, member: str, keys: LogKeys | None, known: LogHead, *, logins: bool = False) -> History:
        """Return what the registry's log says of a body (empty: of none), or of logins that were refused.

        `keys` are those that officers signed, None before the first publication; `known` is the head seen last. Raises
        `log.checkpoint` when log or witness did not sign its head, `log.rewritten` when it does not continue the known
        one, `log.broken` for what is no entry about the body.
        """
        request = office_pb2.GetHistoryRequest(member=member, logins=logins, known_size=known.size)
        response = await answer(self._stub.GetHistory(request, metadata=self._metadata, timeout=CALL_S))
        head = self._head(response, keys or LogKeys(response.log_key, response.witness_key))
        proof = list(response.consistency)
        if known.size and not verify_consistency(known.size, head.size, proof, known.root, head.root):
            raise MagliaError(Code.LOG_REWRITTEN, cause=f"{head.size} entries after {known.size}")
        lines = [_history_line(entry, head, member) for entry in response.entries]
        return History(lines, head.size, head.root.hex(), is_signed=keys is not None)

    def _head(self, response: office_pb2.GetHistoryResponse, keys: LogKeys) -> Checkpoint:
        log, witness = _key(keys.log), _key(keys.witness)
        verify_cosignature(response.checkpoint, witness_name(self._network), witness)
        return open_checkpoint(response.checkpoint, log_origin(REGISTRY_ID, self._network), log)

    async def board(self) -> tuple[list[NodeRow], int, int]:
        """Return how each node is, the registry's time, and the days of absence from which on hosting is proposed."""
        response = await answer(
            self._stub.GetBoard(office_pb2.GetBoardRequest(), metadata=self._metadata, timeout=CALL_S)
        )
        return [_node(node, response) for node in response.nodes], response.now, response.absence_days

    async def epochs(self) -> tuple[Epochs, list[NodeRow]]:
        """Return the epochs of keys in use, and the nodes with those that each is ready for."""
        request = office_pb2.GetBoardRequest()
        response = await answer(self._stub.GetBoard(request, metadata=self._metadata, timeout=CALL_S))
        return _epochs(response), [_node(node, response) for node in response.nodes]

    async def budgets(self, member: str = "") -> Budgets:
        """Return how much of each budget is spent, of one body or of all; raise `member.unknown`."""
        request = office_pb2.GetBudgetsRequest(member=member)
        response = await answer(self._stub.GetBudgets(request, metadata=self._metadata, timeout=CALL_S))
        return Budgets(
            day=plain(response.day),
            today=tuple(
                SpentLine(plain(one.member), one.elements, one.limit, plain(class_of(one)), plain(one.use))
                for one in response.today
            ),
            procedures=tuple(
                SpentInProcedure(
                    procedure=plain(one.procedure),
                    holder=plain(one.member),
                    cls=plain(class_of(one)),
                    spent=one.elements,
                    cap=one.cap,
                    expires=plain(one.expires),
                )
                for one in response.procedures
            ),
        )

    async def procedures(self) -> list[Procedure]:
        """Return the procedures that two officers signed."""
        request = office_pb2.ListProceduresRequest()
        response = await answer(self._stub.ListProcedures(request, metadata=self._metadata, timeout=CALL_S))
        return [_procedure(one) for one in response.procedures]


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


def _key(public: bytes) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(public)
    except ValueError as error:
        raise MagliaError(Code.LOG_CHECKPOINT, cause="not a public key") from error


def _plain(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(plain(text) for text in texts)


def _member(summary: office_pb2.MemberSummary) -> MemberRow:
    return MemberRow(
        member=plain(summary.member),
        name=plain(summary.name),
        kind=plain(summary.kind),
        state=plain(summary.state),
        signed_by=_plain(summary.signed_by),
        threshold=summary.threshold,
        applied_at=summary.applied_at,
        fingerprint=plain(summary.fingerprint),
        act_expiry=plain(summary.act_expiry),
        pending=plain(summary.pending),
        signer_names=_plain(summary.signer_names),
        same_fiscal_code=_plain(summary.same_fiscal_code),
    )


def _change(change: Change) -> office_pb2.Change:
    called = change.procedure
    return office_pb2.Change(
        act=change.act,
        member=change.member,
        reason=change.reason,
        facets=change.facets,
        purposes=change.purposes,
        act_protocol=change.act_protocol,
        act_expiry=change.act_expiry,
        without=change.without,
        policies=change.policies,
        procedure=None if called is None else office_pb2.Procedure(**asdict(called)),
        official=None if change.official is None else office_pb2.Official(**asdict(change.official)),
    )


def _told_change(change: office_pb2.Change) -> Change:
    """What tells one draft from another stays as it is told, and is made plain where it is shown."""
    return Change(
        act=plain(change.act),
        member=plain(change.member),
        reason=plain(change.reason, _REASON),
        facets=_plain(change.facets),
        purposes=_plain(change.purposes),
        act_protocol=change.act_protocol,
        act_expiry=plain(change.act_expiry),
        procedure=_told_procedure(change.procedure) if change.HasField("procedure") else None,
        without=_plain(change.without),
        policies=plain(change.policies),
        official=_told_official(change.official) if change.HasField("official") else None,
    )


def _told_official(official: office_pb2.Official) -> Official | None:
    """None for a role of another version: the draft then says more than it was told to."""
    try:
        role = NetworkRole(official.role)
    except ValueError:
        return None
    return Official(
        id=official.id,
        name=official.name,
        role=role,
        identity_key=official.identity_key,
        certificate=official.certificate,
        act_protocol=official.act_protocol,
        act_expiry=official.act_expiry,
    )


def _told_procedure(called: office_pb2.Procedure) -> Procedure:
    return Procedure(called.id, called.act, called.cap, called.expires, tuple(called.members))


def _procedure(called: office_pb2.Procedure) -> Procedure:
    return Procedure(plain(called.id), plain(called.act), called.cap, plain(called.expires), _plain(called.members))


def _history_line(entry: office_pb2.HistoryEntry, head: Checkpoint, member: str) -> HistoryLine:
    try:
        said = json.loads(entry.leaf)
        if said["member"] != member:
            raise MagliaError(Code.LOG_BROKEN, cause="an entry about another body")
        return HistoryLine(
            index=entry.index,
            at=float(said["at"]),
            actor=plain(str(said["actor"])),
            action=plain(str(said["action"])),
            detail=plain(str(said["detail"]), _REASON),
            proved=verify_inclusion(leaf_hash(entry.leaf), entry.index, head.size, list(entry.proof), head.root),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MagliaError(Code.LOG_BROKEN, cause="not an entry of the office") from error


def _epochs(response: office_pb2.GetBoardResponse) -> Epochs:
    return Epochs(response.epoch, response.also_epoch)


def _node(node: office_pb2.NodeHealth, board: office_pb2.GetBoardResponse) -> NodeRow:
    return NodeRow(
        member=plain(node.member),
        name=plain(node.name),
        state=plain(node.state),
        health=plain(node.health),
        heard_at=node.heard_at,
        is_current=node.timestamp_version == board.timestamp_version,
        cosigned_at=node.cosigned_at,
        log_size=node.log_size,
        card_expires=node.card_expires,
        ready_epochs=tuple(node.ready_epochs),
        relay=plain(node.relay),
        answering=read_counts(node.answering),
        askers=node.askers,
        absent_days=node.absent_days,
        missed_days=node.missed_days,
        is_ready=set(_epochs(board).all) <= set(node.ready_epochs),
    )
