"""Whoever takes their time to read who looked a person up: others are told meanwhile, and the call has an end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from maglia.core.errors import Code
from maglia.v1.report_pb2 import FindAccessesRequest, FindAccessesResponse
from maglia.v1.report_pb2_grpc import ReportServiceStub
from maglia.wire.access import ACCESS_REQUEST, encode_access_request
from maglia.wire.certificates import der_to_pem
from maglia.wire.channel import open_channel
from maglia.wire.entries import encode_entry
from maglia.wire.envelope import seal
from maglia.wire.status import error_of
from node.entries import Entries
from node.log.search import LogSearch
from node.ports import RefusedError
from tests.integration.test_access_requests import asked_by_anna
from tests.peer_world import (
    NETWORK,
    OTHER,
    PARISH,
    Answerer,
    MemoryLog,
    MemoryTrust,
    OneKey,
    answerer,
    pseudonym,
    served,
    tls,
)
from tests.report_world import DPO, Asker, approved, asked_of

PATIENCE_S = 30.0


@contextmanager
def parish(folder: Path, count: int, log: MemoryLog | None = None) -> Iterator[Answerer]:
    """A parish that asked about one person so often."""
    log = log or MemoryLog()
    with answerer(folder, MemoryTrust(appointed=[DPO]), log=log) as node:
        month, sealed = Entries(log, OneKey(), node.clock).seal([pseudonym(1)])
        made = [asked_by_anna(key_month=month, sealed=sealed, time_ms=number) for number in range(1, count + 1)]
        log.append_many([encode_entry(one) for one in made])
        yield node


async def test_a_search_that_is_not_read_on_holds_up_no_other(tmp_path: Path) -> None:
    log = MemoryLog()
    with parish(tmp_path, 1_234, log) as node:
        search = LogSearch(log, Entries(log, OneKey(), node.clock))
        slow = search.find([pseudonym(1)])
        first = await anext(slow)
        async with asyncio.timeout(PATIENCE_S):
            assert sum([len(step.found) async for step in search.find([pseudonym(1)])]) == 1_234
        assert len(first.found) + sum([len(step.found) async for step in slow]) == 1_234


async def test_a_call_that_is_not_read_in_time_ends(tmp_path: Path) -> None:
    with parish(tmp_path, 2_000) as node:
        async with served(PARISH, node.trust, node.door(), node.report_door(limit_s=0.01)):
            root, identity = tls(PARISH.id), tls(OTHER.id)
            request = seal(ACCESS_REQUEST, NETWORK, encode_access_request(asked_of(1)), OTHER.key)
            endpoint = node.trust.endpoints[PARISH.id]
            async with open_channel(endpoint, PARISH.id, NETWORK, der_to_pem(root.der), identity) as channel:
                call = ReportServiceStub(channel).FindAccesses(FindAccessesRequest(request=request))
                async with asyncio.timeout(PATIENCE_S):
                    with pytest.raises(grpc.aio.AioRpcError) as failure:
                        await _read_on(call)
                assert error_of(failure.value).code is Code.NETWORK_DEADLINE


async def _read_on(call: grpc.aio.UnaryStreamCall[FindAccessesRequest, FindAccessesResponse]) -> None:
    while await call.read() is not grpc.aio.EOF:
        pass


class _Watched(MemoryLog):
    """A log during whose reading something happens."""

    happens: Callable[[], object] = staticmethod(lambda: None)

    def read(self, start: int, count: int) -> list[bytes]:
        self.happens()
        return super().read(start, count)


@pytest.mark.parametrize(("who", "code"), [(OTHER.id, Code.MEMBER_INACTIVE), (DPO.id, Code.POLICY_NAMES)])
async def test_whoever_is_stopped_during_the_search_is_not_told_even_the_last_page(
    tmp_path: Path, who: str, code: Code
) -> None:
    log = _Watched()
    with parish(tmp_path, 3, log) as node:
        async with served(PARISH, node.trust, node.door(), node.report_door()):
            request = asked_of(1)
            assert len((await Asker(node.trust).ask(request, approved(request)))[0]) == 3
            log.happens = lambda: node.trust.suspended.add(who)
            with pytest.raises(RefusedError) as failure:
                await Asker(node.trust).ask(request, approved(request))
            assert failure.value.code == code
