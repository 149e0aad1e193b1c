"""What all tests share: how two workers part them, and a PostgreSQL, one server for each worker that wants one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests.postgres import NoPostgresError, fresh_database, running_postgres

E2E = Path(__file__).parent / "e2e"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give whole files to either worker, and all that share a live network of processes to one."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group("e2e" if E2E in item.path.parents else str(item.path)))


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
