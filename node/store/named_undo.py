"""Help to persons without a code, found by its number and undone soon after it was recorded: it has no versions."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import AidStatus, Basis
from node.domain.record_file import FiledNamed, Recorded
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import NamedAidAdded, RecordUndone

_AID, _EVENT = tables.named_aid, tables.event
_BY_NUMBER = select(
    *(_AID.c[name] for name in ("id", "person_id", "facet", "day", "amount_cents", "status", "basis", "keep_until")),
    _AID.c.recorded_at,
).where(_AID.c.id >= bindparam("first"), _AID.c.id < bindparam("beyond")).limit(2)  # fmt: skip
_RECORDED_BY = select(_EVENT.c.actor).where(
    _EVENT.c.type == NamedAidAdded.type, _EVENT.c.subject == bindparam("record")
)
_UNDO = delete(_AID).where(_AID.c.id == bindparam("of_id"))


class NamedUndo(Part):
    """The `Store`'s methods on finding such help by its number, and taking it off the file again."""

    def find_named_aid(self, number: str) -> FiledNamed:
        """Return the help whose id begins so; raise `input.record_unknown` or `input.record_ambiguous`."""
        found = self._db.rows(_BY_NUMBER, {"first": number, "beyond": f"{number}g"})
        if len(found) != 1:
            raise MagliaError(Code.INPUT_RECORD_AMBIGUOUS if found else Code.INPUT_RECORD_UNKNOWN)
        row, by = found[0], self._db.rows(_RECORDED_BY, {"record": found[0].id})
        recorded = Recorded(row.id, by[0].actor if by else "", row.recorded_at)
        told = row.facet, row.day, row.amount_cents, AidStatus(row.status), Basis(row.basis), row.keep_until
        return FiledNamed(recorded, row.person_id, *told)

    def undo_named_aid(self, record_id: str, actor: str) -> None:
        """Take the help off the file with its audit event; raise `input.record_unknown` when it is gone."""

        def work(connection: Connection) -> Audited[None]:
            if not connection.execute(_UNDO, {"of_id": record_id}).rowcount:
                raise MagliaError(Code.INPUT_RECORD_UNKNOWN)
            return Audited(None, [RecordUndone(actor, record_id)])

        self._db.change(work, records=False)
