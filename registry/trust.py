"""Whom the peer port trusts: certificates of current cards and of officials, matched byte for byte (design 3).

A card that its member replaced counts a short while longer, so that calls under way are not cut, also by a restart or
by another replica. Members never change their identity key, so whoever signed the former card is the member still.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from maglia.core.directory import Official
from maglia.core.errors import Code, MagliaError
from maglia.wire.certificates import der_to_pem
from registry.domain.membership import SERVED
from registry.officials import Officials, read_officials
from registry.ports import Files, MemberRecord, Members, StoredCard

_ALL = 1_000_000


@dataclass(frozen=True)
class _Peer:
    member: MemberRecord
    card: StoredCard


class Trust:
    """Cards, states and officials as last read; `roots` is asked by handshakes, on threads of gRPC's own.

    The certificate of whoever is suspended still passes the handshake, so that the refusal can say why.
    """

    def __init__(self, members: Members, files: Files, clock: Callable[[], float]) -> None:
        self._members = members
        self._files = files
        self._clock = clock
        self._peers: dict[bytes, _Peer] = {}
        self._officials = Officials()
        self._fresh: bytes | None = None
        self._lock = threading.Lock()
        self.reload()

    def reload(self) -> None:
        """Read cards, states and officials again, after any of them changed."""
        cards = self._members.cards_since(0, _ALL, self._clock())
        # Bodies last: a replica may add one meanwhile, and a card's body is never taken away.
        states = {member.id: member for member in self._members.members()}
        # In the order of change: a certificate that two cards hold belongs to the later one.
        peers = {card.certificate: _Peer(states[card.member], card) for card in cards}
        officials = read_officials(self._files)
        certificates = {*peers, *officials.appointed}
        if certificates != {*self._peers, *self._officials.appointed}:
            fresh = b"".join(map(der_to_pem, certificates))
            with self._lock:
                self._fresh = fresh
        self._peers, self._officials = peers, officials

    def roots(self) -> bytes | None:
        """Return the PEM certificates to trust from now on; None when nothing changed since the last call."""
        with self._lock:
            fresh, self._fresh = self._fresh, None
        return fresh or None

    def member_of(self, certificate: bytes | None) -> MemberRecord:
        """Return the active member whose current card, or one replaced a short while ago, is of this certificate (DER).

        Raises `member.card` when there is none or the card has expired, `member.inactive` when it may not call now.
        """
        peer = self._peers.get(certificate or b"")
        if peer is None:
            raise MagliaError(Code.MEMBER_CARD, cause="no current card holds this certificate")
        if peer.member.state not in SERVED:
            raise MagliaError(Code.MEMBER_INACTIVE, member=peer.member.id)
        if not peer.card.not_before <= self._clock() < min(peer.card.not_after, peer.card.until):
            raise MagliaError(Code.MEMBER_CARD, cause="the card is not current")
        return peer.member

    def official_of(self, certificate: bytes | None) -> Official | None:
        """Return the official in office who calls with this certificate (DER); None when it is nobody's.

        Raises `member.no_office` when the act is over or an officer stopped it.
        """
        today = datetime.fromtimestamp(self._clock(), UTC).date()
        return self._officials.official_of(certificate or b"", today)
