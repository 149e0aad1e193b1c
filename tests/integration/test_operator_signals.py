"""A whole node signals in its log what an operator did, tells whoever answers for the body, and repeats nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import grpc

from maglia.core.entry import EntryKind
from maglia.core.errors import Code
from maglia.core.passwords import hash_password
from maglia.core.vocabulary import Role
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from maglia.v1 import operator_pb2 as pb
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.entries import decode_entry
from maglia.wire.status import error_of
from node.domain.model import Operator
from node.folder import SystemClock, open_store
from tests.clerk import fictional_code
from tests.integration.node_world import PATIENCE_S, Site, joined
from tests.integration.registry_world import NETWORK, copy_of, make_template, served

if TYPE_CHECKING:
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub

PASSWORD = "una parola lunga"
REFUSALS = 19  # on either side of a midnight there are enough


async def test_repeated_refusals_are_signalled_once_and_only_to_who_answers_for_the_body(tmp_path: Path) -> None:
    async with served(copy_of(make_template(tmp_path / "office"), tmp_path / "registry")) as world:
        [site] = await joined(world, tmp_path, "parrocchia-nord")
        _add_operators(site)
        async with site.serving():
            assert await _signals(site, "marta") == []
            for number in range(REFUSALS):
                assert await _check(site, fictional_code(number)) is Code.CONSENT_MISSING
        for _restart in range(2):
            async with site.serving():
                async with asyncio.timeout(PATIENCE_S):
                    while not (found := await _signals(site, "marta")):  # noqa: ASYNC110 - nobody tells when it is done
                        await asyncio.sleep(0.1)
                assert isinstance(found, list)
                assert {(one.operator, one.code, one.threshold) for one in found} == {("anna", "refusals", 10)}
                assert await _signals(site, "anna") is Code.SESSION_ROLE
    entries = [decode_entry(one.leaf) for one in SqlLogBackend(open_sqlite(site.folder / "node.db")).entries(0, 1_000)]
    told = [(one.operator, one.outcome, one.day) for one in entries if one.kind is EntryKind.SIGNAL]
    assert told
    assert len(set(told)) == len(told)


def _add_operators(site: Site) -> None:
    store, _ = open_store(site.folder, site.keys, SystemClock())
    for user, role in (("anna", Role.VOLUNTEER), ("marta", Role.MANAGER)):
        store.add_operator(Operator(user, user.title(), role), hash_password(PASSWORD))
    store.close()


async def _check(site: Site, code: str) -> Code | None:
    async with open_channel(site.settings().front, site.member, NETWORK, site.keys.front.certificate) as channel:
        stub: OperatorServiceAsyncStub = OperatorServiceStub(channel)
        request = pb.CheckRequest(identifier=code, facet="food_parcel", purpose="aid_overlap", months=6)
        try:
            await stub.Check(request, metadata=await _session(stub, "anna")).read()
        except grpc.aio.AioRpcError as failure:
            return error_of(failure).code
    return None


async def _signals(site: Site, user: str) -> list[pb.OperatorSignal] | Code:
    async with open_channel(site.settings().front, site.member, NETWORK, site.keys.front.certificate) as channel:
        stub: OperatorServiceAsyncStub = OperatorServiceStub(channel)
        try:
            return list((await stub.ListSignals(pb.ListSignalsRequest(), metadata=await _session(stub, user))).signals)
        except grpc.aio.AioRpcError as failure:
            return error_of(failure).code


async def _session(stub: OperatorServiceAsyncStub, user: str) -> tuple[tuple[str, str]]:
    said = await stub.LoginOperator(pb.LoginOperatorRequest(user=user, password=PASSWORD))
    return (("authorization", f"Bearer {said.token}"),)
