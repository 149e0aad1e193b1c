"""What all tests share: how the workers part them, and a PostgreSQL, one server for each worker that wants one."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Generator, Iterator

import pytest
import regopy  # noqa: F401 - before gRPC, as in the servers: docs/adr/0007
from sqlalchemy.engine import URL

from tests.postgres import NoPostgresError, fresh_database, running_postgres

LONGEST_FIRST = ("tests/e2e/", "tests/integration/")
"""What takes long and begins late keeps the other workers waiting for one."""


def pytest_configure() -> None:
    """Let each node of the tests keep as little of this machine's disk in reserve as makes a difference."""
    os.environ.setdefault("MAGLIA_NODE_DISK_RESERVE_BYTES", str(1024 * 1024))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Load all tests without looking for garbage among them, and leave them out of every later look: all stay."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        atexit.register(gc.freeze)


@pytest.hookimpl(tryfirst=True)  # xdist writes groups into the tests' names in a hook of its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give whole files to one worker each, and files that share a live network, marked with its name, to one."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: [not item.nodeid.startswith(folder) for folder in LONGEST_FIRST])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """Yield the address of a server; tests that need one are skipped only where none can be had."""
    try:
        with running_postgres() as server:
            yield server
    except NoPostgresError as why:
        pytest.skip(str(why))


@pytest.fixture
def postgres(postgres_server: URL) -> Iterator[str]:
    """Yield the address of a new, empty database."""
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return an empty address, which stands for SQLite in a folder, then that of a new PostgreSQL database."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres"))
