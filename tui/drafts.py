"""What was written on a screen and not yet sent: kept through a crash, a closed window, a lost session.

One file beside the profile, encrypted under a key derived once from the operator's password at login, since a draft
holds a person's code. Each change writes the file anew and renames it over the old one.

A file is one console's for as long as that console is open: a second console of the same operator keeps a file of its
own, `NAME.2`. What a console that is gone has left there, the next one takes up.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
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
    """The drafts of one operator at one console, by the name of the screen that wrote them."""

    def __init__(self, path: Path, key: bytes, salt: bytes, kept: Mapping[str, Draft]) -> None:
        self._path = path
        self._key = key
        self._salt = salt
        self._kept = {name: draft for name, draft in kept.items() if _is_fresh(draft)}
        self._release: Callable[[], object] = lambda: None

    def hold(self, lock: int) -> None:
        """Keep the file's lock, a descriptor, for as long as these drafts are in use."""
        self._release = weakref.finalize(self, os.close, lock)

    def close(self) -> None:
        """Leave the file to the next console."""
        self._release()

    def take_from(self, other: Drafts) -> None:
        """Take up what a console that is gone has left, but for screens that have a draft here: theirs stays there.

        Raises `storage.folder`; what could not be kept here is still there.
        """
        free = [name for name in other._kept if name not in self._kept]
        if free:
            self._kept |= {name: other._kept[name] for name in free}
            self._save()
        for name in free:
            del other._kept[name]
        if free or not other._kept:
            other._save()

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
    """Return what was kept under this password, in the first file that no other console has open.

    What consoles that are gone have left in further files is taken up too. A file that does not open with the password
    is put aside, not overwritten. Raises `storage.folder` where a file can be neither read nor put aside.
    """
    own: Drafts | None = None
    for at in _files(path):
        if own is not None and not _guard(at).exists():
            break  # nobody ever needed so many
        try:
            lock = _lock(at)
        except OSError:  # a folder that takes no file: the first draft tells it
            break
        if lock is None:
            continue
        found = _held(at, password, lock)
        if own is None:
            own = found
        else:
            own.take_from(found)
            found.close()
    return own if own is not None else _read(path, password)


def _files(path: Path) -> Iterator[Path]:
    yield path
    for number in count(2):
        yield path.with_name(f"{path.name}.{number}")


def _guard(path: Path) -> Path:
    """Return the file that is locked in place of one that each change replaces."""
    return path.with_name(f"{path.name}.lock")


def _lock(path: Path) -> int | None:
    """Return the descriptor of a file's lock, None where another console has it."""
    lock = os.open(_guard(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    except OSError:
        os.close(lock)
        raise
    return lock


def _held(path: Path, password: str, lock: int) -> Drafts:
    try:
        found = _read(path, password)
    except BaseException:
        os.close(lock)
        raise
    found.hold(lock)
    return found


def _read(path: Path, password: str) -> Drafts:
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
