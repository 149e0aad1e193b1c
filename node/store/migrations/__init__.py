"""Revisions of the node's database, applied at start."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from maglia.sql.engine import storage_errors, writing


def migrate(engine: Engine) -> None:
    """Bring the database to the newest revision, in one transaction; raise `storage.unavailable` if it can't be."""
    from alembic import command  # noqa: PLC0415 - only a start needs it
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with storage_errors(), writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
