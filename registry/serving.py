"""How the registry serves: alone in its folder, on its two ports, with work kept up beside, until told to stop."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from contextlib import suppress
from pathlib import Path

from maglia.core.elapsed import Due
from maglia.core.errors import MagliaError
from maglia.core.keystore import write_private
from maglia.open_files import allow_open_files
from maglia.sql.soundness import check_sound
from maglia.wire.chain import place_of
from registry.app import Parts, build, listen
from registry.config import Settings
from registry.news import Elsewhere
from registry.process import alone, told_to_stop
from registry.secrets import Secrets
from registry.store.database import Database

READY_FILE = "ready.json"
_STOP_S = 2.0
_LOOK_S = 0.5
_DUE_LOOK_S = 30.0
_log = logging.getLogger(__name__)


async def serve(folder: Path, settings: Settings, secrets: Secrets) -> None:
    """Serve until SIGTERM or SIGINT; `ready.json` is there while calls are answered."""
    allow_open_files()
    with alone(folder):
        (folder / READY_FILE).unlink(missing_ok=True)
        database = Database.open(folder, settings.database)
        check_sound(database.engine)
        database.migrate()
        parts = build(database, settings, secrets, folder)
        parts.watch.start()
        servers = listen(parts, settings, secrets)
        parts.publisher.refresh()
        parts.expiry.sweep()
        parts.queue.sweep()
        for server in servers:
            await server.start()
        ready = {"schema": "maglia.registry/1", "peer": settings.peer, "front": settings.front, "pid": os.getpid()}
        write_private(folder / READY_FILE, json.dumps(ready).encode() + b"\n")
        _log.info("serving nodes at %s, people at %s", settings.peer, settings.front)
        if parts.publisher.directory() is None:
            _log.warning("no directory is published yet: two officers sign the first one when they approve a body")
        work = (_keep_fresh(parts, settings.timestamp_s / 4), hear_others(parts), parts.logins.run(), parts.watch.run())
        tasks = [asyncio.create_task(one) for one in work]
        try:
            await told_to_stop()
        finally:
            (folder / READY_FILE).unlink(missing_ok=True)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*(server.stop(_STOP_S) for server in servers))
            with suppress(MagliaError):
                parts.logins.write()
            database.close()


async def _keep_fresh(parts: Parts, every_s: float) -> None:
    """Sign the timestamp again long before it expires, and look at the acts' last days; a failure is tried again."""
    due = Due(every_s)
    while True:
        await asyncio.sleep(min(every_s, _DUE_LOOK_S))  # this clock stands still while the machine sleeps
        if not due.is_now():
            continue
        try:
            parts.publisher.refresh()
            parts.expiry.sweep()
            parts.queue.sweep()
        except Exception as error:
            what = error if isinstance(error, MagliaError) else type(error).__name__
            _log.error("metadata not signed again: %s at %s", what, place_of(error))


async def hear_others(parts: Parts) -> None:
    """Look for what a replica or a command changed, often: a suspension must reach who listens here in seconds."""
    elsewhere = Elsewhere(parts.news, lambda: (parts.files.versions(), parts.members.cards_revision()))
    while True:
        await asyncio.sleep(_LOOK_S)
        try:
            elsewhere.look()
            parts.keys.look()
        except MagliaError as error:
            _log.error("changes of others not heard: %s", error)
