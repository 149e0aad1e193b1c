"""Revisions of the node's database, applied at start."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from maglia.sql.engine import storage_errors, writing
from maglia.sql.revisions import upgrade


def migrate(engine: Engine) -> None:
    """Bring the database to the newest revision, in one transaction; raise `storage.unavailable` if it can't be."""
    with storage_errors(), writing(engine).begin() as connection:
        upgrade(connection, Path(__file__).parent)
