"""A body's node leaves its folder for an archive, and goes on from the archive in another folder.

The order makes that a body never goes on from two places by itself: the folder is held, everything is packed, then the
folder is marked as left, durably, and only then may the archive take its name. Whatever is cut short in between is done
again by the same command.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from maglia.core.checkpoint import NoteKey
from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import check_new_passphrase, make_folder, write_private
from maglia.core.log_archives import FOLDER as ARCHIVE_FOLDER
from maglia.core.log_check import LogReport, verify_log
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from node.config import SETTINGS_FILE, Settings, check_endpoint, load_settings
from node.folder import DATABASE_FILE, check_database, check_not_moved, locked, mark_moved
from node.hosting.packing import Contents, check_inert, copied_database, count_rows, pack, sync_folder, unpack
from node.hosting.sealed import Header, Opener, sealing
from node.joining import load_network
from node.keys import KEYSTORE_FILE, Keys, load_keys, save_keys
from node.log.guard import NOTE_FILE, kept_note

KEYS_OF_MONTHS = "log-keys"
_ARRIVING = ".arriving"
"""Where an archive is unpacked, in the new folder, until everything in it is known to be right."""
OF_A_MACHINE = ("peer", "front", "opa_address", "opa_token", "database_url", "via")
"""Settings that say where a node stands: a new place has its own."""


@dataclass(frozen=True)
class Place:
    """Where a node is to listen, `HOST:PORT` each; `remote` as the setting, None for what it was before."""

    peer: str
    front: str
    remote: bool | None = None


@dataclass(frozen=True)
class Restored:
    """What stands in the new folder, and the names of the settings that stayed behind."""

    contents: Contents
    left: tuple[str, ...]


def archive(folder: Path, out: BinaryIO, body_passphrase: str, passphrase: str, *, move: bool) -> Contents:
    """Seal the node in `folder` into `out`; with `move`, mark the folder as left.

    A copy of a node that serves on leaves out the months' keys, which must not outlive their term in some backup. A
    move takes them, and needs the node stopped. Raises `storage.locked`, `storage.moved` for a copy of a folder that
    was left, `storage.database`, `log.damaged` and `input.passphrase`.
    """
    check_new_passphrase(passphrase)
    settings, network = load_settings(folder), load_network(folder)
    if settings.database:
        raise MagliaError(Code.STORAGE_DATABASE)
    if not move:
        check_not_moved(folder)
    keys = load_keys(folder, body_passphrase)
    if not move:
        return _pack(folder, out, settings, network.network, keys, passphrase, moved=False)
    with locked(folder, even_moved=True):
        contents = _pack(folder, out, settings, network.network, keys, passphrase, moved=True)
        mark_moved(folder, date.today())
        sync_folder(folder)
    return contents


def restore(
    folder: Path, source: BinaryIO, header: Header, passphrase: str, place: Place, body_passphrase: str
) -> Restored:
    """Put an archived node into an empty folder, to listen at its new place under a passphrase of its own.

    The settings are written last: before, there is no node. Raises `storage.exists`, `storage.archive`, `input.field`
    and `input.passphrase`; nothing is left then.
    """
    check_new_passphrase(body_passphrase)
    for name, address in (("peer", place.peer), ("front", place.front)):
        _check_address(name, address)
    arriving = folder / _ARRIVING
    if folder.exists() and any(path != arriving for path in folder.iterdir()):
        raise MagliaError(Code.STORAGE_EXISTS, path=str(folder))
    make_folder(folder)
    shutil.rmtree(arriving, ignore_errors=True)  # of a try that was cut short
    arriving.mkdir(mode=0o700)
    try:
        contents = unpack(arriving, Opener(source, header, passphrase))
        keys = load_keys(arriving, passphrase)
        _check_arrived(arriving, contents, header, keys)
        settings, left = _settle(arriving, contents.member, place)
        save_keys(arriving, keys, body_passphrase)
        for path in sorted(arriving.iterdir()):
            path.rename(folder / path.name)
        sync_folder(folder)
        write_private(folder / SETTINGS_FILE, settings)
        sync_folder(folder)
    except OSError as error:
        raise MagliaError(Code.STORAGE_FOLDER, path=str(folder), cause=type(error).__name__) from error
    finally:
        shutil.rmtree(arriving, ignore_errors=True)
    return Restored(contents, left)


def _pack(
    folder: Path, out: BinaryIO, settings: Settings, network: str, keys: Keys, passphrase: str, *, moved: bool
) -> Contents:
    contents = Contents(settings.member, network, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", moved, 0, "", {})
    without = frozenset() if moved else frozenset({KEYS_OF_MONTHS})
    check_database(folder)
    with ExitStack() as stack:
        beside = Path(stack.enter_context(TemporaryDirectory(dir=folder, prefix=".leaving-")))
        save_keys(beside, keys, passphrase)  # the new place does not know the passphrase of the old one
        instead = {KEYSTORE_FILE: beside / KEYSTORE_FILE}
        # Before the database is copied: a note of a later moment would be of entries that the copy does not have.
        if (note := kept_note(folder)) is not None:
            instead[NOTE_FILE] = beside / NOTE_FILE
            write_private(instead[NOTE_FILE], note)
        if (folder / DATABASE_FILE).exists():  # else it applied, perhaps, and never served
            instead[DATABASE_FILE] = stack.enter_context(copied_database(folder))
            report = _recomputed(folder, instead[DATABASE_FILE], contents, keys, note)
            rows = count_rows(instead[DATABASE_FILE])
            contents = replace(contents, log_size=report.size, log_root=report.root, rows=rows)
        with sealing(out, settings.member, network, passphrase) as sealer:
            pack(folder, contents, sealer, instead, without)
    out.flush()
    return contents


def _recomputed(folder: Path, database: Path, contents: Contents, keys: Keys, note: bytes | None) -> LogReport:
    """Read the whole log; raise `log.damaged` when anything in it disagrees, or it does not continue `note`."""
    engine = open_sqlite(database)
    try:
        key = NoteKey(f"maglia/{contents.network}/{contents.member}", keys.log.private.public_key())
        report = verify_log(SqlLogBackend(engine), key, kept=note, archives=folder / ARCHIVE_FOLDER)
    finally:
        engine.dispose()
    if not report.holds:
        raise MagliaError(Code.LOG_DAMAGED)
    return report


def _check_arrived(folder: Path, contents: Contents, header: Header, keys: Keys) -> None:
    """Raise unless every row and log entry that left is here."""
    if (contents.member, contents.network) != (header.member, header.network):
        raise MagliaError(Code.STORAGE_ARCHIVE, cause="another body's contents")
    database = folder / DATABASE_FILE
    if not database.exists():
        arrived = replace(contents, log_size=0, log_root="", rows={})
    else:
        check_inert(database)
        report = _recomputed_of_others(folder, database, contents, keys)
        arrived = replace(contents, log_size=report.size, log_root=report.root, rows=count_rows(database))
    if arrived != contents:
        raise MagliaError(Code.STORAGE_ARCHIVE, cause="rows or entries differ")


def _recomputed_of_others(folder: Path, database: Path, contents: Contents, keys: Keys) -> LogReport:
    """Read a log that somebody else may have made up; raise `storage.archive` where its rows are none of a log."""
    try:
        return _recomputed(folder, database, contents, keys, kept_note(folder))
    except (TypeError, ValueError, OverflowError) as error:
        raise MagliaError(Code.STORAGE_ARCHIVE, cause=f"log: {type(error).__name__}") from error
    except MagliaError as error:
        if error.code is not Code.LOG_UNAVAILABLE:
            raise
        raise MagliaError(Code.STORAGE_ARCHIVE, cause="log") from error


def _settle(folder: Path, member: str, place: Place) -> tuple[bytes, tuple[str, ...]]:
    """Take the old settings away; return those for here, and the names of the ones that were of the old machine."""
    path = folder / SETTINGS_FILE
    try:
        kept: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise MagliaError(Code.STORAGE_ARCHIVE, cause="settings") from error
    path.unlink()
    left = tuple(sorted(name for name in OF_A_MACHINE if name in kept and name not in ("peer", "front")))
    kept = {name: value for name, value in kept.items() if name not in OF_A_MACHINE}
    kept |= {"member": member, "peer": place.peer, "front": place.front}
    if place.remote is not None:
        kept["remote"] = place.remote
    return "".join(f"{name} = {_in_toml(value)}\n" for name, value in kept.items()).encode(), left


def _in_toml(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _check_address(field: str, address: str) -> None:
    try:
        check_endpoint(address)
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field=field) from error
