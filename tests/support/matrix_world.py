"""Every kind of caller there is, before a real registry and a real node in one process."""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from grpc_health.v1 import health_pb2

import maglia.v1
from maglia.core.errors import Code
from maglia.core.identifiers import provisional_check_digit
from maglia.core.identity import REGISTRY_ID, Card, relay_party
from maglia.core.relay_file import RelayFile
from maglia.core.vocabulary import PUBLIC_KINDS, Kind, NetworkRole
from maglia.v1 import enrolment_pb2, office_pb2, operator_pb2
from maglia.v1.enrolment_pb2_grpc import EnrolmentServiceStub
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.certificates import TlsIdentity, der_to_pem, make_certificate
from maglia.wire.channel import open_channel
from maglia.wire.convert import ACTIVATION, seal_card, seal_message
from maglia.wire.status import METADATA_KEY, error_of
from node.folder import ADMIN_FILE
from tests.integration import node_world
from tests.integration.node_world import Site
from tests.integration.registry_world import NETWORK, PASSWORD, Body, World
from tests.support import matrix
from tests.support.officials import Person, appointment, dismissal, sign
from tests.support.relay_world import relayed

_NODE = "nodo-comune"
_OFFICIALS = {
    matrix.APPOINTED_AUDITOR: NetworkRole.AUDITOR,
    matrix.APPOINTED_DPO: NetworkRole.DPO,
    matrix.STOPPED_OFFICIAL: NetworkRole.AUDITOR,
    matrix.DISMISSED_OFFICIAL: NetworkRole.AUDITOR,
}
_DAY_S = 86_400
_SHORT_S = 2
_PATIENCE_S = 20.0
_AT_THE_DOOR = {
    code.value
    for code in (
        Code.SESSION_EXPIRED,
        Code.SESSION_ROLE,
        Code.MEMBER_CARD,
        Code.MEMBER_INACTIVE,
        Code.MEMBER_NO_OFFICE,
        Code.NETWORK_TLS,
    )
}


def every_rpc() -> dict[str, MethodDescriptor]:
    """Return every method that the contracts name, by `SERVICE/METHOD`."""
    modules = [importlib.import_module(f"maglia.v1.{found.name}") for found in pkgutil.iter_modules(maglia.v1.__path__)]
    files = [module.DESCRIPTOR for module in modules if hasattr(module, "DESCRIPTOR")]
    services = [one for file in [*files, health_pb2.DESCRIPTOR] for one in file.services_by_name.values()]
    return {f"{service.full_name}/{method.name}": method for service in services for method in service.methods}


@dataclass
class Caller:
    """Certificate and session of one caller; either may be missing."""

    identity: TlsIdentity | None = None
    token: str = ""


@dataclass
class Doors:
    """Both ports of registry and node, a relay's for nodes, and one channel of each caller to each."""

    registry: World
    site: Site
    relay: RelayFile
    callers: dict[str, Caller]
    _channels: dict[tuple[str, int], grpc.aio.Channel] = field(default_factory=dict)

    def channel(self, port: str, who: str) -> grpc.aio.Channel:
        """Return the channel to a port under the caller's certificate: a session is not the channel's."""
        key = port, id(self.callers[who].identity)
        if key not in self._channels:
            self._channels[key] = self._open(port, self.callers[who].identity)
        return self._channels[key]

    async def hang_up(self, port: str, who: str) -> None:
        """Let the caller's next call shake hands anew."""
        await self._channels.pop((port, id(self.callers[who].identity))).close()

    def _open(self, port: str, identity: TlsIdentity | None) -> grpc.aio.Channel:
        known, settings = self.registry.known, self.site.settings()
        party, address, root = {
            "registry front": (REGISTRY_ID, known.registry_front, known.front_certificate),
            "registry peer": (REGISTRY_ID, known.registry_peer, known.peer_certificate),
            "node front": (_NODE, settings.front, self._front_certificate),
            "node peer": (_NODE, settings.peer, self._peer_certificate),
            "relay nodes": (relay_party(self.relay.name), self.relay.nodes, self.relay.certificate),
        }[port]
        return open_channel(address, party, NETWORK, root, identity)

    @cached_property
    def _front_certificate(self) -> bytes:
        return self.site.keys.front.certificate

    @cached_property
    def _peer_certificate(self) -> bytes:
        return der_to_pem(self.site.card().certificate)

    async def outcomes(self, port: str, rpc: str) -> dict[str, str]:
        """Call one RPC at one port as everybody; return what happened to each."""
        method = every_rpc()[rpc]
        done = await asyncio.gather(*(self.outcome(port, rpc, method, who) for who in matrix.CALLERS))
        return dict(zip(matrix.CALLERS, done, strict=True))

    async def outcome(self, port: str, rpc: str, method: MethodDescriptor, who: str) -> str:
        """Call one RPC at one port as one caller; return what happened."""
        token = self.callers[who].token
        metadata = (("authorization", f"Bearer {token}"),) if token else ()
        try:
            await _call(self.channel(port, who), f"/{rpc}", method, metadata)
        except grpc.aio.AioRpcError as failure:
            return _read(failure)
        return matrix.ALLOWED

    async def close(self) -> None:
        """Close every channel."""
        await asyncio.gather(*(channel.close() for channel in self._channels.values()))


