"""What all tests share: how the workers part them, and a PostgreSQL, one server for each worker that wants one."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Generator, Iterator

import pytest
import regopy  # noqa: F401 - before gRPC, as in the servers: docs/adr/0007
from sqlalchemy.engine import URL, make_url

from maglia.sql.engine import open_engine
from node.store.migrations import migrate
from tests.cheap_secrets import cheap_secrets
from tests.postgres import NoPostgresError, fresh_database, running_postgres
from tests.revisions import noted_revisions

LONGEST_FIRST = ("tests/e2e/", "tests/integration/")
"""What takes long and begins late keeps the other workers waiting for one."""


GARBAGE = (50_000, 20, 50)
"""Each test makes and drops whole programs: looking for garbage as often as one program does takes time for nothing."""


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
        gc.set_threshold(*GARBAGE)
        gc.enable()
        atexit.register(gc.freeze)


@pytest.hookimpl(tryfirst=True)  # xdist writes groups into the tests' names in a hook of its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give whole files to one worker each, and files that share a live network, marked with its name, to one."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: [not item.nodeid.startswith(folder) for folder in LONGEST_FIRST])


@pytest.fixture(scope="module", autouse=True)
def quick_databases(request: pytest.FixtureRequest) -> Iterator[None]:
    """Make new databases without Alembic, but in the files that test the revisions."""
    if request.node.get_closest_marker("alembic"):
        yield
        return
    with noted_revisions():
        yield


@pytest.fixture(scope="module", autouse=True)
def quick_secrets(request: pytest.FixtureRequest) -> Iterator[None]:
    """Make secrets cheap, but in the files that test what they cost."""
    if request.node.get_closest_marker("costly"):
        yield
        return
    with cheap_secrets():
        yield


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


@pytest.fixture(scope="session")
def _node_template(postgres_server: URL) -> Iterator[str]:
    """Yield the name of a database that has a node's tables: a copy takes a quarter of the time of making them."""
    with fresh_database(postgres_server) as url:
        engine = open_engine(url)
        migrate(engine)
        engine.dispose()
        yield str(make_url(url).database)


@pytest.fixture
def _node_postgres(postgres_server: URL, _node_template: str) -> Iterator[str]:
    with fresh_database(postgres_server, _node_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def node_database(request: pytest.FixtureRequest) -> str:
    """Return an empty address, which stands for SQLite in a folder, then that of a PostgreSQL with a node's tables."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("_node_postgres"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return an empty address, which stands for SQLite in a folder, then that of a new PostgreSQL database."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres"))
