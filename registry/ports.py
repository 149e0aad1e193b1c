"""What the registry's work needs from its storage, as protocols; `app` chooses who fulfils them.

Every method is synchronous. One that changes a member's state demands the event that history will show: an unaudited
change does not type-check. Any failure of storage raises, and so refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from maglia.core.checkpoint import Checkpoint
from maglia.core.log_port import LogBackend
from maglia.core.vocabulary import MemberState, NetworkRole, PseudonymClass
from registry.domain.budget import Use
from registry.domain.change import Change


@dataclass(frozen=True)
class Event:
    """One line of history: when (seconds since the epoch), who, what, about whom."""

    at: float
    actor: str
    action: str
    detail: str = ""


@dataclass(frozen=True)
class LoggedEvent:
    """An event with its place in the registry's log and the bytes that the log's hash covers."""

    index: int
    leaf: bytes
    event: Event


@dataclass(frozen=True)
class Person:
    """Someone with a password at the office; officers have an Ed25519 public key (32 bytes) too."""

    user: str
    name: str
    role: NetworkRole
    public_key: bytes = b""


@dataclass(frozen=True)
class MemberRecord:
    """A body as the office knows it; `application` is the payload as received.

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


@dataclass(frozen=True)
class Token:
    """A one-time activation token: its SHA-256, when it expires (seconds since the epoch), whether it was used."""

    digest: bytes
    expires: float
    used: bool = False


@dataclass(frozen=True)
class Sighting:
    """When a member was last heard of; times in seconds since the epoch, 0 for never."""

    member: str
    heard_at: float = 0.0
    timestamp_version: int = 0
    cosigned_at: float = 0.0
    log_size: int = 0


@dataclass(frozen=True)
class StoredCard:
    """A member's current card: the envelope's bytes, what is read often, and the revision at which it changed."""

    member: str
    sequence: int
    certificate: bytes
    not_before: int
    not_after: int
    envelope: bytes
    revision: int = 0


@dataclass(frozen=True)
class Draft:
    """Targets metadata that waits for signatures, with its files; `signatures` are by key id."""

    id: str
    changes: tuple[Change, ...]
    version: int
    signed: bytes
    targets: Mapping[str, bytes]
    signatures: Mapping[str, bytes] = field(default_factory=dict)
    signed_by: tuple[str, ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        """Return whom the draft concerns."""
        return tuple(change.member for change in self.changes if change.member)


@dataclass(frozen=True)
class Publication:
    """One published version of what officers sign: directory, evaluation keys and procedures, as files."""

    version: int
    directory: bytes
    keys: bytes
    procedures: bytes = b""


class Transactions(Protocol):
    """What makes several steps one."""

    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything done inside together, durably, or nothing; may be nested."""
        ...


class Members(Transactions, Protocol):
    """Bodies, their tokens and cards, and the people of the office."""

    def member(self, member: str) -> MemberRecord | None:
        """Return a body."""
        ...

    def members(self) -> list[MemberRecord]:
        """Return every body, the oldest application first."""
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

    def take_token(self, member: str) -> Token | None:
        """Return the body's token as it was, and mark it as used."""
        ...

    def save_card(self, card: StoredCard) -> int:
        """Add or replace a member's card; return the new revision of the list of cards."""
        ...

    def card(self, member: str) -> StoredCard | None:
        """Return a member's card."""
        ...

    def cards_since(self, revision: int, limit: int) -> list[StoredCard]:
        """Return the cards changed after a revision, in the order of change."""
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


class Files(Transactions, Protocol):
    """Drafts, and what is published: metadata and target files."""

    def open_draft(self, changes: Sequence[Change], version: int) -> Draft | None:
        """Return the draft of these changes, whatever their reasons, for a version, if it is still open."""
        ...

    def draft(self, draft: str) -> Draft | None:
        """Return an open draft by its id."""
        ...

    def open_drafts(self) -> list[Draft]:
        """Return every open draft."""
        ...

    def save_draft(self, draft: Draft) -> None:
        """Add a draft."""
        ...

    def sign_draft(self, draft: str, key_id: str, user: str, signature: bytes) -> None:
        """Add one signature; raises when the key has already signed."""
        ...

    def close_drafts(self, closed: Iterable[str]) -> None:
        """Close drafts: nobody can sign them any more."""
        ...

    def metadata(self, filename: str) -> bytes | None:
        """Return a metadata file."""
        ...

    def save_metadata(self, filename: str, content: bytes) -> None:
        """Add or replace a metadata file."""
        ...

    def target(self, path: str) -> bytes | None:
        """Return a target file by its path with hash prefix."""
        ...

    def save_target(self, path: str, content: bytes) -> None:
        """Add a target file."""
        ...

    def versions(self) -> dict[str, int]:
        """Return the current version of each role; a role without one is absent."""
        ...

    def set_version(self, role: str, version: int) -> None:
        """Say which version of a role is current."""
        ...

    def save_publication(self, publication: Publication) -> None:
        """Keep what was published."""
        ...

    def publications(self, count: int) -> list[Publication]:
        """Return the newest publications, newest first."""
        ...


class History(Protocol):
    """The registry's own log."""

    @property
    def log(self) -> LogBackend:
        """Return where its entries and checkpoints are kept."""
        ...

    def of(self, member: str) -> Sequence[LoggedEvent]:
        """Return what was logged about a body, oldest first."""
        ...


class Sightings(Protocol):
    """When members were last heard of."""

    def heard(self, member: str, at: float, timestamp_version: int) -> None:
        """Keep that a member asked for news, and which version it then had."""
        ...

    def cosigned(self, member: str, at: float, log_size: int) -> None:
        """Keep that a member's checkpoint was cosigned."""
        ...

    def sightings(self) -> Mapping[str, Sighting]:
        """Return everything kept, by member."""
        ...


class Counts(Transactions, Protocol):
    """Budgets of evaluation and the witness's memory."""

    def spend(self, member: str, cls: PseudonymClass, use: Use, day: date, elements: int, limit: int) -> bool:
        """Count elements, durably, and return True; or return False and count nothing beyond `limit`."""
        ...

    def spent(self, member: str, cls: PseudonymClass, use: Use, day: date) -> int:
        """Return how many elements were counted."""
        ...

    def witnessed(self, origin: str) -> Checkpoint | None:
        """Return the last checkpoint cosigned for a log."""
        ...

    def remember(self, checkpoint: Checkpoint, note: bytes, old_size: int) -> bool:
        """Keep the checkpoint, durably, if the last one is still of `old_size`; else return False."""
        ...