async def _call(
    channel: grpc.aio.Channel, path: str, method: MethodDescriptor, metadata: tuple[tuple[str, str], ...]
) -> None:
    """Send an empty request, or none on a stream, and wait for the first answer."""
    streams = bool(method.client_streaming), bool(method.server_streaming)
    make: Any = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }[streams]
    sent = () if streams[0] else (b"",)
    call = make(path)(*sent, metadata=metadata, timeout=_PATIENCE_S)
    if streams[0]:
        with suppress(Exception):  # refused already, in one of the library's ways of saying so: reading says why
            await call.done_writing()
    if streams[1]:
        await call.read()
        call.cancel()
    else:
        await call


def _read(failure: grpc.aio.AioRpcError) -> str:
    """Return what a failure says of the caller; one without our error is the transport's."""
    if not any(key == METADATA_KEY for key, _ in failure.trailing_metadata() or ()):
        by_transport = {
            grpc.StatusCode.UNAVAILABLE: matrix.HANDSHAKE,
            grpc.StatusCode.UNIMPLEMENTED: matrix.ABSENT,
        }
        return by_transport.get(failure.code(), f"{failure.code().name}: {failure.details()}")
    code = error_of(failure).code.value
    return code if code in _AT_THE_DOOR else matrix.ALLOWED


@asynccontextmanager
async def open_doors(registry: World, folder: Path) -> AsyncIterator[Doors]:
    """Bring every caller into its state and serve a node beside the registry."""
    async with AsyncExitStack() as stack:
        bodies = {who: Body(f"ente-{number}") for number, who in enumerate(_bodies())}
        people = {who: Person(f"persona-{number}", role) for number, (who, role) in enumerate(_OFFICIALS.items())}
        await _enter(registry, bodies)
        await sign(registry, *map(appointment, people.values()))
        (site,) = await node_world.joined(registry, folder, _NODE)
        await stack.enter_async_context(site.serving())
        callers = {who: Caller(body.tls) for who, body in bodies.items()}
        callers |= {who: Caller(person.tls) for who, person in people.items()}
        callers |= {
            matrix.NOBODY: Caller(),
            matrix.STRANGER: Caller(_certificate("estraneo")),
            matrix.IMPOSTOR: Caller(_certificate(bodies[f"active {Kind.COMUNE}"].member)),
            matrix.FORGED: Caller(token="A" * 43),
            matrix.OFFICER: Caller(token=await _office_token(registry, "anna")),
            matrix.AUDITOR: Caller(token=await _office_token(registry, "sara")),
        }
        relay = await stack.enter_async_context(relayed(registry, folder / "relay"))
        doors = Doors(registry, site, relay.file, callers)
        stack.push_async_callback(doors.close)
        await _staff(doors)
        await _stop(registry, bodies, people)
        await _followed(doors)
        yield doors


def _bodies() -> list[str]:
    return [*matrix.ACTIVE, matrix.APPLIED, matrix.SUSPENDED, matrix.REVOKED, matrix.EXPIRED_CARD]


