"""The body's operators and the hashes of their passwords."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select

from maglia.core.vocabulary import Role
from node.domain.model import Operator
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import OperatorSet

_FIND = select(tables.operator).where(tables.operator.c.user == bindparam("of_user"))
_ALL = select(tables.operator.c.user, tables.operator.c.name, tables.operator.c.role).order_by(tables.operator.c.user)
_DROP = delete(tables.operator).where(tables.operator.c.user == bindparam("of_user"))
_ADD = insert(tables.operator)


class Operators(Part):
    """The `Store`'s methods on operators."""

    def add_operator(self, operator: Operator, password_hash: str) -> None:
        """Add or replace an operator, with its audit event."""

        def work(connection: Connection) -> Audited[None]:
            row = {"user": operator.user, "name": operator.name, "role": operator.role.value}
            connection.execute(_DROP, {"of_user": operator.user})
            connection.execute(_ADD, row | {"password_hash": password_hash})
            return Audited(None, [OperatorSet("node", operator.user)])

        self._db.change(work)

    def operators(self) -> list[Operator]:
        """Return everybody who works at this body, by user name."""
        return [Operator(row.user, row.name, Role(row.role)) for row in self._db.look_up(_ALL, {})]

    def operator(self, user: str) -> tuple[Operator, str] | None:
        """Return an operator and the password hash."""
        rows = self._db.look_up(_FIND, {"of_user": user})
        if not rows:
            return None
        row = rows[0]
        return Operator(row.user, row.name, Role(row.role)), str(row.password_hash)
