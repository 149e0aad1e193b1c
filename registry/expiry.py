"""Acts of accreditation end: those near their end are shown, those at their end stop their body (law rule 6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from maglia.core.identity import REGISTRY_ID
from maglia.core.vocabulary import MemberState
from registry.directory import Publisher
from registry.domain.change import is_expiring
from registry.domain.membership import SERVED, Act, next_state
from registry.ports import Event, MemberRecord, Members

EXPIRED_REASON = "atto di accreditamento scaduto"


@dataclass(frozen=True)
class Expiry:
    """Looks at every act's last day, by the directory that two officers signed. Subtracts only."""

    members: Members
    publisher: Publisher
    clock: Callable[[], float]

    def sweep(self) -> None:
        """Suspend members whose act is past its last day, and mark those whose act ends soon."""
        directory = self.publisher.directory()
        if directory is None:
            return
        today = datetime.fromtimestamp(self.clock(), UTC).date()
        for record in self.members.members():
            signed = directory.members.get(record.id)
            if signed is not None and record.state in SERVED:
                self._judge(record, signed.act_expiry, today)

    def _judge(self, record: MemberRecord, expiry: str, today: date) -> None:
        if date.fromisoformat(expiry) < today:
            self.publisher.suspend(record.id, REGISTRY_ID, f"{EXPIRED_REASON} il {expiry}")
        elif record.state is MemberState.ACTIVE and is_expiring(expiry, today):
            event = Event(self.clock(), REGISTRY_ID, Act.NEAR_EXPIRY, expiry)
            self.members.set_state(record.id, next_state(record.state, Act.NEAR_EXPIRY), event)
