"""The board of nodes: when each member was last heard of, with which version, how old its log's last checkpoint is, and
for which epochs of keys it is ready.

Nothing is asked of the nodes: their polls and their checkpoints are news enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from maglia.core.vocabulary import COSIGNATURE_MAX_S, DEGRADED_S, DIRECTORY_POLL_S
from maglia.wire.convert import relay_of
from registry.domain.membership import SERVED
from registry.ports import Files, MemberRecord, Members, Sighting, Sightings

_KEEP_S = DIRECTORY_POLL_S / 4
"""A node that fetches many files at once is written down once."""
_DAY_S = 86_400
_HIGHEST = 2**62
"""No database holds a higher version; a member may say anything."""
_EPOCHS = 2
"""How many epochs there are at once, at most."""


class Health(StrEnum):
    """What an officer reads first. `never`: not heard of since it joined.

    `refuses`: it has seen newer metadata than this registry's, which was put back from an older backup.
    """

    REGULAR = "regular"
    LATE = "late"
    SILENT = "silent"
    NEVER = "never"
    REFUSES = "refuses"


@dataclass(frozen=True)
class NodeLine:
    """One node; `card_expires` in seconds since the epoch, 0 without a card; `relay` is empty for a direct address.

    `absent_days` are whole ones since it was last heard of, or since its card was made if it never was.
    """

    member: MemberRecord
    seen: Sighting
    card_expires: int
    health: Health
    relay: str = ""
    absent_days: int = 0


class Board:
    """Keeps when members were heard of, and reads it back. Times are seconds since the epoch."""

    def __init__(self, members: Members, files: Files, sightings: Sightings, clock: Callable[[], float]) -> None:
        self._members = members
        self._files = files
        self._sightings = sightings
        self._clock = clock
        self._last: dict[str, tuple[float, int, tuple[int, ...]]] = {}

    def heard(self, member: str, ready_epochs: Iterable[int] = (), trusted_version: int = 0) -> None:
        """A member just asked for news and is given what is current; it said for which epochs it is ready.

        And which version it trusts: if that is above the current one, it refuses what it is given.
        """
        now, version = self._clock(), min(max(self.version(), trusted_version), _HIGHEST)
        ready = tuple(sorted(set(ready_epochs))[-_EPOCHS:])
        before = self._last.get(member)
        if before is not None and before[1:] == (version, ready) and now - before[0] < _KEEP_S:
            return
        self._last[member] = now, version, ready
        self._sightings.heard(member, now, version, ready)

    def cosigned(self, member: str, log_size: int) -> None:
        """A member's checkpoint was just cosigned."""
        self._sightings.cosigned(member, self._clock(), log_size)

    def now(self) -> float:
        """Return the registry's time, against which ages are read."""
        return self._clock()

    def version(self) -> int:
        """Return the current version of the timestamp."""
        return self._files.versions().get("timestamp", 0)

    def lines(self) -> list[NodeLine]:
        """Return every member that is served, the oldest application first."""
        seen = self._sightings.sightings()
        served = (member for member in self._members.members() if member.state in SERVED)
        return [self._line(member, seen.get(member.id, Sighting(member.id))) for member in served]

    def unready(self, epoch: int) -> list[str]:
        """Return the members served that have not said that none of their records awaits a pseudonym of the epoch."""
        return [line.member.id for line in self.lines() if epoch not in line.seen.ready_epochs]

    def _line(self, member: MemberRecord, seen: Sighting) -> NodeLine:
        card = self._members.card(member.id)
        begins, expires = (card.not_before, card.not_after) if card else (0, 0)
        health = health_of(seen, begins, expires, self._clock())
        if health not in {Health.NEVER, Health.SILENT} and seen.timestamp_version > self.version():
            health = Health.REFUSES
        since, relay = seen.heard_at or begins, relay_of(card.envelope) if card else ""
        absent = int(max(0.0, self._clock() - since) // _DAY_S) if since else 0
        return NodeLine(member, seen, expires, health, relay, absent)


def health_of(seen: Sighting, card_begins: int, card_expires: int, now: float) -> Health:
    """Return how a node fares: silent without polls for 5 min, late with an old checkpoint or an expired card.

    A card made just now excuses the lack of a checkpoint: the first one takes a while.
    """
    if not seen.heard_at:
        return Health.NEVER
    if now - seen.heard_at > DEGRADED_S:
        return Health.SILENT
    if card_expires <= now or now - max(seen.cosigned_at, card_begins) > COSIGNATURE_MAX_S:
        return Health.LATE
    return Health.REGULAR
