"""Bodies, tokens, cards and people of the office, in SQL."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import MemberState, NetworkRole
from registry.domain.membership import WAITING
from registry.ports import Event, MemberRecord, Person, StoredCard, Token
from registry.store.database import Database
from registry.store.history import SqlHistory
from registry.store.tables import cards, former_cards, history, members, people, tokens

FORMER_CARDS = 3
"""Replaced cards of one member that may count at once: whoever publishes card after card fills nothing."""


_WAITS = members.c.state.in_([state.value for state in WAITING])


class SqlMembers:
    """Fulfils `registry.ports.Members`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._history = SqlHistory(database)

    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything done inside together, or nothing."""
        return self._database.transaction()

    def member(self, member: str) -> MemberRecord | None:
        """Return a body."""
        row = self._database.row(select(members).where(members.c.id == member))
        return _record(row) if row else None

    def members(self) -> list[MemberRecord]:
        """Return every body, the oldest application first."""
        rows = self._database.rows(select(members).order_by(members.c.applied_at, members.c.id))
        return [_record(row) for row in rows]

    def page(self, after: str, limit: int) -> tuple[list[MemberRecord], str]:
        """Return up to `limit` bodies, the oldest application first, and where the next page begins.

        `after` is empty for the first page, else what the page before returned; the last page returns an empty text.
        Raises `input.field` for what no page returned.
        """
        columns = members.c
        query = select(members).order_by(columns.applied_at, columns.id).limit(limit + 1)
        if after:
            at, member = _place(after)
            query = query.where((columns.applied_at > at) | ((columns.applied_at == at) & (columns.id > member)))
        rows = self._database.rows(query)
        more = f"{rows[limit - 1].applied_at.hex()}/{rows[limit - 1].id}" if len(rows) > limit else ""
        return [_record(row) for row in rows[:limit]], more

    def waiting(self) -> list[MemberRecord]:
        """Return the bodies whose application waits, the oldest first."""
        query = select(members).where(_WAITS).order_by(members.c.applied_at, members.c.id)
        return [_record(row) for row in self._database.rows(query)]

    def count_waiting(self) -> int:
        """Return how many applications wait."""
        row = self._database.row(select(func.count()).select_from(members).where(_WAITS))
        return int(row[0]) if row else 0

    def alike(self, member: str, identity_key: bytes, fiscal_code: str) -> list[MemberRecord]:
        """Return the bodies with this id or identity key, or with this tax code unless it is empty."""
        found = (members.c.id == member) | (members.c.identity_key == identity_key)
        if fiscal_code:
            found |= members.c.fiscal_code == fiscal_code
        return [_record(row) for row in self._database.rows(select(members).where(found))]

    def remove_member(self, member: str, event: Event) -> None:
        """Forget a body that only ever applied; what was logged about it stays."""
        with self.transaction():
            self._database.change(delete(members).where(members.c.id == member))
            self._history.add(member, event)

    def save_member(self, record: MemberRecord, event: Event) -> None:
        """Add or replace a body."""
        with self.transaction():
            values = asdict(record) | {"state": record.state.value, "missing": json.dumps(record.missing)}
            self._database.put(members, values)
            self._history.add(record.id, event)

    def set_state(self, member: str, state: MemberState, event: Event) -> None:
        """Change a body's state."""
        with self.transaction():
            self._database.change(update(members).where(members.c.id == member).values(state=state.value))
            self._history.add(member, event)

    def add_event(self, member: str, event: Event) -> None:
        """Log what changed no state; an empty `member` for what concerns no body."""
        self._history.add(member, event)

    def history(self, member: str) -> list[Event]:
        """Return a body's events, oldest first."""
        rows = self._database.rows(select(history).where(history.c.member == member).order_by(history.c.id))
        return [Event(row.at, row.actor, row.action, row.detail) for row in rows]

    def save_token(self, member: str, token: Token, event: Event) -> None:
        """Keep the body's one token, in place of an earlier one."""
        with self.transaction():
            self._database.put(tokens, {"member": member} | asdict(token))
            self._history.add(member, event)

    def token(self, member: str) -> Token | None:
        """Return the body's token."""
        row = self._database.row(select(tokens).where(tokens.c.member == member))
        return Token(row.digest, row.expires, row.used) if row else None

    def take_token(self, member: str) -> Token | None:
        """Return the body's token as it was, and mark it as used."""
        with self.transaction():
            token = self.token(member)
            self._database.change(update(tokens).where(tokens.c.member == member).values(used=True))
        return token

    def save_card(self, card: StoredCard, at: float, overlap_s: float) -> int:
        """Add or replace a member's card; return the new revision of the list of cards.

        The card replaced counts for the overlap from `at` on, for every process that reads it.
        """
        with self.transaction():
            before, revision = self.card(card.member), self.cards_revision() + 1
            self._forget_former(card.member, at)
            if before is not None and before.certificate != card.certificate and overlap_s > 0:
                until = min(float(before.not_after), at + overlap_s)
                self._database.put(former_cards, asdict(before) | {"until": until})
            values = {name: value for name, value in asdict(card).items() if name != "until"}
            self._database.put(cards, values | {"revision": revision})
        return revision

    def _forget_former(self, member: str, at: float) -> None:
        """Drop what no longer counts, and the oldest beyond those that a member may have at once."""
        columns, own = former_cards.c, former_cards.c.member == member
        newest = select(columns.sequence).where(own).order_by(columns.sequence.desc()).limit(FORMER_CARDS - 1)
        old = (columns.until <= at) | columns.sequence.not_in(newest)
        self._database.change(delete(former_cards).where(own & old))

    def card(self, member: str) -> StoredCard | None:
        """Return a member's newest card."""
        row = self._database.row(select(cards).where(cards.c.member == member))
        return _card(row) if row else None

    def cards_since(self, revision: int, limit: int, at: float) -> list[StoredCard]:
        """Return the cards changed after a revision, in the order of change, with those replaced that count at `at`."""
        newest = select(cards).where(cards.c.revision > revision).order_by(cards.c.revision).limit(limit)
        former = select(former_cards).where((former_cards.c.revision > revision) & (former_cards.c.until > at))
        found = [_card(row) for query in (newest, former) for row in self._database.rows(query)]
        return sorted(found, key=lambda card: card.revision)[:limit]

    def cards_revision(self) -> int:
        """Return the revision of the list of cards; 0 before the first."""
        row = self._database.row(select(func.max(cards.c.revision)))
        return int(row[0] or 0) if row else 0

    def person(self, user: str) -> tuple[Person, str | None] | None:
        """Return someone of the office and the password hash, which is None until one was set."""
        row = self._database.row(select(people).where(people.c.user == user))
        return (_person(row), row.password_hash) if row else None

    def people(self) -> list[Person]:
        """Return everyone of the office."""
        return [_person(row) for row in self._database.rows(select(people).order_by(people.c.user))]

    def save_person(self, person: Person, password_hash: str | None) -> None:
        """Add or replace someone of the office."""
        values = asdict(person) | {"role": person.role.value, "password_hash": password_hash}
        self._database.put(people, values)


def _place(after: str) -> tuple[float, str]:
    at, _, member = after.partition("/")
    try:
        return float.fromhex(at), member
    except (OverflowError, ValueError) as error:
        raise MagliaError(Code.INPUT_FIELD, field="page_token") from error


def _record(row: Row[Any]) -> MemberRecord:
    fields = row._asdict()
    read = {
        "state": MemberState(row.state),
        "missing": tuple(json.loads(row.missing)),
        "application_signature": row.application_signature or b"",
    }
    return MemberRecord(**fields | read)


def _card(row: Row[Any]) -> StoredCard:
    return StoredCard(**row._asdict())


def _person(row: Row[Any]) -> Person:
    return Person(row.user, row.name, NetworkRole(row.role), row.public_key)
