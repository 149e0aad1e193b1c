"""What persons said of the sharing: consents, withdrawals, refusals, objections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import PseudonymClass
from node.domain.consent import ConsentFile, Expiring, ToTell
from node.domain.model import Consent


class Consents(Protocol):
    """The consents on file, and what stands against them."""

    def add_consent(self, identifier: Identifier, consent: Consent, actor: str, key: str = "") -> str:
        """Put a consent on file, which ends a refusal; return its id. Raises `consent.earlier`."""
        ...

    def consent_for(self, identifier: Identifier, purpose: str) -> Consent | None:
        """Return the newest consent for the person and purpose that was not withdrawn; it may have expired."""
        ...

    def refused_on(self, identifier: Identifier) -> date | None:
        """Return the day on which the person refused to consent, if no consent was given since."""
        ...

    def withdraw(
        self, identifier: Identifier, purposes: tuple[str, ...], day: date, actor: str, *, objecting: bool
    ) -> int:
        """Withdraw these purposes from every consent and record; return the withdrawal's id. Raises `consent.none`."""
        ...

    def refuse(self, identifier: Identifier, day: date, actor: str) -> int:
        """Put a refusal on file, which withdraws whatever consent there was; return its id."""
        ...

    def object_to_task(self, identifier: Identifier, day: date, actor: str) -> None:
        """Put an objection on file, once; the person's records say so."""
        ...

    def consent_file(self, identifier: Identifier) -> ConsentFile:
        """Return all that a person said to this body, newest first."""
        ...

    def keep_to_tell(self, opposition: int, found: Sequence[ToTell], *, whole: bool) -> None:
        """Add to the bodies to tell of a withdrawal; `whole` when there are no others."""
        ...

    def mark_told(self, identifier: Identifier, member: str, day: date, actor: str) -> None:
        """Put on file that a body was told of the person's withdrawals; raise `consent.nobody_to_tell`."""
        ...

    def expiring(self, until: date) -> list[Expiring]:
        """Return whose newest consents for a purpose end by a day, or have ended, the earliest first."""
        ...

    def pseudonyms_of(self, identifier: Identifier) -> Mapping[tuple[PseudonymClass, int, int], bytes]:
        """Return the pseudonyms of a person and of the needs of their records, by class, epoch and row."""
        ...
