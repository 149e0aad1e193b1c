"""Aid records: added one by one or from a file, and the needs they were for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, Double, bindparam, func, insert, or_, select

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import AidStatus, Facet, PseudonymClass, Visibility
from maglia.sql.bulk import insert_columns, select_among
from node.domain.consent import Standing, settle
from node.domain.model import AidRecord, ImportedRow, OpenNeed
from node.store import tables
from node.store.database import Audited
from node.store.events import RecordAdded, RecordImported
from node.store.known_as import KnownAs
from node.store.record_columns import Prepared, canonical, columns_of
from node.store.standing import standing_of
from node.store.subjects import ensure_subjects, index_of, need_from, open_code

_AID = tables.aid_record
IS_LIVE = frozenset({AidStatus.RESERVED, AidStatus.GIVEN})
LIVE = or_(_AID.c.status == AidStatus.RESERVED.value, _AID.c.status == AidStatus.GIVEN.value) & or_(
    _AID.c.reserved_until.is_(None), _AID.c.reserved_until > bindparam("now", type_=Double)
)
"""Aid that counts: a cancelled or corrected record answers nothing, nor does a reservation past its end.

Whoever asks with it binds `now`, in seconds since the epoch.
"""

_NEW = ImportedRow(added=True)
_NOTHING_SAID = Standing()
_ADD = insert(_AID)
_UNDER_KEY = select(_AID.c.id, _AID.c.recorded_at).where(_AID.c.source_key_index == bindparam("key"))
_COUNT = select(func.count()).select_from(_AID)
_KNOWN_KEYS = select(_AID.c.source_key_index, _AID.c.id, _AID.c.content_hash).where(
    _AID.c.source_key_index.in_(bindparam("keys", expanding=True))
)
_OPEN_NEEDS = (
    select(
        _AID.c.id,
        _AID.c.facet,
        _AID.c.creditor,
        _AID.c.period_from,
        _AID.c.period_to,
        tables.need.c.code,
        tables.need.c.code_index,
    )
    .select_from(_AID.join(tables.person).outerjoin(tables.need))
    .where(
        tables.person.c.code_index == bindparam("person"),
        _AID.c.day >= bindparam("since"),
        _AID.c.keep_until >= bindparam("today"),
        _AID.c.visibility == Visibility.NETWORK.value,
        LIVE,
    )
    .order_by(_AID.c.day.desc(), _AID.c.recorded_at.desc())
)


_Rows = dict[Identifier, int]


class Records(KnownAs):
    """The `Store`'s methods on aid records."""

    def add_record(self, record: AidRecord, actor: str) -> str:
        """Store one record with its audit event; return its id.

        Raises `input.duplicate_key` when the source key is there with other content.
        """
        one = self._prepare(record)

        def work(connection: Connection) -> Audited[str]:
            known = self._known(connection, [one]).get(one.key_index)
            if known is None:
                self._insert(connection, [one], actor)
                return Audited(one.id, [RecordAdded(actor, one.id)])
            if not self._is_same(one, known[1]):
                raise MagliaError(Code.INPUT_DUPLICATE_KEY)
            self._subjects(connection, [record])
            return Audited(known[0], [])

        return self._db.change(work)

    def record_under(self, source_key: str) -> tuple[str, float] | None:
        """Return the id of the record filed under a source key, and when it was recorded (seconds since the epoch)."""
        found = self._db.rows(_UNDER_KEY, {"key": self._fields.index("source_key", source_key.encode())})
        return (found[0].id, found[0].recorded_at) if found else None

    def import_records(self, records: Sequence[AidRecord], actor: str) -> list[ImportedRow]:
        """Store many in one transaction, idempotent by `source_key`; same key with other content is a conflict.

        What is there already changes nothing, but for a person's or need's code that did not open any more.
        """
        prepared = [self._prepare(record) for record in records]

        def work(connection: Connection) -> Audited[list[ImportedRow]]:
            known = self._known(connection, prepared)
            again = [one.record for one in prepared if known.get(one.key_index, ("", b""))[1] == one.content]
            outcome: list[ImportedRow] = []
            fresh: list[Prepared] = []
            for one in prepared:
                before = known.get(one.key_index)
                if before is None:
                    fresh.append(one)
                    if one.key_index is not None:
                        known[one.key_index] = (one.id, one.content)
                outcome.append(_NEW if before is None else ImportedRow(False, not self._is_same(one, before[1])))
            self._subjects(connection, again)
            self._insert(connection, fresh, actor)
            return Audited(outcome, [RecordImported(actor, one.id) for one in fresh])

        return self._db.change(work)

    def known_records(self, records: Sequence[AidRecord]) -> list[ImportedRow]:
        """Say what `import_records` would do with each of these, and change nothing."""
        prepared = [self._prepare(record) for record in records]
        keys = [one.key_index for one in prepared if one.key_index is not None]
        found = self._db.rows(_KNOWN_KEYS, {"keys": keys}) if keys else ()
        known = {index: content for index, _, content in found}
        outcome: list[ImportedRow] = []
        for one in prepared:
            before = known.get(one.key_index)
            outcome.append(_NEW if before is None else ImportedRow(False, not self._is_same(one, before)))
            if one.key_index is not None:
                known.setdefault(one.key_index, one.content)
        return outcome

    def record_count(self) -> int:
        """Return how many aid records are stored."""
        return int(self._db.rows(_COUNT, {})[0][0])

    def open_needs(self, identifier: Identifier, facets: frozenset[Facet], since: date) -> list[OpenNeed]:
        """Return the needs behind this body's own live records for the person, of these facets, newest first.

        Records kept to this body alone are left out: a question about their need would tell others of it.
        """
        asked = {
            "person": index_of(self._fields, identifier),
            "since": since,
            "today": self._clock.today(),
            "now": self._clock.now(),
        }
        needs = (
            OpenNeed(
                need_from(open_code(self._fields, tables.need, row.code_index, row.code)) if row.code else None,
                self._fields.open("creditor", row.id.encode(), row.creditor).decode() if row.creditor else "",
                row.period_from,
                row.period_to,
            )
            for row in self._db.look_up(_OPEN_NEEDS, asked)
            if row.facet in facets
        )
        return list(dict.fromkeys(need for need in needs if need.need or need.creditor))

    def _prepare(self, record: AidRecord) -> Prepared:
        key = record.source_key
        return Prepared(
            record,
            os.urandom(16).hex(),
            self._fields.index("content", canonical(record)),
            self._fields.index("source_key", key.encode()) if key else None,
        )

    def _is_same(self, one: Prepared, stored: bytes) -> bool:
        """Return whether what is stored has a record's content, under whichever of the person's codes it came."""
        if one.content == stored or not self._fields.replaced:
            return one.content == stored
        codes = [code for code in self.codes_of(one.record.identifier) if isinstance(code, Identifier)]
        same = (canonical(replace(one.record, identifier=code)) for code in codes)
        return any(self._fields.index("content", content) == stored for content in same)

    def _known(self, connection: Connection, prepared: Sequence[Prepared]) -> dict[bytes | None, tuple[str, bytes]]:
        keys = [one.key_index for one in prepared if one.key_index is not None]
        found = select_among(connection, _KNOWN_KEYS, keys)
        return {index: (record_id, content) for index, record_id, content in found}

    def _insert(self, connection: Connection, prepared: Sequence[Prepared], actor: str) -> None:
        if not prepared:
            return
        records = [one.record for one in prepared]
        persons, needs = self._subjects(connection, records)
        of_persons = [persons[record.identifier] for record in records]
        standing = standing_of(connection, set(of_persons))
        settled = [
            settle(record, standing.get(person, _NOTHING_SAID))
            for record, person in zip(records, of_persons, strict=True)
        ]
        columns = {
            **columns_of(self._fields, prepared, settled, self._clock.now()),
            "person_id": of_persons,
            "need_id": [None if record.need is None else needs[record.need] for record in records],
            "recorded_by": [actor] * len(records),
        }
        insert_columns(connection, _ADD, columns)

    def _subjects(self, connection: Connection, records: Sequence[AidRecord]) -> tuple[_Rows, _Rows]:
        """Return the rows of the records' persons and of their needs, each there and readable."""
        # In the order of the records, which the import draws: a set's own order is the same at every body.
        named = dict.fromkeys(record.identifier for record in records)
        wanted = dict.fromkeys(record.need for record in records if record.need is not None)
        persons = ensure_subjects(connection, self._fields, PseudonymClass.PERSON, named) if named else {}
        return persons, ensure_subjects(connection, self._fields, PseudonymClass.NEED, wanted) if wanted else {}
