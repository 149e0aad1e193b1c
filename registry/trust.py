"""Whom the peer port trusts: the certificates of current cards, matched byte for byte (design 3).

A card that its member replaced counts a short while longer, so that calls under way are not cut. This process alone
remembers it: after a restart members call under their new certificate anyway.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import CARD_OVERLAP_S
from maglia.wire.certificates import der_to_pem
from registry.domain.membership import SERVED
from registry.ports import MemberRecord, Members, StoredCard

_ALL = 1_000_000


@dataclass(frozen=True)
class _Peer:
    member: MemberRecord
    card: StoredCard
    until: float = float("inf")
    """When a replaced card stops counting; the card's own end still holds."""


class Trust:
    """Cards and states as last read; `roots` is asked by handshakes, on threads of gRPC's own.

    A suspended member's certificate still passes the handshake, so that the refusal can say why.
    """

    def __init__(self, members: Members, clock: Callable[[], float], overlap_s: float = CARD_OVERLAP_S) -> None:
        self._members = members
        self._clock = clock
        self._overlap_s = overlap_s
        self._peers: dict[bytes, _Peer] = {}
        self._fresh: bytes | None = None
        self._lock = threading.Lock()
        self.reload()

    def reload(self) -> None:
        """Read cards and states again, after either changed."""
        cards = self._members.cards_since(0, _ALL)
        # Bodies last: a replica may add one meanwhile, and a card's body is never taken away.
        states = {member.id: member for member in self._members.members()}
        newest = {card.certificate: _Peer(states[card.member], card) for card in cards}
        peers = self._former(states, newest) | newest
        if peers.keys() != self._peers.keys():
            fresh = b"".join(map(der_to_pem, peers))
            with self._lock:
                self._fresh = fresh
        self._peers = peers

    def _former(self, states: Mapping[str, MemberRecord], newest: Mapping[bytes, _Peer]) -> dict[bytes, _Peer]:
        """Return the replaced cards that still count: the member's key is the same, the overlap not over."""
        now, found = self._clock(), {}
        for certificate, peer in self._peers.items():
            member, until = states.get(peer.member.id), min(peer.until, now + self._overlap_s)
            has_key = member is not None and member.identity_key == peer.member.identity_key
            if member is not None and has_key and certificate not in newest and now < until:
                found[certificate] = _Peer(member, peer.card, until)
        return found

    def roots(self) -> bytes | None:
        """Return the PEM certificates to trust from now on; None when nothing changed since the last call."""
        with self._lock:
            fresh, self._fresh = self._fresh, None
        return fresh or None

    def member_of(self, certificate: bytes | None) -> MemberRecord:
        """Return the active member whose current card holds this certificate (DER).

        Raises `member.card` when there is none or the card has expired, `member.inactive` when it may not call now.
        """
        peer = self._peers.get(certificate or b"")
        if peer is None:
            raise MagliaError(Code.MEMBER_CARD, cause="no current card holds this certificate")
        if peer.member.state not in SERVED:
            raise MagliaError(Code.MEMBER_INACTIVE, member=peer.member.id)
        if not peer.card.not_before <= self._clock() < min(peer.card.not_after, peer.until):
            raise MagliaError(Code.MEMBER_CARD, cause="the card is not current")
        return peer.member
