"""How a node serves: a port opened, work kept up beside it, and files that say so to whoever waits."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2_grpc

from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import write_private
from node.config import SETTINGS_FILE, Settings
from node.folder import ADMIN_FILE, READY_FILE

_STOP_S = 2.0
_log = logging.getLogger(__name__)


async def open_door(
    stack: AsyncExitStack,
    server: grpc.aio.Server,
    field: str,
    address: str,
    credentials: grpc.ServerCredentials,
    checks: health.aio.HealthServicer,
) -> None:
    """Serve at `address`, health checks too, until the stack is closed; raise `network.port_busy`, naming `field`."""
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    try:
        server.add_secure_port(address, credentials)
    except RuntimeError as error:
        raise MagliaError(Code.NETWORK_PORT_BUSY, address=address, field=field, source=SETTINGS_FILE) from error
    await server.start()
    stack.push_async_callback(server.stop, _STOP_S)


def run_beside(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> None:
    """Run work until the stack is closed; if it fails before, the process is told to stop."""
    task = asyncio.create_task(work)

    def ended(done: asyncio.Task[None]) -> None:
        if not done.cancelled() and (error := done.exception()) is not None:
            _log.critical("ended: %s", type(error).__name__)
            os.kill(os.getpid(), signal.SIGTERM)  # half a node must not go on answering

    task.add_done_callback(ended)
    stack.push_async_callback(end_task, task)


async def end_task(task: asyncio.Task[None]) -> None:
    """Cancel work and wait for its end; work that took one cancellation for something else is told again."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_STOP_S)


def announce(stack: AsyncExitStack, folder: Path, settings: Settings, local_token: str) -> None:
    """Say in the folder, until the stack is closed, that the node serves, and to its own user with which token."""
    ready, admin = folder / READY_FILE, folder / ADMIN_FILE
    write_private(admin, json.dumps({"front": settings.front, "token": local_token}).encode())
    write_private(ready, json.dumps({"peer": settings.peer, "front": settings.front, "pid": os.getpid()}).encode())
    stack.callback(admin.unlink, missing_ok=True)
    stack.callback(ready.unlink, missing_ok=True)
