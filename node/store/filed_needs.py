"""Needs on file: total and creditor sealed, the person and the number by their own rows."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, exists, func, insert, literal, or_, select, update

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import AidStatus, Basis, Facet, Frequency, PseudonymClass, Purpose, Visibility
from node.domain.model import OpenNeed
from node.domain.needs import FiledNeed, NewNeed, OwnAid, is_about, same_open_need
from node.domain.retention import keep_until
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import NeedClosed, NeedOpened
from node.store.known_as import OF_A_FORMER_CODE, PERSON_BEHIND
from node.store.records import LIVE
from node.store.subjects import ensure_subjects, index_of, need_from, open_code, person_from

_NEED, _AID, _CONSENT, _PSEUDONYM = tables.filed_need, tables.aid_record, tables.consent, tables.pseudonym
_PERSON, _NUMBER = tables.person, tables.need
SUBJECT = {PseudonymClass.PERSON: _NEED.c.person_id, PseudonymClass.NEED: _NEED.c.need_id}
"""Which column of a need on file names a subject of each class."""
_SALT_BYTES = 16
_IS_OPEN = _NEED.c.closed_at.is_(None) & (_NEED.c.keep_until >= bindparam("today"))
_PURPOSES = "," + func.coalesce(_CONSENT.c.purposes_left, _CONSENT.c.purposes) + ","
_CONSENTED = exists().where(
    _CONSENT.c.person_id == _NEED.c.person_id,
    _CONSENT.c.withdrawn_on.is_(None),
    _PURPOSES.like(f"%,{Purpose.AID_OVERLAP.value},%"),
)
FOR_THE_NETWORK = (
    _IS_OPEN
    & (_NEED.c.visibility == Visibility.NETWORK.value)
    # Each by itself: a list would be written out anew at every question, which a look-up does not do.
    & _NEED.c.facet.in_([literal(facet.value) for facet in Facet])
    & or_(_NEED.c.basis == Basis.PUBLIC_TASK.value, _CONSENTED)
)
"""Open needs that may be spoken of beyond this body: as for records, on a public task, or while a consent holds."""


def has_need_for_the_network(cls: PseudonymClass, subject_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a subject has an open need that may be spoken of beyond this body; `today` is bound by whoever asks."""
    return exists().where(SUBJECT[cls] == subject_id, FOR_THE_NETWORK)


_WITH_CODES = select(
    _NEED,
    _PERSON.c.code.label("person_code"),
    _PERSON.c.code_index.label("person_index"),
    _NUMBER.c.code.label("number_code"),
    _NUMBER.c.code_index.label("number_index"),
).select_from(_NEED.join(_PERSON).outerjoin(_NUMBER))
_OF_PERSON = (
    _WITH_CODES.where(_PERSON.c.code_index == bindparam("person"), _NEED.c.keep_until >= bindparam("today"))
    .order_by(_NEED.c.closed_at.is_not(None), _NEED.c.id.desc())
)  # fmt: skip
_TO_ASK = (
    _WITH_CODES.where(
        _PERSON.c.code_index == bindparam("person"),
        FOR_THE_NETWORK,
    )
    .order_by(_NEED.c.id.desc())
)  # fmt: skip
_ONE = _WITH_CODES.where(_NEED.c.id == bindparam("number"))
_FROM_PSEUDONYM = {
    PseudonymClass.PERSON: _PSEUDONYM.outerjoin(tables.known_as, OF_A_FORMER_CODE).join(
        _NEED, _NEED.c.person_id == PERSON_BEHIND
    ),
    PseudonymClass.NEED: _PSEUDONYM.join(_NEED, _NEED.c.need_id == _PSEUDONYM.c.subject_id),
}
_BEHIND = {
    cls: select(*_WITH_CODES.selected_columns, _PSEUDONYM.c.pseudonym)
    .select_from(found.join(_PERSON, _PERSON.c.id == _NEED.c.person_id).outerjoin(_NUMBER))
    .where(
        _PSEUDONYM.c["class"] == cls.value,
        _PSEUDONYM.c.epoch == bindparam("epoch"),
        _PSEUDONYM.c.pseudonym.in_(bindparam("asked", expanding=True)),
        FOR_THE_NETWORK,
    )
    .order_by(_NEED.c.id.desc())
    for cls, found in _FROM_PSEUDONYM.items()
}
_OWN = (
    select(
        _AID.c.id,
        _AID.c.facet,
        _AID.c.amount_cents,
        _AID.c.status,
        _AID.c.creditor,
        _AID.c.period_from,
        _AID.c.period_to,
        _AID.c.frequency,
        _NUMBER.c.code_index,
    )
    .select_from(_AID.join(_PERSON).outerjoin(_NUMBER))
    .where(
        or_(_PERSON.c.code_index == bindparam("person"), _NUMBER.c.code_index == bindparam("number")),
        _AID.c.facet == bindparam("facet"),
        _AID.c.keep_until >= bindparam("today"),
        LIVE,
    )
)
_ADD = insert(_NEED).returning(_NEED.c.id)
_CLOSE = (
    update(_NEED)
    .where(_NEED.c.id == bindparam("number"), _NEED.c.closed_at.is_(None))
    .values(closed_at=bindparam("at"), closed_by=bindparam("by"))
)


