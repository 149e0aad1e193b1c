"""The chain on real servers over real TLS: who passes, and what a failure tells."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
import pytest_asyncio
from grpc_health.v1 import health, health_pb2_grpc

from maglia.core.bundle import build_bundle
from maglia.core.directory import Member, Official
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import NetworkRole, Role
from maglia.v1 import (
    answering_pb2,
    audit_pb2,
    batch_pb2,
    device_pb2,
    exchange_pb2,
    files_pb2,
    inbox_pb2,
    needs_pb2,
    operator_pb2,
    persons_pb2,
    records_pb2,
    referral_desk_pb2,
    referral_pb2,
    report_pb2,
    reservation_pb2,
    status_pb2,
    waiting_pb2,
)
from maglia.v1 import directory_pb2 as pb
from maglia.v1.directory_pb2_grpc import (
    DirectoryServiceServicer,
    DirectoryServiceStub,
    add_DirectoryServiceServicer_to_server,
)
from maglia.wire.certificates import TlsIdentity, make_certificate
from maglia.wire.chain import Caller, Chain, Context, Rule, current_caller
from maglia.wire.channel import SERVER_OPTIONS, front_credentials, open_channel, peer_credentials
from maglia.wire.sessions import Sessions
from maglia.wire.status import error_of
from node.domain.model import Operator
from node.permissions import Permissions
from node.policy.embedded import EmbeddedPolicy
from node.rpc.rules import ADMIN, LOCAL_ADMIN, OPERATOR_ROLES, FrontRules, PeerRules
from tests.peer_world import PARISH, POLICIES, refused
from tests.support import raw_http2

NETWORK, NAME = "prova", "parrocchia"
SECRET = "XQZXQW60A01H000X is a person"
SERVICE = "/maglia.v1.DirectoryService/"


class Door(DirectoryServiceServicer):
    """Fails and answers as its callers ask."""

    async def GetMetadata(self, request: pb.GetMetadataRequest, context: Context) -> pb.GetMetadataResponse:  # noqa: N802
        assert context
        if request.filename == "crash":
            raise ValueError(SECRET)
        if request.filename == "refuse":
            raise MagliaError(Code.BUDGET_OPERATOR, cause=SECRET, limit=30)
        return pb.GetMetadataResponse(content=repr(current_caller().principal).encode())

    async def GetTarget(  # noqa: N802
        self, request: pb.GetTargetRequest, context: Context
    ) -> AsyncIterator[pb.GetTargetResponse]:
        assert context
        yield pb.GetTargetResponse(chunk=b"first")
        if request.path == "crash":
            raise ValueError(SECRET)
        raise MagliaError(Code.LOG_FORK, cause=SECRET)

    async def WatchNews(  # noqa: N802
        self, request: pb.WatchNewsRequest, context: Context
    ) -> AsyncIterator[pb.WatchNewsResponse]:
        yield await self.ListCards(request, context)

    async def ListCards(self, request: object, context: Context) -> Any:  # noqa: N802
        raise AssertionError((request, context, "served without a rule"))


def _rules() -> dict[str, Rule]:
    def by_token(caller: Caller) -> str:
        if caller.token == "crash":
            raise TypeError(SECRET)
        if caller.token != "open":
            raise MagliaError(Code.SESSION_EXPIRED)
        return "anna"

    return {f"{SERVICE}GetMetadata": by_token, f"{SERVICE}GetTarget": by_token}


def auth(token: str) -> tuple[tuple[str, str]]:
    return (("authorization", f"Bearer {token}"),)


@pytest.fixture(scope="module")
def identity() -> TlsIdentity:
    return make_certificate(NAME, NETWORK, 3_600, time.time())


@pytest_asyncio.fixture
async def port(identity: TlsIdentity) -> AsyncIterator[int]:
    server = grpc.aio.server(interceptors=[Chain(_rules())], options=SERVER_OPTIONS)
    add_DirectoryServiceServicer_to_server(Door(), server)
    number = server.add_secure_port("127.0.0.1:0", front_credentials(identity))
    await server.start()
    yield number
    await server.stop(None)


@pytest_asyncio.fixture
async def channel(port: int, identity: TlsIdentity) -> AsyncIterator[grpc.aio.Channel]:
    async with open_channel(f"127.0.0.1:{port}", NAME, NETWORK, identity.certificate) as channel:
        yield channel


async def failure_of(call: object) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await call  # type: ignore[misc]  # a call, awaitable
    assert SECRET not in repr(failure.value) + repr(failure.value.trailing_metadata())
    return failure.value


async def test_an_admitted_caller_is_served_under_its_principal(channel: grpc.aio.Channel) -> None:
    call = DirectoryServiceStub(channel).GetMetadata(pb.GetMetadataRequest(), metadata=auth("open"))
    assert (await call).content == b"'anna'"


@pytest.mark.parametrize("token", ["", "other", "OPEN", "open "])
async def test_others_are_not(channel: grpc.aio.Channel, token: str) -> None:
    call = DirectoryServiceStub(channel).GetMetadata(pb.GetMetadataRequest(), metadata=auth(token))
    assert error_of(await failure_of(call)).code is Code.SESSION_EXPIRED


async def test_a_method_that_no_rule_names_is_refused(channel: grpc.aio.Channel) -> None:
    call = DirectoryServiceStub(channel).ListCards(pb.ListCardsRequest(), metadata=auth("open"))
    failure = await failure_of(call)
    assert (failure.code(), error_of(failure).code) == (grpc.StatusCode.PERMISSION_DENIED, Code.SESSION_ROLE)


async def test_a_method_that_nobody_serves_is_refused(channel: grpc.aio.Channel) -> None:
    nobody: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/x/Y")
    assert (await failure_of(nobody(b""))).code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_refusal_carries_code_and_parameters_and_not_its_cause(channel: grpc.aio.Channel) -> None:
    call = DirectoryServiceStub(channel).GetMetadata(pb.GetMetadataRequest(filename="refuse"), metadata=auth("open"))
    failure = await failure_of(call)
    assert (failure.code(), failure.details()) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "budget.operator")
    assert error_of(failure).params == {"limit": "30"}


@pytest.mark.parametrize(("token", "name"), [("open", "crash"), ("crash", "")], ids=["the work", "its rule"])
async def test_a_crash_tells_nothing_of_itself(
    channel: grpc.aio.Channel, token: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    call = DirectoryServiceStub(channel).GetMetadata(pb.GetMetadataRequest(filename=name), metadata=auth(token))
    failure = await failure_of(call)
    assert (failure.code(), failure.details()) == (grpc.StatusCode.UNAVAILABLE, "storage.unavailable")
    assert SECRET not in caplog.text
    assert "test_chain.py:" in caplog.text


@pytest.mark.parametrize(("path", "code"), [("crash", Code.STORAGE_UNAVAILABLE), ("", Code.LOG_FORK)])
async def test_a_stream_that_fails_midway_ends_the_same_way(
    channel: grpc.aio.Channel, path: str, code: Code, caplog: pytest.LogCaptureFixture
) -> None:
    call = DirectoryServiceStub(channel).GetTarget(pb.GetTargetRequest(path=path), metadata=auth("open"))
    first = await call.read()
    assert isinstance(first, pb.GetTargetResponse)
    assert first.chunk == b"first"
    assert error_of(await failure_of(call.read())).code is code
    assert SECRET not in caplog.text or code is Code.LOG_FORK  # a cause of ours may be in our own log


async def test_a_message_above_the_limit_is_refused(channel: grpc.aio.Channel) -> None:
    request = pb.GetMetadataRequest(filename="x" * (256 * 1024))
    failure = await failure_of(DirectoryServiceStub(channel).GetMetadata(request, metadata=auth("open")))
    assert failure.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_channel_trusts_one_certificate_and_one_name(port: int, identity: TlsIdentity) -> None:
    other = make_certificate(NAME, NETWORK, 3_600, time.time())
    for party, network, root in (
        (NAME, NETWORK, other.certificate),
        ("caritas", NETWORK, identity.certificate),
        (NAME, "altra", identity.certificate),
    ):
        async with open_channel(f"127.0.0.1:{port}", party, network, root) as channel:
            call = DirectoryServiceStub(channel).GetMetadata(pb.GetMetadataRequest(), metadata=auth("open"), timeout=5)
            assert (await failure_of(call)).code() is grpc.StatusCode.UNAVAILABLE


async def test_nothing_is_served_below_tls_1_3(port: int, identity: TlsIdentity) -> None:
    server = ("127.0.0.1", port), NAME, NETWORK, identity.certificate
    request = raw_http2.call(f"{SERVICE}GetMetadata", "open")
    received = await asyncio.to_thread(raw_http2.said, *server, None, ssl.TLSVersion.TLSv1_3, request)
    assert b"'anna'" in received
    received = await asyncio.to_thread(raw_http2.said, *server, None, ssl.TLSVersion.TLSv1_2, request)
    assert (b"'anna'" in received, b"network.tls" in received) == (False, True)


async def test_a_peer_port_demands_a_certificate_it_knows(identity: TlsIdentity) -> None:
    known = make_certificate("caritas", NETWORK, 3_600, time.time())
    server = grpc.aio.server(
        interceptors=[Chain({f"{SERVICE}GetMetadata": lambda caller: caller.certificate == known.der})]
    )
    add_DirectoryServiceServicer_to_server(Door(), server)
    number = server.add_secure_port("127.0.0.1:0", peer_credentials(identity, lambda: None, known.certificate))
    await server.start()
    try:
        for presented, served in (
            (known, True),
            (make_certificate("caritas", NETWORK, 60, time.time()), False),
            (None, False),
        ):
            async with open_channel(f"127.0.0.1:{number}", NAME, NETWORK, identity.certificate, presented) as channel:
                call = DirectoryServiceStub(channel).GetMetadata(pb.GetMetadataRequest(), timeout=5)
                if served:
                    assert (await call).content == b"True"
                else:
                    assert (await failure_of(call)).code() is grpc.StatusCode.UNAVAILABLE
    finally:
        await server.stop(None)


async def _health(channel: grpc.aio.Channel) -> bytes:
    check: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/grpc.health.v1.Health/Check")
    return await check(b"", timeout=5)


async def test_trust_changes_at_the_next_handshake(identity: TlsIdentity) -> None:
    first, second = (make_certificate("caritas", NETWORK, 3_600, time.time()) for _ in range(2))
    fresh: list[bytes] = []
    server = grpc.aio.server(interceptors=[Chain({"/grpc.health.v1.Health/Check": lambda _: None})])
    health_pb2_grpc.add_HealthServicer_to_server(health.aio.HealthServicer(), server)
    trusted = peer_credentials(identity, lambda: fresh.pop() if fresh else None, first.certificate)
    number = server.add_secure_port("127.0.0.1:0", trusted)
    await server.start()

    async def reaches(presented: TlsIdentity) -> bool:
        async with open_channel(f"127.0.0.1:{number}", NAME, NETWORK, identity.certificate, presented) as channel:
            try:
                await _health(channel)
            except grpc.aio.AioRpcError:
                return False
            return True

    try:
        assert [await reaches(first), await reaches(second)] == [True, False]
        fresh.append(second.certificate)
        assert [await reaches(second), await reaches(first)] == [True, False]
    finally:
        await server.stop(None)


# the tables of a node's own ports

CERTIFICATE = b"a certificate"


def _methods(module: object, service: str) -> set[str]:
    described = module.DESCRIPTOR.services_by_name[service]  # type: ignore[attr-defined]  # of generated modules
    return {f"/maglia.v1.{service}/{method.name}" for method in described.methods}


_PEERS = (
    (exchange_pb2, "ExchangeService"),
    (referral_pb2, "ReferralService"),
    (report_pb2, "ReportService"),
)
_DESKS = (
    (answering_pb2, "NetworkService"),
    (status_pb2, "StatusService"),
    (batch_pb2, "BatchService"),
    (device_pb2, "DeviceService"),
    (files_pb2, "FilesService"),
    (inbox_pb2, "InboxService"),
    (needs_pb2, "NeedsService"),
    (waiting_pb2, "WaitingService"),
    (operator_pb2, "OperatorService"),
    (persons_pb2, "PersonsService"),
    (records_pb2, "RecordsService"),
    (referral_desk_pb2, "ReferralDeskService"),
    (reservation_pb2, "ReservationService"),
)


def nobody(_certificate: bytes) -> Any:
    """Stand in for who is never asked about."""
    pytest.fail("not called")


def test_every_method_of_a_node_has_a_rule_and_no_rule_is_without_a_method() -> None:
    peer = set(PeerRules(nobody, nobody, lambda *_: None).table())
    front = set(FrontRules(Sessions[Operator](900), "local", lambda *_: None, lambda *_: None).table())
    audit = _methods(audit_pb2, "AuditService") - {"/maglia.v1.AuditService/ListWitnessed"}
    asked = {method for module, service in _PEERS for method in _methods(module, service)}
    worked = {method for module, service in _DESKS for method in _methods(module, service)}
    assert peer == asked | audit | {"/grpc.health.v1.Health/Check"}
    assert front == worked | {"/grpc.health.v1.Health/Check"}


async def permissions() -> Permissions:
    """Return the rights that the repository's own policies give."""
    made = Permissions(EmbeddedPolicy(*build_bundle(POLICIES)), OPERATOR_ROLES)
    await made.renew()
    return made


