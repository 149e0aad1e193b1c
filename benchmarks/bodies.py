"""Bodies of a network that is held in memory: who they are, how they are reached, what everybody trusts.

The directory is nobody's signed word here and nothing refreshes it; whatever else a question meets is a node's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from maglia.core.directory import Directory, Member, Official
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import EvaluationKeys
from maglia.core.identity import Card, SigningKey
from maglia.core.keyset import KeySet
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import Facet, Kind, PseudonymClass, Purpose, Silence
from node.network.peers import Peer

NETWORK = "bench"
POLICIES = Path(__file__).parents[1] / "policies"
CALL = "bench-call"
FOREVER = 2**40
_FACETS = frozenset({Facet.FOOD_PARCEL, Facet.RENT_CURRENT})
_PURPOSES = frozenset({Purpose.AID_OVERLAP, Purpose.CALL_FOR_APPLICANTS})


def key_of(name: str) -> SigningKey:
    """Return the key with which a body signs; it is nobody's secret."""
    return SigningKey(hashlib.sha256(name.encode()).digest())


def directory_of(names: Iterable[str]) -> Directory:
    """Return a directory of these bodies, all of them comuni that give the same aid."""
    members = {name: _member(name, key_of(name).public) for name in names}
    return Directory(NETWORK, 1, 1, bytes(32), members)


def _member(name: str, public: bytes) -> Member:
    about = Kind.COMUNE, public, public, _FACETS, _PURPOSES, ()
    return Member(name, name, *about, f"{name}@bench.example", "PG/1", "2199-12-31")


def call_by(member: str) -> Procedure:
    """Return a call for applicants with room for every run."""
    last = date.today() + timedelta(days=30)
    return Procedure(CALL, "PG/9", 1_000_000, last.isoformat(), (member,))


@dataclass
class HeldTrust:
    """Fulfils `node.ports.Trust` and `Gossip`, and says whose certificate a caller presents and where a body is."""

    held: Directory
    called: Procedure
    cards: Mapping[str, Card] = field(default_factory=dict)
    holders: Mapping[bytes, str] = field(default_factory=dict)
    """By certificate (DER), who presents it."""
    key_set: KeySet | None = None

    def directory(self) -> Directory:
        """Return everybody."""
        return self.held

    def keys(self) -> EvaluationKeys:
        """Return the keys of persons."""
        named = {one.member: one for one in self.key_set.keys} if self.key_set else {}
        return EvaluationKeys(NETWORK, 1, {PseudonymClass.PERSON: named, PseudonymClass.NEED: {}})

    def procedures(self) -> Mapping[str, Procedure]:
        """Return the one call."""
        return {self.called.id: self.called}

    def card_state(self, member: str) -> Silence | None:
        """Everybody can be asked."""
        del member
        return None

    def peer(self, member: str) -> Peer:
        """Return how to reach a body."""
        return Peer(self.cards[member], self.held.member(member).identity_key)

    def caller(self, certificate: bytes) -> Member:
        """Return who presents this certificate (DER); raise `member.card`."""
        if certificate not in self.holders:
            raise MagliaError(Code.MEMBER_CARD)
        return self.held.member(self.holders[certificate])

    def official(self, certificate: bytes) -> Official | None:
        """There are no officials."""
        del certificate
        return None

    def timestamp_version(self) -> int:
        """Nothing is ever newer."""
        return 1

    def heard(self, version: int) -> None:
        """Nothing is ever newer."""

    def look(self) -> None:
        """Nobody ever moves."""


class OneKey:
    """One key for the entries of all months."""

    def key(self, month: str) -> bytes:
        """Return it."""
        del month
        return bytes(range(32))

    def find(self, month: str) -> bytes | None:
        """Return it."""
        return self.key(month)
