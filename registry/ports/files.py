"""Drafts that wait for signatures, and what is published: metadata and target files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from registry.domain.change import Change
from registry.ports.transactions import Transactions


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


@dataclass(frozen=True)
class PolicyBundle:
    """The rules of one revision: those that wait for officers' signatures, and those that were ever in force.

    `changed_at` is when they were proposed or came into force, seconds since the epoch; `version` is the directory with
    which they last came into force, 0 for never.
    """

    revision: str
    content: bytes
    waiting: bool
    changed_at: float
    version: int = 0


class Files(Transactions, Protocol):
    """Drafts, and what is published: metadata and target files; the rules of each revision."""

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

    def reword_draft(self, draft: str, changes: Sequence[Change]) -> None:
        """Put other reasons in a draft: the same changes in the words of whoever asked for them last."""
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

    def bundle(self, revision: str) -> PolicyBundle | None:
        """Return the rules of a revision, whether they wait or were in force."""
        ...

    def bundles(self) -> list[PolicyBundle]:
        """Return the rules of every revision, the latest first."""
        ...

    def save_bundle(self, bundle: PolicyBundle) -> None:
        """Add the rules of a revision, or replace what is known of them."""
        ...

    def drop_bundle(self, revision: str) -> None:
        """Forget rules that were never in force."""
        ...
