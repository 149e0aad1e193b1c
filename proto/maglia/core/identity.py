"""Who a member is: its id, its Ed25519 keys, its card.

A member's identity is a key in the officers' signed directory; there is no certificate authority. With that key the
member signs its card, which binds it to its current TLS certificate and endpoint (design 3).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from maglia.core.errors import Code, MagliaError
from maglia.core.secret import Secret

REGISTRY_ID = "registry"
_MEMBER_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
_NETWORK = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
_KEYS_KEPT = 1024
"""Public keys that are kept ready: those of the bodies that ask again and again."""


def check_member_id(member: str) -> str:
    """Return `member` when it may name a body: 3 to 40 of lower-case letters, digits, inner hyphens."""
    if not _MEMBER_ID.fullmatch(member) or member == REGISTRY_ID:
        raise MagliaError(Code.INPUT_FIELD, field="member")
    return member


def check_network_name(network: str) -> str:
    """Return `network` when it may name a network: 3 to 40 of lower-case letters, digits, inner hyphens."""
    if not _NETWORK.fullmatch(network):
        raise MagliaError(Code.INPUT_FIELD, field="network")
    return network


def check_relay_name(relay: str) -> str:
    """Return `relay` when it may name a relay: as a network's name."""
    if not _NETWORK.fullmatch(relay):
        raise MagliaError(Code.INPUT_FIELD, field="relay")
    return relay


def relay_party(relay: str) -> str:
    """Return how a relay's own certificate names it: never as a member's does, since no member's id has a dot."""
    return f"{relay}.relay"


def server_name(party: str, network: str) -> str:
    """Return the dNSName in a party's certificate, which callers demand as target name."""
    return f"{party}.{network}.maglia.internal"


def party_uri(party: str, network: str) -> str:
    """Return the URI in a party's certificate."""
    return f"maglia://{network}/member/{party}"


def log_origin(party: str, network: str) -> str:
    """Return the origin of a party's log, which is also its key name in checkpoints."""
    return f"maglia/{network}/{party}"


def witness_name(network: str) -> str:
    """Return the key name of the network's witness in cosignatures; its public key is in the directory."""
    return f"{network}.witness"


@lru_cache(maxsize=_KEYS_KEPT)
def key_id(public_key: bytes) -> str:
    """Return the name of a key in envelopes: 16 hex digits of SHA-256 over its 32 bytes."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def fingerprint(public_key: bytes) -> str:
    """Return what is read aloud: ten groups of two hex digits, 80 bits of SHA-256 over the key."""
    digest = hashlib.sha256(b"maglia/1\0fingerprint\0" + public_key).hexdigest().upper()
    return "-".join(digest[at : at + 2] for at in range(0, 20, 2))


@dataclass(frozen=True)
class SigningKey(Secret):
    """An Ed25519 key pair; `seed` is secret, 32 bytes."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        object.__setattr__(self, "_private", private)
        public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        object.__setattr__(self, "_public", public)
        object.__setattr__(self, "_key_id", key_id(public))

    @classmethod
    def generate(cls) -> SigningKey:
        """Return a fresh key."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def private(self) -> Ed25519PrivateKey:
        """Return the library's private key."""
        private: Ed25519PrivateKey = self.__dict__["_private"]
        return private

    @property
    def public(self) -> bytes:
        """Return the public key, 32 bytes."""
        public: bytes = self.__dict__["_public"]
        return public

    @property
    def key_id(self) -> str:
        """Return the key's name in envelopes."""
        name: str = self.__dict__["_key_id"]
        return name

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature, 64 bytes (RFC 8032)."""
        return self.private.sign(message)


def verify_signature(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Return when the Ed25519 signature is the key's; else raise `member.signature`."""
    try:
        _loaded(public_key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise MagliaError(Code.MEMBER_SIGNATURE) from error


@lru_cache(maxsize=_KEYS_KEPT)
def _loaded(public_key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public_key)


@dataclass(frozen=True)
class Card:
    """A member's signed statement of its certificate (DER) and endpoint; times are seconds since the epoch.

    `relay` names the relay that the endpoint is of; it is empty when the node is reached directly.
    """

    network: str
    member: str
    sequence: int
    certificate: bytes
    endpoint: str
    not_before: int
    not_after: int
    relay: str = ""

    def is_current(self, now: float) -> bool:
        """Return whether the card may be used at `now`."""
        return self.not_before <= now < self.not_after
