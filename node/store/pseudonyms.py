"""Pseudonyms of this body's own subjects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Select,
    Text,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
)

from maglia.core.errors import MagliaError
from maglia.core.vocabulary import Basis, Facet, PseudonymClass, Visibility
from node.domain.model import Awaiting, PseudonymPlace
from node.ports import Clock
from node.store import tables
from node.store.database import Audited, Database, Part
from node.store.events import PseudonymsEnrolled, PseudonymsForgotten, PseudonymsRemoved
from node.store.fields import Fields
from node.store.filed_needs import has_need_for_the_network
from node.store.records import LIVE
from node.store.subjects import SUBJECTS, open_code

_AID = tables.aid_record
_PSEUDONYM = tables.pseudonym
_PAGE = 500
_LINK = tables.known_as
ENROLLER = "node"
"""The actor of an enrolment: the node itself."""


def is_shareable(cls: PseudonymClass, subject_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a subject has a record that may ever be answered, or an open need that may be spoken of.

    A former code has those of the code in its place, for as long as it answers.
    """
    if cls is PseudonymClass.NEED:
        return _has_something(cls, subject_id)
    in_its_place = (_LINK.c.former_id == subject_id) & (_LINK.c.answers_until >= bindparam("today"))
    return _has_something(cls, subject_id) | exists().where(in_its_place, _has_something(cls, _LINK.c.current_id))


def _has_something(cls: PseudonymClass, subject_id: ColumnElement[int]) -> ColumnElement[bool]:
    _, of_record = SUBJECTS[cls]
    of_a_record = exists().where(
        of_record == subject_id,
        _AID.c.visibility == Visibility.NETWORK.value,
        _AID.c.facet.in_([facet.value for facet in Facet]),
        _AID.c.keep_until >= bindparam("today"),
        ~((_AID.c.basis == Basis.CONSENT.value) & _AID.c.consent_withdrawn),
        LIVE,
    )
    return of_a_record | has_need_for_the_network(cls, subject_id)


def awaiting_of(cls: PseudonymClass) -> Select[Any]:
    """Select subjects with something shareable and no pseudonym: never a civil registry."""
    subject, _ = SUBJECTS[cls]
    enrolled = exists().where(
        _PSEUDONYM.c["class"] == cls.value,
        _PSEUDONYM.c.epoch == bindparam("epoch"),
        _PSEUDONYM.c.subject_id == subject.c.id,
    )
    return select(subject.c.id, subject.c.code_index, subject.c.code).where(~enrolled, is_shareable(cls, subject.c.id))


_AWAITING = {
    cls: awaiting_of(cls).where(subject.c.id > bindparam("place")).order_by(subject.c.id).limit(bindparam("most"))
    for cls, (subject, _) in SUBJECTS.items()
}
_AWAITING_COUNT = {cls: select(func.count()).select_from(awaiting_of(cls).subquery()) for cls in PseudonymClass}
_FORGET = delete(_PSEUDONYM).where(
    _PSEUDONYM.c["class"] == bindparam("of_class"),
    _PSEUDONYM.c.epoch == bindparam("of_epoch"),
    _PSEUDONYM.c.subject_id == bindparam("of_subject"),
)
_ENROL = insert(_PSEUDONYM)
_STILL_THERE = {
    cls: select(subject.c.id, subject.c.code_index).where(subject.c.id.in_(bindparam("ids", expanding=True)))
    for cls, (subject, _) in SUBJECTS.items()
}
_IN_FORCE = or_(
    *((_PSEUDONYM.c["class"] == cls.value) & is_shareable(cls, _PSEUDONYM.c.subject_id) for cls in PseudonymClass)
)
_PLACE = tuple_(_PSEUDONYM.c["class"], _PSEUDONYM.c.epoch, _PSEUDONYM.c.pseudonym)
_AFTER = tuple_(
    bindparam("after_class", type_=Text),
    bindparam("after_epoch", type_=Integer),
    bindparam("after_pseudonym", type_=LargeBinary),
)
_NEXT_PAGE = (
    select(_PSEUDONYM.c["class"], _PSEUDONYM.c.epoch, _PSEUDONYM.c.pseudonym, _IN_FORCE.label("in_force"))
    .where(_PLACE > _AFTER)
    .order_by(_PSEUDONYM.c["class"], _PSEUDONYM.c.epoch, _PSEUDONYM.c.pseudonym)
    .limit(bindparam("most"))
)
_REMOVE = delete(_PSEUDONYM).where(
    _PSEUDONYM.c["class"] == bindparam("of_class"),
    _PSEUDONYM.c.epoch == bindparam("of_epoch"),
    _PSEUDONYM.c.pseudonym == bindparam("removed"),
    ~_IN_FORCE,
)
_ENROLLED = select(func.count()).select_from(_PSEUDONYM)
_ENROLLED_IN = _ENROLLED.where(
    _PSEUDONYM.c["class"].in_([cls.value for cls in PseudonymClass]), _PSEUDONYM.c.epoch == bindparam("epoch")
)
_THEIRS = _PSEUDONYM.alias()
_NEEDS_BESIDE = (
    select(_PSEUDONYM.c.pseudonym)
    .distinct()
    .join(_AID, _AID.c.need_id == _PSEUDONYM.c.subject_id)
    .join(_LINK, _LINK.c.current_id == _AID.c.person_id, isouter=True)
    .join(_THEIRS, _THEIRS.c.subject_id.in_((_AID.c.person_id, _LINK.c.former_id)))
    .where(
        _PSEUDONYM.c["class"] == PseudonymClass.NEED.value,
        _THEIRS.c["class"] == PseudonymClass.PERSON.value,
        _THEIRS.c.pseudonym.in_(bindparam("persons", expanding=True)),
    )
)
_ENROLLED_PERSONS = select(_PSEUDONYM.c.pseudonym).where(
    _PSEUDONYM.c["class"] == PseudonymClass.PERSON.value,
    _PSEUDONYM.c.epoch.in_(bindparam("epochs", expanding=True)),
    _PSEUDONYM.c.pseudonym.in_(bindparam("among", expanding=True)),
)
_NEXT_END = select(func.min(_AID.c.reserved_until)).where(_AID.c.reserved_until > bindparam("now"))
_FORGET_EPOCHS = delete(_PSEUDONYM).where(_PSEUDONYM.c.epoch.not_in(bindparam("kept", expanding=True)))


