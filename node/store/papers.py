"""Consents and case protocols on file: the lawful bases of questions (step 3 of a check)."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select

from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import PseudonymClass
from node.domain.model import Consent
from node.store import tables
from node.store.database import Audited, Part
from node.store.events import CaseAdded, ConsentAdded
from node.store.subjects import ensure_subjects, index_of

_ADD_CONSENT = insert(tables.consent).returning(tables.consent.c.id)
_ADD_CASE = insert(tables.case_file).returning(tables.case_file.c.id)
_CONSENTS = (
    select(tables.consent)
    .join(tables.person)
    .where(tables.person.c.code_index == bindparam("person"), tables.consent.c.withdrawn_on.is_(None))
    .order_by(tables.consent.c.day.desc(), tables.consent.c.id.desc())
)
_CASE = (
    select(tables.case_file.c.protocol)
    .join(tables.person)
    .where(tables.person.c.code_index == bindparam("person"), tables.case_file.c.purpose == bindparam("purpose"))
    .order_by(tables.case_file.c.id.desc())
    .limit(1)
)


class Papers(Part):
    """The `Store`'s methods on consents and cases."""

    def add_consent(self, identifier: Identifier, consent: Consent, actor: str) -> str:
        """Put a consent on file with its audit event; return its id."""

        def work(connection: Connection) -> Audited[str]:
            row = {
                "person_id": self._person(connection, identifier),
                "purposes": ",".join(consent.purposes),
                "notice_version": consent.notice_version,
                "language": consent.language,
                "day": consent.day,
                "method": consent.method,
            }
            number = str(connection.execute(_ADD_CONSENT, row).scalar_one())
            return Audited(number, [ConsentAdded(actor, number)])

        return self._db.change(work)

    def add_case(self, identifier: Identifier, purpose: str, protocol: str, actor: str) -> str:
        """Put a case protocol on file with its audit event; return its id."""

        def work(connection: Connection) -> Audited[str]:
            row = {"person_id": self._person(connection, identifier), "purpose": purpose, "protocol": protocol}
            number = str(connection.execute(_ADD_CASE, row).scalar_one())
            return Audited(number, [CaseAdded(actor, number)])

        return self._db.change(work)

    def consent_for(self, identifier: Identifier, purpose: str) -> Consent | None:
        """Return the newest consent in force for the person and purpose."""
        for row in self._db.rows(_CONSENTS, {"person": index_of(self._fields, identifier)}):
            purposes = tuple(row.purposes.split(","))
            if purpose in purposes:
                return Consent(purposes, row.notice_version, row.language, row.day, row.method)
        return None

    def case_for(self, identifier: Identifier, purpose: str) -> str | None:
        """Return the protocol number of the newest case on file."""
        rows = self._db.rows(_CASE, {"person": index_of(self._fields, identifier), "purpose": purpose})
        return str(rows[0].protocol) if rows else None

    def _person(self, connection: Connection, identifier: Identifier) -> int:
        return ensure_subjects(connection, self._fields, PseudonymClass.PERSON, [identifier])[identifier]
