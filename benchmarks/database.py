"""A PostgreSQL of the bench's own, which keeps what it says it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.postgres import fresh_database, own_postgres


@contextmanager
def durable_postgres() -> Iterator[str]:
    """Yield the address of an empty database; raise `NoPostgresError` where none can be had.

    Servers of tests do not wait for their disk; this one does, since what is measured waits for it.
    """
    with own_postgres() as server:
        plain = server.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = on")
            connection.execute("SELECT pg_reload_conf()")
        with fresh_database(server.url) as url:
            yield url
