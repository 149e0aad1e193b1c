"""The one file in which a process keeps its secrets.

The file is JSON: salt, nonce, and AES-256-GCM ciphertext under a key that scrypt derives from a passphrase. Mode 0600.
The passphrase comes from `MAGLIA_PASSPHRASE`, or from the systemd credential `maglia-passphrase` for unattended start;
it is backed up apart from the data.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from maglia.core.errors import Code, MagliaError
from maglia.core.private_file import write_private

__all__ = [
    "MIN_PASSPHRASE",
    "check_new_passphrase",
    "derive_key",
    "load_keystore",
    "make_folder",
    "read_passphrase",
    "save_keystore",
    "write_private",
]

_SCHEMA = "maglia.keystore/1"
_SCRYPT_N = 2**15
MIN_PASSPHRASE = 12
"""Characters of a new passphrase; whoever steals the file tries them without anybody counting."""


def check_new_passphrase(passphrase: str) -> str:
    """Return a passphrase that may protect new keys; raise `input.passphrase` for one under 12 characters."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise MagliaError(Code.INPUT_PASSPHRASE, minimum=MIN_PASSPHRASE)
    return passphrase


def save_keystore(path: Path, entries: Mapping[str, bytes], passphrase: str) -> None:
    """Write all secrets at once: to a new file beside `path`, mode 0600, then renamed over it."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    plain = json.dumps({name: base64.b64encode(value).decode() for name, value in entries.items()}).encode()
    sealed = AESGCM(derive_key(passphrase, salt)).encrypt(nonce, plain, _SCHEMA.encode())
    document = {
        "schema": _SCHEMA,
        "salt": base64.b64encode(salt).decode(),
        "nonce": base64.b64encode(nonce).decode(),
        "sealed": base64.b64encode(sealed).decode(),
    }
    write_private(path, json.dumps(document).encode())


def load_keystore(path: Path, passphrase: str) -> dict[str, bytes]:
    """Read all secrets; raise `storage.missing`, `storage.keys_damaged`, or `storage.keystore` for another passphrase.

    A file of which a sealed byte was changed can't be told from one of another passphrase.
    """
    try:
        document = json.loads(path.read_bytes())
        salt, nonce, sealed = (base64.b64decode(document[part]) for part in ("salt", "nonce", "sealed"))
        plain = AESGCM(derive_key(passphrase, salt)).decrypt(nonce, sealed, _SCHEMA.encode())
    except FileNotFoundError as error:
        raise MagliaError(Code.STORAGE_MISSING, path=path.name, command="init") from error
    except InvalidTag as error:
        raise MagliaError(Code.STORAGE_KEYSTORE) from error
    except (ValueError, KeyError, TypeError, RecursionError, OSError) as error:
        raise MagliaError(Code.STORAGE_KEYS_DAMAGED, path=path.name, cause=type(error).__name__) from error
    return {name: base64.b64decode(value) for name, value in json.loads(plain).items()}


def read_passphrase() -> str:
    """Return the passphrase of an unattended start; raise `storage.keystore` when there is none."""
    if passphrase := os.environ.get("MAGLIA_PASSPHRASE"):
        return passphrase
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if folder and (credential := Path(folder) / "maglia-passphrase").is_file():
        return credential.read_text().strip()
    raise MagliaError(Code.STORAGE_KEYSTORE, cause="no MAGLIA_PASSPHRASE and no credential")


def make_folder(folder: Path, mode: int = 0o700) -> None:
    """Make a folder, those above it too, unless it is there; raise `storage.folder` where that can't be."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise MagliaError(Code.STORAGE_FOLDER, path=str(folder), cause=type(error).__name__) from error


def derive_key(passphrase: str, salt: bytes) -> bytes:
    """Return 32 bytes that only whoever knows the passphrase finds again; `salt` is 16 random bytes."""
    return Scrypt(salt=salt, length=32, n=_SCRYPT_N, r=8, p=1).derive(passphrase.encode())
