"""What is over is deleted: aid past the last day noted with it, then persons and needs with nothing left.

Aid that may still be undone stays for those minutes, and the version that undoing it would bring back with it.

It goes by the day that the program noted with each record, never by the rules in force (docs/adr/0022): no error and no
wrong bundle erases anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Double,
    Executable,
    bindparam,
    delete,
    exists,
    or_,
    select,
)
from sqlalchemy import update as change

from maglia.core.entry import Erased
from maglia.core.vocabulary import CONSENT_DAYS, LOG_MONTHS, UNDO_S, PseudonymClass
from node.domain.consent import Against
from node.domain.retention import months_after
from node.store import tables
from node.store.database import Audited
from node.store.events import Event, RecordErased, SubjectsErased
from node.store.known_as import KnownAs
from node.store.notes import HAS_ANYTHING
from node.store.subjects import SUBJECTS
from node.store.versions import DROP_BESIDE, rows_of

ERASER = "node"
"""The actor of an erasure: the node itself."""
NOBODY_ANY_MORE = b""
"""What is left in the place of a name: its number stays, so that it never stands for another person."""
_AID, _NAMED_AID, _NAMED = tables.aid_record, tables.named_aid, tables.named_person
_CONSENT, _AGAINST, _FILED_NEED = tables.consent, tables.opposition, tables.filed_need
_NEWER = _AID.alias("newer")
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


@dataclass(frozen=True)
class _Over:
    """How what is over is found, found again in the transaction that deletes it, and deleted."""

    find: Executable
    still: Executable
    erase: Sequence[Executable]


def _over(of_id: Column[Any], when: ColumnElement[bool], *erase: Executable) -> _Over:
    found = select(of_id.label("id")).where(when)
    return _Over(found.limit(bindparam("most")), found.where(of_id.in_(_IDS)), erase)


def _is_idle(cls: PseudonymClass) -> ColumnElement[bool]:
    """Whether nothing refers to a person or need: no record, no word of the person's, no pseudonym still there."""
    subject, pseudonym = SUBJECTS[cls][0], tables.pseudonym
    referring = [exists().where(column == subject.c.id) for column in rows_of(subject)]
    anything = HAS_ANYTHING if cls is PseudonymClass.PERSON else or_(*referring)
    return ~anything & ~exists().where(pseudonym.c["class"] == cls.value, pseudonym.c.subject_id == subject.c.id)


def _delete(column: Column[Any]) -> Executable:
    return delete(column.table).where(column.in_(_IDS))


def _unhelped(of_person: Column[Any]) -> ColumnElement[bool]:
    """Whether nothing is on file of a person that they might have said something about."""
    return ~exists().where(_AID.c.person_id == of_person) & ~exists().where(_FILED_NEED.c.person_id == of_person)


