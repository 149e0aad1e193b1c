"""Searching what was read: entries by what they say of themselves, never by whom they are about.

Newest first, page by page. A page goes on from the last entry shown, so that entries that are pulled meanwhile move
nothing.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, literal, select, tuple_

from maglia.core.errors import Code, MagliaError
from maglia.core.operator_day import italian_midnight
from maglia.sql.engine import storage_errors
from tui.audit.archive import Archive
from tui.audit.tables import entry
from tui.text import parse_day

LIMIT = 50
MAX_LIMIT = 1000
_NUMBER = re.compile(r"[0-9]{1,18}")
_EXACT = ("member", "operator", "peer", "purpose", "facet", "kind", "outcome", "code", "procedure", "check_id")


@dataclass(frozen=True)
class Query:
    """What to look for; what is empty is not asked. Times are milliseconds since the epoch, the last not included."""

    member: str = ""
    operator: str = ""
    peer: str = ""
    purpose: str = ""
    facet: str = ""
    kind: str = ""
    outcome: str = ""
    code: str = ""
    procedure: str = ""
    check_id: str = ""
    question: bytes = b""
    since_ms: int | None = None
    until_ms: int | None = None


@dataclass(frozen=True)
class Found:
    """One entry as its log says it: metadata, no person, no aid."""

    member: str
    idx: int
    kind: str
    time_ms: int
    peer: str
    question_id: bytes
    purpose: str
    facet: str
    basis: str
    operator: str
    outcome: str
    code: str
    count: int
    check_id: str
    procedure: str
    signals: str


@dataclass(frozen=True)
class FoundPage:
    """Some entries, and what to give to go on from there; empty when these are the last."""

    entries: Sequence[Found]
    next_page: str = ""


_SHOWN = tuple(field.name for field in fields(Found))


def search(archive: Archive, query: Query, limit: int = LIMIT, page: str = "") -> FoundPage:
    """Return entries that are as asked, the newest first; raise `input.field` for a page that is none."""
    if not 1 <= limit <= MAX_LIMIT:
        raise MagliaError(Code.INPUT_FIELD, field="limit")
    archive.prepare_joins()
    order = tuple_(entry.c.time_ms, entry.c.member, entry.c.idx)
    wanted = _conditions(query)
    if page:
        wanted.append(order < tuple_(*map(literal, _read_page(page))))
    statement = (
        select(*(entry.c[name] for name in _SHOWN))
        .where(and_(True, *wanted))
        .order_by(entry.c.time_ms.desc(), entry.c.member.desc(), entry.c.idx.desc())
        .limit(limit + 1)
    )
    with storage_errors(), archive.engine.connect() as connection:
        rows = [Found(*row) for row in connection.execute(statement)]
    shown = rows[:limit]
    return FoundPage(shown, _page_after(shown[-1]) if len(rows) > limit else "")


def count(archive: Archive, query: Query) -> int:
    """Return how many entries are as asked, on all pages."""
    archive.prepare_joins()
    with storage_errors(), archive.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(entry).where(and_(True, *_conditions(query)))) or 0


def _conditions(query: Query) -> list[ColumnElement[bool]]:
    wanted = [entry.c[name] == value for name in _EXACT if (value := getattr(query, name))]
    if query.question:
        wanted.append(entry.c.question_id == query.question)
    if query.since_ms is not None:
        wanted.append(entry.c.time_ms >= query.since_ms)
    if query.until_ms is not None:
        wanted.append(entry.c.time_ms < query.until_ms)
    return wanted


def words_of(archive: Archive, column: str) -> Sequence[str]:
    """Return what entries say in a column, such as `outcome`: each word once, in order."""
    said = entry.c[column]
    with storage_errors(), archive.engine.connect() as connection:
        return connection.execute(select(said).where(said != "").distinct().order_by(said)).scalars().all()


def read_question(text: str) -> bytes:
    """Return the id of a question from its 32 hexadecimal digits, none for an empty text; raise `input.field`."""
    try:
        found = binascii.unhexlify(text)
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field="question") from error
    if len(found) not in {0, 16}:
        raise MagliaError(Code.INPUT_FIELD, field="question")
    return found


def midnight_ms(day: str, days: int = 0) -> int | None:
    """Return when a day (dd/mm/yyyy) begins in Italy, or so many days later; None for no day.

    Raises `input.date`, also for the first and the last years, which have days that no clock can tell.
    """
    if not day:
        return None
    try:
        return italian_midnight(parse_day(day) + timedelta(days=days))
    except (ValueError, OverflowError) as error:
        raise MagliaError(Code.INPUT_DATE, value=day) from error


def _page_after(last: Found) -> str:
    return f"{last.time_ms}.{last.member}.{last.idx}"


def _read_page(page: str) -> tuple[int, str, int]:
    time_ms, _, rest = page.partition(".")
    member, _, idx = rest.rpartition(".")
    if not (member and _NUMBER.fullmatch(time_ms) and _NUMBER.fullmatch(idx) and len(page) < 120):
        raise MagliaError(Code.INPUT_FIELD, field="page_token")
    return int(time_ms), member, int(idx)
