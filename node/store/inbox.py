"""Notices to a body's operators: kept as long as findings of others are. They name no person, so nothing is sealed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from maglia.core.errors import Code, MagliaError
from maglia.core.notices import NoticeKind
from maglia.core.vocabulary import RECEIVED_FINDINGS_DAYS
from node.domain.inbox import Kept, Notice, notice_name
from node.store import tables
from node.store.database import Part

_T = tables.notice
_KEPT_S = timedelta(days=RECEIVED_FINDINGS_DAYS).total_seconds()
_LARGEST = 2**31 - 1
_MINE = or_(_T.c.operator == bindparam("whose"), _T.c.operator == "")
_ADD = insert(_T).returning(_T.c.id)
_EQUAL = (
    select(func.max(_T.c.id))
    .where(_T.c.unread)
    .where(*(_T.c[name] == bindparam(f"of_{name}") for name in ("kind", "operator", "check_id", "params")))
)
_ALL = select(_T).where(_MINE).order_by(_T.c.id.desc()).limit(bindparam("most"))
_WAITING = _ALL.where(_T.c.unread)
_ONE = select(_T).where(_MINE, _T.c.id == bindparam("number"))
_READ = update(_T).where(_T.c.id == bindparam("number")).values(unread=False)
_UNREAD = select(func.count()).select_from(_T).where(_MINE, _T.c.unread)
_DROP_OLD = delete(_T).where(_T.c.created_at < bindparam("old"))


class Notices(Part):
    """The `Store`'s methods on notices."""

    def add_notice(self, notice: Notice, *, once: bool = False) -> int:
        """Store a new one; return its number. With `once`, return that of an equal one which is unread instead."""
        said = {
            "kind": notice.kind.value,
            "operator": notice.operator,
            "check_id": notice.check_id,
            "params": json.dumps(dict(notice.params), separators=(",", ":"), sort_keys=True),
        }

        def work(connection: Connection) -> int:
            known = connection.execute(_EQUAL, {f"of_{name}": value for name, value in said.items()}).scalar()
            if once and known is not None:
                return int(known)
            row = said | {"created_at": self._clock.now(), "unread": True}
            return int(connection.execute(_ADD, row).scalar_one())

        return self._db.keep(work)

    def notices(self, user: str, *, everything: bool = False, limit: int = 500) -> Sequence[Kept]:
        """Return an operator's newest first: those that wait to be read, or with `everything` all."""
        rows = self._db.rows(_ALL if everything else _WAITING, {"whose": user, "most": limit})
        return [_kept(row) for row in rows]

    def read_notice(self, user: str, number: int) -> Kept:
        """Return one of an operator's; from now on it is read. Raises `input.inbox` for any other."""
        rows = self._db.rows(_ONE, {"whose": user, "number": number}) if 0 < number <= _LARGEST else ()
        if not rows:
            raise MagliaError(Code.INPUT_INBOX, number=notice_name(number))

        def work(connection: Connection) -> None:
            connection.execute(_READ, {"number": number})

        if rows[0].unread:
            self._db.keep(work)
        return _kept(rows[0])

    def unread_notices(self, user: str) -> int:
        """Return how many wait for an operator to read them."""
        return int(self._db.rows(_UNREAD, {"whose": user})[0][0])

    def remove_old_notices(self) -> int:
        """Remove those older than findings of others are kept; return how many."""

        def work(connection: Connection) -> int:
            return connection.execute(_DROP_OLD, {"old": self._clock.now() - _KEPT_S}).rowcount

        return self._db.keep(work)


def _kept(row: Row[*tuple[Any, ...]]) -> Kept:
    notice = Notice(NoticeKind(row.kind), row.operator, row.check_id, json.loads(row.params))
    return Kept(row.id, notice, row.created_at, row.unread)
