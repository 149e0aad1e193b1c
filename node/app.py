"""Everything of a node is put together here, and only here."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import grpc
from grpc_health.v1 import health, health_pb2_grpc

from maglia.core.bundle import bundle_revision
from maglia.core.checkpoint import NoteKey
from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import write_private
from maglia.core.log import Log
from maglia.core.network_file import NetworkFile
from maglia.v1.exchange_pb2_grpc import add_ExchangeServiceServicer_to_server
from maglia.v1.operator_pb2_grpc import add_OperatorServiceServicer_to_server
from maglia.wire.chain import Chain
from maglia.wire.channel import SERVER_OPTIONS, front_credentials, renewed_credentials
from maglia.wire.sessions import Sessions
from node.answer import Answering
from node.ask import Asking
from node.card import OwnCard
from node.check import Timing
from node.config import SETTINGS_FILE, Settings
from node.domain.model import Operator
from node.enrol import Enrolment
from node.entries import Entries
from node.folder import ADMIN_FILE, READY_FILE, SystemClock, locked, open_store
from node.health import Health
from node.housekeeping import Housekeeping
from node.keys import Keys, load_keys
from node.log_guard import LogGuard
from node.network.peers import PeerStreams
from node.network.registry import RegistryClient
from node.network.trust import NetworkTrust
from node.network.witnessing import Witnessing, witness_key
from node.policy.choose import open_policy
from node.ports import Policy
from node.pseudonyms import Pseudonyms
from node.recent import RecentChecks
from node.refusals import Refusals
from node.rpc.exchange import ExchangeDoor
from node.rpc.operator import OperatorDoor
from node.rpc.rules import FrontRules, PeerRules
from node.spending import read_spending
from node.status import Profile, read_status
from node.store.monthly import MonthlyKeyFiles
from node.store.sql import SqlStore

_STOP_S = 2.0
_log = logging.getLogger(__name__)


async def serve(folder: Path, settings: Settings, network: NetworkFile, passphrase: str) -> None:
    """Serve until a signal says to stop; raises what keeps the node from starting."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with running(folder, settings, network, passphrase):
        await stop.wait()


@asynccontextmanager
async def running(folder: Path, settings: Settings, network: NetworkFile, passphrase: str) -> AsyncIterator[None]:
    """A node that serves for as long as the context lasts."""
    clock = SystemClock(settings.day)
    async with AsyncExitStack() as stack:
        stack.enter_context(locked(folder))
        keys = load_keys(folder, passphrase)
        card = OwnCard(folder, settings, network, keys, passphrase)
        await card.start()
        store, backend = open_store(folder, keys, clock, settings.database)
        stack.callback(store.close)
        registry = RegistryClient(network, card.tls())
        stack.push_async_callback(registry.close)
        trust = _trust(folder, settings, network, registry, clock)
        await trust.start()
        card.listen(lambda: registry.present(card.tls()))
        card.listen(trust.renew_roots)
        witness = witness_key(network.network, trust.directory().witness_key)
        origin = f"maglia/{network.network}/{settings.member}"
        log = Log(backend, origin, keys.log.private, witness=witness)
        stack.callback(log.close)
        policy = await _open_policy(folder, settings, trust)
        stack.push_async_callback(policy.close)
        await _serve(stack, folder, settings, network, keys, clock, store, log, registry, trust, policy, card)
        yield


def _trust(
    folder: Path, settings: Settings, network: NetworkFile, registry: RegistryClient, clock: SystemClock
) -> NetworkTrust:
    times = settings.directory_poll_s, settings.degraded_s, settings.card_overlap_s
    return NetworkTrust(folder / "trust", network, registry, clock, *times)


async def _open_policy(folder: Path, settings: Settings, trust: NetworkTrust) -> Policy:
    bundle = trust.bundle()
    return await open_policy(
        bundle,
        bundle_revision(bundle),
        folder / "opa",
        engine=settings.engine,
        address=settings.opa_address,
        token=settings.opa_token.get_secret_value(),
    )


