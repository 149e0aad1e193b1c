"""Revisions of the registry's database, applied at `init` and at each start."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection


def migrate(connection: Connection) -> None:
    """Bring the database to the newest revision, inside the caller's transaction."""
    from alembic import command  # noqa: PLC0415 - only init and serve need it
    from alembic.config import Config  # noqa: PLC0415 - likewise

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