async def test_operators_may_call_what_their_role_may_and_nothing_else() -> None:
    sessions = Sessions[Operator](900)
    heard: list[tuple[str, Code]] = []
    may = (await permissions()).check_may_call
    table = FrontRules(sessions, "local", lambda *each: heard.append(each), may).table()
    for role in Role:
        operator = Operator("x", "X", role)
        caller = Caller(None, sessions.open(operator))
        for method, roles in OPERATOR_ROLES.items():
            rule = table[f"/maglia.v1.{method}"]
            if role in roles:
                assert rule(caller) == operator
            else:
                heard.clear()
                with refused(Code.SESSION_ROLE):
                    rule(caller)
                assert heard == [("x", Code.SESSION_ROLE)]


@pytest.mark.parametrize("token", ["", "locale", "Local", "é", "local\0"])
async def test_only_the_local_token_is_the_local_admin(token: str) -> None:
    heard: list[tuple[str, Code]] = []
    may = (await permissions()).check_may_call
    rules = FrontRules(Sessions[Operator](900), "local", lambda *each: heard.append(each), may)
    rule = rules.table()["/maglia.v1.OperatorService/AddOperator"]
    assert rule(Caller(None, "local")) == LOCAL_ADMIN
    assert LOCAL_ADMIN.role in ADMIN
    with refused(Code.SESSION_EXPIRED):
        rule(Caller(None, token))
    assert heard == [("-", Code.SESSION_EXPIRED)]


