"""Persons without a code: their names encrypted, found by keyed likeness, apart from every table of pseudonyms."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, bindparam, insert, select

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import AidStatus, Basis
from node.domain.names import CompositeName, NamedAid, NamedPerson
from node.domain.retention import keep_until
from node.store import tables
from node.store.database import Audited
from node.store.events import NamedAidAdded
from node.store.known_as import KnownAs, replaced_by

MOST = 100
"""Candidates shown at once: more are no help at a counter."""

_PERSON, _KEY, _AID = tables.named_person, tables.named_key, tables.named_aid
_SALT_BYTES = 16
_ADD_PERSON = insert(_PERSON).returning(_PERSON.c.id)
_ADD_KEY = insert(_KEY)
_ADD_AID = insert(_AID)
_KNOWN = select(_PERSON.c.id).where(_PERSON.c.id == bindparam("number"), _PERSON.c.who != b"")
_LIVE = (
    select(_AID)
    .where(
        _AID.c.person_id.in_(bindparam("numbers", expanding=True)),
        _AID.c.keep_until >= bindparam("today"),
    )
    .order_by(_AID.c.day.desc(), _AID.c.recorded_at.desc())
)
_BY_ID = select(_AID.c.id, _AID.c.person_id).where(_AID.c.id == bindparam("record"))
_HELPED = select(_AID.c.person_id).where(_AID.c.keep_until >= bindparam("today"))
_HAS_A_CODE = select(tables.known_as.c.former_name).where(tables.known_as.c.former_name.is_not(None))
_ALIKE = (
    select(_PERSON)
    .where(
        _PERSON.c.id.in_(select(_KEY.c.person_id).where(_KEY.c.key.in_(bindparam("keys", expanding=True)))),
        _PERSON.c.id.in_(_HELPED) | _PERSON.c.id.in_(_HAS_A_CODE),
    )
    .order_by(_PERSON.c.id.desc())
    .limit(MOST)
)


class Names(KnownAs):
    """The `Store`'s methods on persons without a code."""

    def named_aid_under(self, key: str) -> tuple[str, int] | None:
        """Return record id and person's number of the help filed under a console's key; None where there is none."""
        found = self._db.rows(_BY_ID, {"record": _id_under(key)})
        return (found[0].id, found[0].person_id) if found else None

    def add_named_person(self, who: CompositeName, aid: NamedAid, actor: str, key: str = "") -> tuple[int, str]:
        """Store a new person and the first help, with its audit event; return number and record id."""
        record_id, salt = _id_under(key), os.urandom(_SALT_BYTES)
        keys = [self._fields.index("named_person.key", key.encode()) for key in sorted(who.match_keys())]

        def work(connection: Connection) -> Audited[int]:
            row = {"salt": salt, "who": self._seal(who, salt), "recorded_at": self._clock.now()}
            number = int(connection.execute(_ADD_PERSON, row).scalar_one())
            connection.execute(_ADD_KEY, [{"key": key, "person_id": number} for key in keys])
            connection.execute(_ADD_AID, self._aid(record_id, number, aid))
            return Audited(number, [NamedAidAdded(actor, record_id)])

        return self._db.change(work), record_id

    def add_named_aid(self, number: int, aid: NamedAid, actor: str, key: str = "") -> str:
        """Store further help for a person on file; return the record id. Raises `input.name_*`."""
        record_id = _id_under(key)

        def work(connection: Connection) -> Audited[str]:
            if connection.execute(_KNOWN, {"number": number}).scalar() is None:
                raise MagliaError(Code.INPUT_NAME_UNKNOWN, number=number)
            if replaced_by(self._fields, number):
                raise MagliaError(Code.INPUT_NAME_LINKED, number=number)
            connection.execute(_ADD_AID, self._aid(record_id, number, aid))
            return Audited(record_id, [NamedAidAdded(actor, record_id)])

        return self._db.change(work)

    def persons_like(self, who: CompositeName) -> list[NamedPerson]:
        """Return those with a like name, the same birth and help not yet expired, newest first, at most `MOST`.

        Those too whose help is on file under a code by now: else they would be put on file a second time.
        """
        today = self._clock.today()
        keys = [self._fields.index("named_person.key", key.encode()) for key in who.match_keys()]
        found = self._db.rows(_ALIKE, {"keys": keys, "today": today})
        aids = self._db.rows(_LIVE, {"numbers": [row.id for row in found], "today": today}) if found else ()
        return [NamedPerson(row.id, self._open(row), self._aids(row.id, aids)) for row in found]

    def _seal(self, who: CompositeName, salt: bytes) -> bytes:
        content = json.dumps([who.name, who.born.isoformat(), who.place], ensure_ascii=False)
        return self._fields.seal("named_person.who", salt, content.encode())

    def _open(self, row: Row[*tuple[Any, ...]]) -> CompositeName:
        name, born, place = json.loads(self._fields.open("named_person.who", row.salt, row.who))
        return CompositeName(name, date.fromisoformat(born), place)

    def _aid(self, record_id: str, number: int, aid: NamedAid) -> dict[str, object]:
        creditor = self._fields.seal("named_aid.creditor", record_id.encode(), aid.creditor.encode())
        return {
            "id": record_id,
            "person_id": number,
            "facet": aid.facet,
            "day": aid.day,
            "amount_cents": aid.amount_cents,
            "status": aid.status.value,
            "basis": aid.basis.value,
            "creditor": creditor if aid.creditor else None,
            "keep_until": keep_until(aid.facet, aid.day),
            "recorded_at": self._clock.now(),
        }

    def _aids(self, number: int, rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[NamedAid, ...]:
        return tuple(
            NamedAid(
                row.facet,
                row.day,
                row.amount_cents,
                AidStatus(row.status),
                Basis(row.basis),
                self._fields.open("named_aid.creditor", row.id.encode(), row.creditor).decode() if row.creditor else "",
            )
            for row in rows
            if row.person_id == number
        )


def _id_under(key: str) -> str:
    """Return a record's id: of a console's key always the same, so that one thing has one row; else a random one."""
    return sha256(b"maglia.named_aid\0" + key.encode()).hexdigest()[:32] if key else uuid4().hex