class FiledNeeds(Part):
    """The `Store`'s methods on needs on file."""

    def open_filed_need(self, need: NewNeed, actor: str) -> FiledNeed:
        """Put a need on file with its audit event; raise `input.need_open` when it is there and open."""
        salt, now, today = secrets.token_bytes(_SALT_BYTES), self._clock.now(), self._clock.today()

        def work(connection: Connection) -> Audited[int]:
            known = [self._filed_need(row) for row in connection.execute(_OF_PERSON, self._needs_asked(need.person))]
            if (same := same_open_need(known, need)) is not None:
                raise MagliaError(Code.INPUT_NEED_OPEN, number=same.name)
            people = ensure_subjects(connection, self._fields, PseudonymClass.PERSON, [need.person])
            wanted = [need.need] if need.need else []
            numbers = ensure_subjects(connection, self._fields, PseudonymClass.NEED, wanted) if wanted else {}
            row = {
                "person_id": people[need.person],
                "need_id": numbers[need.need] if need.need else None,
                "facet": need.facet,
                "period_from": need.period_from,
                "period_to": need.period_to,
                "basis": need.basis.value,
                "visibility": need.visibility.value,
                "keep_until": keep_until(need.facet, today),
                "opened_at": now,
                "opened_by": actor,
                "salt": salt,
                "content": self._fields.seal("filed_need", salt, _content(need)),
            }
            number = int(connection.execute(_ADD, row).scalar_one())
            return Audited(number, [NeedOpened(actor, str(number))])

        return self._need_numbered(self._db.change(work))

    def close_filed_need(self, number: int, actor: str) -> FiledNeed:
        """Close an open need; raise `input.need_unknown` for one that is not there or closed."""
        closing = {"number": number, "at": self._clock.now(), "by": actor}

        def work(connection: Connection) -> Audited[None]:
            if not connection.execute(_CLOSE, closing).rowcount:
                raise MagliaError(Code.INPUT_NEED_UNKNOWN)
            return Audited(None, [NeedClosed(actor, str(number))])

        self._db.change(work)
        return self._need_numbered(number)

    def filed_needs(self, person: Identifier) -> list[FiledNeed]:
        """Return a person's needs on file, the open ones first, then the newest."""
        return [self._filed_need(row) for row in self._db.rows(_OF_PERSON, self._needs_asked(person))]

    def filed_needs_to_ask(self, person: Identifier, facets: frozenset[Facet]) -> list[OpenNeed]:
        """Return the open needs of these facets that others may be asked about."""
        rows = self._db.look_up(_TO_ASK, self._needs_asked(person))
        return [self._filed_need(row).as_asked for row in rows if row.facet in facets]

    def filed_needs_behind(
        self, cls: PseudonymClass, epoch: int, pseudonyms: Sequence[bytes]
    ) -> Mapping[bytes, list[FiledNeed]]:
        """Return the open needs behind each pseudonym that others may ever hear of."""
        asked = {"epoch": epoch, "asked": list(pseudonyms), "today": self._clock.today()}
        found: dict[bytes, list[FiledNeed]] = {}
        for row in self._db.rows(_BEHIND[cls], asked):
            found.setdefault(bytes(row.pseudonym), []).append(self._filed_need(row))
        return found

    def own_aid_for(self, need: NewNeed) -> list[OwnAid]:
        """Return this body's own help in force for a need: under its number, or else alike in creditor and period."""
        asked = {
            "person": index_of(self._fields, need.person),
            "number": index_of(self._fields, need.need) if need.need else b"",
            "facet": need.facet,
            "today": self._clock.today(),
            "now": self._clock.now(),
        }
        aids = [self._own_aid(row, asked["number"]) for row in self._db.rows(_OWN, asked)]
        return [aid for aid in aids if aid.is_of_number or is_about(need, aid)]

    def _need_numbered(self, number: int) -> FiledNeed:
        return self._filed_need(self._db.rows(_ONE, {"number": number})[0])

    def _needs_asked(self, person: Identifier) -> dict[str, object]:
        return {"person": index_of(self._fields, person), "today": self._clock.today()}

    def _filed_need(self, row: Row[Any]) -> FiledNeed:
        owed, creditor = json.loads(self._fields.open("filed_need", row.salt, row.content))
        number = row.number_code and need_from(open_code(self._fields, _NUMBER, row.number_index, row.number_code))
        return FiledNeed(
            person=person_from(open_code(self._fields, _PERSON, row.person_index, row.person_code)),
            facet=row.facet,
            owed_cents=owed,
            basis=Basis(row.basis),
            visibility=Visibility(row.visibility),
            need=number or None,
            creditor=creditor,
            period_from=row.period_from,
            period_to=row.period_to,
            number=row.id,
            opened_at=row.opened_at,
            opened_by=row.opened_by,
            closed_at=row.closed_at,
            closed_by=row.closed_by or "",
        )

    def _own_aid(self, row: Row[Any], number: object) -> OwnAid:
        sealed = row.creditor
        return OwnAid(
            row.facet,
            row.amount_cents,
            AidStatus(row.status),
            self._fields.open("creditor", row.id.encode(), sealed).decode() if sealed else "",
            row.period_from,
            row.period_to,
            is_of_number=bool(number) and row.code_index == number,
            is_monthly=row.frequency == Frequency.MONTHLY,
            record_id=row.id,
        )


def _content(need: NewNeed) -> bytes:
    return json.dumps([need.owed_cents, need.creditor], ensure_ascii=False).encode()
