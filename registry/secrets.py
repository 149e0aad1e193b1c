"""The registry's keystore: what each entry is, how a new one is made, and how its online keys change."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from maglia.core.identity import REGISTRY_ID, SigningKey
from maglia.core.keystore import load_keystore, save_keystore
from maglia.core.oprf import SEED_BYTES
from maglia.core.pseudonym import SHARES, Evaluator
from maglia.wire.certificates import TlsIdentity, make_certificate
from registry.metadata import OnlineKeys

KEYSTORE_FILE = "keystore.json"
CERTIFICATE_S = 5 * 365 * 86400
"""Seconds; nodes pin these two certificates through the network file, so they live long."""

_NEXT = "-next"
_LOG = "log"


class Online(StrEnum):
    """Keys of the running registry that can change; `snapshot` signs the timestamp too."""

    SNAPSHOT = "snapshot"
    SUSPENSIONS = "suspensions"
    WITNESS = "witness"


@dataclass(frozen=True)
class Secrets:
    """Everything the running registry must keep to itself. Root keys are not here: their holders keep them."""

    evaluator: Evaluator
    online: OnlineKeys
    witness: SigningKey
    log: SigningKey
    peer: TlsIdentity
    front: TlsIdentity

    @property
    def login_key(self) -> bytes:
        """Return the key under which names that are nobody's are hashed, 32 bytes; the same for all replicas."""
        return HKDF(SHA256(), 32, salt=None, info=b"maglia/1 refused logins").derive(self.log.seed)


def make_secrets(folder: Path, network: str, passphrase: str, now: float) -> Secrets:
    """Make and save a new keystore; return what is in it."""
    entries = {f"seed-{share.name}": secrets.token_bytes(SEED_BYTES) for share in SHARES}
    entries |= {name.value: SigningKey.generate().seed for name in Online}
    entries[_LOG] = SigningKey.generate().seed
    entries |= _certificates(network, now)
    save_keystore(folder / KEYSTORE_FILE, entries, passphrase)
    return load_secrets(folder, passphrase)


def _certificates(network: str, now: float) -> dict[str, bytes]:
    made = {port: make_certificate(REGISTRY_ID, network, CERTIFICATE_S, now) for port in ("peer", "front")}
    return {f"{port}-certificate": identity.certificate for port, identity in made.items()} | {
        f"{port}-key": identity.private_key for port, identity in made.items()
    }


def load_secrets(folder: Path, passphrase: str) -> Secrets:
    """Open the keystore; raise `storage.missing` or `storage.keystore`."""
    entries = load_keystore(folder / KEYSTORE_FILE, passphrase)

    def identity(port: str) -> TlsIdentity:
        return TlsIdentity(entries[f"{port}-certificate"], entries[f"{port}-key"])

    return Secrets(
        evaluator=Evaluator({share: entries[f"seed-{share.name}"] for share in SHARES}),
        online=_online(entries, lambda: load_secrets(folder, passphrase).online),
        witness=SigningKey(entries[Online.WITNESS]),
        log=SigningKey(entries[_LOG]),
        peer=identity("peer"),
        front=identity("front"),
    )


def _online(entries: Mapping[str, bytes], reread: Callable[[], OnlineKeys]) -> OnlineKeys:
    names = (Online.SNAPSHOT + _NEXT, Online.SUSPENSIONS + _NEXT)
    prepared = [SigningKey(entries[name]) for name in names if name in entries]
    return OnlineKeys(SigningKey(entries[Online.SNAPSHOT]), SigningKey(entries[Online.SUSPENSIONS]), prepared, reread)


def prepare_keys(folder: Path, passphrase: str, wanted: Iterable[Online]) -> dict[Online, bytes]:
    """Make the successors of these keys, kept beside them until they are named by what is published.

    Return their public keys. A successor made earlier and never published is replaced.
    """
    path = folder / KEYSTORE_FILE
    entries = load_keystore(path, passphrase)
    made = {name: SigningKey.generate() for name in wanted}
    save_keystore(path, entries | {name + _NEXT: key.seed for name, key in made.items()}, passphrase)
    return {name: key.public for name, key in made.items()}


def promote_keys(folder: Path, passphrase: str, named: Iterable[bytes]) -> None:
    """Put successors whose public keys are now `named` by what is published in place of the former keys."""
    path, published = folder / KEYSTORE_FILE, set(named)
    entries = load_keystore(path, passphrase)
    for name in Online:
        successor = entries.get(name + _NEXT)
        if successor is not None and SigningKey(successor).public in published:
            entries[name] = entries.pop(name + _NEXT)
    save_keystore(path, entries, passphrase)


def renew_certificates(folder: Path, network: str, passphrase: str, now: float) -> None:
    """Make new TLS certificates for both ports; nodes need a new network file to reach them."""
    path = folder / KEYSTORE_FILE
    save_keystore(path, load_keystore(path, passphrase) | _certificates(network, now), passphrase)
