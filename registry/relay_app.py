"""Puts a relay together: the directory it follows, its two ports, and a file that says how it fares."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc

from maglia.core.endpoint import split_host
from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import write_private
from maglia.core.network_file import NetworkFile
from maglia.open_files import allow_open_files
from maglia.v1.relay_pb2_grpc import add_RelayServiceServicer_to_server
from maglia.wire.certificates import TlsIdentity
from maglia.wire.chain import Chain
from maglia.wire.channel import SERVER_OPTIONS, front_credentials
from maglia.wire.relay import CHUNK_BYTES, MAX_CARRIED, MAX_CARRIED_BYTES
from registry.process import alone, told_to_stop
from registry.relay_attending import Attendances
from registry.relay_config import SETTINGS_FILE, Settings
from registry.relay_directory import RelayDirectory
from registry.relay_hello import pass_over_names
from registry.relay_setup import relay_file
from registry.relay_splicing import PublicDoor
from registry.relay_status import STATUS_FILE, status_document
from registry.rpc.relay import RelayServicer, relay_rules

_STOP_S = 1.0
_OTHER_FILES = 256
"""Files of the process beside callers' connections: nodes, the registry, its own."""
_OTHER_STREAMS = 50
"""A node's own attendance, and connections that are just ending."""
_OPTIONS = [
    *SERVER_OPTIONS,
    ("grpc.max_receive_message_length", MAX_CARRIED_BYTES),
    ("grpc.max_concurrent_streams", MAX_CARRIED + _OTHER_STREAMS),
    # Whoever connects and says nothing is let go sooner: nobody's word is needed to reach this port.
    ("grpc.server_handshake_timeout_ms", 5_000),
    ("grpc.max_connection_idle_ms", 30_000),
]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Relay:
    """A relay that serves."""

    settings: Settings
    directory: RelayDirectory
    attendances: Attendances
    door: PublicDoor


async def serve(folder: Path, settings: Settings, network: NetworkFile, identity: TlsIdentity) -> None:
    """Serve until SIGTERM or SIGINT; raises what keeps the relay from starting."""
    allow_open_files(settings.connections + _OTHER_FILES)
    sys.unraisablehook = pass_over_names
    async with running(folder, settings, network, identity):
        await told_to_stop()


@asynccontextmanager
async def running(
    folder: Path, settings: Settings, network: NetworkFile, identity: TlsIdentity
) -> AsyncIterator[Relay]:
    """A relay that serves for as long as the context lasts, alone in its folder; raises `storage.locked`."""
    async with AsyncExitStack() as stack:
        stack.enter_context(alone(folder))
        (folder / STATUS_FILE).unlink(missing_ok=True)  # of one that was killed
        directory = RelayDirectory(folder / "trust", network, settings.directory_poll_s)
        stack.push_async_callback(directory.close)
        await directory.start()
        attendances = Attendances(directory.member, settings.member_bytes_a_second, settings.pickup_s)
        directory.listen(attendances.review)
        relay = Relay(settings, directory, attendances, PublicDoor(settings, attendances))
        await _open_nodes(stack, relay, identity)
        await _open_public(stack, relay)
        for work in (directory.keep_fresh(), _tell(relay, folder)):
            task = asyncio.create_task(work)
            stack.push_async_callback(_end, task)
        _log.info("callers come to %s, nodes dial out to %s", settings.public, settings.nodes)
        yield relay


async def _open_nodes(stack: AsyncExitStack, relay: Relay, identity: TlsIdentity) -> None:
    settings = relay.settings
    address = settings.nodes_listen or settings.nodes
    server = grpc.aio.server(interceptors=[Chain(relay_rules())], options=_OPTIONS)
    here = relay_file(settings, identity).certificate_hash
    servicer = RelayServicer(settings, here, relay.attendances, relay.directory.member)
    add_RelayServiceServicer_to_server(servicer, server)
    try:
        server.add_secure_port(address, front_credentials(identity))
    except RuntimeError as error:
        raise _taken(address, "nodes") from error
    await server.start()
    stack.push_async_callback(server.stop, _STOP_S)


async def _open_public(stack: AsyncExitStack, relay: Relay) -> None:
    address = relay.settings.public_listen or relay.settings.public
    host, port = split_host(address)
    connections: set[asyncio.Task[None]] = set()

    def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(relay.door.serve(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    try:
        server = await asyncio.start_server(met, host, port, limit=CHUNK_BYTES)
    except OSError as error:
        raise _taken(address, "public") from error

    async def close() -> None:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    stack.push_async_callback(close)


async def _tell(relay: Relay, folder: Path) -> None:
    """Write how the relay fares, again and again; the file goes when the relay does."""
    path = folder / STATUS_FILE
    try:
        while True:
            document = status_document(relay.settings, relay.directory, relay.attendances, relay.door, time.time())
            try:
                write_private(path, json.dumps(document | {"pid": os.getpid()}).encode())
            except OSError as error:  # a full disk stops no caller
                _log.warning("status not written: %s", type(error).__name__)
            await asyncio.sleep(relay.settings.status_s)
    finally:
        path.unlink(missing_ok=True)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _taken(address: str, field: str) -> MagliaError:
    return MagliaError(Code.NETWORK_PORT_BUSY, address=address, field=field, source=SETTINGS_FILE)
