"""The other bodies' cards: each signed by its own member, the newest in force, the one before it for a while longer.

The overlap keeps open streams and slow bodies connected while a card is renewed. It never outlives the former card,
the member's place in the directory, or the identity key that signed it (design 3).
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from maglia.core.directory import Member
from maglia.core.errors import MagliaError
from maglia.core.identity import Card
from maglia.core.keystore import write_private
from maglia.core.vocabulary import CARD_OVERLAP_S
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.certificates import der_to_pem
from maglia.wire.convert import claimed_member, open_card
from maglia.wire.envelope import parse
from node.ports import Clock

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Former:
    """A card that was replaced, and until when it still counts, in seconds since the epoch."""

    card: Card
    until: float


class CardBook:
    """Cards by member, kept in `folder`. `changed_roots` is asked by handshakes, on threads of gRPC's own."""

    def __init__(self, folder: Path, network: str, clock: Clock, overlap_s: float = CARD_OVERLAP_S) -> None:
        self._folder = folder
        self._network = network
        self._clock = clock
        self._overlap_s = overlap_s
        self._cards: dict[str, Card] = {}
        self._former: dict[str, _Former] = {}
        self._others: frozenset[bytes] = frozenset()
        self._roots = b""
        self._are_roots_new = True
        self._lock = threading.Lock()

    def card(self, member: str) -> Card | None:
        """Return a member's newest card, current or not."""
        return self._cards.get(member)

    def was_seen(self, member: str) -> bool:
        """Return whether a card of the member was ever taken here, be it void now."""
        return (self._folder / f"{member}.card").exists()

    def holder(self, certificate: bytes) -> str | None:
        """Return whose card, newest or replaced a short while ago, has exactly this certificate (DER) now."""
        now = self._clock.now()
        for member, card in self._cards.items():
            if card.certificate == certificate and card.is_current(now):
                return member
        for member, former in self._former.items():
            if former.card.certificate == certificate and former.card.is_current(now) and now < former.until:
                return member
        return None

    def next_end(self) -> float:
        """Return when the first of the cards that count now ends, in seconds since the epoch; infinite without any."""
        ends = [card.not_after for card in self._cards.values()] + [each.until for each in self._former.values()]
        return min((end for end in ends if end > self._clock.now()), default=float("inf"))

    def roots(self) -> bytes:
        """Return the PEM certificates that a handshake admits; what they may do is checked at each message."""
        with self._lock:
            return self._roots

    def changed_roots(self) -> bytes | None:
        """Return the roots if they, or this body's own certificate, changed since the last call; else None."""
        with self._lock:
            if not self._are_roots_new:
                return None
            self._are_roots_new = False
            return self._roots or None  # gRPC takes no empty list

    def renew_roots(self) -> None:
        """Make the next handshake read everything anew: a card changed, or this body's own certificate did."""
        cards = [*self._cards.values(), *(former.card for former in self._former.values())]
        certificates = [*(card.certificate for card in cards), *sorted(self._others)]
        roots = b"".join(map(der_to_pem, certificates))
        with self._lock:
            self._roots, self._are_roots_new = roots, True

    def admit(self, certificates: Iterable[bytes]) -> None:
        """Let handshakes pass for these certificates (DER) too: those of officials, who have no card."""
        if (others := frozenset(certificates)) != self._others:
            self._others = others
            self.renew_roots()

    def take(self, envelope: Envelope, members: Mapping[str, Member]) -> bool:
        """Take a card that its own member signed, in place of an older one, and keep it; return whether it was new."""
        try:
            name = claimed_member(envelope)
            known = members.get(name)
            if known is None:
                return False
            card = open_card(envelope, self._network, name, known.identity_key)
        except MagliaError as error:
            _log.warning("a card was refused: %s", error)
            return False
        current = self._cards.get(name)
        if current is not None and current.sequence >= card.sequence:
            return False
        if current is not None and current.certificate != card.certificate:
            until = min(float(current.not_after), self._clock.now() + self._overlap_s)
            self._former[name] = _Former(current, until)
        self._cards[name] = card
        self.renew_roots()
        write_private(self._folder / f"{name}.card", envelope.SerializeToString())
        return True

    def load(self, members: Mapping[str, Member]) -> None:
        """Take the cards kept from earlier."""
        for path in self._folder.glob("*.card"):
            with contextlib.suppress(MagliaError):
                self.take(parse(Envelope, path.read_bytes()), members)

    def review(self, before: Mapping[str, Member], members: Mapping[str, Member]) -> None:
        """Void the cards whose member left or has another key: no overlap for these."""
        for name in list(self._cards):
            key = members[name].identity_key if name in members else None
            if name not in before or key != before[name].identity_key:
                del self._cards[name]
                self._former.pop(name, None)
        self.renew_roots()
