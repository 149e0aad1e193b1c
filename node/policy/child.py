"""An OPA server as a child on loopback: started, watched, started again when it dies.

Its own authorization admits whoever holds a random token, to the decisions and the health page and to nothing else:
without that any local user could replace the policies. The token is never written down; the server gets its hash.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import secrets
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from maglia.policy.engine import DECISIONS, unavailable

if TYPE_CHECKING:
    from opa_client import AsyncOpaClient

LOOPBACK = "127.0.0.1"
START_S = 15.0
"""Longest wait for a new server to answer."""
ATTEMPTS = 3
"""Another program may take the port between choosing and binding it."""
BACKOFF_S = (0.1, 5.0)
"""First and longest pause before a restart; it doubles while servers die young."""
HEALTHY_S = 10.0
"""A server that lived this long did not die young."""

AUTHZ = """package system.authz

default allow := false

allow if {
	known
	input.method == "POST"
	some name in data.system.decisions
	input.path == ["v1", "data", "maglia", name, "decision"]
}

allow if {
	known
	input.method == "GET"
	input.path == ["health"]
}

known if crypto.sha256(input.identity) == data.system.token_sha256
"""


class OpaChild:
    """One server at a time over the bundle file in `directory`; `client` is None while none answers."""

    def __init__(self, binary: Path, directory: Path) -> None:
        # Absolute: the server runs inside the directory.
        self._binary = binary.absolute()
        self._directory = directory.absolute()
        self._bundle = self._directory / "bundle" / "maglia.tar.gz"
        self._token = secrets.token_urlsafe(32)
        self._kept = b""
        self._marks: tuple[tuple[int, ...], ...] = ()
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self.client: AsyncOpaClient | None = None

    @property
    def pid(self) -> int | None:
        """Return the process id of the server, None while none runs."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def start(self, bundle: bytes) -> None:
        """Write the bundle, start a server and watch it; raises `MagliaError` (`policy.unavailable`)."""
        for folder in (self._directory, self._bundle.parent, self._directory / "authz"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._kept = bundle
        self._write()
        await self._begin()
        self._watcher = asyncio.create_task(self._watch(), name="opa-watch")

    def _write(self) -> None:
        """Write what the server reads: who may ask it, and the bundle in use."""
        authz = self._directory / "authz"
        digest = hashlib.sha256(self._token.encode()).hexdigest()
        (authz / "authz.rego").write_text(AUTHZ)
        (authz / ".manifest").write_text(json.dumps({"roots": ["system"], "rego_version": 1}))
        (authz / "data.json").write_text(json.dumps({"system": {"token_sha256": digest, "decisions": DECISIONS}}))
        self.put(self._kept)

    def put(self, bundle: bytes) -> None:
        """Rename a bundle over the one in use; the server sees the change within milliseconds."""
        self._kept = bundle
        handle, name = tempfile.mkstemp(dir=self._directory, prefix="next-")
        with os.fdopen(handle, "wb") as file:
            file.write(bundle)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self._bundle)
        self._marks = self._marked()

    def current(self) -> bytes:
        """Return the bundle in use, as it was put; what lies on the disk may have been edited."""
        return self._kept

    def _marked(self) -> tuple[tuple[int, ...], ...]:
        """Return what the file system says of the files that the server reads; none of it for a file that is gone."""
        authz = self._directory / "authz"
        paths = (self._bundle, authz / "authz.rego", authz / ".manifest", authz / "data.json")
        return tuple(_mark(path) for path in paths)

    def is_as_put(self) -> bool:
        """Return whether nobody touched those files since the bundle was put: the server reads each change at once.

        Asked after each answer, so that none counts that could have come of an edited file. Whoever may write here
        cannot set back the time of a change (`ctime`).
        """
        return self._marked() == self._marks

    def kill(self) -> None:
        """End a server that hangs; the watch starts another."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def stop(self) -> None:
        """End the watch and the server."""
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
        await self._end()

    async def _watch(self) -> None:
        loop, pause = asyncio.get_running_loop(), BACKOFF_S[0]
        born = loop.time()
        while True:
            if self._process is not None:
                await self._process.wait()
            await self._end()
            pause = BACKOFF_S[0] if loop.time() - born > HEALTHY_S else min(pause * 2, BACKOFF_S[1])
            await asyncio.sleep(pause)
            born = loop.time()
            with contextlib.suppress(Exception):  # told by every decision meanwhile; tried again after the pause
                if not self.is_as_put():
                    self._write()
                await self._begin()

    async def _begin(self) -> None:
        for _ in range(ATTEMPTS):
            try:
                await self._run(_free_port())
            except BaseException:
                await self._end()
                raise
            if self.client is not None:
                return
            await self._end()
        raise unavailable("OPA ends as soon as it starts, see opa.log")

    async def _run(self, port: int) -> None:
        """Start one server; leave `client` open when it answers, None when it ended before."""
        from opa_client import AsyncOpaClient  # noqa: PLC0415 - 190 ms that only this engine spends

        with (self._directory / "opa.log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command(port),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"HOME": str(self._directory), "GOGC": "400"},
                cwd=self._directory,
            )
        client = AsyncOpaClient(host=LOOPBACK, port=port, token=self._token, retries=0, timeout=START_S)
        await client.__aenter__()
        try:
            async with asyncio.timeout(START_S):
                while self._process.returncode is None and self.client is None:
                    if await client.check_health({"bundles": True}):
                        self.client = client
                    else:
                        await asyncio.sleep(0.02)
        except TimeoutError as error:
            raise unavailable(f"OPA does not answer within {START_S} s, see opa.log") from error
        finally:
            if self.client is None:
                await client.close_connection()

    def _command(self, port: int) -> list[str]:
        launch = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py")), str(os.getpid())]
        server = [str(self._binary), *["run", "--server", "--authentication=token", "--authorization=basic", "--watch"]]
        quiet = ["--log-level=error", "--disable-telemetry", "--optimize-store-for-read-speed", "--ready-timeout=0"]
        return [*launch, *server, *quiet, f"--addr={LOOPBACK}:{port}", "--bundle", str(self._bundle), "authz"]

    async def _end(self) -> None:
        client, self.client = self.client, None
        process, self._process = self._process, None
        if client is not None:
            await client.close_connection()
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _mark(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
