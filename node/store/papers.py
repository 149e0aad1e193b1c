"""Case protocols on file: the lawful basis of a public body's questions (step 3 of a check)."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select

from maglia.core.identifiers import Identifier
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import CaseAdded
from node.store.subjects import index_of, person_row

_ADD_CASE = insert(tables.case_file).returning(tables.case_file.c.id)
_CASE = (
    select(tables.case_file.c.protocol)
    .join(tables.person)
    .where(tables.person.c.code_index == bindparam("person"), tables.case_file.c.purpose == bindparam("purpose"))
    .order_by(tables.case_file.c.id.desc())
    .limit(1)
)


class Papers(Part):
    """The `Store`'s methods on cases."""

    def add_case(self, identifier: Identifier, purpose: str, protocol: str, actor: str) -> str:
        """Put a case protocol on file with its audit event; return its id."""

        def work(connection: Connection) -> Audited[str]:
            row = {
                "person_id": person_row(connection, self._fields, identifier),
                "purpose": purpose,
                "protocol": protocol,
            }
            number = str(connection.execute(_ADD_CASE, row).scalar_one())
            return Audited(number, [CaseAdded(actor, number)])

        return self._db.change(work)

    def case_for(self, identifier: Identifier, purpose: str) -> str | None:
        """Return the protocol number of the newest case on file."""
        rows = self._db.look_up(_CASE, {"person": index_of(self._fields, identifier), "purpose": purpose})
        return str(rows[0].protocol) if rows else None
