"""Brings a database to its newest revision; one that is there already costs no more than a look."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

_VERSION = table("alembic_version", column("version_num"))


def upgrade(connection: Connection, migrations: Path) -> None:
    """Run the revisions in the folder `migrations` that are missing, inside the caller's transaction.

    Alembic is loaded only when there are some: it would take a quarter of each start, and of most commands.
    """
    if _is_newest(connection, migrations):
        return
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - likewise

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def newest_revision(migrations: Path) -> str:
    """Return the last revision in a folder: files are called `REVISION_WHAT.py`, and later ones sort later."""
    return max(path.name for path in migrations.joinpath("versions").glob("[0-9]*.py")).partition("_")[0]


def _is_newest(connection: Connection, migrations: Path) -> bool:
    if not inspect(connection).has_table(_VERSION.name):
        return False
    return connection.scalars(select(_VERSION.c.version_num)).all() == [newest_revision(migrations)]