async def _enter(registry: World, bodies: Mapping[str, Body]) -> None:
    for number, (who, body) in enumerate(bodies.items()):
        await registry.apply(body, **_proof(matrix.ACTIVE.get(who, Kind.ODV)), fiscal_code=_fiscal_code(number))
    entering = {who: body for who, body in bodies.items() if who != matrix.APPLIED}
    await registry.approve(*(body.member for body in entering.values()))
    for who, body in entering.items():
        await _activate(registry, body, _SHORT_S if who == matrix.EXPIRED_CARD else _DAY_S - 600)


def _proof(kind: Kind) -> dict[str, object]:
    if kind in PUBLIC_KINDS:
        return {"kind": kind.value, "ipa_code": "x_999", "runts_number": ""}
    if kind in (Kind.PARISH, Kind.CARITAS):
        return {"kind": kind.value, "ecclesiastical_recognition": "Decreto fittizio 1/1999", "runts_number": ""}
    return {"kind": kind.value}


def _fiscal_code(number: int) -> str:
    first_10 = f"{9_000_000 + number:010d}"
    return first_10 + provisional_check_digit(first_10)


async def _activate(registry: World, body: Body, life_s: int) -> None:
    now = int(time.time())
    card = Card(NETWORK, body.member, 1, body.tls.der, "127.0.0.1:9", now, now + life_s)
    activation = enrolment_pb2.Activation(network=NETWORK, member=body.member, token=await registry.token(body.member))
    request = enrolment_pb2.ActivateRequest(
        activation=seal_message(ACTIVATION, NETWORK, activation, body.identity), card=seal_card(card, body.identity)
    )
    await EnrolmentServiceStub(registry.front()).Activate(request)


def _certificate(member: str) -> TlsIdentity:
    return make_certificate(member, NETWORK, _DAY_S, time.time())


async def _office_token(registry: World, user: str) -> str:
    return (await registry.office(user)).bearer[0][1].removeprefix("Bearer ")


async def _staff(doors: Doors) -> None:
    """Let the node's own commands add an operator of each role; each logs in."""
    local = json.loads((doors.site.folder / ADMIN_FILE).read_bytes())["token"]
    doors.callers[matrix.LOCAL] = Caller(token=local)
    stub = OperatorServiceStub(doors.channel("node front", matrix.NOBODY))
    for who, role in matrix.OPERATORS.items():
        user = role.value.replace("_", "-")
        added = operator_pb2.AddOperatorRequest(user=user, name=user, role=role, password=PASSWORD)
        await stub.AddOperator(added, metadata=(("authorization", f"Bearer {local}"),))
        login = await stub.LoginOperator(operator_pb2.LoginOperatorRequest(user=user, password=PASSWORD))
        doors.callers[who] = Caller(token=login.token)


async def _stop(registry: World, bodies: Mapping[str, Body], people: Mapping[str, Person]) -> None:
    """Suspend one body and one official; revoke and dismiss others, as two officers do."""
    anna = await registry.office("anna")
    await anna.suspend(bodies[matrix.SUSPENDED].member)
    await anna.suspend(people[matrix.STOPPED_OFFICIAL].id)
    revoke = office_pb2.Change(act="revoke", member=bodies[matrix.REVOKED].member, reason="prova")
    await sign(registry, revoke, dismissal(people[matrix.DISMISSED_OFFICIAL].id))


async def _followed(doors: Doors) -> None:
    """Wait until the node has heard of everything, and the short card is over."""
    rpc, wanted = "maglia.v1.ExchangeService/Ask", matrix.NODE_PEER["maglia.v1.ExchangeService/Ask"]
    method = every_rpc()[rpc]
    async with asyncio.timeout(_PATIENCE_S):
        gone = matrix.REVOKED, matrix.SUSPENDED, matrix.EXPIRED_CARD, matrix.STOPPED_OFFICIAL, matrix.DISMISSED_OFFICIAL
        for who in (*gone, *matrix.ACTIVE, *matrix.IN_OFFICE):
            while await doors.outcome("node peer", rpc, method, who) != wanted[who]:
                await doors.hang_up("node peer", who)
                await asyncio.sleep(0.1)
