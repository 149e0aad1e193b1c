"""What a node's files say: database, access log, monthly keys, codes, days of service, enrolled consoles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from maglia.core.absence import absence_days
from maglia.core.answering import ANSWERING_DAYS
from maglia.core.checkpoint import NoteKey
from maglia.core.errors import Code, MagliaError
from maglia.core.findings.model import Finding, Subject, ok
from maglia.core.log_archives import FOLDER
from maglia.core.log_check import BATCH, verify_log
from maglia.core.log_port import LogBackend
from maglia.sql.log import SqlLogBackend
from node.doctor.opened import Opened
from node.domain.presence import presence_of
from node.findings.consoles import consoles_found
from node.findings.log import log_keys_found, log_recomputed
from node.findings.presence import presence_found
from node.findings.remedies import for_error
from node.folder import SystemClock, check_database, has_database, locked, open_database, open_store
from node.kept_rules import KEPT
from node.log.guard import FORK_FILE, kept_note
from node.log.months import SealedMonths
from node.store.answering import served_days
from node.store.devices import operators_left_out
from node.store.fields import Fields
from node.store.monthly import MonthlyKeyFiles
from node.store.subjects import count_codes


def examined_beside(opened: Opened) -> Iterator[Finding]:
    """Yield what is found beside a node that serves: its database is read as it is, never migrated beneath it."""
    try:
        with _database(opened) as engine:
            backend = SqlLogBackend(engine)
            yield _log(backend, opened)
            yield _log_keys(backend, opened)
            yield _codes(engine, opened)
            yield from _consoles(engine, opened)
    except MagliaError as error:
        yield for_error(Subject.DATABASE, error, opened.remedies)


def examined_alone(opened: Opened) -> Iterator[Finding]:
    """Yield what is found of a node that is stopped, and kept from starting meanwhile."""
    clock = SystemClock(opened.settings.day)
    try:
        with locked(opened.folder):
            check_database(opened.folder, opened.settings.database)
            if not has_database(opened.folder, opened.settings.database):
                yield ok(Subject.DATABASE, "database.none")
                return
            store, backend = open_store(opened.folder, opened.keys, clock, opened.settings.database)
            try:
                yield ok(Subject.DATABASE, "database.opens", records=store.record_count())
                yield _log(backend, opened)
                yield _log_keys(backend, opened)
                with _database(opened) as engine:
                    yield _codes(engine, opened)
                    yield _presence(engine, opened)
                    yield from _consoles(engine, opened)
            finally:
                store.close()
    except MagliaError as error:
        yield for_error(Subject.DATABASE, error, opened.remedies)


@contextmanager
def _database(opened: Opened) -> Iterator[Engine]:
    engine = open_database(opened.folder, opened.settings.database)
    try:
        yield engine
    finally:
        engine.dispose()


def _log(backend: LogBackend, opened: Opened) -> Finding:
    folder, public = opened.folder, opened.keys.log.private.public_key()
    key = NoteKey(f"maglia/{opened.network.network}/{opened.settings.member}", public)
    report = verify_log(backend, key, kept=kept_note(folder), archives=folder / FOLDER)
    return log_recomputed(report, forked=(folder / FORK_FILE).exists(), remedies=opened.remedies)


def _log_keys(backend: LogBackend, opened: Opened) -> Finding:
    """Whether there is a key for every month that has entries, and it opens them: see `node.log.months`."""
    sealed = SealedMonths()
    for start in range(backend.first(), backend.size(), BATCH):
        sealed.take([entry.leaf for entry in backend.entries(start, BATCH)])
    keys = sealed.read_by(MonthlyKeyFiles(opened.folder / "log-keys", opened.keys.wrapping_key))
    return log_keys_found(keys.here, keys.missing, keys.closed, opened.remedies)


def _codes(engine: Engine, opened: Opened) -> Finding:
    """Whether every stored code opens: whoever's does not is never enrolled, and no answer is about them."""
    total, closed = count_codes(engine, Fields(opened.keys.field_key))
    if not closed:
        return ok(Subject.CODES, "codes.open", count=total)
    error = MagliaError(Code.STORAGE_CODES, count=f"{closed} / {total}")
    return for_error(Subject.CODES, error, opened.remedies)


def _presence(engine: Engine, opened: Opened) -> Finding:
    """For how long the node was off, which whoever started it just now does not see."""
    today = datetime.now(UTC).date()
    try:
        limit = absence_days((opened.folder / KEPT).read_bytes())
    except OSError:
        limit = 0
    days = served_days(engine, today - timedelta(ANSWERING_DAYS - 1))
    return presence_found(presence_of(days, today), limit, opened.remedies)


def _consoles(engine: Engine, opened: Opened) -> Iterator[Finding]:
    """Who cannot log in, where enrolled consoles alone are let in."""
    if opened.settings.remote:
        yield consoles_found(operators_left_out(engine), opened.remedies)
