"""What was written on a screen and not yet sent: kept through a crash, a closed window, a lost session.

One file beside the profile, encrypted under a key derived once from the operator's password at login, since a draft
holds a person's code. Each change writes the file anew and renames it over the old one.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import derive_key, write_private

_SCHEMA = "maglia.drafts/1"
KEPT_S = 72 * 3600
"""Seconds that a draft is offered: what is older would be filed as if it were of today."""


@dataclass(frozen=True)
class Draft:
    """What a screen's fields held, and when (seconds since the epoch)."""

    fields: Mapping[str, str]
    saved_at: float


class Drafts:
    """The drafts of one operator, by the name of the screen that wrote them."""

    def __init__(self, path: Path, key: bytes, salt: bytes, kept: Mapping[str, Draft]) -> None:
        self._path = path
        self._key = key
        self._salt = salt
        self._kept = {name: draft for name, draft in kept.items() if _is_fresh(draft)}

    def of(self, screen: str) -> Draft | None:
        """Return a screen's draft, if there is one."""
        return self._kept.get(screen)

    def keep(self, screen: str, fields: Mapping[str, str]) -> None:
        """Keep what a screen's fields hold; raise `storage.folder`."""
        self._kept[screen] = Draft(dict(fields), time.time())
        self._save()

    def drop(self, screen: str) -> None:
        """Forget a screen's draft: it was sent, or given up; raise `storage.folder`."""
        if self._kept.pop(screen, None) is not None:
            self._save()

    def _save(self) -> None:
        try:
            if not self._kept:
                self._path.unlink(missing_ok=True)
                return
            plain = json.dumps({name: [dict(one.fields), one.saved_at] for name, one in self._kept.items()}).encode()
            nonce = secrets.token_bytes(12)
            sealed = AESGCM(self._key).encrypt(nonce, plain, _SCHEMA.encode())
            parts = {"salt": self._salt, "nonce": nonce, "sealed": sealed}
            document = {"schema": _SCHEMA, **{name: base64.b64encode(part).decode() for name, part in parts.items()}}
            write_private(self._path, json.dumps(document).encode())
        except OSError as error:
            raise MagliaError(Code.STORAGE_FOLDER, path=str(self._path.parent), cause=type(error).__name__) from error


def open_drafts(path: Path, password: str) -> Drafts:
    """Return what was kept under this password; a file that does not open with it is put aside, not overwritten.

    Raises `storage.folder` where the file can be neither read nor put aside.
    """
    salt = secrets.token_bytes(16)
    try:
        document = json.loads(path.read_bytes())
        salt, nonce, sealed = (base64.b64decode(document[part]) for part in ("salt", "nonce", "sealed"))
        key = derive_key(password, salt)
        kept = json.loads(AESGCM(key).decrypt(nonce, sealed, _SCHEMA.encode()))
        return Drafts(path, key, salt, {name: Draft(fields, at) for name, (fields, at) in kept.items()})
    except FileNotFoundError:
        pass
    except OSError as error:
        raise MagliaError(Code.STORAGE_FOLDER, path=str(path.parent), cause=type(error).__name__) from error
    except (InvalidTag, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        _put_aside(path)
    return Drafts(path, derive_key(password, salt), salt, {})


def _put_aside(path: Path) -> None:
    try:
        path.replace(path.with_name(f"{path.name}.old"))
    except OSError as error:
        raise MagliaError(Code.STORAGE_FOLDER, path=str(path.parent), cause=type(error).__name__) from error


def _is_fresh(draft: Draft) -> bool:
    return 0 <= time.time() - draft.saved_at < KEPT_S