_ENDED_LONG_AGO = or_(
    _CONSENT.c.withdrawn_on < bindparam("proof_since"),
    _CONSENT.c.expires < bindparam("proof_since"),
    _CONSENT.c.day < bindparam("given_since"),
)
_SAID_LONG_AGO = or_(
    (_AGAINST.c.kind == Against.WITHDRAWAL.value) & (_AGAINST.c.day < bindparam("proof_since")),
    (_AGAINST.c.kind == Against.REFUSAL.value) & (_AGAINST.c.ended_on < bindparam("proof_since")),
)
"""A refusal in force and an objection hold for whatever is recorded later: they stay."""
_LEFT_BEHIND = _AID.c.status_was.is_not(None) & ~exists().where(_NEWER.c.replaces == _AID.c.id)
"""An old version of what was erased."""
_UNDO_SINCE = bindparam("undo_since", type_=Double)
_SETTLED = (_AID.c.recorded_at < _UNDO_SINCE) & ~exists().where(
    _NEWER.c.replaces == _AID.c.id, _NEWER.c.recorded_at >= _UNDO_SINCE
)
"""Neither a record nor what corrected it can be undone any more."""
_NAMED_OVER = (_NAMED_AID.c.keep_until < bindparam("today")) & (_NAMED_AID.c.recorded_at < _UNDO_SINCE)
_UNNAMED = (
    (_NAMED.c.who != NOBODY_ANY_MORE)
    & ~exists().where(_NAMED_AID.c.person_id == _NAMED.c.id)
    & ~exists().where(tables.known_as.c.former_name == _NAMED.c.id)
)
_WHAT = {
    Erased.AID: _over(
        _AID.c.id,
        or_(_AID.c.keep_until < bindparam("today"), _LEFT_BEHIND) & _SETTLED,
        *DROP_BESIDE,
        _delete(_AID.c.id),
    ),
    Erased.NAMED_AID: _over(_NAMED_AID.c.id, _NAMED_OVER, _delete(_NAMED_AID.c.id)),
    Erased.FILED_NEED: _over(
        _FILED_NEED.c.id, _FILED_NEED.c.keep_until < bindparam("today"), _delete(_FILED_NEED.c.id)
    ),
    Erased.CONSENT: _over(_CONSENT.c.id, _ENDED_LONG_AGO & _unhelped(_CONSENT.c.person_id), _delete(_CONSENT.c.id)),
    Erased.OPPOSITION: _over(
        _AGAINST.c.id,
        _SAID_LONG_AGO & _unhelped(_AGAINST.c.person_id),
        _delete(tables.to_tell.c.opposition_id),
        _delete(_AGAINST.c.id),
    ),
    Erased.PERSON: _over(
        tables.person.c.id,
        _is_idle(PseudonymClass.PERSON),
        _delete(tables.person_note.c.person_id),
        _delete(tables.known_as.c.current_id),
        _delete(tables.person.c.id),
    ),
    Erased.NEED: _over(tables.need.c.id, _is_idle(PseudonymClass.NEED), _delete(tables.need.c.id)),
    Erased.NAMED_PERSON: _over(
        _NAMED.c.id,
        _UNNAMED,
        _delete(tables.named_key.c.person_id),
        change(_NAMED).where(_NAMED.c.id.in_(_IDS)).values(who=NOBODY_ANY_MORE),
    ),
}


class Erasing(KnownAs):
    """The `Store`'s methods on what is over."""

    def over(self, what: Erased, limit: int) -> Sequence[str | int]:
        """Return ids of what is over: aid and needs past their day, what somebody without any said long ago, and
        persons and numbers to which nothing refers, notes aside.
        """
        return [row.id for row in self._db.rows(_WHAT[what].find, self._days() | {"most": limit})]

    def erase(self, what: Erased, ids: Sequence[str | int]) -> int:
        """Delete those of them that are still over, with audit events; return how many."""
        steps = _WHAT[what]

        def work(connection: Connection) -> Audited[int]:
            asked = self._days() | {"ids": list(ids)}
            still = {"ids": connection.execute(steps.still, asked).scalars().all()}
            for step in steps.erase:
                connection.execute(step, still)
            return Audited(len(still["ids"]), _events(what, still["ids"]))

        erased = self._db.change(work)
        if what is Erased.PERSON and self._fields.replaced | self._fields.replaced_names:
            self.load_replaced()
        return erased

    def _days(self) -> dict[str, object]:
        """Return today, since when aid may still be undone, and since when what a person said is kept: for as long as
        accesses that rested on it are.
        """
        today = self._clock.today()
        since = months_after(today, -LOG_MONTHS)
        return {
            "today": today,
            "undo_since": self._clock.now() - UNDO_S,
            "proof_since": since,
            "given_since": since - timedelta(days=CONSENT_DAYS),
        }


def _events(what: Erased, ids: Sequence[Any]) -> list[Event]:
    if what in {Erased.AID, Erased.NAMED_AID}:
        return [RecordErased(ERASER, one) for one in ids]
    return [SubjectsErased(ERASER, f"{what.value}:{len(ids)}")] if ids else []
