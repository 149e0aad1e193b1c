"""A log read over real TLS: by whom, with what signed, what it leaves, and when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from maglia.core.checkpoint import open_checkpoint
from maglia.core.entry import EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.merkle import leaf_hash, root_of
from maglia.core.vocabulary import NetworkRole
from maglia.v1 import audit_pb2 as pb
from maglia.v1.audit_pb2_grpc import AuditServiceStub
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.audit import seal_reading
from maglia.wire.certificates import TlsIdentity
from maglia.wire.channel import open_channel
from maglia.wire.status import error_of
from tests.audit_world import AUDITOR_KEY, AuditedBody, audited, official, official_tls
from tests.peer_world import COMUNE, NETWORK, PARISH, MemoryTrust, tls


@pytest.fixture
def trust() -> MemoryTrust:
    return MemoryTrust(appointed=[official(), official("dina", NetworkRole.DPO)])


@pytest_asyncio.fixture
async def node(tmp_path: Path, trust: MemoryTrust) -> AsyncIterator[AuditedBody]:
    async with audited(tmp_path, trust, PARISH) as node:
        await node.fill(40)
        yield node


def _channel(node: AuditedBody, identity: TlsIdentity | None = None) -> grpc.aio.Channel:
    root = tls(PARISH.id).certificate
    return open_channel(node.endpoint, PARISH.id, NETWORK, root, identity or official_tls("sara"))


def _request(start: int = 0, member: str = PARISH.id, auditor: str = "sara", **other: SigningKey) -> pb.ReadLogRequest:
    key = other.get("key", AUDITOR_KEY)
    return pb.ReadLogRequest(reading=seal_reading(NETWORK, auditor, member, start, 1, key))


async def _read(channel: grpc.aio.Channel, request: pb.ReadLogRequest) -> list[bytes]:
    try:
        return [leaf async for page in AuditServiceStub(channel).ReadLog(request) for leaf in page.leaves]
    except grpc.aio.AioRpcError as failure:
        raise error_of(failure) from failure


async def test_a_log_is_read_whole_under_a_head_signed_for_it(node: AuditedBody) -> None:
    async with _channel(node) as channel:
        head = await AuditServiceStub(channel).GetHead(pb.GetHeadRequest())
        leaves = await _read(channel, _request())
    checkpoint = open_checkpoint(head.checkpoint, *node.log.key)
    assert (head.size, checkpoint.size, head.first, head.cosigned) == (40, 40, 0, b"")
    assert root_of([leaf_hash(leaf) for leaf in leaves[:40]]) == checkpoint.root
    assert leaves == node.log.read(0, 41)


async def test_the_reading_is_logged_before_the_first_leaf_leaves(node: AuditedBody) -> None:
    await node.fill(1_000, size=4_000)
    async with _channel(node) as channel:
        request = _request(start=7)
        pages = aiter(AuditServiceStub(channel).ReadLog(request))
        await anext(pages)
        (entry,) = node.logged(EntryKind.READING)
        assert (entry.peer, entry.count, entry.purpose) == ("sara", 7, "audit")
        assert Envelope.FromString(entry.evidence) == request.reading
        rest = [page async for page in pages]
        assert rest[-1].start + len(rest[-1].leaves) == 1_041
    assert len(node.logged(EntryKind.READING)) == 1, "however long a log is, a reading is one entry"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (_request(key=SigningKey(bytes([9]) * 32)), Code.MEMBER_SIGNATURE),
        (_request(member=COMUNE.id), Code.INPUT_FIELD),
        (_request(auditor="dina"), Code.INPUT_FIELD),
        (_request(start=41), Code.INPUT_FIELD),
        (pb.ReadLogRequest(), Code.MEMBER_SIGNATURE),
    ],
)
async def test_what_is_not_signed_for_this_log_reads_nothing(
    node: AuditedBody, request_: pb.ReadLogRequest, code: Code
) -> None:
    async with _channel(node) as channel:
        with pytest.raises(MagliaError) as refused:
            await _read(channel, request_)
    assert refused.value.code is code
    assert node.logged(EntryKind.READING) == []


@pytest.mark.parametrize("identity", [tls(COMUNE.id), tls(PARISH.id), official_tls("dina")])
async def test_nobody_reads_but_an_auditor(node: AuditedBody, identity: TlsIdentity) -> None:
    async with _channel(node, identity) as channel:
        with pytest.raises(MagliaError) as refused:
            await _read(channel, _request())
    assert refused.value.code is Code.SESSION_ROLE
    assert node.logged(EntryKind.READING) == []


async def test_an_auditor_who_is_stopped_is_cut_at_the_next_page(node: AuditedBody, trust: MemoryTrust) -> None:
    await node.fill(2_000, size=4_000)
    async with _channel(node) as channel:
        pages = aiter(AuditServiceStub(channel).ReadLog(_request()))
        await anext(pages)
        trust.appointed = []
        with pytest.raises(grpc.aio.AioRpcError) as cut:
            await _drain(pages)
    assert error_of(cut.value).code in {Code.MEMBER_CARD, Code.MEMBER_NO_OFFICE}


async def _drain(pages: AsyncIterator[pb.ReadLogResponse]) -> None:
    async for _page in pages:
        pass


async def test_others_are_served_while_a_long_log_is_read(node: AuditedBody) -> None:
    """A reader who stops reading holds nobody up: pages wait in the transport, not in memory."""
    await node.fill(2_000, size=4_000)
    async with _channel(node) as channel, _channel(node) as other:
        call = AuditServiceStub(channel).ReadLog(_request())
        await call.read()
        async with asyncio.timeout(20):
            assert len(await _read(other, _request(start=2_000))) == 42
        call.cancel()
