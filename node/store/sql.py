"""The body's store: all parts over one database; records, names and households come with `Links`."""

from __future__ import annotations

import hmac

from sqlalchemy import Connection, Engine, insert, select

from maglia.core.errors import Code, MagliaError
from node.ports import Clock
from node.store import tables
from node.store.access_cases import AccessCases
from node.store.answering import AnsweringCounts
from node.store.answers import Answers
from node.store.batches import Batches
from node.store.budgets import Budgets
from node.store.consent_files import ConsentFiles
from node.store.consents import Consents
from node.store.database import Database
from node.store.devices import Devices
from node.store.erasing import Erasing
from node.store.exports import Exports
from node.store.fields import Fields
from node.store.filed_needs import FiledNeeds
from node.store.inbox import Notices
from node.store.links import Links
from node.store.named_undo import NamedUndo
from node.store.notes import Notes
from node.store.operators import Operators
from node.store.papers import Papers
from node.store.procedures import ProcedureBudgets
from node.store.pseudonym_cache import PseudonymCache
from node.store.pseudonyms import Pseudonyms
from node.store.referrals import Referrals
from node.store.registry_places import RegistryPlaces
from node.store.reservation_reads import ReservationReads
from node.store.reservations import Reservations
from node.store.templates import Templates
from node.store.versions import Versions
from node.store.waiting import WaitingChecks

_PROOF = select(tables.field_key.c.proof)
_ADD_PROOF = insert(tables.field_key)


class SqlStore(
    Links,
    RegistryPlaces,
    Reservations,
    ReservationReads,
    Versions,
    Notes,
    NamedUndo,
    Erasing,
    FiledNeeds,
    Consents,
    ConsentFiles,
    Papers,
    Answers,
    Pseudonyms,
    PseudonymCache,
    Budgets,
    ProcedureBudgets,
    Operators,
    Devices,
    AccessCases,
    Referrals,
    Notices,
    Batches,
    WaitingChecks,
    Templates,
    Exports,
    AnsweringCounts,
):
    """`node.ports.Store` over SQLAlchemy Core: synchronous, prebuilt statements, usable from several threads.

    The database must be at the newest revision (`migrations.migrate`). Any failure raises `storage.unavailable`.
    """

    def __init__(self, engine: Engine, field_key: bytes, clock: Clock) -> None:
        """Bind the database to `field_key` (32 bytes) at first use; another key raises `storage.unavailable` later."""
        super().__init__(Database(engine, clock), Fields(field_key), clock)
        self._check_field_key()
        self.load_replaced()

    def close(self) -> None:
        """Give the kept connection back."""
        self._db.close()

    def empty_journal(self) -> None:
        """Leave no copy of what was removed in the database's own journal, where the database can."""
        self._db.empty_journal()

    def _check_field_key(self) -> None:
        """Refuse another key: under it no person would be found, and every answer would read as nothing known."""
        proof = self._fields.index("field_key", b"")

        def work(connection: Connection) -> bytes:
            stored = connection.execute(_PROOF).scalar()
            if stored is None:
                connection.execute(_ADD_PROOF, {"proof": proof})
            return proof if stored is None else stored

        if not hmac.compare_digest(self._db.keep(work), proof):
            raise MagliaError(Code.STORAGE_UNAVAILABLE, cause="the field key is not this database's")
