"""The node's secrets: made once by `init`, kept in one keystore file. `docs/security` says what each opens."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.keystore import load_keystore, save_keystore
from maglia.core.secret import Secret
from maglia.wire.certificates import TlsIdentity, make_certificate

KEYSTORE_FILE = "keystore.json"
_FRONT_CERTIFICATE_S = 5 * 365 * 86400


@dataclass(frozen=True)
class Keys(Secret):
    """Every secret of a node."""

    identity: SigningKey
    log: SigningKey
    field_key: bytes = field(repr=False)
    budget_key: bytes = field(repr=False)
    wrapping_key: bytes = field(repr=False)
    peer: TlsIdentity
    front: TlsIdentity
    next_peer: TlsIdentity | None = None
    """Made for a card that the registry may or may not have taken yet; in use from when it has."""


def make_keys(member: str, network: str, card_s: int) -> Keys:
    """Return fresh secrets."""
    now = time.time()
    return Keys(
        identity=SigningKey.generate(),
        log=SigningKey.generate(),
        field_key=secrets.token_bytes(32),
        budget_key=secrets.token_bytes(32),
        wrapping_key=secrets.token_bytes(32),
        peer=make_certificate(member, network, card_s, now),
        front=make_certificate(member, network, _FRONT_CERTIFICATE_S, now),
    )


def save_keys(folder: Path, keys: Keys, passphrase: str) -> None:
    """Write the keystore."""
    entries = {
        "identity": keys.identity.seed,
        "log": keys.log.seed,
        "field": keys.field_key,
        "budget": keys.budget_key,
        "wrapping": keys.wrapping_key,
        "peer.crt": keys.peer.certificate,
        "peer.key": keys.peer.private_key,
        "front.crt": keys.front.certificate,
        "front.key": keys.front.private_key,
    }
    if keys.next_peer is not None:
        entries |= {"next.crt": keys.next_peer.certificate, "next.key": keys.next_peer.private_key}
    save_keystore(folder / KEYSTORE_FILE, entries, passphrase)


def load_keys(folder: Path, passphrase: str) -> Keys:
    """Read the keystore; raise `storage.keys_lost`, `storage.keys_damaged` or `storage.keystore`."""
    path = folder / KEYSTORE_FILE
    if not path.exists():  # only a folder that `init` filled gets here: new keys would be another body's
        raise MagliaError(Code.STORAGE_KEYS_LOST, path=path.name)
    entries = load_keystore(path, passphrase)
    try:
        return Keys(
            identity=SigningKey(entries["identity"]),
            log=SigningKey(entries["log"]),
            field_key=entries["field"],
            budget_key=entries["budget"],
            wrapping_key=entries["wrapping"],
            peer=TlsIdentity(entries["peer.crt"], entries["peer.key"]),
            front=TlsIdentity(entries["front.crt"], entries["front.key"]),
            next_peer=TlsIdentity(entries["next.crt"], entries["next.key"]) if "next.crt" in entries else None,
        )
    except KeyError as error:
        raise MagliaError(Code.STORAGE_KEYS_DAMAGED, path=path.name, cause=f"no {error}") from error
