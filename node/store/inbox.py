"""Notices to a body's operators: sealed, and kept as long as findings of others are.

They name no person. But beside the log, whose entries have their time, a notice in clear would tell a thief which
question was about which promise, and through it which rows of two stolen databases are one person: so its time is
sealed with the rest of it, and the day it was put is all that is in clear.
"""

from __future__ import annotations

import json
import os
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
_SEALED = "notice.content"
_SALT_BYTES = 16
_LARGEST = 2**31 - 1
_LOOKED_AT = 1_000
_MINE = or_(_T.c.operator == bindparam("whose"), _T.c.operator == "")
_ADD = insert(_T).returning(_T.c.id)
_ALL = select(_T).where(_MINE).order_by(_T.c.id.desc()).limit(bindparam("most"))
_WAITING = _ALL.where(_T.c.unread)
_UNREAD_OF = select(_T).where(_T.c.operator.in_(bindparam("of", expanding=True)), _T.c.unread)
_UNREAD_OF = _UNREAD_OF.order_by(_T.c.id.desc()).limit(_LOOKED_AT)
_ONE = select(_T).where(_MINE, _T.c.id == bindparam("number"))
_READ = update(_T).where(_T.c.id == bindparam("number")).values(unread=False)
_REWRITE = update(_T).where(_T.c.id == bindparam("number"), _T.c.operator == bindparam("of"), _T.c.unread)
_UNREAD = select(func.count()).select_from(_T).where(_MINE, _T.c.unread)
_DROP_OLD = delete(_T).where(_T.c.day < bindparam("old"))


class Notices(Part):
    """The `Store`'s methods on notices."""

    def add_notices(self, notices: Sequence[Notice], *, once: bool = False) -> list[int]:
        """Store new ones; return their numbers. With `once`, an equal one that is unread stands for a new one."""

        def work(connection: Connection) -> list[int]:
            waiting = self._waiting(connection, {one.operator for one in notices}) if once else {}
            numbers = []
            for one in notices:
                number = waiting.get(_key(one)) or self._add(connection, one)
                numbers.append(number)
                if once:
                    waiting[_key(one)] = number
            return numbers

        return self._db.keep(work)

    def _waiting(self, connection: Connection, operators: set[str]) -> dict[str, int]:
        """Return the numbers of what some operators have yet to read."""
        rows = connection.execute(_UNREAD_OF, {"of": sorted(operators)}).all()
        return {_key(kept.notice): kept.number for kept in map(self._read_notice, rows)}

    def _add(self, connection: Connection, notice: Notice) -> int:
        row = {"operator": notice.operator, "unread": True, **self._notice_columns(notice)}
        return int(connection.execute(_ADD, row).scalar_one())

    def _notice_columns(self, notice: Notice) -> dict[str, object]:
        salt = os.urandom(_SALT_BYTES)
        content = self._fields.seal(_SEALED, salt, _content(notice, self._clock.now()))
        return {"day": self._clock.today(), "salt": salt, "content": content}

    def rewrite_notice(self, number: int, notice: Notice) -> bool:
        """Put a notice in the place of one that its operator has not read yet; return whether there was one."""
        statement = _REWRITE.values(self._notice_columns(notice))
        found = {"number": number, "of": notice.operator}
        return self._db.keep(lambda connection: connection.execute(statement, found).rowcount == 1)

    def notices(self, user: str, *, everything: bool = False, limit: int = 500) -> Sequence[Kept]:
        """Return an operator's newest first: those that wait to be read, or with `everything` all."""
        rows = self._db.rows(_ALL if everything else _WAITING, {"whose": user, "most": limit})
        return [self._read_notice(row) for row in rows]

    def read_notice(self, user: str, number: int) -> Kept:
        """Return one of an operator's; from now on it is read. Raises `input.inbox` for any other."""
        rows = self._db.rows(_ONE, {"whose": user, "number": number}) if 0 < number <= _LARGEST else ()
        if not rows:
            raise MagliaError(Code.INPUT_INBOX, number=notice_name(number))

        def work(connection: Connection) -> None:
            connection.execute(_READ, {"number": number})

        if rows[0].unread:
            self._db.keep(work)
        return self._read_notice(rows[0])

    def unread_notices(self, user: str) -> int:
        """Return how many wait for an operator to read them."""
        return int(self._db.rows(_UNREAD, {"whose": user})[0][0])

    def remove_old_notices(self) -> int:
        """Remove those older than findings of others are kept; return how many."""

        def work(connection: Connection) -> int:
            old = self._clock.today() - timedelta(days=RECEIVED_FINDINGS_DAYS)
            return connection.execute(_DROP_OLD, {"old": old}).rowcount

        return self._db.keep(work)

    def _read_notice(self, row: Row[*tuple[Any, ...]]) -> Kept:
        said = json.loads(self._fields.open(_SEALED, row.salt, row.content))
        notice = Notice(NoticeKind(said["kind"]), row.operator, said["check_id"], said["params"])
        return Kept(row.id, notice, said["at"], row.unread)


def _content(notice: Notice, at: float) -> bytes:
    said = {"kind": notice.kind.value, "check_id": notice.check_id, "params": dict(notice.params), "at": at}
    return json.dumps(said, separators=(",", ":")).encode()


def _key(notice: Notice) -> str:
    return json.dumps([notice.operator, notice.kind, notice.check_id, notice.params], sort_keys=True)
