"""The end of the log's term by hand, on a stopped node's files; the registry may be away."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from maglia.core.checkpoint import NoteKey
from maglia.core.log import Log
from maglia.core.log_archives import FOLDER, LogArchives
from maglia.core.network_file import NetworkFile
from node.card import OwnCard
from node.config import Settings
from node.folder import SystemClock, locked, open_store
from node.keys import load_keys
from node.log.guard import LogGuard
from node.log.term import Due, Keeping
from node.network.registry import RegistryClient
from node.network.trust import NetworkTrust
from node.network.witnessing import witness_key
from node.store.monthly import MonthlyKeyFiles


async def keep_log(folder: Path, settings: Settings, network: NetworkFile, passphrase: str, *, dry_run: bool) -> Due:
    """Do what a serving node does every hour, or only say what it would be.

    Raises `storage.locked` when a node serves, `log.fork` when its log is in doubt, and what keeps one from starting.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(locked(folder))
        keys, clock = load_keys(folder, passphrase), SystemClock(settings.day)
        card = OwnCard(folder, settings, network, keys, passphrase)
        await card.start()
        store, backend = open_store(folder, keys, clock, settings.database)
        stack.callback(store.close)
        registry = RegistryClient(network, card.tls())
        stack.push_async_callback(registry.close)
        trust = NetworkTrust(folder / "trust", network, registry, clock, settings.directory_poll_s)
        await trust.start()

        def witness() -> NoteKey:
            return witness_key(network.network, trust.directory().witness_key)

        origin = f"maglia/{network.network}/{settings.member}"
        log = Log(backend, origin, keys.log.private, witness=witness())
        stack.callback(log.close)
        guard = LogGuard(folder, log, store.enrolled_count, clock, settings.cosignature_max_s)
        guard.start()
        guard.require_sound()
        archives = LogArchives(backend, folder / FOLDER, origin, keys.log.private, log.forget)
        months = MonthlyKeyFiles(folder / "log-keys", keys.wrapping_key)
        keeping = Keeping(log, archives, months, witness, clock, settings.log_months)
        return keeping.due() if dry_run else keeping.sweep()
