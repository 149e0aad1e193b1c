"""Revisions of the registry's database, applied at `init` and at each start."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from maglia.sql.revisions import upgrade


def migrate(connection: Connection) -> None:
    """Bring the database to the newest revision, inside the caller's transaction."""
    upgrade(connection, Path(__file__).parent)
