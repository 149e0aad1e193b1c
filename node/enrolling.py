"""A node that does not serve, enrolling only: what `repseudonymize` runs where no node is up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from maglia.core.checkpoint import NoteKey
from maglia.core.log import Log
from maglia.core.network_file import NetworkFile
from node.card import OwnCard
from node.config import Settings
from node.enrol import Enrolment
from node.entries import Entries
from node.evaluations import LoggedEvaluator
from node.folder import SystemClock, locked, open_store
from node.keys import load_keys
from node.log.guard import LogGuard
from node.network.registry import RegistryClient
from node.network.trust import NetworkTrust
from node.network.witnessing import Witnessing, witness_key
from node.pseudonyms import Pseudonyms
from node.recording import Recording
from node.serving import end_task
from node.store.monthly import MonthlyKeyFiles


@asynccontextmanager
async def enrolling(
    folder: Path, settings: Settings, network: NetworkFile, passphrase: str
) -> AsyncIterator[Enrolment]:
    """Enrol for as long as the context lasts, with no door open; then tell the registry how far it came.

    Raises `storage.locked` when a node serves, and what keeps a node from starting.
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
        witnessing = Witnessing(log, registry, guard, witness, settings.checkpoint_s)
        await witnessing.start()
        entries = Entries(log, MonthlyKeyFiles(folder / "log-keys", keys.wrapping_key), clock, guard)
        pseudonyms = Pseudonyms(LoggedEvaluator(registry, entries), store, clock)
        enrolment = Enrolment(settings.member, store, entries, Recording(store, entries), trust, pseudonyms)
        registry.report(enrolment.ready_epochs, trust.timestamp_version)
        for work in (enrolment.run(), witnessing.run()):
            stack.push_async_callback(end_task, asyncio.create_task(work))
        yield enrolment
        await trust.refresh()
