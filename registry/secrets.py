"""The registry's keystore: what each entry is, how a new one is made, and how its online keys change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from maglia.core.errors import MagliaError
from maglia.core.identity import REGISTRY_ID, SigningKey
from maglia.core.keystore import load_keystore, save_keystore
from maglia.core.pseudonym import Evaluator
from maglia.core.secret import Secret
from maglia.wire.certificates import TlsIdentity, make_certificate
from registry.metadata import OnlineKeys
from registry.seeds import Trios, new_seeds, read_trios

KEYSTORE_FILE = "keystore.json"
CERTIFICATE_S = 5 * 365 * 86400
"""Seconds; nodes pin these two certificates through the network file, so they live long."""

_NEXT = "-next"
_LOG = "log"
_log = logging.getLogger(__name__)


class Online(StrEnum):
    """Keys of the running registry that can change; `snapshot` signs the timestamp too."""

    SNAPSHOT = "snapshot"
    SUSPENSIONS = "suspensions"
    WITNESS = "witness"


_NEXT_WITNESS = Online.WITNESS + _NEXT


@dataclass(frozen=True)
class Secrets(Secret):
    """Everything the running registry must keep to itself. Root keys are not here: their holders keep them."""

    evaluator: Trios
    online: OnlineKeys
    witness: SigningKey
    next_witness: SigningKey | None
    log: SigningKey
    peer: TlsIdentity
    front: TlsIdentity

    def witness_named(self, public: bytes) -> SigningKey:
        """Return the witness key that the directory names, `public`; the one in use where it names neither."""
        successor = self.next_witness
        return successor if successor is not None and successor.public == public else self.witness

    @property
    def login_key(self) -> bytes:
        """Return the key under which names that are nobody's are hashed, 32 bytes; the same for all replicas."""
        return HKDF(SHA256(), 32, salt=None, info=b"maglia/1 refused logins").derive(self.log.seed)


def make_secrets(folder: Path, network: str, passphrase: str, now: float) -> Secrets:
    """Make and save a new keystore; return what is in it."""
    entries = new_seeds()
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
    path = folder / KEYSTORE_FILE
    changed, entries = _Changes(path), load_keystore(path, passphrase)

    def reread() -> OnlineKeys | None:
        try:
            return load_secrets(folder, passphrase).online if changed.since_last() else None
        except MagliaError as error:
            _log.error("the new keystore can't be read yet: %s", error)  # it may still be on its way here
            return None

    seeds_changed = _Changes(path)

    def reread_trios() -> Mapping[int, Evaluator] | None:
        try:
            return read_trios(load_keystore(path, passphrase)) if seeds_changed.since_last() else None
        except MagliaError as error:
            _log.error("the new keystore can't be read yet: %s", error)
            return None

    def identity(port: str) -> TlsIdentity:
        return TlsIdentity(entries[f"{port}-certificate"], entries[f"{port}-key"])

    return Secrets(
        evaluator=Trios(read_trios(entries), reread_trios),
        online=_online(entries, reread),
        witness=SigningKey(entries[Online.WITNESS]),
        next_witness=SigningKey(entries[_NEXT_WITNESS]) if _NEXT_WITNESS in entries else None,
        log=SigningKey(entries[_LOG]),
        peer=identity("peer"),
        front=identity("front"),
    )


class _Changes:
    """Whether a file is another one than at the last look: deriving its key takes long on purpose."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._stamp()

    def _stamp(self) -> tuple[int, ...]:
        try:
            found = self._path.stat()
        except OSError:
            return ()
        return found.st_ino, found.st_size, found.st_mtime_ns

    def since_last(self) -> bool:
        """Return whether it changed since this was last asked."""
        before, self._seen = self._seen, self._stamp()
        return self._seen != before


def _online(entries: Mapping[str, bytes], reread: Callable[[], OnlineKeys | None]) -> OnlineKeys:
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


def public_keys(folder: Path, passphrase: str) -> dict[Online, frozenset[bytes]]:
    """Return the public keys that the keystore holds for each role: the one in use, and its prepared successor."""
    entries = load_keystore(folder / KEYSTORE_FILE, passphrase)
    return {
        name: frozenset(SigningKey(entries[key]).public for key in (name.value, name + _NEXT) if key in entries)
        for name in Online
    }


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
