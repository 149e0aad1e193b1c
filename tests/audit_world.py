"""Bodies whose logs an auditor reads: real logs behind the real door, over TLS on loopback."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import grpc
from sqlalchemy import Engine, MetaData, delete

from maglia.core.directory import Official
from maglia.core.entry import Entry, EntryKind
from maglia.core.identity import SigningKey, log_origin
from maglia.core.log import Log
from maglia.core.vocabulary import NetworkRole
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend, define
from maglia.v1.audit_pb2_grpc import add_AuditServiceServicer_to_server
from maglia.wire.certificates import TlsIdentity, make_certificate
from maglia.wire.chain import Chain
from maglia.wire.channel import SERVER_OPTIONS, peer_credentials
from maglia.wire.entries import decode_entry
from node.entries import Entries
from node.refusals import Refusals
from node.rpc.audit import AuditDoor
from node.rpc.rules import PeerRules
from node.store.migrations import migrate
from tests.clerk import StoppedClock
from tests.peer_world import NETWORK, Body, MemoryTrust, OneKey, tls

AUDITOR_KEY = SigningKey(bytes([31]) * 32)


@cache
def official_tls(name: str) -> TlsIdentity:
    """Return an official's certificate, the same for the whole run."""
    return make_certificate(name, NETWORK, 86_400, time.time())


def official(name: str = "sara", role: NetworkRole = NetworkRole.AUDITOR) -> Official:
    """Return somebody in office."""
    return Official(name, name.title(), role, AUDITOR_KEY.public, official_tls(name).der, "PG/9", "2199-12-31")


@dataclass
class AuditedBody:
    """A body's log and where it is served."""

    body: Body
    engine: Engine
    log: Log
    endpoint: str = ""
    refusals: Refusals = field(init=False)

    def __post_init__(self) -> None:
        self.entries = Entries(self.log, OneKey(), StoppedClock())
        self.refusals = Refusals(self.entries)

    async def fill(self, count: int, size: int = 0) -> None:
        """Log questions that were never asked, each with so many bytes of pseudonyms that nobody can open."""
        entries = [replace(asked(at), sealed=bytes(size)) for at in range(self.log.size, self.log.size + count)]
        await self.entries.write_all(entries)

    def rewrite(self, leaves: list[bytes]) -> None:
        """Put other entries in the place of all there were, as whoever owns database and key can."""
        with self.engine.begin() as connection:
            for table in define(MetaData()):
                connection.execute(delete(table))
        self.log._tree = None
        self.log._loaded()
        self.log.append_many(leaves).result()

    def logged(self, kind: EntryKind) -> list[Entry]:
        """Return the entries of a kind."""
        found = [decode_entry(leaf) for leaf in self.log.read(0, self.log.size)]
        return [entry for entry in found if entry.kind is kind]


def asked(at: int) -> Entry:
    """Return an entry of a question with that number."""
    return Entry(EntryKind.ASKED, time_ms=1_000 * at, peer="caritas", question_id=at.to_bytes(16, "big"))


@asynccontextmanager
async def audited(folder: Path, trust: MemoryTrust, body: Body, port: int = 0) -> AsyncIterator[AuditedBody]:
    """Serve a body's log to whom the rules admit."""
    database = open_sqlite(folder / f"{body.id}.db")
    migrate(database)
    log = Log(SqlLogBackend(database), log_origin(body.id, NETWORK), body.key.private)
    node = AuditedBody(body, database, log)
    rules = PeerRules(trust.caller, trust.official, node.refusals.count).table()
    server = grpc.aio.server(interceptors=[Chain(rules)], options=SERVER_OPTIONS)
    add_AuditServiceServicer_to_server(AuditDoor(NETWORK, body.id, log, node.entries), server)
    bound = server.add_secure_port(f"127.0.0.1:{port}", peer_credentials(tls(body.id), lambda: None, trust.roots()))
    await server.start()
    node.endpoint = f"127.0.0.1:{bound}"
    trust.endpoints[body.id] = node.endpoint
    try:
        yield node
    finally:
        await server.stop(None)
        log.close()
        database.dispose()
