"""Everything of a node is put together here, and only here."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from grpc_health.v1 import health

from maglia.core.bundle import bundle_revision
from maglia.core.checkpoint import NoteKey
from maglia.core.errors import Code
from maglia.core.log import Log
from maglia.core.log_archives import FOLDER as ARCHIVE_FOLDER
from maglia.core.log_archives import LogArchives
from maglia.core.network_file import NetworkFile
from maglia.v1.audit_pb2_grpc import add_AuditServiceServicer_to_server
from maglia.v1.exchange_pb2_grpc import add_ExchangeServiceServicer_to_server
from maglia.v1.operator_pb2_grpc import add_OperatorServiceServicer_to_server
from maglia.v1.report_pb2_grpc import add_ReportServiceServicer_to_server
from maglia.wire.chain import Chain
from maglia.wire.channel import SERVER_OPTIONS, front_credentials, renewed_credentials
from maglia.wire.sessions import Sessions
from node.answer import Answering
from node.ask import Asking
from node.card import OwnCard
from node.check import Timing
from node.collecting import Collecting
from node.config import Settings
from node.consents import ConsentDesk
from node.disclosing import Disclosing
from node.disk import DiskReserve
from node.domain.model import Operator
from node.endings import Endings, OpenQuestions
from node.enrol import Enrolment
from node.entries import Entries
from node.evaluations import LoggedEvaluator
from node.folder import SystemClock, locked, open_store
from node.health import Health
from node.housekeeping import Housekeeping
from node.keeping import Keeping
from node.keys import Keys, load_keys
from node.log_checking import LogChecking
from node.log_guard import LogGuard
from node.log_search import LogSearch
from node.network.peers import PeerStreams
from node.network.registry import RegistryClient
from node.network.reports import ReportCalls
from node.network.trust import NetworkTrust
from node.network.witnessing import Witnessing, witness_key
from node.permissions import Permissions
from node.policy.choose import open_policy
from node.policy.watched import WatchedPolicy
from node.pseudonyms import Pseudonyms
from node.recent import RecentChecks
from node.recording import Recording
from node.refusals import Refusals
from node.reporting import Reporting
from node.retention import Retention
from node.rpc.audit import AuditDoor
from node.rpc.exchange import ExchangeDoor
from node.rpc.operator import OperatorDoor
from node.rpc.report import ReportDoor
from node.rpc.rules import OPERATOR_ROLES, FrontRules, PeerRules
from node.serving import announce, open_door, run_beside
from node.signals import Signals
from node.spending import read_spending
from node.status import Profile, read_status
from node.store.monthly import MonthlyKeyFiles
from node.store.sql import SqlStore
from node.tracing import Tracing


@dataclass(frozen=True)
class _Base:
    """What doors and daily work stand on; opened before them, closed after."""

    folder: Path
    settings: Settings
    network: str
    keys: Keys
    clock: SystemClock
    store: SqlStore
    registry: RegistryClient
    trust: NetworkTrust
    policy: WatchedPolicy
    permissions: Permissions
    retention: Retention
    card: OwnCard
    log: Log
    guard: LogGuard
    witnessing: Witnessing
    entries: Entries
    checking: LogChecking
    keeping: Keeping
    disk: DiskReserve
    open_questions: OpenQuestions
    endings: Endings
    refusals: Refusals
    signals: Signals

    def problems(self) -> list[Code]:
        """Return what keeps the node from its work, or soon will."""
        watched = self.trust, self.card, self.guard, self.checking, self.disk, self.policy, self.permissions
        return [code for each in (*watched, self.retention) for code in each.problems()]


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
        disk = DiskReserve(folder, 0 if settings.database else settings.disk_reserve_bytes)
        disk.start()
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

        def witness() -> NoteKey:
            return witness_key(network.network, trust.directory().witness_key)

        origin = f"maglia/{network.network}/{settings.member}"
        log = Log(backend, origin, keys.log.private, witness=witness())
        stack.callback(log.close)
        policy = await _open_policy(folder, settings, trust)
        stack.push_async_callback(policy.close)
        permissions = Permissions(policy, OPERATOR_ROLES)
        await permissions.renew()
        retention = Retention(policy)
        await retention.renew()
        guard = LogGuard(folder, log, store.enrolled_count, clock, settings.cosignature_max_s)
        guard.start()
        log_keys = MonthlyKeyFiles(folder / "log-keys", keys.wrapping_key)
        checking = LogChecking(folder, log, guard, log_keys, settings.log_check_s)
        await checking.start()  # before the witness is shown a head, and before anybody is answered
        witnessing = Witnessing(log, registry, guard, witness, settings.checkpoint_s)
        await witnessing.start()
        entries = Entries(log, log_keys, clock, guard, disk)
        archives = LogArchives(backend, folder / ARCHIVE_FOLDER, origin, keys.log.private, log.forget)
        open_questions = OpenQuestions()
        endings = Endings(folder, log, entries, open_questions)
        await endings.try_to_end()
        base = _Base(
            folder=folder,
            settings=settings,
            network=network.network,
            keys=keys,
            clock=clock,
            store=store,
            registry=registry,
            trust=trust,
            policy=policy,
            permissions=permissions,
            retention=retention,
            card=card,
            log=log,
            guard=guard,
            witnessing=witnessing,
            entries=entries,
            checking=checking,
            keeping=Keeping(log, archives, log_keys, witness, clock, settings.log_months),
            disk=disk,
            open_questions=open_questions,
            endings=endings,
            refusals=Refusals(entries),
            signals=Signals(settings.member, store, log, entries, policy, trust, settings.signals_s),
        )
        await _serve(stack, base)
        yield


def _trust(
    folder: Path, settings: Settings, network: NetworkFile, registry: RegistryClient, clock: SystemClock
) -> NetworkTrust:
    times = settings.directory_poll_s, settings.degraded_s, settings.card_overlap_s
    return NetworkTrust(folder / "trust", network, registry, clock, *times)


async def _open_policy(folder: Path, settings: Settings, trust: NetworkTrust) -> WatchedPolicy:
    bundle = trust.bundle()
    return await open_policy(
        bundle,
        bundle_revision(bundle),
        folder / "opa",
        engine=settings.engine,
        address=settings.opa_address,
        token=settings.opa_token.get_secret_value(),
    )


async def _serve(stack: AsyncExitStack, base: _Base) -> None:
    """Open both doors, start what runs beside them, and say that the node is ready."""
    settings, trust, registry = base.settings, base.trust, base.registry
    healthy, local_token = Health(base.problems), secrets.token_urlsafe(32)
    pseudonyms = Pseudonyms(LoggedEvaluator(registry, base.entries), base.store, base.clock)
    recording = Recording(base.store, base.entries)
    enrolled_from = settings.member, base.store, base.entries, recording, trust, pseudonyms
    enrolment = Enrolment(*enrolled_from, trust.look)
    registry.report(enrolment.ready_epochs, trust.timestamp_version)
    peers = PeerStreams(base.network, base.keys.identity, base.card.tls, trust.peer, trust)
    trust.listen(peers.review)
    stack.push_async_callback(peers.close)
    recent = RecentChecks(peers)
    disclosing = _disclosing(base)
    await _open_peer_door(stack, base, disclosing, await healthy.door())
    asking, desk = _asking(base, peers, pseudonyms), _desk(base, pseudonyms)
    reporting = _reporting(stack, base, pseudonyms, disclosing)
    await _open_front_door(
        stack, base, asking, recent, desk, reporting, enrolment, recording, local_token, await healthy.door()
    )

    async def on_bundle(bundle: bytes) -> None:
        await base.policy.replace(bundle, bundle_revision(bundle))
        await base.permissions.renew()
        await base.retention.renew()

    for work in (
        trust.keep_fresh(on_bundle),
        enrolment.run(),
        Housekeeping(base.store, trust).run(),
        base.checking.run(),
        base.keeping.run(lambda: not base.guard.forked),
        recent.run(),
        base.refusals.run(),
        base.disk.run(),
        base.endings.run(),
        base.card.run(),
        healthy.run(),
        base.policy.run(),
        base.witnessing.run(),
        base.permissions.run(),
        base.retention.run(),
        base.signals.run(),
    ):
        run_beside(stack, work)
    stack.push_async_callback(base.refusals.try_to_write)
    announce(stack, base.folder, settings, local_token)


def _asking(base: _Base, peers: PeerStreams, pseudonyms: Pseudonyms) -> Asking:
    timing = Timing(base.settings.provisional_s, base.settings.deadline_s)
    asked_from = base.settings.member, base.store, base.entries, base.policy, base.trust
    return Asking(*asked_from, peers, pseudonyms, base.clock, base.keys.budget_key, timing, base.open_questions)


def _desk(base: _Base, pseudonyms: Pseudonyms) -> ConsentDesk:
    traced_in = base.settings.member, base.store, base.log, base.entries, base.trust
    return ConsentDesk(base.store, Tracing(*traced_in, pseudonyms, base.clock), base.clock)


def _disclosing(base: _Base) -> Disclosing:
    search = LogSearch(base.log, base.entries)
    told_from = base.settings.member, base.store, search, base.entries, base.policy, base.trust
    return Disclosing(*told_from, base.clock, base.refusals)


def _reporting(stack: AsyncExitStack, base: _Base, pseudonyms: Pseudonyms, disclosing: Disclosing) -> Reporting:
    trust, me = base.trust, base.settings.member
    calls = ReportCalls(base.network, base.keys.identity, base.card.tls, trust.peer)
    collecting = Collecting(me, base.store, base.entries, trust, calls, disclosing, base.clock)
    stack.push_async_callback(collecting.close)
    opened_from = base.network, me, base.store, base.entries, trust, pseudonyms
    return Reporting(*opened_from, disclosing, collecting, base.clock, base.keys.budget_key)


async def _open_peer_door(
    stack: AsyncExitStack, base: _Base, disclosing: Disclosing, checks: health.aio.HealthServicer
) -> None:
    """Let other bodies ask, for themselves or for a person, and an auditor read the log."""
    settings, trust, refusals = base.settings, base.trust, base.refusals
    answered_from = settings.member, base.store, base.entries, base.policy, trust
    answering = Answering(*answered_from, base.clock, base.retention.terms, settings.answers_a_day)
    exchange = ExchangeDoor(
        base.network,
        base.keys.identity,
        answering,
        trust.caller,
        lambda: trust.directory().version,
        refusals,
        trust,
    )
    trust.listen(exchange.review)
    rules = PeerRules(trust.caller, trust.official, refusals.count).table()
    server = grpc.aio.server(interceptors=[Chain(rules)], options=SERVER_OPTIONS)
    add_ExchangeServiceServicer_to_server(exchange, server)
    add_AuditServiceServicer_to_server(AuditDoor(base.network, settings.member, base.log, base.entries), server)
    told_by = base.network, settings.member, base.keys.identity, disclosing
    add_ReportServiceServicer_to_server(ReportDoor(*told_by, trust.caller, trust, base.clock, refusals), server)
    own = base.card.tls
    credentials = renewed_credentials(own, trust.changed_roots, trust.roots() or own().certificate)
    await open_door(stack, server, "peer", settings.peer, credentials, checks)


async def _open_front_door(
    stack: AsyncExitStack,
    base: _Base,
    asking: Asking,
    recent: RecentChecks,
    desk: ConsentDesk,
    reporting: Reporting,
    enrolment: Enrolment,
    recording: Recording,
    local_token: str,
    checks: health.aio.HealthServicer,
) -> None:
    """Let the body's own operators work."""
    settings, trust, me = base.settings, base.trust, base.settings.member
    sessions = Sessions[Operator](settings.session_idle_s)
    profile = Profile(base.network, me, lambda: trust.last_known(me))
    operator = OperatorDoor(
        profile,
        base.store,
        base.guard,
        asking,
        recent,
        enrolment,
        recording,
        sessions,
        base.refusals,
        base.clock,
        lambda: read_status(me, base.store, trust, base.policy, base.problems(), enrolment.waits()),
        lambda: read_spending(me, base.store, trust, base.clock, settings.answers_a_day),
        trust.bundle,
        desk,
        trust.last_known,
        reporting,
        trust.directory,
        base.signals.signalled,
    )
    rules = FrontRules(sessions, local_token, base.refusals.count, base.permissions.check_may_call).table()
    server = grpc.aio.server(interceptors=[Chain(rules)], options=SERVER_OPTIONS)
    add_OperatorServiceServicer_to_server(operator, server)
    await open_door(stack, server, "front", settings.front, front_credentials(base.keys.front), checks)
