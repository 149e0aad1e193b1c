"""The registry's keystore: what each entry is, and how a new one is made."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maglia.core.identity import REGISTRY_ID, SigningKey
from maglia.core.keystore import load_keystore, save_keystore
from maglia.core.oprf import SEED_BYTES
from maglia.core.pseudonym import SHARES, Evaluator
from maglia.wire.certificates import TlsIdentity, make_certificate
from registry.metadata import OnlineKeys

KEYSTORE_FILE = "keystore.json"
OFFLINE_FOLDER = "offline"
CERTIFICATE_S = 5 * 365 * 86400
"""Seconds; nodes pin these two certificates through the network file, so they live long."""


@dataclass(frozen=True)
class Secrets:
    """Everything the running registry must keep to itself. Root keys are not here: they are kept offline."""

    evaluator: Evaluator
    online: OnlineKeys
    witness: SigningKey
    peer: TlsIdentity
    front: TlsIdentity


def make_secrets(folder: Path, network: str, passphrase: str, now: float) -> Secrets:
    """Make and save a new keystore; return what is in it."""
    entries = {f"seed-{share.name}": secrets.token_bytes(SEED_BYTES) for share in SHARES}
    entries |= {name: SigningKey.generate().seed for name in ("snapshot", "suspensions", "witness")}
    for port in ("peer", "front"):
        identity = make_certificate(REGISTRY_ID, network, CERTIFICATE_S, now)
        entries |= {f"{port}-certificate": identity.certificate, f"{port}-key": identity.private_key}
    save_keystore(folder / KEYSTORE_FILE, entries, passphrase)
    return _secrets(entries)


def load_secrets(folder: Path, passphrase: str) -> Secrets:
    """Open the keystore; raise `storage.missing` or `storage.keystore`."""
    return _secrets(load_keystore(folder / KEYSTORE_FILE, passphrase))


def make_root_keys(folder: Path, count: int, passphrase: str) -> list[SigningKey]:
    """Make root keys, each in a file of its own that is to be moved to a place of its own."""
    offline = folder / OFFLINE_FOLDER
    offline.mkdir(mode=0o700)
    keys = [SigningKey.generate() for _ in range(count)]
    for number, key in enumerate(keys, 1):
        save_keystore(offline / f"root-{number}.json", {"root": key.seed}, passphrase)
    return keys


def _secrets(entries: Mapping[str, bytes]) -> Secrets:
    def identity(port: str) -> TlsIdentity:
        return TlsIdentity(entries[f"{port}-certificate"], entries[f"{port}-key"])

    return Secrets(
        evaluator=Evaluator({share: entries[f"seed-{share.name}"] for share in SHARES}),
        online=OnlineKeys(SigningKey(entries["snapshot"]), SigningKey(entries["suspensions"])),
        witness=SigningKey(entries["witness"]),
        peer=identity("peer"),
        front=identity("front"),
    )