@dataclass(frozen=True)
class _Counted:
    """How many await, under which state, and until when (seconds since the epoch) time alone does not change it."""

    state: tuple[int, int, date]
    count: int
    until: float


class Pseudonyms(Part):
    """The `Store`'s methods on pseudonyms."""

    def __init__(self, database: Database, fields: Fields, clock: Clock) -> None:
        super().__init__(database, fields, clock)
        self._counted: dict[int, _Counted] = {}
        self._enrolments: Counter[int] = Counter()

    def awaiting(self, epoch: int, limit: int, after: Awaiting | None = None) -> list[Awaiting]:
        """Return subjects with a live record and no pseudonym in this epoch, at most `limit`, persons first.

        Those after one subject only, in the same order: whoever goes on from there does not walk all before again.
        Whoever's code does not open is passed over: one damaged row must not keep all others out.
        """
        classes = list(_AWAITING)
        waiting: list[Awaiting] = []
        for cls in classes[classes.index(after.cls) :] if after else classes:
            place = after.subject_id if after and after.cls is cls else 0
            for row in self._awaiting_rows(cls, epoch, limit, place):
                if (one := self._opened(cls, row)) is not None:
                    waiting.append(one)
                if len(waiting) == limit:
                    return waiting
        return waiting

    def unreadable_count(self, epoch: int) -> int:
        """Return how many of those who await a pseudonym never get one, since their codes do not open."""
        if not self.awaiting_count(epoch):
            return 0
        return sum(
            self._opened(cls, row) is None for cls in _AWAITING for row in self._awaiting_rows(cls, epoch, _PAGE, 0)
        )

    def _awaiting_rows(self, cls: PseudonymClass, epoch: int, page: int, place: int) -> Iterator[Row[Any]]:
        """Yield the rows of a class that await, after a place, so many at once."""
        asked = {"epoch": epoch, "most": page} | self._when()
        while found := self._db.rows(_AWAITING[cls], asked | {"place": place}):
            yield from found
            if len(found) < page:
                return
            place = found[-1].id

    def _opened(self, cls: PseudonymClass, row: Row[Any]) -> Awaiting | None:
        try:
            code = open_code(self._fields, SUBJECTS[cls][0], row.code_index, row.code)
        except MagliaError:
            return None
        return Awaiting(row.id, cls, code)

    def awaiting_count(self, epoch: int) -> int:
        """Return how many subjects await a pseudonym.

        Every answer asks, and counting walks every subject: the count is kept until records change, or somebody is
        enrolled under this very epoch (the database has one process), or the next reservation ends.
        """
        when = self._when()
        state = (self._db.version, self._enrolments[epoch], when["today"])
        kept = self._counted.get(epoch)
        if kept is None or kept.state != state or when["now"] >= kept.until:
            ends = self._db.rows(_NEXT_END, {"now": when["now"]})[0][0]
            count = sum(self._db.rows(one, {"epoch": epoch} | when)[0][0] for one in _AWAITING_COUNT.values())
            kept = _Counted(state, count, inf if ends is None else ends)
            self._counted[epoch] = kept
        return kept.count

    def _when(self) -> dict[str, Any]:
        """Return what `is_shareable` asks: the day and the instant."""
        return {"today": self._clock.today(), "now": self._clock.now()}

    def awaiting_by_class(self, epoch: int) -> dict[PseudonymClass, int]:
        """Return how many persons and how many needs await a pseudonym."""
        asked = {"epoch": epoch} | self._when()
        return {cls: int(self._db.rows(one, asked)[0][0]) for cls, one in _AWAITING_COUNT.items()}

    def enrolled_count(self) -> int:
        """Return how many pseudonyms are stored, of all epochs."""
        found: int = self._db.rows(_ENROLLED, {})[0][0]
        return found

    def enrolled_in(self, epoch: int) -> int:
        """Return how many pseudonyms of one epoch are stored."""
        found: int = self._db.rows(_ENROLLED_IN, {"epoch": epoch})[0][0]
        return found

    def needs_beside(self, persons: Sequence[bytes]) -> list[bytes]:
        """Return the pseudonyms of the needs that the records of these persons, by their pseudonyms, are for."""
        return [row.pseudonym for row in self._db.rows(_NEEDS_BESIDE, {"persons": list(persons)})]

    def enrolled_persons(self, among: Collection[bytes], epochs: Collection[int]) -> frozenset[bytes]:
        """Return those of some pseudonyms under which a person of this body is enrolled, having aid on file."""
        wanted, found = list(among), set[bytes]()
        for place in range(0, len(wanted), _PAGE):
            page = {"epochs": list(epochs), "among": wanted[place : place + _PAGE]}
            found.update(bytes(row.pseudonym) for row in self._db.rows(_ENROLLED_PERSONS, page))
        return frozenset(found)

    def forget_epochs(self, kept: Sequence[int]) -> int:
        """Delete the pseudonyms of all epochs but those `kept`; return how many."""

        def work(connection: Connection) -> Audited[int]:
            count = connection.execute(_FORGET_EPOCHS, {"kept": list(kept)}).rowcount
            return Audited(count, [PseudonymsForgotten(ENROLLER, str(count))] if count else [])

        return self._db.change(work)

    def enrol(self, epoch: int, pseudonyms: Sequence[tuple[Awaiting, bytes]]) -> None:
        """Store the pseudonyms of subjects in one transaction, in place of earlier ones of the epoch.

        Whoever was erased meanwhile is left out: their row's number may be another's by now.
        """
        if not pseudonyms:
            return

        def work(connection: Connection) -> Audited[None]:
            there = self._still_there(connection, [one for one, _ in pseudonyms])
            stored = [(one, value) for one, value in pseudonyms if (one.cls, one.subject_id) in there]
            if not stored:
                return Audited(None, [])
            connection.execute(
                _FORGET,
                [{"of_class": one.cls.value, "of_epoch": epoch, "of_subject": one.subject_id} for one, _ in stored],
            )
            connection.execute(
                _ENROL,
                [
                    {"class": one.cls.value, "epoch": epoch, "pseudonym": value, "subject_id": one.subject_id}
                    for one, value in stored
                ],
            )
            return Audited(None, [PseudonymsEnrolled(ENROLLER, f"{epoch}:{len(stored)}")])

        self._db.change(work, records=False)
        self._enrolments[epoch] += 1  # after the commit: what was counted before it is counted anew

    def _still_there(self, connection: Connection, enrolled: Sequence[Awaiting]) -> set[tuple[PseudonymClass, int]]:
        """Return those whose row is still the one that they were read from."""
        found = set[tuple[PseudonymClass, int]]()
        for cls, statement in _STILL_THERE.items():
            wanted = {one.subject_id: one for one in enrolled if one.cls is cls}
            for row in connection.execute(statement, {"ids": list(wanted)}) if wanted else ():
                if row.code_index == self._fields.index("code", wanted[row.id].typed_input):
                    found.add((cls, row.id))
        return found

    def remove_lapsed(self, after: PseudonymPlace | None, limit: int) -> tuple[PseudonymPlace | None, int]:
        """Remove the pseudonyms of subjects with no live record left, among the next `limit` of all pseudonyms.

        Return the place from which to go on, None at the end, and how many were removed. The rows are read outside the
        transaction that deletes, which asks each again: somebody may be helped in between.
        """
        asked = dict(zip(("after_class", "after_epoch", "after_pseudonym"), after or ("", 0, b""), strict=True))
        when = self._when()
        page = self._db.rows(_NEXT_PAGE, asked | {"most": limit} | when)
        lapsed = [PseudonymPlace(row[0], row[1], row[2]) for row in page if not row.in_force]
        removed = self._remove(lapsed, when) if lapsed else 0
        return (PseudonymPlace(*page[-1][:3]) if len(page) == limit else None), removed

    def _remove(self, lapsed: Sequence[PseudonymPlace], when: dict[str, Any]) -> int:
        def work(connection: Connection) -> Audited[int]:
            removed = Counter[int]()
            for cls, epoch, pseudonym in lapsed:
                asked = {"of_class": cls, "of_epoch": epoch, "removed": pseudonym}
                removed[epoch] += connection.execute(_REMOVE, asked | when).rowcount
            events = [PseudonymsRemoved(ENROLLER, f"{epoch}:{count}") for epoch, count in removed.items() if count]
            return Audited(removed.total(), events)

        return self._db.change(work)