def test_a_caller_without_certificate_is_no_member() -> None:
    rule = PeerRules(nobody, nobody, lambda *_: None).table()["/maglia.v1.ExchangeService/Ask"]
    with refused(Code.MEMBER_CARD):
        rule(Caller(None, "token"))


def official(role: NetworkRole) -> Official:
    return Official(f"{role}-rossi", "Rossi", role, bytes(32), role.encode(), "PG/1", "2199-12-31")


AUDITOR, DPO = official(NetworkRole.AUDITOR), official(NetworkRole.DPO)
_ASKED = {
    "/maglia.v1.ExchangeService/Ask",
    "/maglia.v1.ReferralService/Refer",
    "/maglia.v1.ReportService/FindAccesses",
}
_HEALTH = "/grpc.health.v1.Health/Check"
_AUDIT = {"/maglia.v1.AuditService/GetHead", "/maglia.v1.AuditService/ReadLog"}


@pytest.mark.parametrize(
    ("who", "admitted"), [(PARISH.member, {_HEALTH, *_ASKED}), (AUDITOR, {_HEALTH, *_AUDIT}), (DPO, {_HEALTH})]
)
def test_members_ask_auditors_read_and_neither_does_the_other(who: Member | Official, admitted: set[str]) -> None:
    heard: list[tuple[str, Code]] = []

    def find(_certificate: bytes) -> Member:
        assert isinstance(who, Member)
        return who

    rules = PeerRules(find, lambda _: who if isinstance(who, Official) else None, lambda *each: heard.append(each))
    for method, rule in rules.table().items():
        heard.clear()
        if method in admitted:
            assert rule(Caller(b"?", "")) == who
            assert heard == []
        else:
            with refused(Code.SESSION_ROLE):
                rule(Caller(b"?", ""))
            assert heard == [(who.id, Code.SESSION_ROLE)]


def test_a_call_that_lasts_is_judged_again_by_its_own_rule() -> None:
    def rule(caller: Caller) -> object:
        if ended:
            raise MagliaError(Code.MEMBER_NO_OFFICE, member="sara")
        return caller.client

    ended = False
    caller = Caller(None, "", client="here", rule=rule)
    assert caller.check_again() == "here"
    ended = True
    with refused(Code.MEMBER_NO_OFFICE):
        caller.check_again()
    with refused(Code.SESSION_ROLE):
        Caller(None, "").check_again()
