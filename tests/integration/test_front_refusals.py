"""What a body refuses its own operators before a question is read: counted, and in the log (law rule 10)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import grpc
import pytest

from maglia.core.bundle import build_bundle
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
from maglia.wire.logins import FREE
from maglia.wire.status import error_of
from node.domain.model import Operator
from node.folder import SystemClock, open_store
from tests.integration.node_world import Site, joined
from tests.integration.registry_world import NETWORK, POLICIES, copy_of, make_template, served
from tests.support.other_address import from_elsewhere

PASSWORD = "una parola lunga"
STRANGER = "rossi-maria"


async def test_each_refusal_at_the_front_port_is_summed_up_in_the_log(tmp_path: Path) -> None:
    async with served(copy_of(make_template(tmp_path / "office"), tmp_path / "registry")) as world:
        [site] = await joined(world, tmp_path, "parrocchia-nord")
        add_operators(site)
        async with site.serving():
            for user in ("anna", STRANGER):
                assert await login(site, user, "sbagliata") is Code.SESSION_CREDENTIALS
            anna, admin = await token(site, "anna"), await token(site, "rete")
            for bearer in (anna, admin):
                assert await policies(site, bearer) == build_bundle(POLICIES)[0], "nobody is refused the rules"
            for _ in range(3):
                wrong = pb.CheckRequest(identifier="XQZXQW80A01F205X", facet="food_parcel", purpose="aid_overlap")
                assert (await check(site, anna, wrong)).value.startswith("input.")
            assert await check(site, admin, pb.CheckRequest()) is Code.SESSION_ROLE
            assert await check(site, "nessuna", pb.CheckRequest()) is Code.SESSION_EXPIRED
            guesses = await asyncio.gather(*(login(site, "anna", "sbagliata") for _ in range(FREE + 7)))
            assert sorted(guesses) == [Code.SESSION_CREDENTIALS] * FREE + [Code.SESSION_THROTTLED] * 7
            async with from_elsewhere(site.settings().front) as endpoint:
                assert await token(site, "anna", endpoint), "who guesses elsewhere keeps nobody out"
    counted = summaries(site)
    [typed] = [key for key in counted if key[1].startswith("input.")]
    assert typed[0] == "anna"
    assert counted == {
        ("anna", "session.credentials"): 1 + FREE,
        ("anna", "session.throttled"): 7,
        ("-", "session.credentials"): 1,
        ("-", "session.expired"): 1,
        ("rete", "session.role"): 1,
        typed: 3,
    }
    assert STRANGER.encode() not in b"".join(leaves(site)), "what a stranger typed as a name may be anything"


def add_operators(site: Site) -> None:
    store, _ = open_store(site.folder, site.keys, SystemClock())
    store.add_operator(Operator("anna", "Anna", Role.VOLUNTEER), hash_password(PASSWORD))
    store.add_operator(Operator("rete", "Rete", Role.NODE_ADMIN), hash_password(PASSWORD))
    store.close()


def leaves(site: Site) -> list[bytes]:
    return [entry.leaf for entry in SqlLogBackend(open_sqlite(site.folder / "node.db")).entries(0, 1_000)]


def summaries(site: Site) -> dict[tuple[str, str], int]:
    found = [decode_entry(leaf) for leaf in leaves(site)]
    return {(each.peer, each.code): each.count for each in found if each.kind is EntryKind.REFUSALS}


async def token(site: Site, user: str, endpoint: str = "") -> str:
    """Log in, and be told which body this is and how the directory says that it is reached."""
    async with open_channel(
        endpoint or site.settings().front, site.member, NETWORK, site.keys.front.certificate
    ) as channel:
        request = pb.LoginOperatorRequest(user=user, password=PASSWORD)
        said = await OperatorServiceStub(channel).LoginOperator(request)
        assert (said.member, said.kind, said.member_contact) == (site.member, "odv", "referente@example.org")
        return said.token


async def login(site: Site, user: str, password: str) -> Code:
    async with open_channel(site.settings().front, site.member, NETWORK, site.keys.front.certificate) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await OperatorServiceStub(channel).LoginOperator(pb.LoginOperatorRequest(user=user, password=password))
    return error_of(failure.value).code


async def check(site: Site, bearer: str, request: pb.CheckRequest) -> Code:
    auth = (("authorization", f"Bearer {bearer}"),)
    async with open_channel(site.settings().front, site.member, NETWORK, site.keys.front.certificate) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await OperatorServiceStub(channel).Check(request, metadata=auth).read()
    return error_of(failure.value).code


async def policies(site: Site, bearer: str) -> bytes:
    auth = (("authorization", f"Bearer {bearer}"),)
    async with open_channel(site.settings().front, site.member, NETWORK, site.keys.front.certificate) as channel:
        call = OperatorServiceStub(channel).GetPolicies(pb.GetPoliciesRequest(), metadata=auth)
        return b"".join([piece.chunk async for piece in call])
