"""Who looked a person up (GDPR art. 15), as bodies tell each other. The bytes are `maglia.wire.access`'s."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

REQUEST_ID_BYTES = 16
SALT_BYTES = 32
MAX_EPOCHS = 16
"""Pseudonyms of one person that one request may hold, one for each epoch."""
PAGE_ACCESSES = 500
"""Accesses in one message, which is then well below the largest allowed."""


class AccessEvent(StrEnum):
    """What the body whose log it is did about the person."""

    ASKED = "asked"
    ANSWERED = "answered"
    REFUSED = "refused"
    REQUESTED_REPORT = "requested_report"
    ANSWERED_REPORT = "answered_report"


@dataclass(frozen=True)
class Access:
    """One entry of a log about the person, as far as policy releases it; `categories` are fields of aid records."""

    question_id: bytes
    event: AccessEvent
    time_ms: int = 0
    body: str = ""
    purpose: str = ""
    facet: str = ""
    categories: tuple[str, ...] = ()
    operator: str = ""


@dataclass(frozen=True)
class LogReading:
    """What of a log was read, and what not.

    Of `forgotten_months` (`YYYY-MM`), and of the first entries once they are `archived`, nobody can tell any more whom
    they are about: their term is over. `unreadable` entries should open and do not.
    """

    entries: int = 0
    first_ms: int = 0
    last_ms: int = 0
    forgotten_months: tuple[str, ...] = ()
    unreadable: int = 0
    archived: int = 0
    policy_revision: str = ""
    named: bool = False

    @property
    def is_whole(self) -> bool:
        """Return whether everything whose term is not over could be read."""
        return not self.unreadable


@dataclass(frozen=True)
class AccessRequest:
    """What one body asks another about one person, whose pseudonyms under the addressee's keys are by epoch."""

    network: str
    asker: str
    addressee: str
    request_id: bytes
    persons: tuple[tuple[int, bytes], ...] = field(repr=False)
    identified: bool
    salt: bytes = field(repr=False)

    @property
    def commitment(self) -> bytes:
        """Return the 32 bytes that bind this person to an approval and tell nothing of them without the salt."""
        pseudonyms = b"".join(epoch.to_bytes(4, "big") + pseudonym for epoch, pseudonym in sorted(self.persons))
        return hashlib.sha256(b"maglia/1\0access\0" + self.salt + self.request_id + pseudonyms).digest()


@dataclass(frozen=True)
class NamesApproval:
    """The data-protection officer's word that one body may name its operators in one request, until `expires`."""

    network: str
    official: str
    asker: str
    addressee: str
    request_id: bytes
    commitment: bytes
    expires: date
    reason: str = ""

    def is_of(self, request: AccessRequest) -> bool:
        """Return whether it was given for exactly this request about this person."""
        ours = (self.network, self.asker, self.addressee, self.request_id, self.commitment)
        return ours == (request.network, request.asker, request.addressee, request.request_id, request.commitment)
