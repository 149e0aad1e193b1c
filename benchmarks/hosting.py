"""Many answering nodes in few processes: each has its own port, TLS identity, key, database, and log with its thread.

Those of one process share its interpreter, its event loop and the policy engine with what it remembers; there is no
registry to refresh from, no witness, no front port and no daily work. Fifty whole nodes do not fit two cores.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import grpc

from benchmarks.bodies import FOREVER, NETWORK, POLICIES, HeldTrust, OneKey, call_by, directory_of, key_of
from maglia.core.bundle import build_bundle
from maglia.core.identifiers import Identifier
from maglia.core.identity import Card, log_origin
from maglia.core.log import Log
from maglia.core.vocabulary import AidStatus, Basis, Facet
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from maglia.v1.exchange_pb2_grpc import add_ExchangeServiceServicer_to_server
from maglia.wire.certificates import TlsIdentity, make_certificate, pem_to_der
from maglia.wire.chain import Chain
from maglia.wire.channel import SERVER_OPTIONS, peer_credentials, quiet_grpc
from node.answer import Answering
from node.domain.model import AidRecord, Consent
from node.entries import Entries
from node.folder import SystemClock
from node.policy.choose import open_policy
from node.policy.watched import WatchedPolicy
from node.refusals import Refusals
from node.retention import Retention
from node.rpc.exchange import ExchangeDoor
from node.rpc.rules import PeerRules
from node.store.migrations import migrate
from node.store.sql import SqlStore

DAY_S = 86_400
FIELD_KEY = bytes(range(32))
_READY_S = 120.0
_ANSWERS_A_DAY = 10_000_000


@dataclass(frozen=True)
class Order:
    """What a host is to serve: bodies, who asks them, and the persons whom each knows, by typed input."""

    names: Sequence[str]
    folder: Path
    template: Path
    """The database of who knows the persons."""
    blank: Path
    """The database of who knows nobody."""
    asker: str
    asker_certificate: bytes
    """PEM."""
    known: Mapping[str, Mapping[bytes, bytes]]


@dataclass(frozen=True)
class Host:
    """A process that serves bodies."""

    pid: int
    names: Sequence[str]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let the process stand still: its connections stay open, and nothing comes from them."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)


def make_template(path: Path, persons: Sequence[Identifier]) -> None:
    """Make the database that bodies start from: food parcels for these persons, whom nobody named yet."""
    engine = open_sqlite(path)
    migrate(engine)
    store, today = SqlStore(engine, FIELD_KEY, SystemClock()), date.today()
    consent = Consent(("aid_overlap",), "2026-1", "it", today)
    for person in persons:
        given = person, Facet.FOOD_PARCEL.value, today, 40_00, AidStatus.GIVEN, Basis.CONSENT
        store.add_record(AidRecord(*given, consent=consent), "bench")
    store.empty_journal()
    store.close()
    engine.dispose()


@contextmanager
def hosted(orders: Sequence[Order]) -> Iterator[tuple[list[Host], dict[str, Card]]]:
    """Serve each order in a process of its own; yield the processes and how every body is reached."""
    context, hosts = multiprocessing.get_context("spawn"), []
    cards: dict[str, Card] = {}
    processes: list[tuple[Any, Connection]] = []
    try:
        for order in orders:
            ours, theirs = context.Pipe()
            process = context.Process(target=_run, args=(order, theirs), daemon=True)
            process.start()
            theirs.close()  # so that a host that died is an error here, not a wait
            processes.append((process, ours))
        for order, (process, ours) in zip(orders, processes, strict=True):
            if not ours.poll(_READY_S):
                raise AssertionError("a host does not serve")
            hosts.append(Host(process.pid or 0, order.names))
            cards |= {name: _card(name, *served) for name, served in ours.recv().items()}
        yield hosts, cards
    finally:
        for process, _ in processes:
            process.terminate()
        for process, _ in processes:
            process.join()


def _card(name: str, port: int, certificate: bytes) -> Card:
    return Card(NETWORK, name, 1, certificate, f"127.0.0.1:{port}", 0, FOREVER)


def _run(order: Order, ready: Connection) -> None:
    quiet_grpc()
    asyncio.run(_serve(order, ready))


async def _serve(order: Order, ready: Connection) -> None:
    served: dict[str, tuple[int, bytes]] = {}
    with ExitStack() as stack:
        bundle, revision = build_bundle(POLICIES)
        policy = await open_policy(bundle, revision, order.folder, engine="embedded")
        retention = Retention(policy)
        await retention.renew()
        for name in order.names:
            identity = make_certificate(name, NETWORK, DAY_S, time.time())
            door, rules = _node(stack, order, name, policy, retention)
            served[name] = (await _open(order, identity, door, rules), identity.der)
        ready.send(served)
        await asyncio.Event().wait()


def _node(
    stack: ExitStack, order: Order, name: str, policy: WatchedPolicy, retention: Retention
) -> tuple[ExchangeDoor, PeerRules]:
    """Put one answering node together, as `node.doors` does."""
    path, clock, key = order.folder / f"{name}.db", SystemClock(), key_of(name)
    named = order.known.get(name, {})
    shutil.copyfile(order.template if named else order.blank, path)
    engine = open_sqlite(path)
    stack.callback(engine.dispose)
    store = SqlStore(engine, FIELD_KEY, clock)
    store.enrol(1, [(one, named[one.typed_input]) for one in store.awaiting(1, len(named) + 1)])
    log = Log(SqlLogBackend(engine), log_origin(name, NETWORK), key.private)
    stack.callback(log.close)
    entries = Entries(log, OneKey(), clock)
    holders = {pem_to_der(order.asker_certificate): order.asker}
    trust = HeldTrust(directory_of([order.asker, name]), call_by(order.asker), holders=holders)
    refusals = Refusals(entries)
    answering = Answering(name, store, entries, policy, trust, clock, retention.terms, _ANSWERS_A_DAY)
    door = ExchangeDoor(NETWORK, key, answering, trust.caller, lambda: 1, refusals, trust)
    return door, PeerRules(trust.caller, trust.official, refusals.count)


async def _open(order: Order, identity: TlsIdentity, door: ExchangeDoor, rules: PeerRules) -> int:
    server = grpc.aio.server(interceptors=[Chain(rules.table())], options=SERVER_OPTIONS)
    add_ExchangeServiceServicer_to_server(door, server)
    credentials = peer_credentials(identity, lambda: None, order.asker_certificate)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    _SERVERS.append(server)
    return port


_SERVERS: list[grpc.aio.Server] = []
"""They serve for as long as somebody holds them."""
