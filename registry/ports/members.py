"""Bodies, their tokens and cards, and the people of the office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from maglia.core.vocabulary import MemberState, NetworkRole
from registry.ports.history import Event
from registry.ports.transactions import Transactions


@dataclass(frozen=True)
class Person:
    """Someone with a password at the office; officers have an Ed25519 public key (32 bytes) too."""

    user: str
    name: str
    role: NetworkRole
    public_key: bytes = b""


@dataclass(frozen=True)
class MemberRecord:
    """A body as the office knows it; `application` is the payload as received, `application_signature` its own key's.

    `note` is why it waits or is suspended; `serial` numbers its suspensions, 0 before the first.
    """

    id: str
    name: str
    kind: str
    state: MemberState
    fiscal_code: str
    identity_key: bytes
    log_key: bytes
    application: bytes
    missing: tuple[str, ...]
    applied_at: float
    note: str = ""
    serial: int = 0
    application_signature: bytes = b""


@dataclass(frozen=True)
class Token:
    """A one-time activation token: its SHA-256, when it expires (seconds since the epoch), whether it was used."""

    digest: bytes
    expires: float
    used: bool = False


@dataclass(frozen=True)
class StoredCard:
    """A member's card: the envelope's bytes, what is read often, and the revision at which it changed.

    `until` is when a replaced card stops counting, in seconds since the epoch; the card's own end still holds.
    """

    member: str
    sequence: int
    certificate: bytes
    not_before: int
    not_after: int
    envelope: bytes
    revision: int = 0
    until: float = float("inf")


class Members(Transactions, Protocol):
    """Bodies, their tokens and cards, and the people of the office."""

    def member(self, member: str) -> MemberRecord | None:
        """Return a body."""
        ...

    def members(self) -> list[MemberRecord]:
        """Return every body, the oldest application first."""
        ...

    def page(self, after: str, limit: int) -> tuple[list[MemberRecord], str]:
        """Return up to `limit` bodies, the oldest application first, and where the next page begins.

        `after` is empty for the first page, else what the page before returned; the last page returns an empty text.
        Raises `input.field` for what no page returned.
        """
        ...

    def waiting(self) -> list[MemberRecord]:
        """Return the bodies whose application waits, the oldest first."""
        ...

    def count_waiting(self) -> int:
        """Return how many applications wait."""
        ...

    def alike(self, member: str, identity_key: bytes, fiscal_code: str) -> list[MemberRecord]:
        """Return the bodies with this id or identity key, or with this tax code unless it is empty."""
        ...

    def remove_member(self, member: str, event: Event) -> None:
        """Forget a body that only ever applied; what was logged about it stays."""
        ...

    def save_member(self, record: MemberRecord, event: Event) -> None:
        """Add or replace a body."""
        ...

    def set_state(self, member: str, state: MemberState, event: Event) -> None:
        """Change a body's state."""
        ...

    def add_event(self, member: str, event: Event) -> None:
        """Log what changed no state; an empty `member` for what concerns no body."""
        ...

    def history(self, member: str) -> list[Event]:
        """Return a body's events, oldest first."""
        ...

    def save_token(self, member: str, token: Token, event: Event) -> None:
        """Keep the body's one token, in place of an earlier one."""
        ...

    def token(self, member: str) -> Token | None:
        """Return the body's token."""

    def take_token(self, member: str) -> Token | None:
        """Return the body's token as it was, and mark it as used."""
        ...

    def save_card(self, card: StoredCard, at: float, overlap_s: float) -> int:
        """Add or replace a member's card; return the new revision of the list of cards.

        The card replaced counts for the overlap from `at` on, for every process that reads it.
        """
        ...

    def card(self, member: str) -> StoredCard | None:
        """Return a member's newest card."""
        ...

    def cards_since(self, revision: int, limit: int, at: float) -> list[StoredCard]:
        """Return the cards changed after a revision, in the order of change, with those replaced that count at `at`."""
        ...

    def cards_revision(self) -> int:
        """Return the revision of the list of cards; 0 before the first."""
        ...

    def person(self, user: str) -> tuple[Person, str | None] | None:
        """Return someone of the office and the password hash, which is None until one was set."""
        ...

    def people(self) -> list[Person]:
        """Return everyone of the office."""
        ...

    def save_person(self, person: Person, password_hash: str | None) -> None:
        """Add or replace someone of the office."""
        ...
