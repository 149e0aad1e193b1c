"""Help to persons without a code, undone soon after it was recorded: it has no versions, and names nobody else."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select

from maglia.core.errors import Code, MagliaError
from node.domain.record_file import Recorded
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import NamedAidAdded, RecordUndone

_AID, _EVENT = tables.named_aid, tables.event
_BY_NUMBER = select(_AID.c.id, _AID.c.recorded_at).where(
    _AID.c.id >= bindparam("first"), _AID.c.id < bindparam("beyond")
).limit(2)  # fmt: skip
_RECORDED_BY = select(_EVENT.c.actor).where(
    _EVENT.c.type == NamedAidAdded.type, _EVENT.c.subject == bindparam("record")
)
_UNDO = delete(_AID).where(_AID.c.id == bindparam("of_id"))


class NamedUndo(Part):
    """The `Store`'s methods on taking such help off the file again."""

    def find_named_aid(self, number: str) -> Recorded:
        """Return the help whose id begins so; raise `input.record_unknown` or `input.record_ambiguous`."""
        found = self._db.rows(_BY_NUMBER, {"first": number, "beyond": f"{number}g"})
        if len(found) != 1:
            raise MagliaError(Code.INPUT_RECORD_AMBIGUOUS if found else Code.INPUT_RECORD_UNKNOWN)
        by = self._db.rows(_RECORDED_BY, {"record": found[0].id})
        return Recorded(found[0].id, by[0].actor if by else "", found[0].recorded_at)

    def undo_named_aid(self, record_id: str, actor: str) -> None:
        """Take the help off the file with its audit event; raise `input.record_unknown` when it is gone."""

        def work(connection: Connection) -> Audited[None]:
            if not connection.execute(_UNDO, {"of_id": record_id}).rowcount:
                raise MagliaError(Code.INPUT_RECORD_UNKNOWN)
            return Audited(None, [RecordUndone(actor, record_id)])

        self._db.change(work, records=False)
