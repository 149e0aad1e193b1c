"""What persons said of the sharing: consents, withdrawals, refusals, objections."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from maglia.core.identifiers import Identifier
from node.domain.model import Consent


class Consents(Protocol):
    """The consents on file, and what stands against them."""

    def add_consent(self, identifier: Identifier, consent: Consent, actor: str) -> str:
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
