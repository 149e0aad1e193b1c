"""Checks kept for 72 hours: whose and since when in clear, whom they are about and what was found sealed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, Row, bindparam, case, delete, insert, select, update

from maglia.core.vocabulary import REASK_S
from node.domain.waiting import KeptCheck, Stage
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import CheckDeferred
from node.store.waiting_rows import read_waiting, waiting_content

_T = tables.waiting_check
_SEALED = "waiting_check.content"
_ADD = insert(_T)
_ONE = select(_T).where(_T.c.id == bindparam("of_id"))
_MARKED = select(_T.c.id).where(_T.c.mark == bindparam("of_mark"))
_OWN = select(_T).where(_T.c.user == bindparam("of_user")).order_by(_T.c.asked_at.desc(), _T.c.id)
_OPEN = (
    select(_T)
    .where(_T.c.is_open, _T.c.stage == bindparam("of_stage"), _T.c.id > bindparam("after"))
    .order_by(_T.c.id)
    .limit(bindparam("most"))
)
_CHANGE = (
    update(_T)
    .where(_T.c.id == bindparam("of_id"))
    .values(
        stage=bindparam("to_stage"),
        is_open=bindparam("to_open"),
        waited_s=bindparam("to_waited"),
        noted_at=bindparam("to_noted"),
        salt=bindparam("to_salt"),
        content=bindparam("to_content"),
    )
)
_SINCE = bindparam("now", type_=_T.c.noted_at.type) - _T.c.noted_at
_WAITED = _T.c.waited_s + case((_SINCE > 0, _SINCE), else_=0.0)
# One that is open is left, however long the node was off, until its operator was told that it stays partial.
_DROP_OLD = delete(_T).where(bindparam("longest") < _WAITED, ~_T.c.is_open)


class WaitingChecks(Part):
    """The `Store`'s methods on kept checks."""

    def defer_check(self, kept: KeptCheck, key: str) -> str:
        """Store one that nobody was asked about yet; return its id, or that of the same operator's with this key."""
        mark = self._fields.index("waiting_check.mark", f"{kept.user}\0{key}".encode()) if key else None

        def work(connection: Connection) -> Audited[str]:
            known = connection.execute(_MARKED, {"of_mark": mark}).scalar() if mark else None
            if known is not None:
                return Audited(str(known), [])
            connection.execute(_ADD, self._waiting_row(kept) | {"mark": mark})
            return Audited(kept.check_id, [CheckDeferred(kept.user, kept.check_id)])

        return self._db.change(work, records=False)

    def keep_checks(self, kept: Sequence[KeptCheck]) -> None:
        """Store checks as they stand, in place of what was stored of them."""

        def work(connection: Connection) -> None:
            for row in rows:
                changed = {
                    "of_id": row["id"],
                    "to_stage": row["stage"],
                    "to_open": row["is_open"],
                    "to_waited": row["waited_s"],
                    "to_noted": row["noted_at"],
                    "to_salt": row["salt"],
                    "to_content": row["content"],
                }
                if not connection.execute(_CHANGE, changed).rowcount:
                    connection.execute(_ADD, row)

        rows = [self._waiting_row(one) for one in kept]
        if rows:
            self._db.keep(work)

    def kept_check(self, check_id: str) -> KeptCheck | None:
        """Return one, or None."""
        rows = self._db.rows(_ONE, {"of_id": check_id})
        return self._read_waiting(rows[0]) if rows else None

    def kept_checks(self, user: str) -> Sequence[KeptCheck]:
        """Return an operator's own, the newest first."""
        return [self._read_waiting(row) for row in self._db.rows(_OWN, {"of_user": user})]

    def open_checks(self, stage: Stage, limit: int, after: str = "") -> Sequence[KeptCheck]:
        """Return those at a stage of which somebody is still to be asked or told, by id, of those after one."""
        wanted = {"of_stage": stage.value, "most": limit, "after": after}
        return [self._read_waiting(row) for row in self._db.rows(_OPEN, wanted)]

    def remove_old_checks(self) -> int:
        """Remove what was kept for 72 hours, unless its operator is still to be told; return how many."""
        old = {"now": self._clock.now(), "longest": REASK_S}
        return self._db.keep(lambda connection: connection.execute(_DROP_OLD, old).rowcount)

    def _waiting_row(self, kept: KeptCheck) -> dict[str, object]:
        salt = secrets.token_bytes(16)
        return {
            "id": kept.check_id,
            "user": kept.user,
            "stage": kept.stage.value,
            "is_open": kept.is_open,
            "asked_at": kept.asked_at,
            "waited_s": kept.waited_s,
            "noted_at": kept.noted_at,
            "salt": salt,
            "content": self._fields.seal(_SEALED, salt, waiting_content(kept)),
        }

    def _read_waiting(self, row: Row[*tuple[object, ...]]) -> KeptCheck:
        return read_waiting(row, self._fields.open(_SEALED, row.salt, row.content))
