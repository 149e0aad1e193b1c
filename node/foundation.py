"""What a node stands on: folder, secrets, trust, rules, log; opened in this order before its doors, closed after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from maglia.core.bundle import bundle_revision
from maglia.core.checkpoint import NoteKey
from maglia.core.errors import Code
from maglia.core.log import Log
from maglia.core.log_archives import FOLDER as ARCHIVE_FOLDER
from maglia.core.log_archives import LogArchives
from maglia.core.network_file import NetworkFile
from maglia.core.vocabulary import Role
from node.card import OwnCard
from node.config import Settings
from node.disk import DiskReserve
from node.endings import Endings, OpenQuestions
from node.entries import Entries
from node.folder import SystemClock, locked, open_store
from node.keys import Keys, load_keys
from node.log.checking import LogChecking
from node.log.guard import LogGuard
from node.log.term import Keeping
from node.network.registry import RegistryClient
from node.network.trust import NetworkTrust
from node.network.tunnel import Tunnel
from node.network.witnessing import Witnessing, witness_key
from node.permissions import Permissions
from node.policy.choose import open_policy
from node.policy.watched import WatchedPolicy
from node.refusals import Refusals
from node.retention import Retention
from node.rpc.rules import OPERATOR_ROLES
from node.signals import Signals
from node.store.monthly import MonthlyKeyFiles
from node.store.sql import SqlStore
from node.via import reach_of


@dataclass(frozen=True)
class Foundation:
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
    tunnel: Tunnel | None
    """To the relay through which others reach this node; None when they reach it directly."""

    def may_ask(self, role: Role) -> None:
        """Raise `session.role`, or `policy.permissions`, for a role that may not ask the network now."""
        self.permissions.check_may_call("OperatorService/Check", role)

    def problems(self) -> list[Code]:
        """Return what keeps the node from its work, or soon will."""
        watched = self.trust, self.card, self.guard, self.checking, self.disk, self.policy, self.permissions
        return [code for each in (*watched, self.retention, self.tunnel) if each for code in each.problems()]


@asynccontextmanager
async def lay_foundation(
    folder: Path, settings: Settings, network: NetworkFile, passphrase: str
) -> AsyncIterator[Foundation]:
    """Yield what the node stands on, in working order; raises what keeps the node from starting."""
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
        endings = Endings(folder, log, entries, open_questions, kept=store.kept_end)
        await endings.try_to_end()
        yield Foundation(
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
            tunnel=_tunnel(folder, settings, network.network, keys),
            signals=Signals(settings.member, store, log, entries, policy, trust, settings.signals_s),
        )


def _trust(
    folder: Path, settings: Settings, network: NetworkFile, registry: RegistryClient, clock: SystemClock
) -> NetworkTrust:
    times = settings.directory_poll_s, settings.degraded_s, settings.card_overlap_s
    return NetworkTrust(folder / "trust", network, registry, clock, *times)


def _tunnel(folder: Path, settings: Settings, network: str, keys: Keys) -> Tunnel | None:
    relay = reach_of(folder, settings, network).relay
    return Tunnel(network, settings.member, keys.identity, relay, settings.peer) if relay else None


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
