"""How files of other programs are read: one row for each name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from node.domain.import_plan import Plan, decode_plan, encode_plan
from node.ports.templates import Template
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import TemplateSaved

_TEMPLATE = tables.import_template
_ALL = select(_TEMPLATE).order_by(_TEMPLATE.c.name)
_ADD = insert(_TEMPLATE)
_REMOVE = delete(_TEMPLATE).where(_TEMPLATE.c.name == bindparam("removed"))


class Templates(Part):
    """The `Store`'s methods on templates."""

    def save_template(self, name: str, plan: Plan, actor: str) -> None:
        """Keep a plan under a name; one of that name is replaced."""

        def work(connection: Connection) -> Audited[None]:
            connection.execute(_REMOVE, {"removed": name})
            connection.execute(_ADD, {"name": name, "plan": encode_plan(plan), "saved_by": actor})
            return Audited(None, [TemplateSaved(actor, name)])

        self._db.change(work, records=False)

    def templates(self) -> Sequence[Template]:
        """Return all, by name."""
        return [Template(row.name, decode_plan(row.plan), row.saved_by) for row in self._db.rows(_ALL, {})]
