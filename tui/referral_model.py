"""Persons sent and received, as plain values: what commands show."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Wanted:
    """A referral as an operator types it; `member` is the id of the body that the person is sent to."""

    identifier: str = field(repr=False)
    member: str
    facet: str
    name: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    need: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


@dataclass(frozen=True)
class ReferredPerson:
    """Who a person sent is; `consent_date` is ISO 8601."""

    identifier: str = field(repr=False)
    name: str = field(repr=False)
    contact: str = field(repr=False)
    need: str = field(repr=False)
    note: str = field(repr=False)
    notice_version: str = ""
    language: str = ""
    consent_date: str = ""


@dataclass(frozen=True)
class Referral:
    """One referral as this body knows it; instants are milliseconds since the epoch.

    `direction` is sent or received; `untold` says that the other body has yet to be told of the state. `person` is
    there where one referral was asked for, and not forgotten yet.
    """

    number: int
    direction: str
    member: str
    member_name: str
    member_contact: str
    facet: str
    state: str
    created_ms: int
    changed_ms: int
    unread: bool
    untold: bool
    untold_until_ms: int
    reason: str
    code: str
    operator: str
    person: ReferredPerson | None = None

    @property
    def name(self) -> str:
        """Return `I-0007`."""
        return f"I-{self.number:04d}"


@dataclass(frozen=True)
class Taker:
    """A body that a person can be sent to."""

    member: str
    name: str
    kind: str
    contact: str
    facets: tuple[str, ...]