async def _serve(
    stack: AsyncExitStack,
    folder: Path,
    settings: Settings,
    network: NetworkFile,
    keys: Keys,
    clock: SystemClock,
    store: SqlStore,
    log: Log,
    registry: RegistryClient,
    trust: NetworkTrust,
    policy: Policy,
    card: OwnCard,
) -> None:
    """Open both doors, start what runs beside them, and say that the node is ready."""
    me, name = settings.member, network.network
    guard = LogGuard(folder, log, store.enrolled_count, clock, settings.cosignature_max_s)
    guard.start()

    def witness() -> NoteKey:
        return witness_key(name, trust.directory().witness_key)

    witnessing = Witnessing(log, registry, guard, witness, settings.checkpoint_s)
    await witnessing.start()
    entries = Entries(log, MonthlyKeyFiles(folder / "log-keys", keys.wrapping_key), clock, guard)
    refusals = Refusals(entries)
    answering = Answering(me, store, entries, policy, trust, clock, settings.answers_a_day)
    peers = PeerStreams(name, keys.identity, card.tls, trust.peer, trust)
    trust.listen(peers.review)
    stack.push_async_callback(peers.close)
    pseudonyms = Pseudonyms(registry, store, clock)
    timing = Timing(settings.provisional_s, settings.deadline_s)
    asking = Asking(me, store, entries, policy, trust, peers, pseudonyms, clock, keys.budget_key, timing)
    recent = RecentChecks(peers)
    enrolment = Enrolment(me, store, entries, trust, pseudonyms, trust.look)
    registry.report(enrolment.ready_epochs)
    sessions = Sessions[Operator](settings.session_idle_s)
    local_token = secrets.token_urlsafe(32)

    def problems() -> list[Code]:
        return trust.problems() + card.problems() + guard.problems()

    healthy = Health(problems)
    exchange = ExchangeDoor(
        name, keys.identity, answering, trust.caller, lambda: trust.directory().version, refusals, trust
    )
    trust.listen(exchange.review)
    peer_server = grpc.aio.server(
        interceptors=[Chain(PeerRules(trust.caller, refusals.count).table())], options=SERVER_OPTIONS
    )
    add_ExchangeServiceServicer_to_server(exchange, peer_server)
    credentials = renewed_credentials(card.tls, trust.changed_roots, trust.roots() or card.tls().certificate)
    await _open_door(stack, peer_server, "peer", settings.peer, credentials, await healthy.door())

    profile = Profile(name, me, lambda: trust.last_known(me).name, lambda: trust.last_known(me).kind)
    operator = OperatorDoor(
        profile,
        store,
        guard,
        asking,
        recent,
        enrolment,
        sessions,
        refusals,
        clock,
        lambda: read_status(me, store, trust, policy, problems()),
        lambda: read_spending(me, store, trust, clock, settings.answers_a_day),
    )
    rules = FrontRules(sessions, local_token, refusals.count).table()
    front_server = grpc.aio.server(interceptors=[Chain(rules)], options=SERVER_OPTIONS)
    add_OperatorServiceServicer_to_server(operator, front_server)
    own = front_credentials(keys.front)
    await _open_door(stack, front_server, "front", settings.front, own, await healthy.door())

    async def on_bundle(bundle: bytes) -> None:
        await policy.replace(bundle, bundle_revision(bundle))

    for work in (
        trust.keep_fresh(on_bundle),
        enrolment.run(),
        Housekeeping(store).run(),
        recent.run(),
        refusals.run(),
        card.run(),
        healthy.run(),
        witnessing.run(),
    ):
        _run_beside(stack, asyncio.create_task(work))
    stack.push_async_callback(refusals.write)
    _announce(stack, folder, settings, local_token)


async def _open_door(
    stack: AsyncExitStack,
    server: grpc.aio.Server,
    field: str,
    address: str,
    credentials: grpc.ServerCredentials,
    checks: health.aio.HealthServicer,
) -> None:
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    try:
        server.add_secure_port(address, credentials)
    except RuntimeError as error:
        raise MagliaError(Code.NETWORK_PORT_BUSY, address=address, field=field, source=SETTINGS_FILE) from error
    await server.start()
    stack.push_async_callback(server.stop, _STOP_S)


def _run_beside(stack: AsyncExitStack, task: asyncio.Task[None]) -> None:
    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def ended(done: asyncio.Task[None]) -> None:
        if not done.cancelled() and (error := done.exception()) is not None:
            _log.critical("ended: %s", type(error).__name__)
            os.kill(os.getpid(), signal.SIGTERM)  # half a node must not go on answering

    task.add_done_callback(ended)
    stack.push_async_callback(end)


def _announce(stack: AsyncExitStack, folder: Path, settings: Settings, local_token: str) -> None:
    ready, admin = folder / READY_FILE, folder / ADMIN_FILE
    write_private(admin, json.dumps({"front": settings.front, "token": local_token}).encode())
    write_private(ready, json.dumps({"peer": settings.peer, "front": settings.front, "pid": os.getpid()}).encode())
    stack.callback(admin.unlink, missing_ok=True)
    stack.callback(ready.unlink, missing_ok=True)
