"""The office's acts, each an entry of the registry's own log, in the transaction of the act itself.

An act whose entry can't be kept does not happen, and no entry tells of an act that did not. Transactions wait for one
another (`registry.store.database`), so that entries have one order also with several replicas.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import Executable, insert, select

from registry.ports import Event, LoggedEvent
from registry.store.database import Database
from registry.store.tables import history
from registry.store.tail import LogTail

SCHEMA = "maglia.office-event/1"
_NONCE_BYTES = 16
_ENTRIES = select(history).where(history.c.entry.is_not(None))


class SqlHistory:
    """Fulfils `registry.ports.History`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tail = LogTail(database)
        self.log = self._tail.log

    def add(self, member: str, event: Event) -> None:
        """Log an event about a body (empty: about none)."""
        with self._database.transaction():
            entry = self._tail.append([_leaf(member, event)])
            self._database.change(insert(history).values(member=member, entry=entry, **asdict(event)))

    def of(self, member: str, without: Collection[str]) -> Sequence[LoggedEvent]:
        """Return what was logged about a body (empty: about none), oldest first, but for these actions."""
        wanted = (history.c.member == member) & history.c.action.not_in(list(without))
        return self._logged(_ENTRIES.where(wanted).order_by(history.c.id))

    def newest(self, actions: Collection[str], count: int) -> Sequence[LoggedEvent]:
        """Return the newest entries of these actions, oldest first."""
        wanted = history.c.action.in_(list(actions))
        return self._logged(_ENTRIES.where(wanted).order_by(history.c.id.desc()).limit(count))[::-1]

    def _logged(self, query: Executable) -> Sequence[LoggedEvent]:
        return [
            LoggedEvent(
                row.entry, self.log.entries(row.entry, 1)[0].leaf, Event(row.at, row.actor, row.action, row.detail)
            )
            for row in self._database.rows(query)
        ]


def _leaf(member: str, event: Event) -> bytes:
    """Return canonical JSON with 128 random bits, so that a hash alone tells nobody what it covers."""
    said = asdict(event) | {"schema": SCHEMA, "member": member, "nonce": secrets.token_hex(_NONCE_BYTES)}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
