"""Pseudonyms of this body's own subjects, and the cache of those under other bodies' keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, insert, select

from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import PSEUDONYM_BYTES, Facet, PseudonymClass, Visibility
from node.domain.model import Awaiting
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import PseudonymsEnrolled
from node.store.records import LIVE
from node.store.subjects import index_of, open_code

_AID = tables.aid_record
_PSEUDONYM = tables.pseudonym
_CACHE = tables.pseudonym_cache
_SUBJECTS = {
    PseudonymClass.PERSON: (tables.person, _AID.c.person_id),
    PseudonymClass.NEED: (tables.need, _AID.c.need_id),
}
ENROLLER = "node"
"""The actor of an enrolment: the node itself."""


def _awaiting(cls: PseudonymClass) -> Select[Any]:
    """Select subjects with a record that may ever be answered and no pseudonym: never a civil registry."""
    subject, of_record = _SUBJECTS[cls]
    shareable = exists().where(
        of_record == subject.c.id,
        _AID.c.visibility == Visibility.NETWORK.value,
        _AID.c.facet.in_([facet.value for facet in Facet]),
        _AID.c.keep_until >= bindparam("today"),
        LIVE,
    )
    enrolled = exists().where(
        _PSEUDONYM.c["class"] == cls.value,
        _PSEUDONYM.c.epoch == bindparam("epoch"),
        _PSEUDONYM.c.subject_id == subject.c.id,
    )
    return select(subject.c.id, subject.c.code_index, subject.c.code).where(~enrolled, shareable)


_AWAITING = {cls: _awaiting(cls).order_by(_SUBJECTS[cls][0].c.id).limit(bindparam("most")) for cls in PseudonymClass}
_AWAITING_COUNT = {cls: select(func.count()).select_from(_awaiting(cls).subquery()) for cls in PseudonymClass}
_FORGET = delete(_PSEUDONYM).where(
    _PSEUDONYM.c["class"] == bindparam("of_class"),
    _PSEUDONYM.c.epoch == bindparam("of_epoch"),
    _PSEUDONYM.c.subject_id == bindparam("of_subject"),
)
_ENROL = insert(_PSEUDONYM)
_OWN_CLIENT = {
    cls: select(exists().where(of_record == subject.c.id, subject.c.code_index == bindparam("index")))
    for cls, (subject, of_record) in _SUBJECTS.items()
}
_CACHED = select(_CACHE.c.pseudonyms).where(
    _CACHE.c.subject_index == bindparam("index"),
    _CACHE.c.key_set == bindparam("of_set"),
    _CACHE.c.expires > bindparam("now"),
)
_UNCACHE = delete(_CACHE).where(
    ((_CACHE.c.subject_index == bindparam("index")) & (_CACHE.c.key_set == bindparam("of_set")))
    | (_CACHE.c.expires <= bindparam("now"))
)
_ADD_CACHED = insert(_CACHE)
_ENROLLED = select(func.count()).select_from(_PSEUDONYM)


class Pseudonyms(Part):
    """The `Store`'s methods on pseudonyms."""

    _counted: tuple[tuple[int, int, date], int] | None = None

    def awaiting(self, epoch: int, limit: int) -> list[Awaiting]:
        """Return subjects with a live record and no pseudonym in this epoch, at most `limit`, persons first."""
        waiting: list[Awaiting] = []
        for cls, statement in _AWAITING.items():
            asked = {"epoch": epoch, "today": self._clock.today(), "most": limit - len(waiting)}
            table = _SUBJECTS[cls][0]
            for number, index, code in self._db.rows(statement, asked):
                waiting.append(Awaiting(number, cls, open_code(self._fields, table, index, code)))
        return waiting

    def awaiting_count(self, epoch: int) -> int:
        """Return how many subjects await a pseudonym.

        Every answer asks, and counting walks every subject: the count is kept until this store changes (the database
        has one process).
        """
        today = self._clock.today()
        state = (self._db.version, epoch, today)
        if self._counted is None or self._counted[0] != state:
            asked = {"epoch": epoch, "today": today}
            self._counted = state, sum(self._db.rows(one, asked)[0][0] for one in _AWAITING_COUNT.values())
        return self._counted[1]

    def enrolled_count(self) -> int:
        """Return how many pseudonyms are stored, of all epochs."""
        found: int = self._db.rows(_ENROLLED, {})[0][0]
        return found

    def enrol(self, epoch: int, pseudonyms: Sequence[tuple[Awaiting, bytes]]) -> None:
        """Store the pseudonyms of subjects in one transaction, in place of earlier ones of the epoch."""
        if not pseudonyms:
            return

        def work(connection: Connection) -> Audited[None]:
            connection.execute(
                _FORGET,
                [{"of_class": one.cls.value, "of_epoch": epoch, "of_subject": one.subject_id} for one, _ in pseudonyms],
            )
            connection.execute(
                _ENROL,
                [
                    {"class": one.cls.value, "epoch": epoch, "pseudonym": value, "subject_id": one.subject_id}
                    for one, value in pseudonyms
                ],
            )
            return Audited(None, [PseudonymsEnrolled(ENROLLER, f"{epoch}:{len(pseudonyms)}")])

        self._db.change(work)

    def cached_pseudonyms(self, identifier: Identifier, key_set: bytes, now: float) -> list[bytes] | None:
        """Return a person's or need's unexpired pseudonyms under a key set, in the set's order."""
        index = index_of(self._fields, identifier)
        rows = self._db.rows(_CACHED, {"index": index, "of_set": key_set, "now": now})
        if not rows:
            return None
        joined = self._fields.open("pseudonym_cache", index + key_set, rows[0].pseudonyms)
        return [joined[at : at + PSEUDONYM_BYTES] for at in range(0, len(joined), PSEUDONYM_BYTES)]

    def cache_pseudonyms(
        self, identifier: Identifier, key_set: bytes, pseudonyms: Sequence[bytes], expires: float
    ) -> None:
        """Keep them encrypted until `expires`; only persons and needs this body already has a record of are kept."""
        index = index_of(self._fields, identifier)
        sealed = self._fields.seal("pseudonym_cache", index + key_set, b"".join(pseudonyms))

        def work(connection: Connection) -> None:
            if not connection.execute(_OWN_CLIENT[identifier.pseudonym_class], {"index": index}).scalar():
                return
            connection.execute(_UNCACHE, {"index": index, "of_set": key_set, "now": self._clock.now()})
            row = {"subject_index": index, "key_set": key_set, "pseudonyms": sealed, "expires": expires}
            connection.execute(_ADD_CACHED, row)

        self._db.keep(work)
